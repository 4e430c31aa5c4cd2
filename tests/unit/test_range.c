#include "base/mem.h"
#include "judge/range.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

/* The table of the guidelines, and what they leave to be understood. */
static void test_alerts(void **state)
{
	static const struct {
		const char *range;
		double value;
		bool alerts;
	} row[] = {
	    {"0", 0, false},    {"0", 1, true},        {"0", -1, true},    {"5", 5, false},
	    {"5", 5.001, true}, {"5:", 4.9, true},     {"5:", 5, false},   {"~:5", -1e9, false},
	    {"~:5", 5.5, true}, {"5:7", 4, true},      {"5:7", 7, false},  {"@5:7", 5, true},
	    {"@5:7", 8, false}, {"@5", 0, true},       {"@5", 6, false},   {"-5:-1", -3, false},
	    {"-5:-1", 0, true}, {"0.5:1.5", 1, false}, {"@~:0", -1, true}, {"~:", 1e12, false},
	    {"@~:", 0, true},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(row); i++) {
		struct range range;

		assert_true(range_parse(row[i].range, &range));
		assert_int_equal(range_alerts(&range, row[i].value), row[i].alerts);
	}
}

static void test_refused(void **state)
{
	static const char *const row[] = {"",    ":",   ":5",   "a",   "5a",  "5:a", "7:5",
					  "@",   "@@5", "--5",  "1e3", "5 ",  " 5",  "~",
					  "5:~", "+5",  "0x10", "nan", "inf", "5::7"};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(row); i++) {
		struct range range = {42, 42, true};

		if (range_parse(row[i], &range))
			fail_msg("'%s' was taken for a range", row[i]);
		assert_true(range.low == 42 && range.high == 42 && range.alerts_inside);
	}
}

/* Public vectors, where they are at hand: source, range, value, ok or alert. */
static void test_vectors(void **state)
{
	const char *const folder = getenv("REPWATCH_REAL_CASES");
	char path[4096], line[256], text[64], expected[16];
	double value;
	size_t seen = 0;
	FILE *file;

	(void)state;
	if (!folder)
		skip();
	snprintf(path, sizeof(path), "%s/nagios/ranges-guidelines.tsv", folder);
	file = fopen(path, "re");
	assert_non_null(file);
	while (fgets(line, sizeof(line), file)) {
		struct range range;

		if (sscanf(line, "%*s\t%63s\t%lf\t%15s", text, &value, expected) != 3)
			continue;
		assert_true(range_parse(text, &range));
		if (range_alerts(&range, value) != (strcmp(expected, "alert") == 0))
			fail_msg("%s", line);
		seen++;
	}
	fclose(file);
	assert_true(seen > 10);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_alerts),
	    cmocka_unit_test(test_refused),
	    cmocka_unit_test(test_vectors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
