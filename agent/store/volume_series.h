#ifndef STORE_VOLUME_SERIES_H
#define STORE_VOLUME_SERIES_H

#include "store/volumes.h"

/* What the series of volume are drawn from, beside volumes_days. Rows of several addresses follow
 * each other. */

struct volume_hour {
	int64_t day;
	uint32_t hour; /* as the clock shows it, see struct tally_hour */
	uint64_t by_outcome[OUTCOME_COUNT];
};
/* Ascending; hours without mail are left out. */
bool volume_series_hours(struct store *store, const struct volume_query *query, struct arena *arena,
			 struct volume_hour **out, size_t *count, struct err *err);

struct blocked_volume {
	int64_t day;
	uint64_t messages; /* refused with a reply that is evidence, see judge/block.h */
};
/* In no order; a day has as many rows as it had kinds of such replies. */
bool volume_series_blocked(struct store *store, const struct volume_query *query,
			   struct arena *arena, struct blocked_volume **out, size_t *count,
			   struct err *err);

struct received_volume {
	int64_t day;
	const char *receiver;
	uint64_t sent;
};
/* What each receiver took; in no order. */
bool volume_series_received(struct store *store, const struct volume_query *query,
			    struct arena *arena, struct received_volume **out, size_t *count,
			    struct err *err);

#endif
