#ifndef MAILLOG_TALLY_H
#define MAILLOG_TALLY_H

#include "base/civil.h"
#include "base/ip.h"
#include "maillog/replies.h"
#include "model/delivery.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Deliveries added up: by hour, account, sender's domain and receiver, each on the operator's
 * days. A tally that is full is handed to the store and cleared; so memory is bounded however
 * many accounts send. */
struct tally;

/* What the rows are about. Numbers are this tally's own; tally_text and tally_address say what
 * they stand for. */
struct tally_key {
	uint32_t address;
	uint32_t who; /* account, domain or receiver */
	int32_t day; /* civil_days() of the local day */
	uint32_t part; /* hour 0..23, or a cause and a scope */
};

struct tally_hour {
	struct tally_key key; /* part: the hour as the clock shows it; the one that daylight saving
	                       * repeats holds both */
	uint64_t by_outcome[OUTCOME_COUNT];
};

struct tally_account { /* none for mail without an account */
	struct tally_key key;
	uint32_t by_outcome[OUTCOME_COUNT];
	uint32_t unknown_user; /* of the refused: the recipient does not exist */
	uint32_t blocked; /* of them: for the sender's reputation, or as spam */
	uint64_t receivers; /* bit N: reached the receiver of number N; bit 63 also all behind */
};

struct tally_domain { /* of the envelope sender; none for bounces */
	struct tally_key key;
	uint32_t by_outcome[OUTCOME_COUNT];
	uint32_t to_gmail, to_microsoft, to_yahoo; /* of all outcomes */
	/* Who sends for it: the account of more than half its deliveries, when one has so many, and how
	 * clearly, 0: none. */
	uint32_t account, lead;
};

struct tally_receiver {
	struct tally_key key;
	uint64_t by_outcome[OUTCOME_COUNT];
	int64_t last_sent_at; /* 0: nothing was taken */
};

enum { TALLY_WORDS_BYTES = 512 };
struct tally_reply { /* what was not taken, by what the receiver said */
	struct tally_key key; /* part: tally_cause() and tally_scope() */
	uint64_t by_outcome[OUTCOME_COUNT];
	uint64_t unmatched; /* no rule knew it */
	int64_t first_at, last_at;
	char *words; /* of the newest, cut; foreign text */
};

static inline enum reply_cause tally_cause(const struct tally_reply *reply)
{
	return (enum reply_cause)(reply->key.part >> 8);
}

static inline enum reply_scope tally_scope(const struct tally_reply *reply)
{
	return (enum reply_scope)(reply->key.part & 0xff);
}

struct tally_totals { /* since tally_new */
	uint64_t deliveries;
	uint64_t unmatched; /* replies no rule knew */
	uint64_t unaddressed; /* nobody says which address they left from */
};

/* Both are borrowed. Without replies every receiver is "other" and every reply unmatched. */
struct tally *tally_new(const struct zone *zone, struct replies *replies);
/* For rules that take longer to load than most logs to read: asked for once, when the first
 * delivery needs them. */
void tally_load_later(struct tally *tally, struct replies *(*load)(void *context), void *context);
/* Now at the latest. */
void tally_load(struct tally *tally);
void tally_free(struct tally *tally);
/* A delivery_fn; `context` is the tally. Nothing of the recipient is looked at, and of what was sent
 * neither status nor reply. */
void tally_add(void *context, const struct delivery *delivery);
/* Adds days and accounts of another: its hours without the hour, its accounts without the day.
 * The sum of a whole import, however large. */
void tally_fold(struct tally *sum, const struct tally *tally);
bool tally_is_full(const struct tally *tally);
void tally_clear(struct tally *tally);
struct tally_totals tally_totals(const struct tally *tally);

const struct tally_hour *tally_hours(const struct tally *tally, size_t *count);
const struct tally_account *tally_accounts(const struct tally *tally, size_t *count);
const struct tally_domain *tally_domains(const struct tally *tally, size_t *count);
const struct tally_receiver *tally_receivers(const struct tally *tally, size_t *count);
const struct tally_reply *tally_replies(const struct tally *tally, size_t *count);

enum tally_kind { TALLY_ACCOUNT, TALLY_DOMAIN, TALLY_RECEIVER, TALLY_KIND_COUNT };
/* How many numbers there are, and the text of one, with a NUL behind it; borrowed until the next
 * delivery. */
size_t tally_texts(const struct tally *tally, enum tally_kind kind);
struct slice tally_text(const struct tally *tally, enum tally_kind kind, uint32_t number);
size_t tally_addresses(const struct tally *tally);
/* Family 0: the log does not tell. */
struct ip tally_address(const struct tally *tally, uint32_t number);

#endif
