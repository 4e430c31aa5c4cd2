#ifndef STORE_VOLUME_WALK_H
#define STORE_VOLUME_WALK_H

#include "store/query.h"
#include "store/rows.h"
#include "store/volumes.h"

/* Inside store/: one statement over the days of one address after the other. What each row of it
 * does is the caller's. */
struct volume_walk {
	struct store *store;
	const char *sql; /* (sender_id, first_day, last_day) */
	void (*take)(struct query *query, void *context);
	void *context;
};

bool volume_walk(const struct volume_walk *walk, const struct volume_query *over, struct err *err);

/* A context that collects. */
struct volume_kept {
	struct rows rows;
	struct arena *arena;
};

#endif
