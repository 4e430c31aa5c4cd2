#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "base/parse.h"

#include <string.h>

static const struct {
	const char *text;
	bool is_u64, is_u32;
	uint64_t value;
} number_case[] = {
    {"0", true, true, 0},
    {"7", true, true, 7},
    {"007", true, true, 7},
    {"4294967295", true, true, UINT32_MAX},
    {"4294967296", true, false, 4294967296u},
    {"18446744073709551615", true, false, UINT64_MAX},
    {"18446744073709551616", false, false, 0},
    {"18446744073709551620", false, false, 0},
    {"99999999999999999999999999", false, false, 0},
    {"", false, false, 0},
    {"-0", false, false, 0},
    {"-1", false, false, 0},
    {"+1", false, false, 0},
    {" 1", false, false, 0},
    {"1 ", false, false, 0},
    {"1\n", false, false, 0},
    {"1x", false, false, 0},
    {"0x10", false, false, 0},
    {"1e3", false, false, 0},
    {"1.0", false, false, 0},
    {"1,000", false, false, 0},
    {"\xef\xbc\x91", false, false, 0}, /* a full-width 1 */
};

static void reads_plain_numbers_only(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(number_case); i++) {
		const char *text = number_case[i].text;
		uint64_t wide = 12345;
		uint32_t narrow = 12345;

		if (parse_u64(text, &wide) != number_case[i].is_u64 ||
		    parse_u32(text, &narrow) != number_case[i].is_u32)
			fail_msg("'%s'", text);
		assert_int_equal(wide, number_case[i].is_u64 ? number_case[i].value : 12345);
		assert_int_equal(narrow, number_case[i].is_u32 ? number_case[i].value : 12345);
	}
}

static const struct {
	const char *text;
	double value; /* -1: not a decimal */
} decimal_case[] = {
    {"0", 0},
    {"2", 2},
    {"1.4", 1.4},
    {"1.40", 1.4},
    {"0.001", 0.001},
    {"01.25", 1.25},
    {"999999999999999", 999999999999999},
    {"1.23456789012345", 1.23456789012345},
    {"1000000000000000", -1},
    {"1.234567890123456", -1},
    {"", -1},
    {".", -1},
    {".5", -1},
    {"1.", -1},
    {"1.4.1", -1},
    {"1,4", -1},
    {"-1.4", -1},
    {"+1.4", -1},
    {"1.-4", -1},
    {"1.+4", -1},
    {" 1.4", -1},
    {"1.4 ", -1},
    {"1e1", -1},
    {"nan", -1},
    {"inf", -1},
    {"0x1p3", -1},
};

static void reads_decimals_as_they_are_written(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(decimal_case); i++) {
		double value = -1;
		const bool is_taken = parse_decimal(decimal_case[i].text, &value);

		if (value != decimal_case[i].value || is_taken != (value >= 0))
			fail_msg("'%s': %.17g", decimal_case[i].text, value);
	}
}

static const struct {
	const char *text;
	int64_t ms; /* -1: not a duration */
} duration_case[] = {
    {"0", 0},
    {"0s", 0},
    {"0w", 0},
    {"1ms", 1},
    {"500ms", 500},
    {"1s", 1000},
    {"90s", 90000},
    {"5m", 300000},
    {"24h", 86400000},
    {"3d", 259200000},
    {"2w", 1209600000},
    {"9223372036854775807ms", INT64_MAX},
    {"9223372036854775808ms", -1},
    {"9223372036854775s", 9223372036854775000},
    {"9223372036854776s", -1},
    {"15250284453w", -1},
    {"18446744073709551616s", -1},
    {"5", -1}, /* five what? */
    {"", -1},
    {"s", -1},
    {"-5s", -1},
    {"+5s", -1},
    {" 5s", -1},
    {"5 s", -1},
    {"5s ", -1},
    {"5S", -1},
    {"5M", -1},
    {"5min", -1},
    {"5y", -1},
    {"1.5h", -1},
    {"1h30m", -1},
    {"5sm", -1},
    {"5m s", -1},
};

static void durations_need_a_unit(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(duration_case); i++) {
		int64_t ms = -1;

		if (parse_duration_ms(duration_case[i].text, &ms) != (duration_case[i].ms >= 0))
			fail_msg("'%s'", duration_case[i].text);
		assert_int_equal(ms, duration_case[i].ms);
	}
}

static const struct {
	int64_t ms;
	const char *text;
} text_case[] = {
    {0, "0s"},
    {1, "1ms"},
    {1500, "1500ms"},
    {1000, "1s"},
    {90000, "90s"},
    {60000, "1m"},
    {3600000, "1h"},
    {86400000, "1d"},
    {604800000, "1w"},
    {691200000, "8d"},
    {INT64_MAX, "9223372036854775807ms"},
    {INT64_MIN, "-9223372036854775808ms"},
};

static void writes_durations_in_the_largest_unit(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(text_case); i++) {
		char text[DURATION_TEXT_BYTES];
		int64_t back;

		assert_string_equal(duration_text(text_case[i].ms, text), text_case[i].text);
		if (text_case[i].ms >= 0) {
			assert_true(parse_duration_ms(text, &back));
			assert_int_equal(back, text_case[i].ms);
		}
	}
}

static void numbers_are_grouped_for_people(void **state)
{
	static const struct {
		uint64_t value;
		const char *text;
	} row[] = {
	    {0, "0"},
	    {999, "999"},
	    {1000, "1,000"},
	    {48200, "48,200"},
	    {UINT64_MAX, "18,446,744,073,709,551,615"},
	};
	char out[GROUPED_BYTES];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(row); i++)
		assert_string_equal(grouped_text(row[i].value, out), row[i].text);
}

static const struct {
	const char *text;
	int from, until; /* -1: refused */
} span_case[] = {
    {"22:00-07:00", 1320, 420},
    {"00:00-23:59", 0, 1439},
    {"09:30-09:31", 570, 571},
    {"07:00-07:00", -1, -1},
    {"24:00-07:00", -1, -1},
    {"22:60-07:00", -1, -1},
    {"7:00-22:00", -1, -1},
    {"22:00-7:00", -1, -1},
    {"22:00-07:00 ", -1, -1},
    {"22:00", -1, -1},
    {"22:00-", -1, -1},
    {"22-07", -1, -1},
    {"", -1, -1},
    {"-", -1, -1},
    {"22:00/07:00", -1, -1},
};

static void reads_spans_of_the_day(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(span_case); i++) {
		uint32_t from = (uint32_t)-1;
		uint32_t until = (uint32_t)-1;

		if (parse_day_span(span_case[i].text, &from, &until) != (span_case[i].from >= 0))
			fail_msg("'%s'", span_case[i].text);
		assert_int_equal((int)from, span_case[i].from);
		assert_int_equal((int)until, span_case[i].until);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(numbers_are_grouped_for_people),
	    cmocka_unit_test(reads_plain_numbers_only),
	    cmocka_unit_test(reads_decimals_as_they_are_written),
	    cmocka_unit_test(durations_need_a_unit),
	    cmocka_unit_test(writes_durations_in_the_largest_unit),
	    cmocka_unit_test(reads_spans_of_the_day),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
