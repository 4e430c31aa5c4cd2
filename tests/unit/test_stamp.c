#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "maillog/stamp.h"

#include <string.h>
#include <time.h>

/* Europe/Berlin around 2026: 03-29 01:00 UTC and 10-25 01:00 UTC. */
static const struct zone_change berlin_change[] = {
    {0, 3600}, {1774746000, 7200}, {1792890000, 3600}, {1806195600, 7200}};
static const struct zone berlin = {berlin_change, COUNT_OF(berlin_change)};
static const struct zone_change tokyo_change = {0, 32400};
static const struct zone tokyo = {&tokyo_change, 1};
static const struct zone utc = {0};

/* Each line's time as RFC 3339 in UTC, or "-", one behind the other. */
struct stamp_case {
	const char *name;
	const struct zone *zone;
	int32_t year;
	const char *now; /* of which only the date matters */
	const char *line[6];
	const char *at[6];
};

static const struct stamp_case format_case[] = {
    {"RFC 3164",
     &utc,
     2026,
     "",
     {"Nov 21 18:00:00 host tag: x", "Nov  1 08:05:09 host tag: x", "Nov 21 18:00:01.250 host x"},
     {"2026-11-21T18:00:00", "2026-11-01T08:05:09", "2026-11-21T18:00:01"}},
    {"RFC 3164 on a local clock",
     &tokyo,
     2026,
     "",
     {"Nov 21 08:00:00 host tag: x"},
     {"2026-11-20T23:00:00"}},
    {"RFC 3339 and its zones",
     &tokyo,
     0,
     "",
     {"2026-11-21T18:00:00Z host x", "2026-11-21T18:00:00.123456+09:00 host x",
      "2026-11-21T18:00:00-04:30 host x", "2026-11-21T18:00:00+0900 host x",
      "2026-11-21T18:00:00 host x"},
     {"2026-11-21T18:00:00", "2026-11-21T09:00:00", "2026-11-21T22:30:00", "2026-11-21T09:00:00",
      "2026-11-21T09:00:00"}},
    {"Exim's own",
     &tokyo,
     0,
     "",
     {"2026-11-21 18:00:00 x", "2026-11-21 18:00:00.123 x", "2026-11-21 18:00:00 +0000 x",
      "2026-11-21 18:00:00.5 -0430 [77] x"},
     {"2026-11-21T09:00:00", "2026-11-21T09:00:00", "2026-11-21T18:00:00", "2026-11-21T22:30:00"}},
    {"TAI64N is ten seconds ahead, as qmail writes it",
     &tokyo,
     0,
     "",
     {"@400000006a2f408a00000000 x", "@400000006a2f408a x", "@400000006a2f408b1dcd6500 x"},
     {"2026-06-15T00:00:00", "2026-06-15T00:00:00", "2026-06-15T00:00:01"}},
    {"seconds of the epoch",
     &tokyo,
     0,
     "",
     {"1795219200.123456 host x", "1795219200 host x"},
     {"2026-11-21T00:00:00", "2026-11-21T00:00:00"}},
    {"a leap second is the last one again",
     &utc,
     0,
     "",
     {"2016-12-31T23:59:60Z host x"},
     {"2016-12-31T23:59:59"}},
};

static const struct stamp_case year_case[] = {
    {"a new year in the file",
     &utc,
     2025,
     "",
     {"Dec 31 23:59:59 host x", "Jan  1 00:00:00 host x", "Dec 31 23:59:59 host x",
      "Jan  1 00:00:01 host x"},
     {"2025-12-31T23:59:59", "2026-01-01T00:00:00", "2025-12-31T23:59:59", "2026-01-01T00:00:01"}},
    {"a new year on a clock ahead of UTC",
     &tokyo,
     2025,
     "",
     {"Dec 31 23:59:59 host x", "Jan  1 00:00:00 host x"},
     {"2025-12-31T14:59:59", "2025-12-31T15:00:00"}},
    {"found out: the latest that is not after tomorrow",
     &utc,
     0,
     "2026-11-21",
     {"Nov 20 10:00:00 host x", "Nov 21 10:00:00 host x"},
     {"2026-11-20T10:00:00", "2026-11-21T10:00:00"}},
    {"found out: last year's",
     &utc,
     0,
     "2026-01-02",
     {"Dec 30 10:00:00 host x", "Jan  1 10:00:00 host x"},
     {"2025-12-30T10:00:00", "2026-01-01T10:00:00"}},
    {"found out: a clock that is a day ahead",
     &utc,
     0,
     "2026-12-31",
     {"Jan  1 00:30:00 host x"},
     {"2027-01-01T00:30:00"}},
    {"found out: a whole year ago",
     &utc,
     0,
     "2026-11-21",
     {"Nov 23 10:00:00 host x"},
     {"2025-11-23T10:00:00"}},
    {"a wrong clock at boot does not last",
     &utc,
     2026,
     "",
     {"Jun 10 10:00:00 host x", "Jan  1 00:00:05 host x", "Jun 10 10:00:30 host x",
      "Dec 25 00:00:00 host x", "Jun 10 10:01:00 host x"},
     {"2026-06-10T10:00:00", "2026-01-01T00:00:05", "2026-06-10T10:00:30", "2025-12-25T00:00:00",
      "2026-06-10T10:01:00"}},
    {"a leap day is in the last leap year",
     &utc,
     0,
     "2026-11-21",
     {"Feb 29 10:00:00 host x", "Mar  1 10:00:00 host x"},
     {"2024-02-29T10:00:00", "2024-03-01T10:00:00"}},
    {"a leap day that the year does not have", &utc, 2026, "", {"Feb 29 10:00:00 host x"}, {"-"}},
    {"a leap day that it has", &utc, 2024, "", {"Feb 29 10:00:00 host x"}, {"2024-02-29T10:00:00"}},
};

static const struct stamp_case saving_case[] = {
    {"the hour that is skipped is read with the offset before",
     &berlin,
     2026,
     "",
     {"Mar 29 01:59:59 host x", "Mar 29 02:30:00 host x", "Mar 29 03:00:00 host x"},
     {"2026-03-29T00:59:59", "2026-03-29T01:30:00", "2026-03-29T01:00:00"}},
    {"the hour that is repeated: file order",
     &berlin,
     2026,
     "",
     {"Oct 25 01:59:59 host x", "Oct 25 02:10:00 host x", "Oct 25 02:59:59 host x",
      "Oct 25 02:00:00 host x", "Oct 25 02:58:00 host x", "Oct 25 03:00:00 host x"},
     {"2026-10-24T23:59:59", "2026-10-25T00:10:00", "2026-10-25T00:59:59", "2026-10-25T01:00:00",
      "2026-10-25T01:58:00", "2026-10-25T02:00:00"}},
    {"lines that swap places do not make it the second turn",
     &berlin,
     2026,
     "",
     {"Oct 25 02:30:05 host x", "Oct 25 02:30:01 host x", "Oct 25 02:30:06 host x"},
     {"2026-10-25T00:30:05", "2026-10-25T00:30:01", "2026-10-25T00:30:06"}},
    {"Exim's, too",
     &berlin,
     0,
     "",
     {"2026-10-25 02:59:59 x", "2026-10-25 02:00:00 x"},
     {"2026-10-25T00:59:59", "2026-10-25T01:00:00"}},
};

static const struct stamp_case broken_case[] = {
    {"no dates",
     &utc,
     2026,
     "",
     {"", "Nov", "Nov 31 10:00:00 host x", "Nov 21 24:00:00 host x", "Nov 21 10:60:00 host x",
      "Nox 21 10:00:00 host x"},
     {"-", "-", "-", "-", "-", "-"}},
    {"nothing behind them",
     &utc,
     2026,
     "",
     {"Nov 21 10:00:00", "2026-11-21T10:00:00Z", "2026-11-21T10:00:00", "@400000006a2f408a00000000",
      "1795219200"},
     {"-", "-", "-", "-", "-"}},
    {"other dates",
     &utc,
     2026,
     "",
     {"2026-02-30T10:00:00Z host x", "2026-13-01T10:00:00Z host x", "2026/11/21 10:00:00 host x",
      "0026-11-21T10:00:00Z host x", "2026-11-21T10:00:00+9 host x", "2026-11-21T10-00-00Z host x"},
     {"-", "-", "-", "-", "-", "-"}},
    {"labels of no time",
     &utc,
     2026,
     "",
     {"@4000000000000009 x", "@400000006A2F408A x", "@8000000000000000 x", "@400000006a2f40 x",
      "@ffffffffffffffff x"},
     {"-", "-", "-", "-", "-"}},
    {"numbers that are none",
     &utc,
     2026,
     "",
     {"12345678 host x", "17952192001 host x", "1795219200.x host x"},
     {"-", "-", "-"}},
    {"a broken one changes nothing",
     &utc,
     2026,
     "",
     {"Nov 21 10:00:00 host x", "Nov 21 99:00:00 host x", "Nov 21 10:00:00 host x"},
     {"2026-11-21T10:00:00", "-", "2026-11-21T10:00:00"}},
};

static int64_t date_at(const char *text)
{
	const struct civil_date date = {(text[0] - '0') * 1000 + (text[1] - '0') * 100 +
					    (text[2] - '0') * 10 + text[3] - '0',
					(uint8_t)((text[5] - '0') * 10 + text[6] - '0'),
					(uint8_t)((text[8] - '0') * 10 + text[9] - '0')};

	return civil_days(date) * 86400;
}

static void check(const struct stamp_case *row, size_t rows)
{
	for (size_t i = 0; i < rows; i++) {
		struct stamps stamps =
		    stamps_of(row[i].zone, row[i].year, *row[i].now ? date_at(row[i].now) : 0);

		for (size_t line = 0; line < COUNT_OF(row->line) && row[i].line[line]; line++) {
			struct slice rest = slice_text(row[i].line[line]);
			char text[CIVIL_TEXT_BYTES] = "-";
			int64_t at;

			if (stamp_read(&stamps, &rest, &at) != STAMP_NONE) {
				civil_rfc3339(&utc, at, text);
				text[strlen("2026-11-21T18:00:00")] = '\0';
			}
			if (strcmp(text, row[i].at[line]) != 0)
				fail_msg("%s: '%s' is %s, not %s", row[i].name, row[i].line[line],
					 text, row[i].at[line]);
		}
	}
}

static void reads_every_form(void **state)
{
	(void)state;
	check(format_case, COUNT_OF(format_case));
}

static void finds_the_year(void **state)
{
	(void)state;
	check(year_case, COUNT_OF(year_case));
}

static void follows_daylight_saving(void **state)
{
	(void)state;
	check(saving_case, COUNT_OF(saving_case));
}

static void refuses_what_is_no_stamp(void **state)
{
	(void)state;
	check(broken_case, COUNT_OF(broken_case));
}

static const struct {
	const char *line, *rest;
	enum stamp_kind kind;
} rest_case[] = {
    {"Nov 21 18:00:00 host tag: x", "host tag: x", STAMP_SYSLOG},
    {"2026-11-21T18:00:00.5Z host tag: x", "host tag: x", STAMP_SYSLOG},
    {"2026-11-21 18:00:00 +0900 [7] x", "[7] x", STAMP_BARE},
    {"2026-11-21 18:00:00 1ABC", "1ABC", STAMP_BARE},
    {"@400000006a2f408a00000000 new msg 1", "new msg 1", STAMP_BARE},
    {"1795219200.1 host tag: x", "host tag: x", STAMP_SYSLOG},
    {"nothing", "nothing", STAMP_NONE},
};

static void leaves_what_follows(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(rest_case); i++) {
		struct stamps stamps = stamps_of(&utc, 2026, 0);
		struct slice rest = slice_text(rest_case[i].line);
		int64_t at;

		assert_int_equal(stamp_read(&stamps, &rest, &at), rest_case[i].kind);
		if (!slice_is(rest, rest_case[i].rest))
			fail_msg("'%s' leaves '%.*s'", rest_case[i].line, (int)rest.len, rest.at);
	}
}

static const struct {
	const char *before, *line;
	bool is_again;
} again_case[] = {
    {"Nov 21 18:00:00 x", "Nov 21 18:00:00 y", true},
    {"Nov 21 18:00:00 x", "Nov 21 18:00:01 y", true},
    {"Nov 21 18:00:00 x", "Nov 21 00:00:00 y", true},
    {"Nov 21 18:00:00 x", "Nov 21 23:59:60 y", true},
    {"Nov 21 18:00:00 x", "Nov 22 18:00:00 y", false},
    {"Nov 21 18:00:00 x", "Nov 21 24:00:00 y", false},
    {"Nov 21 18:00:00 x", "Nov 21 18:60:00 y", false},
    {"Nov 21 18:00:00 x", "Nov 21 18:00:61 y", false},
    {"Nov 21 18:00:00 x", "Nov 21 18-00-01 y", false},
    {"Nov 21 18:00:00 x", "Nov 21  8:00:01 y", false},
    {"Nov 21 18:00:00 x", "Nov 21 18:00:0: y", false},
    {"Nov 21 18:00:00 x", "Nov 21 18:00:00.5 y", false},
    {"Nov 21 18:00:00 x", "Nov 21 18:00:00", false},
    {"2026-11-21T18:00:00.1+09:00 x", "2026-11-21T18:00:00.234567+09:00 y", true},
    {"2026-11-21T18:00:00.1+09:00 x", "2026-11-21T18:00:00+09:00 y", true},
    {"2026-11-21T18:00:00+09:00 x", "2026-11-21T18:00:00.123456789+09:00 y", true},
    {"2026-11-21T18:00:00+09:00 x", "2026-11-21T18:00:00.1234567890+09:00 y", false},
    {"2026-11-21T18:00:00+09:00 x", "2026-11-21T18:00:00.+09:00 y", false},
    {"2026-11-21T18:00:00+09:00 x", "2026-11-21T18:00:00+01:00 y", false},
    {"2026-11-21T18:00:00+09:00 x", "2026-11-21T18:00:01+09:00 y", false},
    {"2026-11-21T18:00:00+09:00 x", "2026-11-21T18:00:00+0900 y", false},
    {"2026-11-21T18:00:00+09:00 x", "2026-11-21T18:00:00Z y", false},
    {"2026-11-21T18:00:00+09:00 x", "2026-11-21T18:00:00+09:00", false},
    {"2026-11-21T18:00:00+09:00 x", "2026-11-21 18:00:00+09:00 y", false},
    {"2026-11-21 18:00:00 +09:00 x", "2026-11-21 18:00:00 +09:00 y", false},
    {"2026-11-21T18:00:00 x", "2026-11-21T18:00:00 y", false},
    {"2026-11-21T18:00:00Z x", "2026-11-21T18:00:00Z y", false},
};

/* What is known from the line before is what would be read. */
static void knows_a_second_again(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(again_case); i++) {
		struct stamps stamps = stamps_of(&utc, 2026, 0);
		struct slice before = slice_text(again_case[i].before);
		struct slice read = slice_text(again_case[i].line);
		struct slice known = read;
		int64_t read_at = 0, known_at = 0;

		assert_int_not_equal(stamp_read(&stamps, &before, &read_at), STAMP_NONE);
		if ((stamp_again(&stamps, &known, &known_at) ||
		     stamp_again_3339(&stamps, &known, &known_at)) != again_case[i].is_again)
			fail_msg("'%s' is known or is not", again_case[i].line);
		if (!again_case[i].is_again)
			continue;
		assert_int_equal(stamp_read(&stamps, &read, &read_at), STAMP_SYSLOG);
		assert_true(read_at == known_at && read.at == known.at && read.len == known.len);
	}
}

/* Bytes that are no offset are not taken for the one that was never read. */
static void nothing_is_no_offset(void **state)
{
	static const char line[] = "2026-11-21T18:00:00\0\0\0\0\0\0 x";
	struct stamps stamps = stamps_of(&utc, 2026, 0);
	struct slice before = slice_text("2026-11-21T18:00:00 x");
	struct slice rest = slice_of(line, sizeof(line) - 1);
	int64_t at;

	(void)state;
	assert_int_equal(stamp_read(&stamps, &before, &at), STAMP_SYSLOG);
	assert_false(stamp_again_3339(&stamps, &rest, &at));
}

/* Lines around a change of the clock or of the year, near each other and days apart, in both
 * forms: what is known of their date is what would be found out anew. */
static void knows_a_date_again(void **state)
{
	static const int64_t around[] = {1774746000, 1792890000, 1798761600};
	char text[64];
	uint32_t dice = 1;

	(void)state;
	for (size_t turn = 0; turn < 3 * COUNT_OF(around); turn++) {
		const bool has_year = turn / COUNT_OF(around) == 1;
		struct stamps known = stamps_of(&berlin, has_year ? 2026 : 0, 1799000000);
		struct stamps anew = known;

		for (int i = 0; i < 3000; i++) {
			struct slice a, b;
			int64_t at_a = 0, at_b = 0;
			time_t at;
			struct tm tm;

			dice = dice * 1664525u + 1013904223u;
			at = around[turn % COUNT_OF(around)] - 200000 + (dice >> 8) % 400000;
			if (dice >> 31)
				at = anew.last + (dice >> 8) % 90;
			gmtime_r(&at, &tm);
			strftime(text, sizeof(text),
				 turn / COUNT_OF(around) == 2 && dice >> 30 & 1
				     ? "%Y-%m-%dT%H:%M:%S x"
				     : "%b %e %H:%M:%S x",
				 &tm);
			a = b = slice_text(text);
			anew.text_len = 0;
			if (!stamp_again(&known, &a, &at_a))
				assert_int_equal(stamp_read(&known, &a, &at_a), STAMP_SYSLOG);
			assert_int_equal(stamp_read(&anew, &b, &at_b), STAMP_SYSLOG);
			if (at_a != at_b || known.last != anew.last || a.at != b.at)
				fail_msg("%s: %lld, anew %lld", text, (long long)at_a,
					 (long long)at_b);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reads_every_form),        cmocka_unit_test(finds_the_year),
	    cmocka_unit_test(follows_daylight_saving), cmocka_unit_test(refuses_what_is_no_stamp),
	    cmocka_unit_test(leaves_what_follows),     cmocka_unit_test(knows_a_second_again),
	    cmocka_unit_test(nothing_is_no_offset),    cmocka_unit_test(knows_a_date_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
