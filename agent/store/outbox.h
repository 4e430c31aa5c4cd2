#ifndef STORE_OUTBOX_H
#define STORE_OUTBOX_H

#include "base/arena.h"
#include "base/err.h"
#include "store/store.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Letters on their way. They are written in the transaction that raises what they tell, and marked
 * sent only after the other side took them: a letter may go twice and is never lost. */

enum outbox_state { OUTBOX_PENDING, OUTBOX_SENT, OUTBOX_DEAD, OUTBOX_STATE_COUNT };
enum { OUTBOX_EXPIRES_S = 7 * 86400, OUTBOX_KEPT_S = 31 * 86400 };

/* "pending", "sent", "dead"; -1 for another word. */
const char *outbox_state_name(enum outbox_state state);
int outbox_state_parse(const char *word);

struct outbox_letter {
	int64_t id; /* 0 until stored */
	const char *key; /* UID.SEQ.CHANNEL: the idempotency key; writing it twice is one letter */
	const char *uid; /* of the thread */
	uint32_t seq;
	const char *channel; /* its name in the configuration */
	const char *kind; /* the word of the alert's kind */
	const char *severity;
	const char *content_type, *subject, *body;
	size_t len; /* of the body */
	int64_t created_at;
	int64_t next_at; /* not before */
	uint32_t attempts;
	const char *error; /* of the last attempt, for people; no secret, foreign text */
	enum outbox_state state;
	int64_t ended_at; /* sent or given up */
};

/* Stands between store_begin and store_commit; sets the id. A key that is there already is left
 * alone, and the id is then 0. */
bool outbox_add(struct store *store, struct outbox_letter *letter, struct err *err);
/* Pending ones whose time has come, oldest first, at most `max`; `channel` NULL: of all. A letter
 * waits while an earlier one of its thread and channel does. */
bool outbox_due(struct store *store, const char *channel, int64_t now, size_t max,
		struct arena *arena, struct outbox_letter **out, size_t *count, struct err *err);
/* All of a state, oldest first, without bodies. */
bool outbox_list(struct store *store, enum outbox_state state, struct arena *arena,
		 struct outbox_letter **out, size_t *count, struct err *err);
/* Saves attempts, next_at, error, state and ended_at. A transaction of its own when none is open. */
bool outbox_save(struct store *store, const struct outbox_letter *letter, struct err *err);
/* Drops what ended longer than OUTBOX_KEPT_S ago. Likewise. */
bool outbox_trim(struct store *store, int64_t now, struct err *err);

struct outbox_counts {
	uint64_t pending, dead;
	int64_t oldest_pending_at; /* 0: none */
};
bool outbox_counts(struct store *store, struct outbox_counts *out, struct err *err);

/* How a channel fares, whether it takes letters or is told the state by each pass. */
struct outbox_channel {
	const char *name; /* in the configuration, now or once */
	int64_t taken_at; /* the last time it took something; 0: never */
	int64_t failing_since; /* 0: it took what it was given last */
	const char *error; /* of the last failure; as outbox_letter's */
};
bool outbox_channels(struct store *store, struct arena *arena, struct outbox_channel **out,
		     size_t *count, struct err *err);
/* It took something at `at`, or (`error` not NULL) did not. A transaction of its own when none is
 * open. */
bool outbox_note(struct store *store, const char *channel, int64_t at, const char *error,
		 struct err *err);

#endif
