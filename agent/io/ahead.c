#include "io/ahead.h"

#include "base/mem.h"
#include "base/slice.h"
#include "io/unpack.h"

#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum {
	BLOCK_BYTES = 128 * 1024,
	BLOCKS = 8,
	LOW_BLOCKS = BLOCKS / 2, /* the thread is woken for several blocks rather than for each */
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
	bool has_thread;
	pthread_t thread;
	/* What follows is for who holds the lock; but blocks out to in belong to the caller and the
	 * others, with the failure, to the thread. */
	pthread_mutex_t lock;
	pthread_cond_t moved;
	size_t in, out; /* blocks so far */
	bool is_stopped;
	struct err failure;
	struct block block[BLOCKS];
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
	pthread_mutex_init(&ahead->lock, NULL);
	pthread_cond_init(&ahead->moved, NULL);
	return ahead;
}

static struct block *block_at(struct ahead *ahead, size_t number)
{
	return &ahead->block[number % BLOCKS];
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

/* The next to be filled; NULL: nobody wants more. */
static struct block *wait_for_room(struct ahead *ahead)
{
	struct block *block = NULL;

	pthread_mutex_lock(&ahead->lock);
	while (ahead->in - ahead->out == BLOCKS && !ahead->is_stopped)
		pthread_cond_wait(&ahead->moved, &ahead->lock);
	if (!ahead->is_stopped)
		block = block_at(ahead, ahead->in);
	pthread_mutex_unlock(&ahead->lock);
	return block;
}

static void put_in(struct ahead *ahead)
{
	pthread_mutex_lock(&ahead->lock);
	ahead->in++;
	pthread_cond_signal(&ahead->moved);
	pthread_mutex_unlock(&ahead->lock);
}

static void *read_ahead(void *context)
{
	struct ahead *const ahead = context;
	struct slice rest = {0};
	struct block *block;
	bool is_last = false;

	while (!is_last && (block = wait_for_room(ahead)) != NULL) {
		fill(ahead, block, &rest);
		is_last = block->is_last;
		put_in(ahead);
	}
	return NULL;
}

/* Signals stay with the thread that is there for them. Where no other can be had, the content
 * comes as before. */
static void start(struct ahead *ahead)
{
	sigset_t all, before;

	for (size_t i = 0; i < BLOCKS; i++)
		ahead->block[i].bytes = xcalloc(BLOCK_BYTES, 1);
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &before);
	ahead->has_thread = pthread_create(&ahead->thread, NULL, read_ahead, ahead) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

static void give_back(struct ahead *ahead)
{
	pthread_mutex_lock(&ahead->lock);
	ahead->out++;
	if (ahead->in - ahead->out <= LOW_BLOCKS)
		pthread_cond_signal(&ahead->moved);
	pthread_mutex_unlock(&ahead->lock);
}

static const struct block *wait_for_block(struct ahead *ahead)
{
	pthread_mutex_lock(&ahead->lock);
	while (ahead->in == ahead->out)
		pthread_cond_wait(&ahead->moved, &ahead->lock);
	pthread_mutex_unlock(&ahead->lock);
	return block_at(ahead, ahead->out);
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
		give_back(ahead);
	ahead->lent = wait_for_block(ahead);
	ahead->taken = ahead->lent->taken;
	*bytes = ahead->lent->bytes;
	return ahead->lent->len ? (ssize_t)ahead->lent->len : end_of(ahead, err);
}

ssize_t ahead_next(struct ahead *ahead, const char **bytes, struct err *err)
{
	ssize_t got;

	if (ahead->is_file && ahead->given >= SHORT_BYTES && !ahead->block[0].bytes)
		start(ahead);
	if (ahead->has_thread)
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

static void stop(struct ahead *ahead)
{
	pthread_mutex_lock(&ahead->lock);
	ahead->is_stopped = true;
	pthread_cond_signal(&ahead->moved);
	pthread_mutex_unlock(&ahead->lock);
	pthread_join(ahead->thread, NULL);
}

void ahead_close(struct ahead *ahead)
{
	if (!ahead)
		return;
	if (ahead->has_thread)
		stop(ahead);
	for (size_t i = 0; i < BLOCKS; i++)
		free(ahead->block[i].bytes);
	pthread_cond_destroy(&ahead->moved);
	pthread_mutex_destroy(&ahead->lock);
	unpack_close(ahead->unpack);
	free(ahead);
}
