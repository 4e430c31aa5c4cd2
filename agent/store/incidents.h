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

/* Open ones, those that ended after `ended_since`, and those whose end is still to be told, oldest
 * first. item.list is NULL. */
bool incidents_load(struct store *store, int64_t ended_since, struct arena *arena,
		    struct incident **out, size_t *count, struct err *err);
/* Inserts (id 0, which it sets) or updates, with all its items. */
bool incidents_save(struct store *store, struct incident *incident, struct err *err);
/* Drops some that ended longer than three years ago. */
bool incidents_trim(struct store *store, int64_t now, struct err *err);

/* Those that have not ended at `now`, oldest first. */
bool mutes_load(struct store *store, int64_t now, struct arena *arena, struct mute **out,
		size_t *count, struct err *err);
bool mutes_add(struct store *store, struct mute *mute, struct err *err);
/* `*was_there` false: there is none of that id that has not ended. */
bool mutes_end(struct store *store, int64_t id, int64_t now, bool *was_there, struct err *err);

/* How far alerts have come. */
struct alerting {
	int64_t began_at; /* when the first pass told what was there already; 0: not yet */
	int64_t weekly_at; /* the last summary of a week, or its equivalent at the beginning */
};
bool alerting_load(struct store *store, struct alerting *out, struct err *err);
bool alerting_save(struct store *store, const struct alerting *alerting, struct err *err);

/* How many incidents began and ended from `since` on. */
bool incidents_count(struct store *store, int64_t since, int64_t *opened, int64_t *ended,
		     struct err *err);

#endif
