#ifndef JUDGE_BLOCK_H
#define JUDGE_BLOCK_H

#include "model/delivery.h"

#include <stdbool.h>
#include <stdint.h>

/* A receiver's own block of an address, from its replies: begins when replies say so often
 * enough, ends when mail is taken again. */
struct block_input { /* what one pass read about (address, receiver) */
	uint64_t sent;
	uint64_t by_cause[REPLY_CAUSE_COUNT]; /* deferred, bounced and expired */
	int64_t first_at, last_at; /* of the blocking replies; 0: none */
	int64_t last_sent_at;
	const char *words; /* of the newest blocking reply */
	enum reply_cause cause; /* the commonest blocking one */
	enum reply_scope scope;
};

struct block {
	bool is_blocked;
	int64_t since, last_at; /* the first and the last refusal; kept once when it ended */
	uint64_t messages; /* refused since then */
	enum reply_cause cause;
	enum reply_scope scope;
	uint32_t good_streak; /* accepted since the last refusal; before a block, since the first */
};

enum block_change { BLOCK_SAME, BLOCK_BEGAN, BLOCK_ENDED };

/* Whether such replies speak against the address (not the recipient, the message or one
 * customer's domain). For carriers that block by TCP reset, REPLY_NETWORK counts. */
bool block_is_evidence(const char *receiver, enum reply_cause cause, enum reply_scope scope);
/* Weighs one pass. A block begins with several refusals within a day that outweigh what was
 * taken; it ends when several messages in a row are taken, or any a day after the last refusal.
 * `receiver` is a word of replies_receiver. {0} is a receiver that takes everything. */
enum block_change block_apply(struct block *block, const char *receiver,
                              const struct block_input *input);

#endif
