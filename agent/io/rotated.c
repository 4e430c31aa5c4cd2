#include "io/rotated.h"

#include "base/mem.h"
#include "base/str.h"
#include "io/tail.h"
#include "io/unpack.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Logrotate keeps dozens; a folder with more is not one of rotated logs. */
enum { ROTATED_MAX = 1024, NAME_TAIL_MAX = 40, DATE_DIGITS = 6 };

/* How the formats of io/unpack.h begin: RFC 1952 section 2.3.1, bzip2, xz section 2.1.1.1,
 * RFC 8878 section 3.1.1. */
static const struct {
	const char *bytes;
	size_t len;
} magic[] = {{"\x1f\x8b", 2}, {"BZh", 3}, {"\xfd\x37zXZ", 5}, {"\x28\xb5\x2f\xfd", 4}};

static bool is_packed(const char *head, size_t len)
{
	for (size_t i = 0; i < COUNT_OF(magic); i++)
		if (len >= magic[i].len && memcmp(head, magic[i].bytes, magic[i].len) == 0)
			return true;
	return false;
}

static bool ends_with(const char *text, size_t len, const char *end)
{
	const size_t end_len = strlen(end);

	return len > end_len && memcmp(text + len - end_len, end, end_len) == 0;
}

/* ".1", "-20261121", ".2026-11-21.1", "-20261121-1795219200", ".old" */
static bool is_counter(const char *text, size_t len)
{
	if (len < 2 || len > NAME_TAIL_MAX || (text[0] != '.' && text[0] != '-'))
		return false;
	if (len == 4 && memcmp(text + 1, "old", 3) == 0)
		return true;
	for (size_t i = 1; i < len; i++)
		if (!strchr("0123456789-_.T", text[i]))
			return false;
	return text[1] >= '0' && text[1] <= '9';
}

bool tail_is_rotated_name(const char *base, const char *name)
{
	static const char *const packed[] = {".gz", ".bz2", ".xz", ".zst"};
	const char *dot = strrchr(base, '.');
	const size_t base_len = strlen(base);
	const size_t stem = dot && dot != base ? (size_t)(dot - base) : base_len;
	size_t len = strlen(name);

	for (size_t i = 0; i < COUNT_OF(packed); i++)
		if (ends_with(name, len, packed[i])) {
			len -= strlen(packed[i]);
			break;
		}
	if (len > base_len && memcmp(name, base, base_len) == 0 &&
	    is_counter(name + base_len, len - base_len))
		return true;
	/* logrotate's "extension": the last part stays the last */
	return stem < base_len && len > base_len && memcmp(name, base, stem) == 0 &&
	       ends_with(name, len, base + stem) && is_counter(name + stem, len - base_len);
}

/* The first bytes of the content; another descriptor of the same file is read to its end. */
static bool look_inside(int fd, struct rotated *file)
{
	struct err err;
	struct unpack *unpack = unpack_open(fd, "", &err);
	const char *bytes;
	ssize_t got = -1;

	file->head_len = 0;
	while (unpack && file->head_len < LOG_HEAD_BYTES &&
	       (got = unpack_next(unpack, &bytes, &err)) > 0) {
		const size_t room = LOG_HEAD_BYTES - file->head_len;
		const size_t part = (size_t)got < room ? (size_t)got : room;

		memcpy(file->head + file->head_len, bytes, part);
		file->head_len += part;
	}
	unpack_close(unpack);
	return got >= 0;
}

bool rotated_look(int fd, struct rotated *file)
{
	struct stat st;
	ssize_t got;

	if (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		return false;
	file->device = st.st_dev;
	file->inode = st.st_ino;
	file->size = (uint64_t)st.st_size;
	file->written_s = st.st_mtim.tv_sec;
	file->written_ns = st.st_mtim.tv_nsec;
	got = pread(fd, file->head, LOG_HEAD_BYTES, 0);
	if (got < 0)
		return false;
	file->head_len = (size_t)got;
	file->is_packed = is_packed(file->head, file->head_len);
	return true;
}

int rotated_open(const char *path)
{
	return open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
}

static bool look_at(const char *path, struct rotated *file)
{
	int fd = rotated_open(path);
	bool ok;

	if (fd < 0)
		return false;
	ok = rotated_look(fd, file) && file->head_len;
	if (ok && file->is_packed) {
		ok = look_inside(fd, file);
		fd = -1;
	}
	if (fd >= 0)
		close(fd);
	return ok && file->head_len;
}

/* Files written within one tick of the clock: ".2" is older than ".1", "-20261121" older than
 * "-20261122". Six digits or more are a date. */
static int by_name(const struct rotated *a, const struct rotated *b)
{
	const char *const base = strrchr(a->path, '/') ? strrchr(a->path, '/') : a->path;
	bool is_dated = false;

	for (const char *at = base; *at; at++)
		is_dated |= strspn(at, "0123456789") >= DATE_DIGITS;
	return is_dated ? strverscmp(a->path, b->path) : strverscmp(b->path, a->path);
}

static int by_time(const void *a, const void *b)
{
	const struct rotated *const x = a;
	const struct rotated *const y = b;

	if (x->written_s != y->written_s)
		return x->written_s < y->written_s ? -1 : 1;
	if (x->written_ns != y->written_ns)
		return x->written_ns < y->written_ns ? -1 : 1;
	/* A file that is just being compressed stands beside its original, which is whole. */
	if (x->is_packed != y->is_packed)
		return x->is_packed - y->is_packed;
	return by_name(x, y);
}

static void add(struct rotated_set *set, const struct rotated *file)
{
	set->file = xrealloc(set->file, set->count + 1, sizeof(*file));
	set->file[set->count++] = *file;
}

void rotated_find(struct rotated_set *set, const char *path, uint64_t inode)
{
	const char *slash = strrchr(path, '/');
	const char *base = slash ? slash + 1 : path;
	char *folder = slash ? xstrndup(path, (size_t)(slash - path) + 1) : xstrdup("./");
	DIR *dir = opendir(folder);
	const struct dirent *entry;

	*set = (struct rotated_set){0};
	while (dir && set->count < ROTATED_MAX && (entry = readdir(dir))) {
		const bool is_sibling = tail_is_rotated_name(base, entry->d_name);
		struct rotated file = {.is_sibling = is_sibling};
		struct str name = {0};

		if (strcmp(entry->d_name, base) == 0 || (!is_sibling && entry->d_ino != inode))
			continue;
		str_addf(&name, "%s%s", folder, entry->d_name);
		if (look_at(name.text, &file)) {
			file.path = xstrdup(name.text);
			add(set, &file);
		}
		str_release(&name);
	}
	if (dir)
		closedir(dir);
	free(folder);
	if (set->count)
		qsort(set->file, set->count, sizeof(*set->file), by_time);
}

void rotated_release(struct rotated_set *set)
{
	for (size_t i = 0; i < set->count; i++)
		free(set->file[i].path);
	free(set->file);
	*set = (struct rotated_set){0};
}
