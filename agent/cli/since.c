#include "cli/since.h"

#include "base/parse.h"

#include <string.h>

enum { DATE_BYTES = 10, TIME_BYTES = 5, HOURS = 24, MINUTES = 60 };

bool since_parse(const char *text, const struct zone *zone, int64_t now, int64_t *since,
		 struct err *err)
{
	struct civil_date date;
	int64_t ms;

	if (parse_duration_ms(text, &ms)) {
		*since = ms / 1000 < now ? now - ms / 1000 : 0;
		return true;
	}
	if (civil_date_parse(text, &date)) {
		*since = civil_day_start(zone, date);
		return true;
	}
	return err_set(err, "'%s' is neither an age like '7d' nor a date like '2026-11-21'", text);
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
	struct civil_date day;
	uint32_t minute;
	int64_t there;

	if (strlen(text) != DATE_BYTES + 1 + TIME_BYTES ||
	    (text[DATE_BYTES] != ' ' && text[DATE_BYTES] != 'T'))
		return false;
	memcpy(date, text, DATE_BYTES);
	if (!civil_date_parse(date, &day) || !time_parse(text + DATE_BYTES + 1, &minute))
		return false;
	*at = civil_day_start(zone, day);
	there = *at + (int64_t)minute * 60;
	/* Daylight saving may begin or end in between. */
	*at = there - (zone_offset_s(zone, there) - zone_offset_s(zone, *at));
	return true;
}

bool until_parse(const char *text, const struct zone *zone, int64_t from, int64_t *until,
		 struct err *err)
{
	struct civil_date date;
	int64_t ms;

	if (parse_duration_ms(text, &ms)) {
		*until = from + ms / 1000;
		return true;
	}
	if (civil_date_parse(text, &date)) {
		*until = civil_day_start(zone, date);
		return true;
	}
	return minute_parse(text, zone, until) ||
	       err_set(err,
		       "'%s' is neither a time like '3d' nor a date like '2026-11-21' or "
		       "'2026-11-21 22:30'",
		       text);
}
