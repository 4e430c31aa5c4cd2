/* When a receiver's replies add up to a block of the address, and when it is over. One refusal
 * says little: receivers defer some mail of everybody. A block is several refusals against the
 * address, within a day, that outweigh what was taken; it is over once several were taken in a
 * row, or when a day after the last refusal mail is taken. Silence ends nothing. */
#include "judge/block.h"

#include "base/mem.h"

#include <string.h>

enum {
	REFUSALS_MIN = 3,
	/* A reset or a time-out is also what a bad line makes. */
	RESETS_MIN = 10,
	GOOD_MIN = 5, /* accepted in a row, and the block is over */
	FORGET_S = 24 * 3600,
	/* One refusal among so many accepted is what receivers do to everybody. */
	STRAY_AMONG = 20
};

#define SCOPE(scope) (1U << (scope))
#define ADDRESS      (SCOPE(SCOPE_IP) | SCOPE(SCOPE_NETWORK))
#define UNSAID       SCOPE(SCOPE_UNKNOWN)

/* The scopes with which a cause speaks against the address. A cause that has none blames the
 * message, the recipient, a domain or the other side. */
static const unsigned evidence[] = {
    [REPLY_OTHER] = ADDRESS,
    [REPLY_AUTHENTICATION] = 0,
    [REPLY_BLOCKLIST] = ADDRESS | UNSAID,
    [REPLY_IP_BLOCK] = ADDRESS | UNSAID,
    [REPLY_DOMAIN_REPUTATION] = 0,
    /* Most limits are the recipient's or a domain's, so the reply has to name the address. */
    [REPLY_RATE_LIMIT] = ADDRESS,
    [REPLY_PTR] = ADDRESS | UNSAID,
    [REPLY_HELO] = ADDRESS | UNSAID,
    [REPLY_CONTENT] = 0,
    [REPLY_TLS] = 0,
    [REPLY_RECIPIENT_UNKNOWN] = 0,
    [REPLY_RECIPIENT_FULL] = 0,
    [REPLY_RECIPIENT_DISABLED] = 0,
    [REPLY_GREYLIST] = 0,
    [REPLY_POLICY] = ADDRESS,
    [REPLY_SIZE] = 0,
    [REPLY_NETWORK] = 0,
    [REPLY_REMOTE_ERROR] = 0,
};
_Static_assert(COUNT_OF(evidence) == REPLY_CAUSE_COUNT, "one row for each cause");

/* Japanese carriers, which answer a blocked address with a TCP reset and no words. au says so in
 * its specification for senders. */
static const char *const resets_when_blocking[] = {"au", "docomo", "softbank"};

static bool blocks_by_reset(const char *receiver)
{
	for (size_t i = 0; i < COUNT_OF(resets_when_blocking); i++)
		if (strcmp(receiver, resets_when_blocking[i]) == 0)
			return true;
	return false;
}

bool block_is_evidence(const char *receiver, enum reply_cause cause, enum reply_scope scope)
{
	const unsigned scopes = cause == REPLY_NETWORK && blocks_by_reset(receiver)
				    ? ADDRESS | UNSAID | SCOPE(SCOPE_REMOTE)
				    : evidence[cause];

	return scopes & SCOPE(scope);
}

static uint64_t sum(uint64_t a, uint64_t b)
{
	return a > UINT64_MAX - b ? UINT64_MAX : a + b;
}

bool block_hear(struct block_input *input, const char *receiver,
		const struct block_replies *replies)
{
	const bool is_newest = replies->last_at >= input->last_at;

	if (!replies->count || !block_is_evidence(receiver, replies->cause, replies->scope))
		return false;
	input->refused = sum(input->refused, replies->count);
	if (!input->first_at || replies->first_at < input->first_at)
		input->first_at = replies->first_at;
	if (is_newest) {
		input->last_at = replies->last_at;
		input->words = replies->words;
	}
	if (replies->count >= input->commonest) {
		input->commonest = replies->count;
		input->cause = replies->cause;
		input->scope = replies->scope;
	}
	return is_newest;
}

static bool is_stray(uint64_t refused, uint64_t sent)
{
	return refused <= sent / STRAY_AMONG;
}

static void count_good(struct block *block, uint64_t sent)
{
	const uint64_t streak = sum(block->good_streak, sent);

	block->good_streak = streak < UINT32_MAX ? (uint32_t)streak : UINT32_MAX;
}

static bool is_past(const struct block *block, int64_t at)
{
	return at > block->last_at && (uint64_t)at - (uint64_t)block->last_at >= FORGET_S;
}

static void count_refusals(struct block *block, const struct block_input *input, uint64_t refused)
{
	if (!block->messages)
		block->since = input->first_at ? input->first_at : input->last_at;
	block->messages = sum(block->messages, refused);
	if (input->last_at > block->last_at)
		block->last_at = input->last_at;
	block->cause = input->cause;
	block->scope = input->scope;
}

/* Weighs what was refused against what was taken since the first refusal. */
static enum block_change while_open(struct block *block, const struct block_input *input,
				    uint64_t refused)
{
	const int64_t newest =
	    input->last_at > input->last_sent_at ? input->last_at : input->last_sent_at;

	if (block->good_streak >= GOOD_MIN || is_past(block, newest))
		*block = (struct block){0};
	if (!is_stray(refused, input->sent))
		count_refusals(block, input, refused);
	if (!block->messages)
		return BLOCK_SAME;
	/* What a pass read of the time before the first refusal weighs nothing against it. */
	if (!input->last_sent_at || input->last_sent_at >= block->since)
		count_good(block, input->sent);
	if (block->messages < (block->cause == REPLY_NETWORK ? RESETS_MIN : REFUSALS_MIN) ||
	    block->messages <= block->good_streak)
		return BLOCK_SAME;
	block->is_blocked = true;
	block->good_streak = 0;
	return BLOCK_BEGAN;
}

static enum block_change while_blocked(struct block *block, const struct block_input *input,
				       uint64_t refused)
{
	if (!is_stray(refused, input->sent)) {
		count_refusals(block, input, refused);
		/* A pass reads the logs of several machines in no order, so of what was taken in it
		 * no more than the last message is known to have come behind the last refusal. */
		block->good_streak = input->last_sent_at > input->last_at;
		return BLOCK_SAME;
	}
	/* Old lines, read late, say nothing about the end. */
	if (input->last_sent_at <= block->last_at)
		return BLOCK_SAME;
	count_good(block, input->sent);
	if (block->good_streak < GOOD_MIN && !is_past(block, input->last_sent_at))
		return BLOCK_SAME;
	block->is_blocked = false;
	return BLOCK_ENDED;
}

enum block_change block_apply(struct block *block, const struct block_input *input)
{
	/* Without a time they belong to no day. */
	const uint64_t refused = input->last_at ? input->refused : 0;

	if (!refused && !input->sent)
		return BLOCK_SAME;
	return block->is_blocked ? while_blocked(block, input, refused)
				 : while_open(block, input, refused);
}
