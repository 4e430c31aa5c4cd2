#include "io/tail.h"

#include "base/hash.h"
#include "base/mem.h"
#include "base/str.h"
#include "io/rotated.h"
#include "io/unpack.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* An inode number says little: it is given to the next file as soon as the old one is gone. A
 * file is the one that was read when it begins with the same bytes. */

enum {
	BLOCK_BYTES = 512 * 1024,
	/* Two logs may share a beginning as short as the name of a host; with the same inode
	 * number it still is the same one. */
	HEAD_ENOUGH_BYTES = 64
};

struct tail {
	const struct tail_request *request;
	struct tail_report *report;
	char *path; /* behind symbolic links */
	int fd; /* of the file that has the name now; -1: there is none */
	struct rotated current;
	char *block;
	struct err *err;
};

static bool begins_alike(const struct rotated *file, const struct log_position *from)
{
	return file->head_len >= from->head_bytes &&
	       hash_bytes(file->head, from->head_bytes) == from->head_hash;
}

static bool is_same(const struct rotated *file, const struct log_position *from)
{
	if (!begins_alike(file, from))
		return false;
	return file->inode == from->inode || from->head_bytes >= HEAD_ENOUGH_BYTES;
}

static struct log_position position_of(const struct tail *tail, const struct rotated *file)
{
	return (struct log_position){
	    .device = file->device,
	    .inode = file->inode,
	    .head_hash = hash_bytes(file->head, file->head_len),
	    .head_bytes = (uint32_t)file->head_len,
	    .read_at = tail->request->now,
	};
}

static void add_counts(struct tail *tail, struct stream *stream)
{
	const struct stream_counts counts = stream_counts(stream);

	tail->report->lines += counts.lines;
	tail->report->cut += counts.cut;
	if (counts.damaged)
		tail->report->seen |= TAIL_NO_EXPORT;
	stream_release(stream);
}

static struct stream stream_for(const struct tail *tail, const struct rotated *file)
{
	return stream_of(&tail->request->take, file->head, file->head_len);
}

/* Reads to where the file ended when it was opened: a busy log is not chased. Returns how far. */
static uint64_t read_plain(struct tail *tail, int fd, const struct rotated *file, uint64_t offset,
			   struct stream *stream)
{
	while (offset < file->size) {
		const uint64_t left = file->size - offset;
		const ssize_t got =
		    pread(fd, tail->block, left < BLOCK_BYTES ? left : BLOCK_BYTES, (off_t)offset);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			tail->report->seen |= TAIL_DAMAGED;
		if (got <= 0)
			break;
		stream_feed(stream, tail->block, (size_t)got);
		offset += (uint64_t)got;
		tail->report->bytes += (uint64_t)got;
	}
	return offset;
}

/* Takes `fd` over. */
static uint64_t read_packed(struct tail *tail, int fd, uint64_t offset, struct stream *stream)
{
	struct err err;
	struct unpack *unpack = unpack_open(fd, "", &err);
	const char *bytes;
	ssize_t got = -1;
	uint64_t at = 0;

	while (unpack && (got = unpack_next(unpack, &bytes, &err)) > 0) {
		const uint64_t len = (uint64_t)got;
		const uint64_t skip = at >= offset ? 0 : offset - at < len ? offset - at : len;

		stream_feed(stream, bytes + skip, (size_t)(len - skip));
		tail->report->bytes += len - skip;
		at += len;
	}
	if (got < 0)
		tail->report->seen |= TAIL_DAMAGED;
	unpack_close(unpack);
	return at > offset ? at : offset;
}

/* It may have been compressed since it was found. */
static int open_rotated(const struct rotated *file, bool *is_packed)
{
	static const char *const end[] = {".gz", ".bz2", ".xz", ".zst"};
	int fd = rotated_open(file->path);

	*is_packed = file->is_packed;
	for (size_t i = 0; fd < 0 && !file->is_packed && i < COUNT_OF(end); i++) {
		struct str path = {0};

		str_addf(&path, "%s%s", file->path, end[i]);
		fd = rotated_open(path.text);
		*is_packed = true;
		str_release(&path);
	}
	return fd;
}

/* A file that gets no more lines, to its end. */
static void finish_rotated(struct tail *tail, const struct rotated *file, uint64_t offset)
{
	struct tail_report *const report = tail->report;
	struct stream stream = stream_for(tail, file);
	struct log_position *const at = &report->file[report->files++];
	bool is_packed;
	const int fd = open_rotated(file, &is_packed);

	*at = position_of(tail, file);
	at->offset = offset;
	if (fd < 0) {
		report->seen |= TAIL_DAMAGED;
		stream_release(&stream);
		return;
	}
	if (is_packed) {
		at->offset = read_packed(tail, fd, offset, &stream);
	} else {
		at->offset = read_plain(tail, fd, file, offset, &stream);
		close(fd);
	}
	stream_end(&stream);
	if (stream_counts(&stream).pending) /* the rest of an entry will not come */
		report->seen |= TAIL_DAMAGED;
	add_counts(tail, &stream);
}

/* A file that may get more lines; one that is not complete waits. */
static void follow(struct tail *tail, int fd, const struct rotated *file, uint64_t offset)
{
	struct tail_report *const report = tail->report;
	struct stream stream = stream_for(tail, file);
	struct log_position *const at = &report->file[report->files++];

	*at = position_of(tail, file);
	offset = read_plain(tail, fd, file, offset, &stream);
	at->offset = offset - stream_counts(&stream).pending;
	report->bytes -= offset - at->offset;
	add_counts(tail, &stream);
}

/* Where to read on: what was counted otherwise (an import) is not read again. One that was
 * counted further than it is long was cut since. */
static uint64_t start_of(const struct tail *tail, const struct rotated *file, uint64_t offset)
{
	const struct tail_request *const request = tail->request;
	const uint64_t known =
	    request->known && file->head_len
		? request->known(request->take.context, file->head, file->head_len)
		: 0;

	return known > offset && (file->is_packed || known <= file->size) ? known : offset;
}

/* The file that was read last, under whatever name; the original before its compressed copy. */
static const struct rotated *find_old(const struct rotated_set *set,
				      const struct log_position *from)
{
	const struct rotated *best = NULL;

	for (size_t i = 0; i < set->count; i++) {
		const struct rotated *const file = &set->file[i];

		if (!is_same(file, from) ||
		    (!file->is_packed && file->size < from->offset && file->inode == from->inode))
			continue;
		if (!best || (best->is_packed && !file->is_packed))
			best = file;
	}
	return best;
}

static bool heads_equal(const struct rotated *a, const struct rotated *b)
{
	return a->head_len == b->head_len && memcmp(a->head, b->head, a->head_len) == 0;
}

/* Whether it was the log for a while between the old one and the current one. */
static bool is_between(const struct tail *tail, const struct rotated_set *set, size_t i,
		       const struct rotated *old)
{
	const struct rotated *const file = &set->file[i];
	const int64_t after = old ? old->written_s : tail->request->from->read_at;

	if (!file->is_sibling || file == old || file->written_s < after)
		return false;
	if (heads_equal(file, &tail->current) || (old && heads_equal(file, old)) ||
	    (tail->request->from->head_bytes && begins_alike(file, tail->request->from)))
		return false;
	for (size_t j = 0; j < set->count; j++) /* being compressed just now */
		if (j != i && file->is_packed && !set->file[j].is_packed &&
		    heads_equal(file, &set->file[j]))
			return false;
	return true;
}

/* The files before the current one, oldest first, each with where to read on. */
struct chain {
	const struct rotated *file[TAIL_FILES_MAX];
	uint64_t offset[TAIL_FILES_MAX];
	size_t count;
	bool is_cut; /* there are more than one reading takes */
};

static void chain_add(struct chain *chain, const struct rotated *file, uint64_t offset)
{
	if (chain->count == TAIL_FILES_MAX - 1) {
		chain->is_cut = true;
		return;
	}
	chain->file[chain->count] = file;
	chain->offset[chain->count++] = offset;
}

static void chain_fill(struct chain *chain, const struct tail *tail, const struct rotated_set *set,
		       const struct rotated *old)
{
	if (old)
		chain_add(chain, old, start_of(tail, old, tail->request->from->offset));
	for (size_t i = 0; i < set->count; i++) {
		const struct rotated *const file = &set->file[i];
		uint64_t offset;

		if (!is_between(tail, set, i, old))
			continue;
		offset = start_of(tail, file, 0);
		if (file->is_packed || offset < file->size)
			chain_add(chain, file, offset);
	}
}

/* The daemon writes to the newest of them until it is told to open the new file, which is empty
 * so long. One that was emptied in place has no such time. */
static bool may_grow(const struct tail *tail, const struct rotated *newest)
{
	if (newest->is_packed)
		return false;
	return tail->fd < 0 ||
	       (!tail->current.size && tail->current.inode != tail->request->from->inode);
}

/* One that may grow stays the one to read next time. True: that is so. */
static bool read_chain(struct tail *tail, const struct chain *chain)
{
	for (size_t i = 0; i < chain->count; i++) {
		const struct rotated *const file = chain->file[i];
		const bool is_newest = i == chain->count - 1 && !chain->is_cut;
		const int fd = is_newest && may_grow(tail, file) ? rotated_open(file->path) : -1;

		if (fd < 0) {
			finish_rotated(tail, file, chain->offset[i]);
			continue;
		}
		follow(tail, fd, file, chain->offset[i]);
		close(fd);
		return true;
	}
	return chain->is_cut;
}

/* With the same inode number a plain copy of the old content was made before it was cut; where
 * only a compressed one is left, the number may as well have been given to a new file. */
static void note_how(struct tail *tail, const struct rotated *old)
{
	const struct log_position *const from = tail->request->from;
	const bool is_same_inode = tail->fd >= 0 && tail->current.inode == from->inode &&
				   tail->current.device == from->device;
	unsigned *const seen = &tail->report->seen;

	if (old)
		*seen |= is_same_inode && !old->is_packed ? TAIL_TRUNCATED : TAIL_ROTATED;
	else if (from->head_bytes)
		*seen |= TAIL_LOST;
	if (!old && is_same_inode && tail->current.size < from->offset)
		*seen |= TAIL_TRUNCATED;
	if (tail->fd < 0)
		*seen |= TAIL_MISSING;
}

static bool say_missing(struct tail *tail)
{
	return err_set(tail->err, "cannot open '%s': %s", tail->request->path, strerror(ENOENT));
}

/* The name stands for another file than the one that was read last, or for none. */
static bool catch_up(struct tail *tail)
{
	const struct log_position *const from = tail->request->from;
	struct chain chain = {.count = 0};
	struct rotated_set set;
	const struct rotated *old;
	bool ok = true;

	rotated_find(&set, tail->path, from->inode);
	old = find_old(&set, from);
	if (!old && tail->fd < 0) {
		ok = say_missing(tail);
		goto out;
	}
	note_how(tail, old);
	chain_fill(&chain, tail, &set, old);
	if (!read_chain(tail, &chain) && tail->fd >= 0)
		follow(tail, tail->fd, &tail->current, start_of(tail, &tail->current, 0));
out:
	rotated_release(&set);
	return ok;
}

static bool read_since(struct tail *tail)
{
	const struct log_position *const from = tail->request->from;

	if (tail->fd < 0 && !from)
		return say_missing(tail);
	if (from &&
	    (tail->fd < 0 || !is_same(&tail->current, from) || tail->current.size < from->offset))
		return catch_up(tail);
	follow(tail, tail->fd, &tail->current,
	       start_of(tail, &tail->current, from ? from->offset : 0));
	return true;
}

/* Rotation happens where the log is, not where a symbolic link to it is. */
static bool open_current(struct tail *tail)
{
	const char *const path = tail->request->path;

	tail->path = realpath(path, NULL);
	if (!tail->path && errno == ENOENT) {
		tail->path = xstrdup(path);
		return true;
	}
	if (tail->path)
		tail->fd = rotated_open(tail->path);
	if (tail->fd < 0)
		return errno == ENOENT ||
		       err_set(tail->err, "cannot open '%s': %s", path, strerror(errno));
	if (!rotated_look(tail->fd, &tail->current))
		return err_set(tail->err, "'%s' is not a file that can be read", path);
	if (tail->current.is_packed)
		return err_set(tail->err, "'%s' is compressed: name the log that is written to",
			       path);
	return true;
}

bool tail_read(const struct tail_request *request, struct tail_report *report, struct err *err)
{
	struct tail tail = {.request = request, .report = report, .fd = -1, .err = err};
	bool ok;

	*report = (struct tail_report){0};
	tail.block = xcalloc(BLOCK_BYTES, 1);
	ok = open_current(&tail) && read_since(&tail);
	if (tail.fd >= 0)
		close(tail.fd);
	free(tail.path);
	free(tail.block);
	return ok;
}
