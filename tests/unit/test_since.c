#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "cli/since.h"

/* 2026-11-21T10:00:00+09:00 */
#define NOW INT64_C(1795222800)

static const struct zone_change tokyo[] = {{0, 9 * 3600}};
static const struct zone zone = {tokyo, COUNT_OF(tokyo)};

static void understands_ages_and_dates(void **state)
{
	static const struct {
		const char *text;
		int64_t since;
	} row[] = {
	    {"0", NOW},
	    {"90s", NOW - 90},
	    {"7d", NOW - 7 * 86400},
	    {"52000w", 0}, /* before the epoch there is no journal */
	    {"2026-11-21", NOW - 10 * 3600},
	    {"2026-11-20", NOW - 34 * 3600},
	    {"2024-02-29", 1709132400},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(row); i++) {
		int64_t since = -1;
		struct err err;

		if (!since_parse(row[i].text, &zone, NOW, &since, &err) || since != row[i].since)
			fail_msg("'%s': %lld", row[i].text, (long long)since);
	}
}

static void refuses_anything_else(void **state)
{
	static const char *const text[] = {"",           "7",          "yesterday",   "-7d",
					   "2026-02-29", "2026-13-01", "2026-00-10",  "2026-11-00",
					   "2026-11-31", "2026-1-1",   "2026-11-21 ", "2026/11/21",
					   "20261121",   "2026-+1-01"};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(text); i++) {
		int64_t since;
		struct err err;

		if (since_parse(text[i], &zone, NOW, &since, &err))
			fail_msg("'%s' was taken", text[i]);
	}
}

static void understands_what_is_to_come(void **state)
{
	static const struct {
		const char *text;
		int64_t until; /* 0: refused */
	} row[] = {
	    {"3d", NOW + 3 * 86400},
	    {"30m", NOW + 1800},
	    {"2024-02-29", 1709132400},
	    {"2024-02-29 00:30", 1709132400 + 1800},
	    {"2024-02-29T22:05", 1709132400 + 22 * 3600 + 300},
	    {"2024-02-29 24:00", 0},
	    {"2024-02-29 22:60", 0},
	    {"2024-02-29 2:30", 0},
	    {"2024-02-29 22-30", 0},
	    {"2024-02-30 22:30", 0},
	    {"2024-02-29 ", 0},
	    {"2024-02-29 22:30:00", 0},
	    {"tomorrow", 0},
	    {"", 0},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(row); i++) {
		int64_t until = 0;
		struct err err;

		until_parse(row[i].text, &zone, NOW, &until, &err);
		if (until != row[i].until)
			fail_msg("'%s': %lld", row[i].text, (long long)until);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(understands_ages_and_dates),
	    cmocka_unit_test(refuses_anything_else),
	    cmocka_unit_test(understands_what_is_to_come),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
