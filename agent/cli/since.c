#include "cli/since.h"

#include "base/parse.h"

#include <string.h>

enum { DATE_BYTES = 10, TIME_BYTES = 5, HOURS = 24, MINUTES = 60 };

/* "2026-11-21": when the day begins. */
static bool day_parse(const char *text, const struct zone *zone, int64_t *at)
{
	struct civil_date date;

	if (!civil_date_parse(text, &date))
		return false;
	*at = civil_day_start(zone, date);
	return true;
}

bool since_parse(const char *text, const struct zone *zone, int64_t now, int64_t *since,
		 struct err *err)
{
	int64_t ms;

	if (parse_duration_ms(text, &ms)) {
		*since = ms / 1000 < now ? now - ms / 1000 : 0;
		return true;
	}
	return day_parse(text, zone, since) ||
	       err_set(err, "'%s' is neither an age like '7d' nor a date like '2026-11-21'", text);
}

/* "22:30" of a day, by the clock. */
static bool time_parse(const char *text, uint32_t *minute)
{
	const char hour[] = {text[0], text[0] ? text[1] : '\0', '\0'};
	uint32_t h, m;

	if (strlen(text) != TIME_BYTES || text[2] != ':' || !parse_u32(hour, &h) ||
	    !parse_u32(text + 3, &m) || h >= HOURS || m >= MINUTES)
		return false;
	*minute = h * MINUTES + m;
	return true;
}

static bool minute_parse(const char *text, const struct zone *zone, int64_t *at)
{
	char date[DATE_BYTES + 1] = {0};
	int64_t midnight, there;
	uint32_t minute;

	if (strlen(text) != DATE_BYTES + 1 + TIME_BYTES ||
	    (text[DATE_BYTES] != ' ' && text[DATE_BYTES] != 'T'))
		return false;
	memcpy(date, text, DATE_BYTES);
	if (!day_parse(date, zone, &midnight) || !time_parse(text + DATE_BYTES + 1, &minute))
		return false;
	there = midnight + (int64_t)minute * 60;
	/* Daylight saving may begin or end in between. */
	*at = there - (zone_offset_s(zone, there) - zone_offset_s(zone, midnight));
	return true;
}

bool until_parse(const char *text, const struct zone *zone, int64_t from, int64_t *until,
		 struct err *err)
{
	int64_t ms;

	if (parse_duration_ms(text, &ms)) {
		*until = from + ms / 1000;
		return true;
	}
	return day_parse(text, zone, until) || minute_parse(text, zone, until) ||
	       err_set(err,
		       "'%s' is neither a time like '3d' nor a date like '2026-11-21' or "
		       "'2026-11-21 22:30'",
		       text);
}
