#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "sys/clock.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { YEAR_S = 365 * 86400, HOUR_S = 3600 };

static const int64_t now = 1795000000; /* 2026-11-18 */

static const struct {
	const char *zone;
	int64_t at;
	int32_t offset_s;
} offset_case[] = {
    {"UTC", 1795000000, 0},
    {"Asia/Tokyo", 1795000000, 32400},
    {"Europe/Berlin", 1774745999, 3600}, /* 2026-03-29 00:59:59 UTC */
    {"Europe/Berlin", 1774746000, 7200},
    {"Europe/Berlin", 1792889999, 7200}, /* 2026-10-25 00:59:59 UTC */
    {"Europe/Berlin", 1792890000, 3600},
    {"America/New_York", 1772953199, -18000}, /* 2026-03-08 06:59:59 UTC */
    {"America/New_York", 1772953200, -14400},
    {"Asia/Kathmandu", 1795000000, 20700},
    {"Australia/Lord_Howe", 1775314800, 37800}, /* 2026-04-04 15:00:00 UTC */
    {"Australia/Lord_Howe", 1775314799, 39600},
    {"Pacific/Kiritimati", 1795000000, 50400},
};

static void knows_offsets_to_the_second(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(offset_case); i++) {
		struct arena *arena = arena_new();
		struct zone zone;
		struct err err = {0};

		if (!clock_zone(offset_case[i].zone, now, arena, &zone, &err))
			fail_msg("%s", err.text);
		if (zone_offset_s(&zone, offset_case[i].at) != offset_case[i].offset_s)
			fail_msg("%s at %lld: %d", offset_case[i].zone,
				 (long long)offset_case[i].at,
				 zone_offset_s(&zone, offset_case[i].at));
		arena_free(arena);
	}
}

static const char *const agreeing_zone[] = {
    "Asia/Tokyo",       "Europe/Berlin",       "America/Sao_Paulo",    "Africa/Cairo",
    "Asia/Beirut",      "Australia/Lord_Howe", "Africa/Casablanca",    "Asia/Gaza",
    "Antarctica/Troll", "America/Asuncion",    "Pacific/Apia",         "Europe/Dublin",
    "America/St_Johns", "Asia/Tehran",         "Africa/Juba",          "Europe/Volgograd",
    "Asia/Pyongyang",   "America/Caracas",     "Antarctica/Macquarie",
};

/* The process's zone, for as long as a test compares with the C library. */
static void set_tz(const char *name)
{
	assert_int_equal(setenv("TZ", name, 1), 0);
	tzset();
}

static void agrees_with_the_c_library_every_hour(void **state)
{
	static const int64_t then[] = {1577836800, 1795000000}; /* 2020-01-01, 2026-11-18 */

	(void)state;
	for (size_t i = 0; i < COUNT_OF(agreeing_zone) * COUNT_OF(then); i++) {
		const char *name = agreeing_zone[i / COUNT_OF(then)];
		const int64_t middle = then[i % COUNT_OF(then)];
		struct arena *arena = arena_new();
		struct zone zone;
		struct err err = {0};

		if (!clock_zone(name, middle, arena, &zone, &err))
			fail_msg("%s", err.text);
		set_tz(name);
		for (int64_t at = middle - 5 * (int64_t)YEAR_S; at < middle + 2 * (int64_t)YEAR_S;
		     at += HOUR_S) {
			const time_t when = at;
			struct tm local;

			assert_non_null(localtime_r(&when, &local));
			if (zone_offset_s(&zone, at) != local.tm_gmtoff)
				fail_msg("%s at %lld: %d, not %ld", name, (long long)at,
					 zone_offset_s(&zone, at), local.tm_gmtoff);
		}
		arena_free(arena);
	}
	assert_int_equal(unsetenv("TZ"), 0);
}

static const char *const no_zone[] = {
    "Mars/Olympus_Mons",
    "Asia",
    "Asia/Tokyo ",
    " Asia/Tokyo",
    "Asia/Tokyo/",
    "/usr/share/zoneinfo/Asia/Tokyo",
    ":Asia/Tokyo",
    "../zoneinfo/Asia/Tokyo",
    "zone.tab",
    "leapseconds",
    "JST-9",
    "Asia/Tokyo\n",
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA",
};

static void refuses_what_is_no_zone(void **state)
{
	struct arena *arena = arena_new();

	(void)state;
	for (size_t i = 0; i < COUNT_OF(no_zone); i++) {
		struct zone zone;
		struct err err = {0};

		if (clock_zone(no_zone[i], now, arena, &zone, &err))
			fail_msg("'%s' was taken for a zone", no_zone[i]);
		assert_non_null(strstr(err.text, no_zone[i]));
	}
	arena_free(arena);
}

static void leaves_the_process_its_zone(void **state)
{
	struct arena *arena = arena_new();
	const time_t when = now;
	struct zone zone;
	struct err err = {0};
	struct tm local;

	(void)state;
	set_tz("America/New_York");
	assert_true(clock_zone("Asia/Tokyo", now, arena, &zone, &err));
	assert_false(clock_zone("Asia/Edo", now, arena, &zone, &err));
	assert_string_equal(getenv("TZ"), "America/New_York");
	assert_non_null(localtime_r(&when, &local));
	assert_int_equal(local.tm_gmtoff, -18000);

	assert_int_equal(unsetenv("TZ"), 0);
	assert_true(clock_zone("Asia/Tokyo", now, arena, &zone, &err));
	assert_null(getenv("TZ"));
	arena_free(arena);
}

static void an_empty_name_is_the_systems_zone(void **state)
{
	struct arena *arena = arena_new();
	struct zone zone;
	struct err err = {0};

	(void)state;
	set_tz("Asia/Kathmandu");
	assert_true(clock_zone("", now, arena, &zone, &err));
	assert_int_equal(zone_offset_s(&zone, now), 20700);
	assert_int_equal(unsetenv("TZ"), 0);
	arena_free(arena);
}

static void the_monotonic_clock_never_goes_back(void **state)
{
	int64_t last = clock_monotonic_us();

	(void)state;
	for (int i = 0; i < 1000; i++) {
		const int64_t next = clock_monotonic_us();

		assert_true(next >= last);
		last = next;
	}
}

static void now_is_in_seconds(void **state)
{
	const int64_t before = time(NULL);
	const int64_t seen = clock_now();

	(void)state;
	assert_true(seen >= before - 1 && seen <= time(NULL) + 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(knows_offsets_to_the_second),
	    cmocka_unit_test(agrees_with_the_c_library_every_hour),
	    cmocka_unit_test(refuses_what_is_no_zone),
	    cmocka_unit_test(leaves_the_process_its_zone),
	    cmocka_unit_test(an_empty_name_is_the_systems_zone),
	    cmocka_unit_test(the_monotonic_clock_never_goes_back),
	    cmocka_unit_test(now_is_in_seconds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
