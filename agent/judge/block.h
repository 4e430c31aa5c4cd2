#ifndef JUDGE_BLOCK_H
#define JUDGE_BLOCK_H

#include "model/delivery.h"

#include <stdbool.h>
#include <stdint.h>

/* A receiver's own block of an address, from its replies: begins when replies say so often
 * enough, ends when mail is taken again. */
struct block_input { /* what one pass read about (address, receiver) */
	uint64_t sent;
	uint64_t refused; /* with replies that speak against the address */
	int64_t first_at, last_at; /* of those; 0: none */
	int64_t last_sent_at;
	const char *words; /* of the newest of those */
	uint64_t commonest; /* so many of them came at once with this cause and scope */
	enum reply_cause cause;
	enum reply_scope scope;
};

/* Replies of one kind. */
struct block_replies {
	enum reply_cause cause;
	enum reply_scope scope;
	uint64_t count; /* deferred, bounced and expired */
	int64_t first_at, last_at;
	const char *words;
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
 * customer's domain). For carriers that block by TCP reset, REPLY_NETWORK counts. `receiver` is a
 * word of replies_receiver. */
bool block_is_evidence(const char *receiver, enum reply_cause cause, enum reply_scope scope);
/* Adds replies to what a pass read, unless they speak of something else. True when the input's
 * words are theirs from now on. */
bool block_hear(struct block_input *input, const char *receiver,
		const struct block_replies *replies);
/* Weighs one pass. A block begins with several refusals within a day that outweigh what was
 * taken; it ends when several messages in a row are taken, or any a day after the last refusal.
 * {0} is a receiver that takes everything. */
enum block_change block_apply(struct block *block, const struct block_input *input);

#endif
