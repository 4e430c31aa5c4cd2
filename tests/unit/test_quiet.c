#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "base/parse.h"
#include "judge/quiet.h"

#include <string.h>

/* 2026-10-25 01:00 UTC: Berlin sets its clock from 03:00 back to 02:00. */
static const struct zone_change berlin_change[] = {{0, 7200}, {1792890000, 3600}};
static const struct zone berlin = {berlin_change, COUNT_OF(berlin_change)};
static const struct zone_change tokyo_change[] = {{0, 32400}};
static const struct zone tokyo = {tokyo_change, COUNT_OF(tokyo_change)};
static const struct zone utc = {NULL, 0};

/* Moments are "2026-11-21 10:00" by the zone's clock. */
static const struct {
	const char *why;
	const struct zone *zone;
	const char *span;
	const char *now, *until;
} quiet[] = {
    {"before", &utc, "22:00-07:00", "2026-11-21 21:59", "2026-11-21 21:59"},
    {"in the evening", &utc, "22:00-07:00", "2026-11-21 22:00", "2026-11-22 07:00"},
    {"in the morning", &utc, "22:00-07:00", "2026-11-22 06:59", "2026-11-22 07:00"},
    {"after", &utc, "22:00-07:00", "2026-11-22 07:00", "2026-11-22 07:00"},
    {"a span of one day", &utc, "12:00-13:30", "2026-11-22 12:15", "2026-11-22 13:30"},
    {"outside of it", &utc, "12:00-13:30", "2026-11-22 13:30", "2026-11-22 13:30"},
    {"the operator's clock", &tokyo, "22:00-07:00", "2026-11-21 23:30", "2026-11-22 07:00"},
    {"a night with an hour more", &berlin, "22:00-07:00", "2026-10-24 23:00", "2026-10-25 07:00"},
    {"within that hour", &berlin, "22:00-07:00", "2026-10-25 04:00", "2026-10-25 07:00"},
};

static const struct {
	const char *why;
	const struct zone *zone;
	const char *day;
	const char *now, *morning; /* "": none */
} weeks[] = {
    {"on the day, before eight", &utc, "monday", "2026-11-23 07:59", "2026-11-16 08:00"},
    {"on the day", &utc, "monday", "2026-11-23 08:00", "2026-11-23 08:00"},
    {"days later", &utc, "monday", "2026-11-26 01:00", "2026-11-23 08:00"},
    {"a sunday", &utc, "sunday", "2026-11-28 23:00", "2026-11-22 08:00"},
    {"the operator's monday", &tokyo, "monday", "2026-11-23 08:30", "2026-11-23 08:00"},
    {"on the day the clock is set", &berlin, "sunday", "2026-10-25 09:00", "2026-10-25 08:00"},
    {"no day", &utc, "", "2026-11-23 08:00", ""},
};

static int64_t moment(const struct zone *zone, const char *text)
{
	char date[11] = {0};
	struct civil_date day;
	int64_t at;

	memcpy(date, text, 10);
	if (!civil_date_parse(date, &day))
		fail_msg("'%s' is no date", text);
	at = civil_days(day) * 86400 + ((text[11] - '0') * 10 + text[12] - '0') * 3600 +
	     ((text[14] - '0') * 10 + text[15] - '0') * 60;
	return at - zone_offset_s(zone, at - zone_offset_s(zone, at));
}

static void hold(const char *why, const struct zone *zone, int64_t seen, const char *expected)
{
	char text[CIVIL_TEXT_BYTES] = "";

	if (seen)
		civil_minute(zone, seen, text);
	if (strcmp(text, expected) != 0)
		fail_msg("%s: '%s' instead of '%s'", why, text, expected);
}

static void quiet_hours_end_by_the_clock(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(quiet); i++) {
		const int64_t now = moment(quiet[i].zone, quiet[i].now);
		uint32_t from_min, until_min;

		assert_true(parse_day_span(quiet[i].span, &from_min, &until_min));
		hold(quiet[i].why, quiet[i].zone,
		     quiet_until(quiet[i].zone, now, from_min, until_min), quiet[i].until);
	}
}

static void a_week_is_over_on_its_morning(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(weeks); i++)
		hold(weeks[i].why, weeks[i].zone,
		     week_morning(weeks[i].zone, moment(weeks[i].zone, weeks[i].now), weeks[i].day),
		     weeks[i].morning);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(quiet_hours_end_by_the_clock),
	    cmocka_unit_test(a_week_is_over_on_its_morning),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
