#include "io/ahead.h"

#include "base/mem.h"
#include "base/slice.h"
#include "io/unpack.h"
#include "sys/belt.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
	BLOCK_BYTES = 128 * 1024,
	SHORT_BYTES = 1024 * 1024 /* not worth a thread */
};

struct block {
	char *bytes;
	size_t len;
	uint64_t taken; /* of the file, up to its end */
	bool is_last;
	bool is_damaged; /* behind its bytes, and so the last */
};

struct ahead {
	struct unpack *unpack; /* the thread's from its start to its end */
	const struct block *lent; /* to the caller; NULL: none so far */
	uint64_t given; /* without the thread */
	uint64_t taken;
	bool is_file; /* what comes from a pipe is another process's work, and may never come */
	struct belt belt; /* the thread fills it */
	struct err failure; /* the thread's, up to its last block */
	struct block block[BELT_PLACES];
};

struct ahead *ahead_open(int fd, const char *name, struct err *err)
{
	struct ahead *ahead;
	struct unpack *unpack;
	struct stat st;
	const bool is_file = fstat(fd, &st) == 0 && S_ISREG(st.st_mode);

	unpack = unpack_open(fd, name, err);
	if (!unpack)
		return NULL;
	ahead = xcalloc(1, sizeof(*ahead));
	ahead->unpack = unpack;
	ahead->is_file = is_file;
	belt_init(&ahead->belt);
	return ahead;
}

/* `rest` is what the block before had no room for. */
static void fill(struct ahead *ahead, struct block *block, struct slice *rest)
{
	ssize_t got;
	size_t part;

	for (block->len = 0; block->len < BLOCK_BYTES; block->len += part) {
		if (!rest->len) {
			got = unpack_next(ahead->unpack, &rest->at, &ahead->failure);
			rest->len = got > 0 ? (size_t)got : 0;
			block->is_last = got <= 0;
			block->is_damaged = got < 0;
		}
		if (block->is_last)
			break;
		part = BLOCK_BYTES - block->len;
		if (part > rest->len)
			part = rest->len;
		memcpy(block->bytes + block->len, rest->at, part);
		*rest = slice_from(*rest, part);
	}
	block->taken = unpack_taken(ahead->unpack);
}

static void *read_ahead(void *context)
{
	struct ahead *const ahead = context;
	struct slice rest = {0};
	struct block *block;
	bool is_last = false;

	while (!is_last && belt_wait_for_room(&ahead->belt, BELT_PLACES - 1)) {
		block = &ahead->block[belt_place(ahead->belt.in)];
		fill(ahead, block, &rest);
		is_last = block->is_last;
		belt_fill(&ahead->belt);
	}
	return NULL;
}

/* Where no thread can be had, the content comes as before. */
static void start(struct ahead *ahead)
{
	for (size_t i = 0; i < BELT_PLACES; i++)
		ahead->block[i].bytes = xcalloc(BLOCK_BYTES, 1);
	belt_start(&ahead->belt, read_ahead, ahead);
}

static ssize_t end_of(const struct ahead *ahead, struct err *err)
{
	if (!ahead->lent->is_damaged)
		return 0;
	*err = ahead->failure;
	return -1;
}

static ssize_t next_block(struct ahead *ahead, const char **bytes, struct err *err)
{
	if (ahead->lent && ahead->lent->is_last)
		return end_of(ahead, err);
	if (ahead->lent)
		belt_empty(&ahead->belt);
	belt_wait_for_full(&ahead->belt);
	ahead->lent = &ahead->block[belt_place(ahead->belt.out)];
	ahead->taken = ahead->lent->taken;
	*bytes = ahead->lent->bytes;
	return ahead->lent->len ? (ssize_t)ahead->lent->len : end_of(ahead, err);
}

ssize_t ahead_next(struct ahead *ahead, const char **bytes, struct err *err)
{
	ssize_t got;

	if (ahead->is_file && ahead->given >= SHORT_BYTES && !ahead->block[0].bytes)
		start(ahead);
	if (ahead->belt.has_thread)
		return next_block(ahead, bytes, err);
	got = unpack_next(ahead->unpack, bytes, err);
	ahead->given += got > 0 ? (uint64_t)got : 0;
	ahead->taken = unpack_taken(ahead->unpack);
	return got;
}

uint64_t ahead_taken(const struct ahead *ahead)
{
	return ahead->taken;
}

void ahead_close(struct ahead *ahead)
{
	if (!ahead)
		return;
	belt_release(&ahead->belt);
	for (size_t i = 0; i < BELT_PLACES; i++)
		free(ahead->block[i].bytes);
	unpack_close(ahead->unpack);
	free(ahead);
}
