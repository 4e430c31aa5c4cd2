#include "io/content.h"

#include "base/hash.h"
#include "io/unpack.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

void content_end_add(struct content_end *end, const char *bytes, size_t len)
{
	const size_t part = len < sizeof(end->bytes) ? len : sizeof(end->bytes);
	const size_t room = sizeof(end->bytes) - part;
	const size_t kept = end->len < room ? end->len : room;

	memmove(end->bytes, end->bytes + end->len - kept, kept);
	memcpy(end->bytes + kept, bytes + len - part, part);
	end->len = kept + part;
}

uint64_t content_end_hash(const struct content_end *end)
{
	return end->len ? hash_bytes(end->bytes, end->len) : 0;
}

uint64_t content_tail_hash(int fd, uint64_t offset)
{
	struct content_end end = {.len = offset < LOG_HEAD_BYTES ? (size_t)offset : LOG_HEAD_BYTES};
	size_t used = 0;

	while (used < end.len) {
		const ssize_t got =
		    pread(fd, end.bytes + used, end.len - used, (off_t)(offset - end.len + used));

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return 0;
		used += (size_t)got;
	}
	return content_end_hash(&end);
}

/* What stands before `upto`, or before the end of what can be read. Returns where that is. */
static uint64_t unpack_end(const struct rotated *file, uint64_t upto, struct content_end *end)
{
	struct err err;
	const int fd = rotated_reopen(file);
	struct unpack *unpack = fd < 0 ? NULL : unpack_open(fd, "", &err);
	const char *bytes;
	uint64_t at = 0;
	ssize_t got;

	while (unpack && at < upto && (got = unpack_next(unpack, &bytes, &err)) > 0) {
		const uint64_t left = upto - at;
		const size_t part = (uint64_t)got < left ? (size_t)got : (size_t)left;

		content_end_add(end, bytes, part);
		at += part;
	}
	unpack_close(unpack);
	return at;
}

static uint64_t tail_hash_at(const struct rotated *file, uint64_t offset)
{
	struct content_end end = {.len = 0};
	uint64_t hash;
	int fd;

	if (file->is_packed)
		return unpack_end(file, offset, &end) == offset ? content_end_hash(&end) : 0;
	if (file->size < offset)
		return 0;
	fd = rotated_reopen(file);
	if (fd < 0)
		return 0;
	hash = content_tail_hash(fd, offset);
	close(fd);
	return hash;
}

bool content_has_tail(const struct rotated *file, uint64_t offset, uint64_t tail_hash)
{
	return tail_hash && tail_hash_at(file, offset) == tail_hash;
}

enum content_match content_match(const struct rotated *file, const struct log_position *from)
{
	if (!from->head_bytes || file->head_len < from->head_bytes ||
	    hash_bytes(file->head, from->head_bytes) != from->head_hash)
		return CONTENT_OTHER;
	if (!file->is_packed && file->size < from->offset)
		return CONTENT_ALIKE;
	return !from->tail_hash || content_has_tail(file, from->offset, from->tail_hash)
		   ? CONTENT_SAME
		   : CONTENT_ALIKE;
}

static uint64_t content_len(const struct rotated *file)
{
	struct content_end end = {.len = 0};

	return file->is_packed ? unpack_end(file, UINT64_MAX, &end) : file->size;
}

uint64_t content_shared(const struct rotated *a, const struct rotated *b)
{
	const size_t head = a->head_len < b->head_len ? a->head_len : b->head_len;
	uint64_t len;
	uint64_t other;

	if (!head || memcmp(a->head, b->head, head) != 0)
		return 0;
	len = content_len(a);
	other = content_len(b);
	len = len < other ? len : other;
	return content_has_tail(a, len, tail_hash_at(b, len)) ? len : 0;
}
