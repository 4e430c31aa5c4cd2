#ifndef STORE_INCIDENTS_H
#define STORE_INCIDENTS_H

#include "base/arena.h"
#include "base/err.h"
#include "model/alert.h"
#include "store/store.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Incidents with their items, and what the operator wants to hear nothing of. What writes stands
 * between store_begin and store_commit. */

/* Open ones, and those that ended after `ended_since`, oldest first. item.list is NULL. */
bool incidents_load(struct store *store, int64_t ended_since, struct arena *arena,
		    struct incident **out, size_t *count, struct err *err);
/* Inserts (id 0, which it sets) or updates, with all its items. */
bool incidents_save(struct store *store, struct incident *incident, struct err *err);
/* Drops some that ended longer than three years ago. */
bool incidents_trim(struct store *store, int64_t now, struct err *err);

/* "Known, do not tell me": of an address, a list or receiver, a pool, or their combination; "" is
 * any. */
struct mute {
	int64_t id; /* 0 until stored */
	const char *address; /* canonical address, domain, or pool's name */
	const char *subject; /* zone or receiver */
	int64_t from, until; /* from > now: a maintenance window to come */
	const char *reason; /* the operator's; never empty */
	int64_t made_at;
};
/* Those that have not ended at `now`, oldest first. */
bool mutes_load(struct store *store, int64_t now, struct arena *arena, struct mute **out,
		size_t *count, struct err *err);
bool mutes_add(struct store *store, struct mute *mute, struct err *err);
/* `*was_there` false: there is none of that id that has not ended. */
bool mutes_end(struct store *store, int64_t id, int64_t now, bool *was_there, struct err *err);

#endif
