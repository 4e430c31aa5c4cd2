#include "run/tallier.h"

#include "base/mem.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
	ALONE_MAX = 20000, /* deliveries that are not worth a thread */
	BATCH_BYTES = 128 * 1024,
	BATCHES = 8,
	LOW_BATCHES = BATCHES / 2 /* the reader is woken for several batches rather than for each */
};

/* A delivery whose texts follow it: account, domain, receiver's host, status, reply. */
struct packed {
	int64_t at;
	struct ip address;
	enum outcome outcome;
	uint32_t bytes; /* up to the next */
	uint32_t account, domain, mx, status, reply;
};

struct batch {
	char *bytes;
	size_t len;
};

struct tallier {
	struct tally *tally; /* the thread's while batches wait, else the caller's */
	uint64_t alone; /* deliveries added without the thread */
	bool has_thread;
	pthread_t thread;
	atomic_bool is_full;
	/* What follows is for who holds the lock; but batches from out to in belong to the thread, and
	 * the others to the caller. */
	pthread_mutex_t lock;
	pthread_cond_t moved;
	size_t in, out; /* batches so far */
	bool is_stopped;
	struct batch batch[BATCHES];
};

struct tallier *tallier_new(struct tally *tally)
{
	struct tallier *tallier = xcalloc(1, sizeof(*tallier));

	tallier->tally = tally;
	pthread_mutex_init(&tallier->lock, NULL);
	pthread_cond_init(&tallier->moved, NULL);
	return tallier;
}

static struct batch *batch_at(struct tallier *tallier, size_t number)
{
	return &tallier->batch[number % BATCHES];
}

static struct slice take(const char **from, uint32_t len)
{
	const struct slice text = slice_of(*from, len);

	*from += len;
	return text;
}

static void add_batch(struct tally *tally, const struct batch *batch)
{
	struct packed packed;

	for (size_t at = 0; at < batch->len; at += packed.bytes) {
		const char *text = batch->bytes + at + sizeof(packed);
		struct delivery delivery;

		memcpy(&packed, batch->bytes + at, sizeof(packed));
		delivery = (struct delivery){
		    .at = packed.at, .address = packed.address, .outcome = packed.outcome};
		delivery.account = take(&text, packed.account);
		delivery.sender_domain = take(&text, packed.domain);
		delivery.mx = take(&text, packed.mx);
		delivery.status = take(&text, packed.status);
		delivery.reply = take(&text, packed.reply);
		tally_add(tally, &delivery);
	}
}

/* The next to be added; NULL: there will be none. */
static const struct batch *wait_for_batch(struct tallier *tallier)
{
	const struct batch *batch = NULL;

	pthread_mutex_lock(&tallier->lock);
	while (tallier->in == tallier->out && !tallier->is_stopped)
		pthread_cond_wait(&tallier->moved, &tallier->lock);
	if (tallier->in != tallier->out)
		batch = batch_at(tallier, tallier->out);
	pthread_mutex_unlock(&tallier->lock);
	return batch;
}

static void take_out(struct tallier *tallier)
{
	pthread_mutex_lock(&tallier->lock);
	tallier->out++;
	if (tallier->in - tallier->out <= LOW_BATCHES)
		pthread_cond_signal(&tallier->moved);
	pthread_mutex_unlock(&tallier->lock);
}

static void *add_batches(void *context)
{
	struct tallier *const tallier = context;
	const struct batch *batch;

	while ((batch = wait_for_batch(tallier)) != NULL) {
		add_batch(tallier->tally, batch);
		atomic_store(&tallier->is_full, tally_is_full(tallier->tally));
		take_out(tallier);
	}
	return NULL;
}

/* Signals stay with the thread that is there for them. What the tally loads when it is needed is
 * loaded here, because that may be where only this thread may write. */
static void start(struct tallier *tallier)
{
	sigset_t all, before;

	tally_load(tallier->tally);
	for (size_t i = 0; i < BATCHES; i++)
		tallier->batch[i].bytes = xcalloc(BATCH_BYTES, 1);
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, &before);
	tallier->has_thread = pthread_create(&tallier->thread, NULL, add_batches, tallier) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
}

/* The batch at `in` is the one being filled. Waits until at most `most` others are to be added. */
static void hand_over(struct tallier *tallier, size_t most)
{
	pthread_mutex_lock(&tallier->lock);
	if (batch_at(tallier, tallier->in)->len) {
		tallier->in++;
		pthread_cond_signal(&tallier->moved);
	}
	while (tallier->in - tallier->out > most)
		pthread_cond_wait(&tallier->moved, &tallier->lock);
	pthread_mutex_unlock(&tallier->lock);
	batch_at(tallier, tallier->in)->len = 0;
}

static void put(char **to, struct slice text)
{
	if (text.len)
		memcpy(*to, text.at, text.len);
	*to += text.len;
}

static void pack(struct batch *batch, const struct delivery *delivery, struct packed packed)
{
	char *to = batch->bytes + batch->len;

	memcpy(to, &packed, sizeof(packed));
	to += sizeof(packed);
	put(&to, delivery->account);
	put(&to, delivery->sender_domain);
	put(&to, delivery->mx);
	put(&to, slice_of(delivery->status.at, packed.status));
	put(&to, slice_of(delivery->reply.at, packed.reply));
	batch->len += packed.bytes;
}

/* No line is as long as a batch; an entry of a journal may be. */
static void hand_to_thread(struct tallier *tallier, const struct delivery *delivery)
{
	const bool is_sent = delivery->outcome == OUTCOME_SENT;
	struct batch *batch = batch_at(tallier, tallier->in);
	const size_t status = is_sent ? 0 : delivery->status.len;
	const size_t reply = is_sent ? 0 : delivery->reply.len;
	const size_t bytes = sizeof(struct packed) + delivery->account.len +
			     delivery->sender_domain.len + delivery->mx.len + status + reply;

	if (bytes > BATCH_BYTES) {
		tally_add(tallier_tally(tallier), delivery);
		return;
	}
	if (batch->len + bytes > BATCH_BYTES) {
		hand_over(tallier, BATCHES - 1);
		batch = batch_at(tallier, tallier->in);
	}
	pack(batch, delivery,
	     (struct packed){.at = delivery->at,
			     .address = delivery->address,
			     .outcome = delivery->outcome,
			     .bytes = (uint32_t)bytes,
			     .account = (uint32_t)delivery->account.len,
			     .domain = (uint32_t)delivery->sender_domain.len,
			     .mx = (uint32_t)delivery->mx.len,
			     .status = (uint32_t)status,
			     .reply = (uint32_t)reply});
}

void tallier_add(void *context, const struct delivery *delivery)
{
	struct tallier *const tallier = context;

	if (tallier->has_thread) {
		hand_to_thread(tallier, delivery);
		return;
	}
	tally_add(tallier->tally, delivery);
	if (++tallier->alone == ALONE_MAX)
		start(tallier);
}

bool tallier_is_full(const struct tallier *tallier)
{
	return tallier->has_thread ? atomic_load(&tallier->is_full) : tally_is_full(tallier->tally);
}

struct tally *tallier_tally(struct tallier *tallier)
{
	if (tallier->has_thread)
		hand_over(tallier, 0);
	atomic_store(&tallier->is_full, false); /* the caller is going to see to that */
	return tallier->tally;
}

static void stop(struct tallier *tallier)
{
	pthread_mutex_lock(&tallier->lock);
	tallier->is_stopped = true;
	pthread_cond_signal(&tallier->moved);
	pthread_mutex_unlock(&tallier->lock);
	pthread_join(tallier->thread, NULL);
}

void tallier_free(struct tallier *tallier)
{
	if (!tallier)
		return;
	if (tallier->has_thread)
		stop(tallier);
	for (size_t i = 0; i < BATCHES; i++)
		free(tallier->batch[i].bytes);
	pthread_cond_destroy(&tallier->moved);
	pthread_mutex_destroy(&tallier->lock);
	tally_free(tallier->tally);
	free(tallier);
}
