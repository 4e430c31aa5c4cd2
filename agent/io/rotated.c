#include "io/rotated.h"

#include "base/mem.h"
#include "base/slice.h"
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
enum { ROTATED_MAX = 1024, DATE_DIGITS = 6, TRIES = 5 };

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
	if (len < 2 || len > ROTATED_PART_MAX || (text[0] != '.' && text[0] != '-'))
		return false;
	if (len == 4 && memcmp(text + 1, "old", 3) == 0)
		return true;
	for (size_t i = 1; i < len; i++)
		if (!strchr("0123456789-_.T", text[i]))
			return false;
	return text[1] >= '0' && text[1] <= '9';
}

/* What stands between the log's own name and a compression's ending; empty: it is none. */
static struct slice part_of(const char *base, const char *name)
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
		return slice_of(name + base_len, len - base_len);
	/* logrotate's "extension": the last part stays the last */
	if (stem < base_len && len > base_len && memcmp(name, base, stem) == 0 &&
	    ends_with(name, len, base + stem) && is_counter(name + stem, len - base_len))
		return slice_of(name + stem, len - base_len);
	return slice_of(name, 0);
}

bool tail_is_rotated_name(const char *base, const char *name)
{
	return part_of(base, name).len > 0;
}

static enum rotated_kind kind_of(const char *part)
{
	size_t digits = 0;

	for (const char *at = part; *at; at++)
		digits += *at >= '0' && *at <= '9';
	if (!digits)
		return ROTATED_OTHER;
	return digits < DATE_DIGITS ? ROTATED_COUNTER : ROTATED_DATED;
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

int rotated_reopen(const struct rotated *file)
{
	const int fd = rotated_open(file->path);
	struct stat st;

	if (fd < 0 ||
	    (fstat(fd, &st) == 0 && st.st_ino == file->inode && st.st_dev == file->device))
		return fd;
	close(fd);
	return -1;
}

static bool look_at(const char *path, struct rotated *file, bool wants_packed)
{
	int fd = rotated_open(path);
	bool ok;

	if (fd < 0)
		return false;
	ok = rotated_look(fd, file) && file->head_len && (wants_packed || !file->is_packed);
	if (ok && file->is_packed) {
		ok = look_inside(fd, file);
		fd = -1;
	}
	if (fd >= 0)
		close(fd);
	return ok && file->head_len;
}

/* Times of files serve only to tell which way of naming came first. */
static int by_age(const void *a, const void *b)
{
	const struct rotated *const x = a;
	const struct rotated *const y = b;
	int order;

	if (x->kind != y->kind && x->kind_written_s != y->kind_written_s)
		return x->kind_written_s < y->kind_written_s ? -1 : 1;
	if (x->kind != y->kind)
		return x->kind < y->kind ? -1 : 1;
	order = strverscmp(x->part, y->part);
	if (order)
		return x->kind == ROTATED_COUNTER ? -order : order;
	/* A file that is just being compressed stands beside its original, which is whole. */
	return y->is_packed - x->is_packed;
}

static void sort(struct rotated_set *set)
{
	int64_t newest[ROTATED_DATED + 1] = {INT64_MIN, INT64_MIN, INT64_MIN};

	for (size_t i = 0; i < set->count; i++) {
		const struct rotated *const file = &set->file[i];

		if (file->written_s > newest[file->kind])
			newest[file->kind] = file->written_s;
	}
	for (size_t i = 0; i < set->count; i++)
		set->file[i].kind_written_s = newest[set->file[i].kind];
	if (set->count)
		qsort(set->file, set->count, sizeof(*set->file), by_age);
}

/* One name of a folder that was read. */
struct name {
	char *text;
	uint64_t inode;
};

struct names {
	struct name name[ROTATED_MAX];
	size_t count;
};

static int by_text(const void *a, const void *b)
{
	return strcmp(((const struct name *)a)->text, ((const struct name *)b)->text);
}

static void names_release(struct names *names)
{
	for (size_t i = 0; names && i < names->count; i++)
		free(names->name[i].text);
	free(names);
}

static struct names *names_read(const char *folder, const char *base, uint64_t inode)
{
	struct names *names = xcalloc(1, sizeof(*names));
	DIR *dir = opendir(folder);
	const struct dirent *entry;

	while (dir && names->count < ROTATED_MAX && (entry = readdir(dir)))
		if (strcmp(entry->d_name, base) != 0 &&
		    (tail_is_rotated_name(base, entry->d_name) || entry->d_ino == inode))
			names->name[names->count++] =
			    (struct name){xstrdup(entry->d_name), entry->d_ino};
	if (dir)
		closedir(dir);
	if (names->count)
		qsort(names->name, names->count, sizeof(*names->name), by_text);
	return names;
}

static bool names_equal(const struct names *a, const struct names *b)
{
	for (size_t i = 0; a->count == b->count && i < a->count; i++)
		if (a->name[i].inode != b->name[i].inode ||
		    strcmp(a->name[i].text, b->name[i].text) != 0)
			return false;
	return a->count == b->count;
}

static void add(struct rotated_set *set, const char *folder, const char *base, const char *name,
		bool wants_packed)
{
	const struct slice part = part_of(base, name);
	struct rotated file = {.is_sibling = part.len > 0};
	struct str path = {0};

	str_addf(&path, "%s%s", folder, name);
	if (look_at(path.text, &file, wants_packed)) {
		memcpy(file.part, part.at, part.len);
		file.kind = kind_of(file.part);
		file.path = xstrdup(path.text);
		set->file = xrealloc(set->file, set->count + 1, sizeof(file));
		set->file[set->count++] = file;
	}
	str_release(&path);
}

/* A file that is renamed while the folder is read may be seen twice or not at all: what was
 * looked at counts when the folder is the same afterwards. */
bool rotated_find(struct rotated_set *set, const char *path, uint64_t inode, bool wants_packed)
{
	const char *slash = strrchr(path, '/');
	const char *base = slash ? slash + 1 : path;
	char *folder = slash ? xstrndup(path, (size_t)(slash - path) + 1) : xstrdup("./");
	struct names *now = names_read(folder, base, inode);
	bool is_still = false;

	*set = (struct rotated_set){0};
	for (int i = 0; !is_still && i < TRIES; i++) {
		struct names *const before = now;

		rotated_release(set);
		for (size_t j = 0; j < before->count; j++)
			add(set, folder, base, before->name[j].text, wants_packed);
		now = names_read(folder, base, inode);
		is_still = names_equal(before, now);
		names_release(before);
	}
	names_release(now);
	free(folder);
	sort(set);
	return is_still;
}

void rotated_release(struct rotated_set *set)
{
	for (size_t i = 0; i < set->count; i++)
		free(set->file[i].path);
	free(set->file);
	*set = (struct rotated_set){0};
}
