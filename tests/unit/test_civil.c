#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/civil.h"
#include "base/mem.h"
#include "sys/clock.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { DAY_S = 86400, HOUR_S = 3600 };

/* --- dates --- */

static const struct {
	struct civil_date date;
	int64_t days;
} day_case[] = {
    {{1970, 1, 1}, 0},       {{1970, 1, 2}, 1},         {{1969, 12, 31}, -1},
    {{2000, 2, 29}, 11016},  {{2000, 3, 1}, 11017},     {{1900, 2, 28}, -25509},
    {{1900, 3, 1}, -25508},  {{2026, 11, 21}, 20778},   {{2038, 1, 19}, 24855},
    {{2100, 3, 1}, 47541},   {{1, 1, 1}, -719162},      {{0, 3, 1}, -719468},
    {{-1, 12, 31}, -719529}, {{9999, 12, 31}, 2932896},
};

static void counts_days(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(day_case); i++) {
		const struct civil_date back = civil_from_days(day_case[i].days);

		assert_int_equal(civil_days(day_case[i].date), day_case[i].days);
		assert_int_equal(back.year, day_case[i].date.year);
		assert_int_equal(back.month, day_case[i].date.month);
		assert_int_equal(back.day, day_case[i].date.day);
	}
}

static void agrees_with_the_c_library_on_each_day_of_800_years(void **state)
{
	(void)state;
	for (int64_t day = -146097; day < 146097; day++) {
		const time_t noon = day * DAY_S + 12 * HOUR_S;
		const struct civil_date date = civil_from_days(day);
		struct tm utc;

		assert_non_null(gmtime_r(&noon, &utc));
		if (date.year != utc.tm_year + 1900 || date.month != utc.tm_mon + 1 ||
		    date.day != utc.tm_mday || civil_days(date) != day)
			fail_msg("day %lld", (long long)day);
	}
}

/* --- zones --- */

static const struct zone_change two_changes[] = {{1000, 3600}, {5000, 7200}, {9000, -1800}};

static const struct {
	int64_t at;
	int32_t offset_s;
} offset_case[] = {
    {INT64_MIN, 3600}, {-1, 3600},   {999, 3600},   {1000, 3600},       {4999, 3600},
    {5000, 7200},      {8999, 7200}, {9000, -1800}, {INT64_MAX, -1800},
};

static void finds_the_offset_in_force(void **state)
{
	const struct zone zone = {two_changes, COUNT_OF(two_changes)};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(offset_case); i++)
		assert_int_equal(zone_offset_s(&zone, offset_case[i].at), offset_case[i].offset_s);
}

static void no_rows_are_utc(void **state)
{
	const struct zone utc = {0};

	(void)state;
	assert_int_equal(zone_offset_s(&utc, 1795000000), 0);
	assert_int_equal(civil_day_start(&utc, (struct civil_date){2026, 11, 21}), 20778LL * DAY_S);
}

/* Where the day of the operator begins, found out the slow way: the first second at which the
 * C library's clock shows the date or, where the whole date is skipped, a later one. */
static bool is_before(const struct tm *local, struct civil_date date)
{
	const struct civil_date shown = {local->tm_year + 1900, (uint8_t)(local->tm_mon + 1),
					 (uint8_t)local->tm_mday};

	return civil_days(shown) < civil_days(date);
}

static bool clock_is_before(int64_t at, struct civil_date date)
{
	const time_t when = at;
	struct tm local;

	assert_non_null(localtime_r(&when, &local));
	return is_before(&local, date);
}

/* Every change of these years is at a whole minute; no zone is further than 14 h from UTC. */
static int64_t slow_day_start(struct civil_date date)
{
	const int64_t midnight = civil_days(date) * DAY_S;
	int64_t at = midnight - 15 * HOUR_S;

	assert_true(clock_is_before(at, date));
	while (clock_is_before(at, date))
		at += 60;
	return at;
}

static const struct {
	const char *zone;
	int32_t from_year, to_year;
} day_zone[] = {
    {"Asia/Tokyo", 2019, 2019},           {"Europe/Berlin", 2017, 2019},
    {"America/Sao_Paulo", 2016, 2019},    {"Africa/Cairo", 2023, 2025},
    {"Asia/Beirut", 2021, 2024},          {"Australia/Lord_Howe", 2017, 2019},
    {"America/Asuncion", 2021, 2023},     {"Asia/Gaza", 2019, 2021},
    {"America/Havana", 2021, 2022},       {"Africa/Casablanca", 2018, 2019},
    {"America/Scoresbysund", 2022, 2024}, {"Pacific/Kiritimati", 2020, 2020},
    {"Pacific/Apia", 2011, 2012},         {"America/St_Johns", 2010, 2011},
};

static void check_days(const char *name, const struct zone *zone, int32_t year)
{
	const int64_t last = civil_days((struct civil_date){year, 12, 31});

	for (int64_t day = civil_days((struct civil_date){year, 1, 1}); day <= last; day++) {
		const struct civil_date date = civil_from_days(day);
		const int64_t start = civil_day_start(zone, date);
		const int64_t expected = slow_day_start(date);
		char text[CIVIL_TEXT_BYTES];

		if (start != expected)
			fail_msg("%s %s: %lld, not %lld", name, civil_date_text(date, text),
				 (long long)start, (long long)expected);
	}
}

static void days_start_where_the_c_librarys_do(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(day_zone); i++) {
		struct arena *arena = arena_new();
		const int64_t now =
		    civil_days((struct civil_date){day_zone[i].to_year, 6, 1}) * DAY_S;
		struct zone zone;
		struct err err = {0};

		if (!clock_zone(day_zone[i].zone, now, arena, &zone, &err))
			fail_msg("%s", err.text);
		assert_int_equal(setenv("TZ", day_zone[i].zone, 1), 0);
		tzset();
		for (int32_t year = day_zone[i].from_year; year <= day_zone[i].to_year; year++)
			check_days(day_zone[i].zone, &zone, year);
		assert_int_equal(unsetenv("TZ"), 0);
		arena_free(arena);
	}
}

static const struct {
	const char *name, *zone;
	struct civil_date date;
	const char *start;
} start_case[] = {
    {"an ordinary day", "Asia/Tokyo", {2018, 11, 4}, "2018-11-04T00:00:00+09:00"},
    {"a clock that changes later in the day",
     "Europe/Berlin",
     {2018, 3, 25},
     "2018-03-25T00:00:00+01:00"},
    {"midnight is skipped: the day starts at one",
     "America/Sao_Paulo",
     {2018, 11, 4},
     "2018-11-04T01:00:00-02:00"},
    {"the hour before midnight is repeated",
     "America/Sao_Paulo",
     {2018, 2, 18},
     "2018-02-18T00:00:00-03:00"},
    {"the hour behind midnight is repeated: its first time",
     "America/Havana",
     {2018, 11, 4},
     "2018-11-04T00:00:00-04:00"},
    {"half an hour of daylight saving",
     "Australia/Lord_Howe",
     {2018, 4, 1},
     "2018-04-01T00:00:00+11:00"},
};

static void days_start_where_people_say(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(start_case); i++) {
		struct arena *arena = arena_new();
		char text[CIVIL_TEXT_BYTES];
		struct zone zone;
		struct err err = {0};

		assert_true(clock_zone(start_case[i].zone, 1540000000, arena, &zone, &err));
		civil_rfc3339(&zone, civil_day_start(&zone, start_case[i].date), text);
		if (strcmp(text, start_case[i].start) != 0)
			fail_msg("%s: %s", start_case[i].name, text);
		arena_free(arena);
	}
}

static void a_day_ends_where_the_next_begins(void **state)
{
	struct arena *arena = arena_new();
	struct zone zone;
	struct err err = {0};

	(void)state;
	assert_true(clock_zone("America/Sao_Paulo", 1540000000, arena, &zone, &err));
	for (int64_t day = 17000; day < 18200; day++) {
		const int64_t start = civil_day_start(&zone, civil_from_days(day));
		const int64_t end = civil_day_start(&zone, civil_from_days(day + 1));

		assert_int_equal(civil_days(civil_date_at(&zone, start)), day);
		assert_int_equal(civil_days(civil_date_at(&zone, end - 1)), day);
		assert_true(end - start >= 23 * HOUR_S && end - start <= 25 * HOUR_S);
	}
	arena_free(arena);
}

/* --- texts --- */

static const struct {
	int64_t at;
	int32_t offset_s;
	const char *rfc3339, *minute, *date;
} text_case[] = {
    {1795219200, 32400, "2026-11-21T09:00:00+09:00", "2026-11-21 09:00", "2026-11-21"},
    {1795219200, 0, "2026-11-21T00:00:00+00:00", "2026-11-21 00:00", "2026-11-21"},
    {1795219199, 0, "2026-11-20T23:59:59+00:00", "2026-11-20 23:59", "2026-11-20"},
    {1795219200, -16200, "2026-11-20T19:30:00-04:30", "2026-11-20 19:30", "2026-11-20"},
    {1795219200, -1800, "2026-11-20T23:30:00-00:30", "2026-11-20 23:30", "2026-11-20"},
    {1795219200, 20700, "2026-11-21T05:45:00+05:45", "2026-11-21 05:45", "2026-11-21"},
    {0, 0, "1970-01-01T00:00:00+00:00", "1970-01-01 00:00", "1970-01-01"},
    {-1, 0, "1969-12-31T23:59:59+00:00", "1969-12-31 23:59", "1969-12-31"},
    {951782400, 0, "2000-02-29T00:00:00+00:00", "2000-02-29 00:00", "2000-02-29"},
    {2147483648, 0, "2038-01-19T03:14:08+00:00", "2038-01-19 03:14", "2038-01-19"},
};

static void writes_moments(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(text_case); i++) {
		const struct zone_change change = {0, text_case[i].offset_s};
		const struct zone zone = {&change, 1};
		const int64_t at = text_case[i].at;
		char text[CIVIL_TEXT_BYTES];

		assert_string_equal(civil_rfc3339(&zone, at, text), text_case[i].rfc3339);
		assert_string_equal(civil_minute(&zone, at, text), text_case[i].minute);
		assert_string_equal(civil_date_text(civil_date_at(&zone, at), text),
				    text_case[i].date);
	}
}

static const struct {
	const char *text;
	bool is_date;
} date_case[] = {
    {"2026-11-21", true},  {"2024-02-29", true},  {"0000-01-01", true},   {"9999-12-31", true},
    {"2026-02-29", false}, {"2026-13-01", false}, {"2026-00-10", false},  {"2026-11-00", false},
    {"2026-11-31", false}, {"2026-1-1", false},   {"2026-11-21 ", false}, {"2026/11/21", false},
    {"2026-+1-01", false}, {"20261121", false},   {"", false},
};

static void reads_dates_that_exist(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(date_case); i++) {
		struct civil_date date = {1, 1, 1};
		char text[CIVIL_TEXT_BYTES];

		if (civil_date_parse(date_case[i].text, &date) != date_case[i].is_date)
			fail_msg("'%s'", date_case[i].text);
		assert_string_equal(civil_date_text(date, text),
				    date_case[i].is_date ? date_case[i].text : "0001-01-01");
	}
}

static void the_largest_date_fits_its_text(void **state)
{
	const struct zone utc = {0};
	const int64_t at = civil_days((struct civil_date){INT32_MIN, 12, 31}) * DAY_S;
	char text[CIVIL_TEXT_BYTES];

	(void)state;
	assert_string_equal(civil_rfc3339(&utc, at, text), "-2147483648-12-31T00:00:00+00:00");
}

static const struct {
	int64_t seconds;
	const char *text;
} age_case[] = {
    {-5, "0s"},
    {0, "0s"},
    {59, "59s"},
    {60, "1m"},
    {119, "1m"},
    {3599, "59m"},
    {3600, "1h 0m"},
    {3660, "1h 1m"},
    {86399, "23h 59m"},
    {86400, "1d 0h"},
    {273600, "3d 4h"},
    {86400000, "1000d 0h"},
    {INT64_MAX, "106751991167300d 15h"},
};

static void writes_ages(void **state)
{
	char text[CIVIL_TEXT_BYTES];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(age_case); i++)
		assert_string_equal(civil_age(age_case[i].seconds, text), age_case[i].text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(counts_days),
	    cmocka_unit_test(agrees_with_the_c_library_on_each_day_of_800_years),
	    cmocka_unit_test(finds_the_offset_in_force),
	    cmocka_unit_test(no_rows_are_utc),
	    cmocka_unit_test(days_start_where_the_c_librarys_do),
	    cmocka_unit_test(days_start_where_people_say),
	    cmocka_unit_test(a_day_ends_where_the_next_begins),
	    cmocka_unit_test(writes_moments),
	    cmocka_unit_test(reads_dates_that_exist),
	    cmocka_unit_test(the_largest_date_fits_its_text),
	    cmocka_unit_test(writes_ages),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
