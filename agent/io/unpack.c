#include "io/unpack.h"

#include "base/mem.h"
#include "io/libarchive.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BLOCK_BYTES = 64 * 1024 }; /* what is read is still in the cache when it is looked at */

struct unpack {
	struct libarchive lib;
	struct archive *archive;
	const char *name;
	int fd;
	bool is_empty;
};

/* "raw": one file without a format of its own. Not all the filters there are: some of them
 * start other programs. */
static bool set_up(const struct libarchive *lib, struct archive *archive)
{
	return lib->read_support_format_raw(archive) == ARCHIVE_OK &&
	       lib->read_support_format_empty(archive) == ARCHIVE_OK &&
	       lib->read_support_filter_gzip(archive) == ARCHIVE_OK &&
	       lib->read_support_filter_bzip2(archive) == ARCHIVE_OK &&
	       lib->read_support_filter_xz(archive) == ARCHIVE_OK &&
	       lib->read_support_filter_zstd(archive) == ARCHIVE_OK;
}

static const char *reason(const struct unpack *unpack)
{
	const char *text = unpack->lib.error_string(unpack->archive);

	return text ? text : "it is damaged";
}

static bool begin(struct unpack *unpack, struct err *err)
{
	struct archive_entry *entry;
	int code;

	if (unpack->lib.read_open_fd(unpack->archive, unpack->fd, BLOCK_BYTES) != ARCHIVE_OK)
		return err_set(err, "cannot read '%s': %s", unpack->name, reason(unpack));
	code = unpack->lib.read_next_header(unpack->archive, &entry);
	unpack->is_empty = code == ARCHIVE_EOF;
	if (code >= ARCHIVE_WARN)
		return true;
	return err_set(err, "cannot read '%s': %s", unpack->name, reason(unpack));
}

static bool open_archive(struct unpack *unpack, struct err *err)
{
	struct err why;

	if (!libarchive_load(&unpack->lib, &why))
		return err_set(err, "cannot read '%s': %s", unpack->name, why.text);
	unpack->archive = unpack->lib.read_new();
	if (!unpack->archive || !set_up(&unpack->lib, unpack->archive))
		bug("libarchive lacks a format it had when this was built");
	return true;
}

struct unpack *unpack_open(int fd, const char *name, struct err *err)
{
	struct unpack *unpack = xcalloc(1, sizeof(*unpack));

	unpack->name = name;
	unpack->fd = fd;
	if (open_archive(unpack, err) && begin(unpack, err))
		return unpack;
	unpack_close(unpack);
	return NULL;
}

void unpack_close(struct unpack *unpack)
{
	if (!unpack)
		return;
	if (unpack->archive)
		unpack->lib.read_free(unpack->archive);
	close(unpack->fd);
	free(unpack);
}

ssize_t unpack_next(struct unpack *unpack, const char **bytes, struct err *err)
{
	const void *block = NULL;
	size_t len = 0;
	la_int64_t offset;
	int code = ARCHIVE_OK;

	while (!unpack->is_empty && len == 0 && code != ARCHIVE_EOF) {
		code = unpack->lib.read_data_block(unpack->archive, &block, &len, &offset);
		if (code < ARCHIVE_WARN) {
			err_set(err, "cannot read '%s': %s", unpack->name, reason(unpack));
			return -1;
		}
	}
	*bytes = block;
	return (ssize_t)len;
}

uint64_t unpack_taken(const struct unpack *unpack)
{
	const la_int64_t taken = unpack->lib.filter_bytes(unpack->archive, -1);

	return taken > 0 ? (uint64_t)taken : 0;
}
