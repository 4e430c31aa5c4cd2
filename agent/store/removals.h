#ifndef STORE_REMOVALS_H
#define STORE_REMOVALS_H

#include "base/arena.h"
#include "base/err.h"
#include "model/removal.h"
#include "store/store.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The ledger of removal requests. What writes stands between store_begin and store_commit. */

/* All of them, in the order of address, check and subject; of one listing the oldest first. */
bool removals_load(struct store *store, struct arena *arena, struct removal **out, size_t *count,
		   struct err *err);
/* Inserts (id 0, which it sets) or updates. */
bool removals_save(struct store *store, struct removal *removal, struct err *err);
bool removals_drop(struct store *store, int64_t id, struct err *err);

/* A pass's step, once its standings are kept: requests whose listing is no longer believed are
 * cleared, those whose listing came back since are relisted. Of addresses that are not watched
 * nothing is known. */
bool removals_follow(struct store *store, int64_t at, struct err *err);

/* How often listings and blocks came back since then, from the journal; those that never did are
 * left out. */
struct relisting {
	const char *address, *check, *subject;
	uint32_t times;
};
bool removals_relistings(struct store *store, int64_t since, struct arena *arena,
			 struct relisting **out, size_t *count, struct err *err);

/* Attempts to deliver, however they ended, in the operator's hours from `first` to `last`: the
 * civil day times 24, and the hour. */
bool removals_attempts(struct store *store, const char *address, int64_t first, int64_t last,
		       uint64_t *attempts, struct err *err);

#endif
