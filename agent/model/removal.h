#ifndef MODEL_REMOVAL_H
#define MODEL_REMOVAL_H

#include "model/list.h"
#include "model/names.h"
#include "model/removal_way.h"
#include "model/standing.h"
#include "model/traffic.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Requests to take an address off a list or to unblock it: the ledger's rows, and what `delist`
 * tells. Times are UTC seconds, 0 for what did not happen. */

enum removal_state {
	REMOVAL_OPEN, /* nobody asked */
	REMOVAL_ASKED,
	REMOVAL_ANSWERED, /* and listed still */
	REMOVAL_CLEARED,
	REMOVAL_RELISTED, /* it came back after it was cleared */
	REMOVAL_STATE_COUNT
};
const char *removal_state_name(enum removal_state state);

/* One request. `was` is what was believed when it was made, FINDING_CLEAR where no listing was
 * known: a listing that was never seen is never seen to end. */
struct removal {
	int64_t id; /* 0 until stored */
	const char *address;
	const char *check; /* "dnsbl" or "receiver" */
	const char *subject; /* the zone, or the receiver's name */
	enum finding was;
	int64_t listed_since;
	int64_t asked_at, last_asked_at;
	uint32_t times; /* asked */
	const char *ticket, *note;
	int64_t answered_at;
	const char *answer;
	int64_t cleared_at, relisted_at;
};
/* NULL: nobody asked. */
enum removal_state removal_state_of(const struct removal *removal);

/* What to do about a listing now. */
enum removal_verdict {
	REMOVAL_LOOK_FIRST, /* the list could not be asked lately: it may be over */
	REMOVAL_ASK,
	REMOVAL_FIX_FIRST, /* the cause goes on, or what they ask for is missing */
	REMOVAL_WAIT, /* asked not long ago */
	REMOVAL_EXPIRES, /* nobody can be asked; it ends by itself */
	REMOVAL_NOT_ADVISED, /* only for money */
	REMOVAL_VERDICT_COUNT
};
const char *removal_verdict_name(enum removal_verdict verdict);

enum { REMOVAL_REASONS_MAX = 16 };
struct removal_advice {
	enum removal_verdict verdict;
	int64_t ask_again_at; /* not before; 0: never asked */
	const char
	    *reason[REMOVAL_REASONS_MAX]; /* the deciding one first; foreign parts unescaped */
	size_t reasons;
};

/* Who is behind it, and whether that goes on. Counts are of the operator's days. */
struct removal_suspect {
	const char *account; /* foreign text */
	uint64_t today, yesterday;
	double usual; /* a day */
};

/* A day's mail of the address. */
struct removal_volume {
	bool is_known;
	bool is_so_far; /* the day is not over */
	const char *date;
	uint64_t sent;
};

/* One listing, or one receiver's block, with all that is known for a decision. */
struct removal_view {
	const char *address, *name, *pool, *helo;
	const char *ptr; /* "" for none, NULL: not known */
	bool is_ptr_good; /* confirmed, and not made from the address */
	bool is_receiver;
	const struct standing *standing; /* the belief */
	const struct list *list; /* NULL: a receiver, or no longer in the catalogue */
	const struct removal_way *way; /* NULL: nothing is known */
	const struct removal *request; /* the newest, NULL: none */
	uint32_t relisted; /* times it came back within REMOVAL_RELISTED_DAYS */
	/* From the mail logs; has_traffic false: they tell nothing of the address. */
	bool has_traffic;
	struct volume_verdict volume;
	const struct removal_suspect *suspect;
	size_t suspects;
	int64_t logs_read_at; /* 0: not known */
	bool are_logs_old; /* for longer than stale_after nobody read them */
	bool are_logs_of_today;
	unsigned hour; /* of the operator's day, up to which they were read; 0: not today */
	uint64_t recent; /* attempts in that hour and the REMOVAL_RECENT_HOURS before it */
	uint64_t called_spam; /* replies of today and yesterday that blame content */
	int64_t called_spam_at; /* the newest of them */
	enum reply_cause block_cause; /* of a receiver's block */
	uint64_t refused; /* by it, since then */
	int64_t refused_at; /* the last time; 0: not known */
	struct removal_volume then, now; /* the day it began, and yesterday */
	struct removal_advice advice;
};
enum { REMOVAL_RELISTED_DAYS = 365, REMOVAL_RECENT_HOURS = 3 };

/* How long requests to one list or receiver took. */
struct removal_term {
	const char *subject;
	size_t requests, cleared, relisted;
	double median_days; /* of those that were cleared */
};

/* All that `delist list` shows. */
struct removal_page {
	const struct removal_view *view;
	size_t views;
	const struct removal *history; /* oldest first */
	size_t requests;
	const struct removal_term *term;
	size_t terms;
};

#endif
