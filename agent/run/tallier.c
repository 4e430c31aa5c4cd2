#include "run/tallier.h"

#include "base/mem.h"
#include "sys/belt.h"

#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
	ALONE_MAX = 20000, /* deliveries that are not worth a thread */
	BATCH_BYTES = 128 * 1024
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
	atomic_bool is_full;
	struct belt belt; /* the thread empties it */
	struct batch batch[BELT_PLACES];
};

struct tallier *tallier_new(struct tally *tally)
{
	struct tallier *tallier = xcalloc(1, sizeof(*tallier));

	tallier->tally = tally;
	belt_init(&tallier->belt);
	return tallier;
}

/* The one that is being filled. */
static struct batch *batch_in(struct tallier *tallier)
{
	return &tallier->batch[belt_place(tallier->belt.in)];
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

static void *add_batches(void *context)
{
	struct tallier *const tallier = context;

	while (belt_wait_for_full(&tallier->belt)) {
		add_batch(tallier->tally, &tallier->batch[belt_place(tallier->belt.out)]);
		atomic_store(&tallier->is_full, tally_is_full(tallier->tally));
		belt_empty(&tallier->belt);
	}
	return NULL;
}

/* What the tally loads when it is needed is loaded here, because that may be where only this thread
 * may write. */
static void start(struct tallier *tallier)
{
	tally_load(tallier->tally);
	for (size_t i = 0; i < BELT_PLACES; i++)
		tallier->batch[i].bytes = xcalloc(BATCH_BYTES, 1);
	belt_start(&tallier->belt, add_batches, tallier);
}

/* Begins another batch, once at most `most` wait to be added. */
static void hand_over(struct tallier *tallier, size_t most)
{
	if (batch_in(tallier)->len)
		belt_fill(&tallier->belt);
	belt_wait_for_room(&tallier->belt, most);
	batch_in(tallier)->len = 0;
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
	struct batch *batch = batch_in(tallier);
	const size_t status = is_sent ? 0 : delivery->status.len;
	const size_t reply = is_sent ? 0 : delivery->reply.len;
	const size_t bytes = sizeof(struct packed) + delivery->account.len +
			     delivery->sender_domain.len + delivery->mx.len + status + reply;

	if (bytes > BATCH_BYTES) {
		tally_add(tallier_tally(tallier), delivery);
		return;
	}
	if (batch->len + bytes > BATCH_BYTES) {
		hand_over(tallier, BELT_PLACES - 1);
		batch = batch_in(tallier);
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

	if (tallier->belt.has_thread) {
		hand_to_thread(tallier, delivery);
		return;
	}
	tally_add(tallier->tally, delivery);
	if (++tallier->alone == ALONE_MAX)
		start(tallier);
}

bool tallier_is_full(const struct tallier *tallier)
{
	return tallier->belt.has_thread ? atomic_load(&tallier->is_full)
					: tally_is_full(tallier->tally);
}

struct tally *tallier_tally(struct tallier *tallier)
{
	if (tallier->belt.has_thread)
		hand_over(tallier, 0);
	atomic_store(&tallier->is_full, false); /* the caller is going to see to that */
	return tallier->tally;
}

void tallier_free(struct tallier *tallier)
{
	if (!tallier)
		return;
	belt_release(&tallier->belt);
	for (size_t i = 0; i < BELT_PLACES; i++)
		free(tallier->batch[i].bytes);
	tally_free(tallier->tally);
	free(tallier);
}
