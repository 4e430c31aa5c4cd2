#ifndef STORE_TRAFFIC_H
#define STORE_TRAFFIC_H

#include "base/arena.h"
#include "base/err.h"
#include "model/traffic.h"
#include "store/store.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the last pass made of an address's volumes, so that readers need not judge again. */

/* Replaces what is kept for the address. Stands between store_begin and store_commit. */
bool traffic_save(struct store *store, int64_t address_id, const struct traffic *traffic,
		  struct err *err);

/* Whether saving `now` would write what is there; `before` is NULL for nothing. */
bool traffic_is_same(const struct traffic *before, const struct traffic *now);

struct stored_traffic {
	int64_t address_id;
	struct traffic traffic;
};
/* All of them, in the order of the ids. */
bool traffic_load(struct store *store, struct arena *arena, struct stored_traffic **out,
		  size_t *count, struct err *err);
/* Of one address, or NULL. `row` as traffic_load gives it. */
const struct traffic *traffic_find(const struct stored_traffic *row, size_t rows,
				   int64_t address_id);

#endif
