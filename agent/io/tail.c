#include "io/tail.h"

#include "base/hash.h"
#include "base/mem.h"
#include "io/tail_parts.h"
#include "io/unpack.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	BLOCK_BYTES = 64 * 1024,
	TRIES = 5 /* while names move */
};

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

/* Returns how far; `end` gets the bytes before that. Takes `fd` over. */
static uint64_t read_packed(struct tail *tail, int fd, uint64_t offset, struct stream *stream,
			    struct content_end *end)
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
		content_end_add(end, bytes, (size_t)len);
		tail->report->bytes += len - skip;
		at += len;
	}
	if (got < 0)
		tail->report->seen |= TAIL_DAMAGED;
	unpack_close(unpack);
	return at;
}

/* A file that gets no more lines, to its end. */
static void finish_rotated(struct tail *tail, struct chain_file *next)
{
	struct tail_report *const report = tail->report;
	struct stream stream = stream_for(tail, next->file);
	struct log_position *const at = &report->file[report->files++];
	struct content_end end = {.len = 0};

	*at = position_of(tail, next->file);
	if (next->file->is_packed) {
		at->offset = read_packed(tail, next->fd, next->offset, &stream, &end);
		next->fd = -1;
		if (at->offset >= next->offset)
			at->tail_hash = content_end_hash(&end);
		else /* less than was counted can be read now */
			at->offset = next->offset;
	} else {
		at->offset = read_plain(tail, next->fd, next->file, next->offset, &stream);
		at->tail_hash = content_tail_hash(next->fd, at->offset);
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
	at->tail_hash = content_tail_hash(fd, at->offset);
	report->bytes -= offset - at->offset;
	add_counts(tail, &stream);
}

/* The daemon writes to the newest of them until it is told to open the new file, which is empty
 * so long. One that was emptied in place has no such time. */
static bool may_grow(const struct tail *tail, const struct rotated *newest)
{
	const struct log_position *const from = tail->request->from;

	if (newest->is_packed || !from || tail->is_followed)
		return false;
	return tail->fd < 0 || (!tail->current.size && tail->current.inode != from->inode);
}

/* One that may grow stays the one to read next time. True: that is so. */
static bool read_chain(struct tail *tail)
{
	struct chain *const chain = &tail->chain;

	for (size_t i = 0; i < chain->count; i++) {
		struct chain_file *const next = &chain->at[i];
		const bool is_newest = i == chain->count - 1 && !chain->is_cut;

		if (is_newest && may_grow(tail, next->file)) {
			follow(tail, next->fd, next->file, next->offset);
			return true;
		}
		finish_rotated(tail, next);
	}
	return chain->is_cut;
}

/* With the same inode number a plain copy of the old content was made before it was cut; where
 * only a compressed one is left, the number may as well have been given to a new file. */
static unsigned how_it_moved(const struct tail *tail, const struct log_position *from)
{
	const struct rotated *const old = tail->old;
	const bool is_same_inode = tail->fd >= 0 && tail->current.inode == from->inode &&
				   tail->current.device == from->device;
	unsigned seen = 0;

	if (old == &tail->current)
		return tail->current.size < from->offset ? TAIL_TRUNCATED : 0;
	if (old)
		return is_same_inode && !old->is_packed ? TAIL_TRUNCATED : TAIL_ROTATED;
	if (from->head_bytes)
		seen = TAIL_LOST;
	else if (tail->chain.count)
		seen = is_same_inode ? TAIL_TRUNCATED : TAIL_ROTATED;
	if (is_same_inode && tail->current.size < from->offset)
		seen |= TAIL_TRUNCATED;
	return seen;
}

static bool say_missing(struct tail *tail)
{
	return err_set(tail->err, "cannot open '%s': %s", tail->request->path, strerror(ENOENT));
}

/* Without a file by the log's name, the one that had it or a newer one tells that it was rotated
 * just now; else there is nothing to read. */
static bool read_all(struct tail *tail)
{
	const struct log_position *const from = tail->request->from;

	if (tail->fd < 0 && !tail->old && !(from && tail->chain.count))
		return say_missing(tail);
	if (tail->fd < 0)
		tail->report->seen |= TAIL_MISSING;
	if (from)
		tail->report->seen |= how_it_moved(tail, from);
	else
		chain_note(tail);
	if (!read_chain(tail) && tail->fd >= 0)
		follow(tail, tail->fd, &tail->current, tail->offset);
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
	tail->current = (struct rotated){.path = tail->path};
	if (!rotated_look(tail->fd, &tail->current))
		return err_set(tail->err, "'%s' is not a file that can be read", path);
	if (tail->current.is_packed)
		return err_set(tail->err, "'%s' is compressed: name the log that is written to",
			       path);
	return true;
}

static void close_current(struct tail *tail)
{
	chain_release(tail);
	if (tail->fd >= 0)
		close(tail->fd);
	tail->fd = -1;
	free(tail->path);
	tail->path = NULL;
}

bool tail_read(const struct tail_request *request, struct tail_report *report, struct err *err)
{
	struct tail tail = {.request = request, .report = report, .fd = -1, .err = err};
	bool is_open = true;
	bool is_found = false;
	bool ok = false;

	*report = (struct tail_report){0};
	tail.block = xcalloc(BLOCK_BYTES, 1);
	for (int i = 0; is_open && !is_found && i < TRIES; i++) {
		close_current(&tail);
		is_open = open_current(&tail);
		is_found = is_open && chain_find(&tail);
	}
	if (is_found)
		ok = read_all(&tail);
	else if (is_open)
		err_set(err, "'%s' is being rotated just now; the next pass reads it",
			request->path);
	close_current(&tail);
	free(tail.block);
	return ok;
}
