#ifndef STORE_STANDINGS_H
#define STORE_STANDINGS_H

#include "store/store.h"

/* Standings in the order of their address's id. */
struct standing_set {
	struct standing *standing;
	int64_t *address_id; /* of each */
	size_t count;
};

/* Those of one address, or with id 0 of all. */
bool standings_load(struct store *store, int64_t address_id, struct arena *arena,
		    struct standing_set *out, struct err *err);

#endif
