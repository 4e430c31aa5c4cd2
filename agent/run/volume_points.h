#ifndef RUN_VOLUME_POINTS_H
#define RUN_VOLUME_POINTS_H

#include "base/arena.h"
#include "base/civil.h"
#include "base/err.h"
#include "io/series.h"
#include "store/store.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What an address sent, as points of its series: one for each hour, or day, that is over, from the
 * first with mail on, and none for an address without mail. */
struct volume_points {
	struct store *store;
	const char *address;
	const struct zone *zone; /* the operator's, in which the store counts */
	int64_t now;
	struct arena *arena; /* of the points */
	struct series_point *point;
	size_t points;
};

/* By UTC: a local hour is drawn where it begins. The hour that daylight saving repeats is counted
 * as one; it stands at its first run, and the second is unknown. */
bool volume_points_hours(struct volume_points *points, struct err *err);
/* A civil day stands where UTC's day of the same date is, whatever the zone: librrd's days are
 * UTC's, and adding up its hours would give other days. What was refused on days whose replies the
 * store has forgotten is unknown. */
bool volume_points_days(struct volume_points *points, struct err *err);

#endif
