#include "base/civil.h"

#include "base/parse.h"
#include "base/tr_mark.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { DAY_S = 86400 };

int32_t zone_offset_s(const struct zone *zone, int64_t at)
{
	size_t low = 0;
	size_t high = zone->count;

	if (!zone->count)
		return 0;
	while (high - low > 1) {
		const size_t middle = (low + high) / 2;

		if (zone->change[middle].since <= at)
			low = middle;
		else
			high = middle;
	}
	return zone->change[low].offset_s;
}

bool zone_is_steady(const struct zone *zone, int64_t from, int64_t to)
{
	for (size_t i = 1; i < zone->count; i++)
		if (zone->change[i].since > from && zone->change[i].since <= to)
			return false;
	return true;
}

static int64_t floor_div(int64_t a, int64_t b)
{
	return a / b - (a % b < 0);
}

/* Years are counted from March, so that the leap day comes last: within a 400-year era
 * the day of the year then follows from the month by one division. */
int64_t civil_days(struct civil_date date)
{
	const int64_t year = date.year - (date.month <= 2);
	const int64_t era = floor_div(year, 400);
	const int64_t year_of_era = year - era * 400;
	const int64_t month = date.month + (date.month > 2 ? -3 : 9);
	const int64_t day_of_year = (153 * month + 2) / 5 + date.day - 1;

	return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 +
	       day_of_year - 719468;
}

struct civil_date civil_from_days(int64_t days)
{
	const int64_t shifted = days + 719468;
	const int64_t era = floor_div(shifted, 146097);
	const int64_t day_of_era = shifted - era * 146097;
	const int64_t year_of_era =
	    (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
	const int64_t day_of_year =
	    day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	const int64_t month = (5 * day_of_year + 2) / 153;
	const int64_t civil_month = month < 10 ? month + 3 : month - 9;

	return (struct civil_date){
	    .year = (int32_t)(year_of_era + era * 400 + (civil_month <= 2)),
	    .month = (uint8_t)civil_month,
	    .day = (uint8_t)(day_of_year - (153 * month + 2) / 5 + 1),
	};
}

struct civil_date civil_date_at(const struct zone *zone, int64_t at)
{
	return civil_from_days(floor_div(at + zone_offset_s(zone, at), DAY_S));
}

/* The first moment whose clock shows midnight or later. The rows are in order, so the first
 * stretch that holds such a moment holds the first one: a midnight that daylight saving skips
 * gives the change itself, one that it repeats the earlier of the two. */
int64_t civil_day_start(const struct zone *zone, struct civil_date date)
{
	const int64_t midnight = civil_days(date) * DAY_S;

	for (size_t i = 0; i < zone->count; i++) {
		const struct zone_change *change = &zone->change[i];
		int64_t at = midnight - change->offset_s;

		if (i > 0 && at < change->since)
			at = change->since;
		if (i + 1 == zone->count || at < change[1].since)
			return at;
	}
	return midnight;
}

const char *civil_rfc3339(const struct zone *zone, int64_t at, char out[CIVIL_TEXT_BYTES])
{
	const int32_t offset_s = zone_offset_s(zone, at);
	const int64_t local = at + offset_s;
	const struct civil_date date = civil_from_days(floor_div(local, DAY_S));
	const int second = (int)(local - floor_div(local, DAY_S) * DAY_S);
	const int offset_min = abs(offset_s) / 60;

	snprintf(out, CIVIL_TEXT_BYTES, "%04d-%02d-%02dT%02d:%02d:%02d%c%02d:%02d", date.year,
		 date.month, date.day, second / 3600, second / 60 % 60, second % 60,
		 offset_s < 0 ? '-' : '+', offset_min / 60 % 100, offset_min % 60);
	return out;
}

const char *civil_minute(const struct zone *zone, int64_t at, char out[CIVIL_TEXT_BYTES])
{
	const int64_t local = at + zone_offset_s(zone, at);
	const struct civil_date date = civil_from_days(floor_div(local, DAY_S));
	const int second = (int)(local - floor_div(local, DAY_S) * DAY_S);

	snprintf(out, CIVIL_TEXT_BYTES, "%04d-%02d-%02d %02d:%02d", date.year, date.month, date.day,
		 second / 3600, second / 60 % 60);
	return out;
}

const char *civil_date_text(struct civil_date date, char out[CIVIL_TEXT_BYTES])
{
	snprintf(out, CIVIL_TEXT_BYTES, "%04d-%02d-%02d", date.year, date.month, date.day);
	return out;
}

static bool number(const char *text, size_t len, uint32_t *out)
{
	char digits[8] = {0};

	memcpy(digits, text, len);
	return parse_u32(digits, out);
}

/* What the calendar would shift comes back changed. */
bool civil_date_parse(const char *text, struct civil_date *date)
{
	struct civil_date read, again;
	uint32_t year, month, day;

	if (strlen(text) != 10 || text[4] != '-' || text[7] != '-' || !number(text, 4, &year) ||
	    !number(text + 5, 2, &month) || !number(text + 8, 2, &day) || month < 1 || month > 12)
		return false;
	read = (struct civil_date){(int32_t)year, (uint8_t)month, (uint8_t)day};
	again = civil_from_days(civil_days(read));
	if (again.month != read.month || again.day != read.day)
		return false;
	*date = read;
	return true;
}

const char *civil_age(int64_t seconds, char out[CIVIL_TEXT_BYTES])
{
	if (seconds < 0)
		seconds = 0;
	if (seconds < 60)
		snprintf(out, CIVIL_TEXT_BYTES, SAID("%llds"), (long long)seconds);
	else if (seconds < 3600)
		snprintf(out, CIVIL_TEXT_BYTES, SAID("%lldm"), (long long)seconds / 60);
	else if (seconds < DAY_S)
		snprintf(out, CIVIL_TEXT_BYTES, SAID("%lldh %lldm"), (long long)seconds / 3600,
			 (long long)seconds / 60 % 60);
	else
		snprintf(out, CIVIL_TEXT_BYTES, SAID("%lldd %lldh"), (long long)seconds / DAY_S,
			 (long long)seconds / 3600 % 24);
	return out;
}
