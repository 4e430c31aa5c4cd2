#include "run/volume_points.h"

#include "store/volume_series.h"

#include <math.h>

enum { HOUR_S = 3600, DAY_S = 86400 };

static int64_t floor_hour(int64_t at)
{
	return at >= 0 ? at / HOUR_S : -((HOUR_S - 1 - at) / HOUR_S);
}

static int64_t today_of(const struct volume_points *points)
{
	return civil_days(civil_date_at(points->zone, points->now));
}

/* The hour of UTC, since 1970, in which an hour of the operator's day begins. */
static int64_t utc_hour(const struct zone *zone, int64_t day, uint32_t hour)
{
	const int64_t shown = day * DAY_S + (int64_t)hour * HOUR_S;
	const int64_t start = civil_day_start(zone, civil_from_days(day));
	int64_t at = shown - zone_offset_s(zone, start);

	/* The clock was changed between midnight and then. */
	if (zone_offset_s(zone, at) != zone_offset_s(zone, start))
		at = shown - zone_offset_s(zone, at);
	return floor_hour(at);
}

/* The clock shows the same as an hour earlier: the store counts both as one. */
static bool is_repeated(const struct zone *zone, int64_t hour)
{
	const int64_t at = hour * HOUR_S;

	return at + zone_offset_s(zone, at) == at - HOUR_S + zone_offset_s(zone, at - HOUR_S);
}

/* The first day whose details the store keeps, however far its trimming is. */
static int64_t first_detail(int64_t today)
{
	return today - VOLUME_DETAIL_DAYS_KEPT + 1;
}

/* Days with mail up to today; the first of them tells since when counts are known. */
static bool read_days(const struct volume_points *points, struct volume_day **day, size_t *days,
		      struct err *err)
{
	const int64_t today = today_of(points);
	const struct volume_query query = {&points->address, 1, today - VOLUME_DAYS_KEPT + 1,
					   today};

	return volumes_days(points->store, &query, points->arena, day, days, err);
}

static void count_hour(struct series_point *point, const struct volume_hour *row)
{
	for (size_t i = 0; i < OUTCOME_COUNT; i++)
		point->value[SERIES_VOLUME] += (double)row->by_outcome[i];
	point->value[SERIES_DEFERRED] += (double)row->by_outcome[OUTCOME_DEFERRED];
	point->value[SERIES_BOUNCED] += (double)row->by_outcome[OUTCOME_BOUNCED];
}

static void make_hours(struct volume_points *points, const struct volume_hour *row, size_t rows,
		       int64_t first)
{
	const int64_t end = floor_hour(points->now);
	const struct zone *const zone = points->zone;

	points->points = end > first ? (size_t)(end - first) : 0;
	points->point = arena_calloc(points->arena, points->points, sizeof(*points->point));
	for (size_t i = 0; i < points->points; i++) {
		struct series_point *const point = &points->point[i];

		point->at = (first + (int64_t)i + 1) * HOUR_S;
		if (is_repeated(zone, first + (int64_t)i))
			point->value[SERIES_VOLUME] = point->value[SERIES_DEFERRED] =
			    point->value[SERIES_BOUNCED] = NAN;
	}
	for (size_t i = 0; i < rows; i++) {
		const int64_t hour = utc_hour(zone, row[i].day, row[i].hour);

		if (hour >= first && hour < end)
			count_hour(&points->point[hour - first], &row[i]);
	}
}

bool volume_points_hours(struct volume_points *points, struct err *err)
{
	const int64_t today = today_of(points);
	const int64_t detail = first_detail(today);
	const struct volume_query query = {&points->address, 1, detail, today};
	struct volume_hour *row;
	struct volume_day *day;
	size_t days;
	size_t rows;
	int64_t first;

	points->points = 0;
	if (!read_days(points, &day, &days, err) ||
	    !volume_series_hours(points->store, &query, points->arena, &row, &rows, err))
		return false;
	if (!days || (day[0].day >= detail && !rows))
		return true;
	first = day[0].day < detail ? utc_hour(points->zone, detail, 0)
				    : utc_hour(points->zone, row[0].day, row[0].hour);
	make_hours(points, row, rows, first);
	return true;
}

/* Days before the first detail: nobody knows any more. */
static bool add_blocked(struct volume_points *points, int64_t first, struct err *err)
{
	const int64_t today = today_of(points);
	const int64_t detail = first_detail(today);
	const struct volume_query query = {&points->address, 1, first > detail ? first : detail,
					   today - 1};
	struct blocked_volume *row;
	size_t rows;

	if (!volume_series_blocked(points->store, &query, points->arena, &row, &rows, err))
		return false;
	for (size_t i = 0; i < points->points; i++)
		if (first + (int64_t)i < detail)
			points->point[i].value[SERIES_BLOCKED] = NAN;
	for (size_t i = 0; i < rows; i++)
		points->point[row[i].day - first].value[SERIES_BLOCKED] += (double)row[i].messages;
	return true;
}

bool volume_points_days(struct volume_points *points, struct err *err)
{
	const int64_t today = today_of(points);
	struct volume_day *day;
	size_t days;

	points->points = 0;
	if (!read_days(points, &day, &days, err))
		return false;
	if (!days || day[0].day >= today)
		return true;
	points->points = (size_t)(today - day[0].day);
	points->point = arena_calloc(points->arena, points->points, sizeof(*points->point));
	for (size_t i = 0; i < points->points; i++)
		points->point[i].at = (day[0].day + (int64_t)i + 1) * DAY_S;
	for (size_t i = 0; i < days && day[i].day < today; i++) {
		double *const value = points->point[day[i].day - day[0].day].value;

		value[SERIES_VOLUME] =
		    (double)(day[i].sent + day[i].deferred + day[i].bounced + day[i].expired);
		value[SERIES_DEFERRED] = (double)day[i].deferred;
		value[SERIES_BOUNCED] = (double)day[i].bounced;
	}
	return add_blocked(points, day[0].day, err);
}
