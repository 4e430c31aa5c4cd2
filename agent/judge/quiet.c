#include "judge/quiet.h"

#include "base/mem.h"

#include <stdbool.h>
#include <string.h>

enum { DAY_MIN = 24 * 60, MINUTE_S = 60, HOUR_S = 3600 };

/* A minute of a date by the clock, also across a change of daylight saving: as many hours from its
 * beginning, put right by what the clock shows then. */
static int64_t moment(const struct zone *zone, int64_t day, uint32_t minute)
{
	const int64_t start = civil_day_start(zone, civil_from_days(day));
	const int64_t there = start + (int64_t)minute * MINUTE_S;

	return there - (zone_offset_s(zone, there) - zone_offset_s(zone, start));
}

int64_t quiet_until(const struct zone *zone, int64_t now, uint32_t from_min, uint32_t until_min)
{
	const int64_t local = now + zone_offset_s(zone, now);
	const int64_t day = civil_days(civil_date_at(zone, now));
	const uint32_t minute = (uint32_t)(local / MINUTE_S % DAY_MIN);
	const bool passes_midnight = from_min > until_min;
	const bool is_evening = minute >= from_min;
	const bool is_morning = minute < until_min;

	if (passes_midnight ? !is_evening && !is_morning : !is_evening || !is_morning)
		return now;
	return moment(zone, passes_midnight && is_evening ? day + 1 : day, until_min);
}

int64_t week_morning(const struct zone *zone, int64_t now, const char *day)
{
	/* The day of 1970-01-01 first. */
	static const char *const name[] = {"thursday", "friday",  "saturday", "sunday",
					   "monday",   "tuesday", "wednesday"};
	int64_t today = civil_days(civil_date_at(zone, now));

	if (now < moment(zone, today, WEEK_MORNING_HOUR * HOUR_S / MINUTE_S))
		today--;
	for (size_t i = 0; i < COUNT_OF(name); i++, today--)
		if (strcmp(name[(size_t)(today % 7)], day) == 0)
			return moment(zone, today, WEEK_MORNING_HOUR * HOUR_S / MINUTE_S);
	return 0;
}
