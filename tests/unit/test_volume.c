#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "told.h"

#include "base/mem.h"
#include "judge/volume.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { DAYS = 400, CHANGES = 6 };

static const struct volume_policy policy = {2.0, 5.0, 1000, 30};

/* What a sender does; days are counted back from yesterday, which is 0. */
struct pattern {
	int days; /* of history before today */
	uint32_t working, weekend;
	uint32_t tuesdays; /* instead; 0: like other days */
	uint32_t tenths; /* on the 10th of each month */
	uint32_t month_ends; /* on its last day */
	double growth; /* a day */
	struct {
		int first, last; /* days ago, first >= last */
		int64_t sent;
	} change[CHANGES];
};

static int64_t day_of(int32_t year, uint8_t month, uint8_t day)
{
	return civil_days((struct civil_date){year, month, day});
}

static uint64_t mail_on(const struct pattern *pattern, int64_t day, int days_ago)
{
	const int weekday = (int)((day + 4) % 7);
	double mail = weekday == 0 || weekday == 6 ? pattern->weekend : pattern->working;

	if (weekday == 2 && pattern->tuesdays)
		mail = pattern->tuesdays;
	if (civil_from_days(day).day == 10 && pattern->tenths)
		mail = pattern->tenths;
	if (civil_from_days(day + 1).day == 1 && pattern->month_ends)
		mail = pattern->month_ends;
	mail /= pow(1 + pattern->growth, days_ago);
	for (size_t i = 0; i < CHANGES; i++)
		if (pattern->change[i].first >= days_ago && days_ago >= pattern->change[i].last &&
		    (pattern->change[i].first || pattern->change[i].sent))
			mail = (double)pattern->change[i].sent;
	return (uint64_t)mail;
}

static size_t make_days(const struct pattern *pattern, int64_t today, struct volume_day day[DAYS])
{
	size_t count = 0;

	for (int ago = pattern->days - 1; ago >= 0; ago--, count++)
		day[count] = (struct volume_day){.day = today - 1 - ago,
						 .sent = mail_on(pattern, today - 1 - ago, ago)};
	return count;
}

/* On the morning of Wednesday 25 November 2026, nothing sent yet; yesterday was a Tuesday. */
static const struct {
	const char *why;
	struct pattern pattern;
	enum volume_level level;
	const char *reason;
} day_case[] = {
    {"a day like the others", {.days = 100, .working = 4000, .weekend = 800}, VOLUME_NORMAL, ""},
    {"a spike: ratio, size and surprise",
     {.days = 100, .working = 4000, .weekend = 800, .change = {{0, 0, 48200}}},
     VOLUME_SPIKE,
     "sent 48,200 yesterday, 15.7 times last month's daily mean of 3,071; Tuesdays usually bring "
     "4,000"},
    {"not below the ratio of a spike",
     {.days = 100, .working = 4000, .weekend = 800, .change = {{0, 0, 14000}}},
     VOLUME_ELEVATED,
     "sent 14,000 yesterday, 4.6 times last month's daily mean of 3,071; Tuesdays usually bring "
     "4,000"},
    {"nor below that of elevated",
     {.days = 100, .working = 4000, .weekend = 800, .change = {{0, 0, 6000}}},
     VOLUME_NORMAL,
     ""},
    {"twenty times, but below the floor",
     {.days = 100, .working = 50, .weekend = 50, .change = {{0, 0, 999}}},
     VOLUME_NORMAL,
     ""},
    {"from the floor on",
     {.days = 100, .working = 50, .weekend = 50, .change = {{0, 0, 1000}}},
     VOLUME_SPIKE,
     "sent 1,000 yesterday, 20.0 times last month's daily mean of 50; Tuesdays usually bring 50"},
    {"no surprise: the newsletter of every Tuesday",
     {.days = 100, .working = 2000, .weekend = 500, .tuesdays = 30000},
     VOLUME_NORMAL,
     ""},
    {"usual once seen twice: the third Tuesday",
     {.days = 100,
      .working = 2000,
      .weekend = 500,
      .change = {{0, 0, 30000}, {7, 7, 28000}, {14, 14, 31000}}},
     VOLUME_NORMAL,
     ""},
    {"the second is still a surprise",
     {.days = 100, .working = 2000, .weekend = 500, .change = {{0, 0, 30000}, {7, 7, 28000}}},
     VOLUME_SPIKE,
     "sent 30,000 yesterday, 19.2 times last month's daily mean of 1,565; Tuesdays usually bring "
     "2,000"},
    {"every second Tuesday, the third time",
     {.days = 100,
      .working = 2000,
      .weekend = 500,
      .change = {{0, 0, 30000}, {14, 14, 30000}, {28, 28, 29000}}},
     VOLUME_NORMAL,
     ""},
    {"without a rhythm, but five times in the last quarter",
     {.days = 100,
      .working = 2000,
      .weekend = 500,
      .change = {{0, 0, 30000},
		 {10, 10, 30000},
		 {19, 19, 30000},
		 {41, 41, 30000},
		 {53, 53, 30000},
		 {75, 75, 30000}}},
     VOLUME_NORMAL,
     ""},
    {"one incident of five days is one time",
     {.days = 100, .working = 2000, .weekend = 500, .change = {{0, 0, 30000}, {45, 41, 30000}}},
     VOLUME_SPIKE,
     "sent 30,000 yesterday, 4.9 times last month's daily mean of 6,177 (8.3 times it without its "
     "largest days); Tuesdays usually bring 2,000"},
    {"two thirds more than the newsletter are elevated, whatever the ratio",
     {.days = 100, .working = 2000, .weekend = 500, .tuesdays = 30000, .change = {{0, 0, 50000}}},
     VOLUME_ELEVATED,
     "sent 50,000 yesterday, 9.7 times last month's daily mean of 5,177; Tuesdays usually bring "
     "30,000"},
    {"four times the newsletter is none",
     {.days = 100, .working = 2000, .weekend = 500, .tuesdays = 30000, .change = {{0, 0, 120000}}},
     VOLUME_SPIKE,
     "sent 120,000 yesterday, 23.2 times last month's daily mean of 5,177; Tuesdays usually bring "
     "30,000"},
    {"growth of 2 % a day is no leak",
     {.days = 200, .working = 40000, .weekend = 20000, .growth = 0.02},
     VOLUME_NORMAL,
     ""},
    {"an earlier burst does not hide this one",
     {.days = 100, .working = 4000, .weekend = 4000, .change = {{0, 0, 40000}, {42, 40, 200000}}},
     VOLUME_SPIKE,
     "sent 40,000 yesterday, 1.7 times last month's daily mean of 22,968 (10.0 times it without "
     "its largest days); Tuesdays usually bring 4,000"},
    {"without last month, all days known are the measure",
     {.days = 20, .working = 4000, .weekend = 4000, .change = {{0, 0, 40000}}},
     VOLUME_SPIKE,
     "sent 40,000 yesterday, 10.0 times the daily mean so far of 4,000; Tuesdays usually bring "
     "4,000"},

    {"ten days of more surprise on no day, but as a week",
     {.days = 100, .working = 4000, .weekend = 4000, .change = {{9, 0, 11000}}},
     VOLUME_ELEVATED,
     "sent 11,000 a day in the last 7 days, 2.7 times what the same weekdays brought in the 4 "
     "weeks "
     "before"},

    {"silence on a day that has mail",
     {.days = 100, .working = 4000, .weekend = 800, .change = {{0, 0, 3}}},
     VOLUME_LOW,
     "sent 3 yesterday; Tuesdays usually bring 4,000"},
    {"two days of it",
     {.days = 100, .working = 4000, .weekend = 800, .change = {{1, 0, 3}}},
     VOLUME_LOW,
     "sent 6 in the last 2 days that usually have mail; Tuesdays usually bring 4,000"},
    {"a holiday like a Sunday is none",
     {.days = 100, .working = 4000, .weekend = 700, .change = {{0, 0, 390}}},
     VOLUME_NORMAL,
     ""},
    {"where weekends are silent one day may be a holiday",
     {.days = 100, .working = 4000, .change = {{0, 0, 3}}},
     VOLUME_NORMAL,
     ""},
    {"two may not",
     {.days = 100, .working = 4000, .change = {{1, 0, 3}}},
     VOLUME_LOW,
     "sent 6 in the last 2 days that usually have mail; Tuesdays usually bring 4,000"},
    {"two such silences before make a third usual",
     {.days = 200, .working = 4000, .change = {{1, 0, 3}, {57, 55, 0}, {106, 104, 0}}},
     VOLUME_NORMAL,
     ""},
    {"one such before does not",
     {.days = 200, .working = 4000, .change = {{1, 0, 3}, {106, 104, 0}}},
     VOLUME_LOW,
     "sent 6 in the last 2 days that usually have mail; Tuesdays usually bring 4,000"},
    {"little mail may stay away",
     {.days = 100, .working = 15, .weekend = 15, .change = {{1, 0, 0}}},
     VOLUME_NORMAL,
     ""},

    {"nobody ever sent", {.days = 100}, VOLUME_NO_DATA, ""},
    {"no day at all", {.days = 0}, VOLUME_NO_DATA, ""},
    {"thirteen days before are cold",
     {.days = 14, .working = 4000, .weekend = 4000},
     VOLUME_COLD,
     ""},
    {"fourteen are a history", {.days = 15, .working = 4000, .weekend = 4000}, VOLUME_NORMAL, ""},
    {"cold, and suddenly much",
     {.days = 6, .working = 400, .weekend = 400, .change = {{0, 0, 12000}}},
     VOLUME_COLD,
     "sent 12,000 yesterday with 5 days of history; no day before had more than 400"},
    {"cold, and growing as a warm-up does",
     {.days = 6, .working = 12000, .weekend = 12000, .growth = 0.4},
     VOLUME_COLD,
     ""},
    {"cold, and little",
     {.days = 6, .working = 4, .weekend = 4, .change = {{0, 0, 999}}},
     VOLUME_COLD,
     ""},
    {"the very first day",
     {.days = 1, .working = 50000},
     VOLUME_COLD,
     "sent 50,000 yesterday; nothing is known of the days before"},
    {"idle as long as makes cold",
     {.days = 200, .working = 4000, .weekend = 4000, .change = {{29, 0, 0}}},
     VOLUME_COLD,
     ""},
    {"and back at full volume",
     {.days = 200, .working = 4000, .weekend = 4000, .change = {{30, 1, 0}}},
     VOLUME_COLD,
     "sent 4,000 yesterday after 30 days without mail"},
    {"for two weeks from then on",
     {.days = 200, .working = 4000, .weekend = 4000, .change = {{43, 14, 0}}},
     VOLUME_COLD,
     ""},
    {"and no longer",
     {.days = 200, .working = 4000, .weekend = 4000, .change = {{44, 15, 0}}},
     VOLUME_NORMAL,
     ""},
    {"a day less is a pause",
     {.days = 200, .working = 4000, .weekend = 4000, .change = {{29, 1, 0}}},
     VOLUME_NORMAL,
     ""},
};

static void yesterday_is_judged(void **state)
{
	const int64_t today = day_of(2026, 11, 25);

	(void)state;
	for (size_t i = 0; i < COUNT_OF(day_case); i++) {
		struct volume_day day[DAYS];
		const size_t days = make_days(&day_case[i].pattern, today, day);
		const struct volume_input input = {
		    .day = day, .days = days, .today = today, .hour_now = 2};
		const struct volume_verdict verdict = volume_judge(&input, &policy);

		if (verdict.level != day_case[i].level ||
		    strcmp(verdict.reason, day_case[i].reason) != 0)
			fail_msg("%s: %s, '%s'", day_case[i].why, volume_level_name(verdict.level),
				 verdict.reason);
		ASSERT_TOLD(verdict.reason);
	}
}

/* Habits of the calendar, on the morning after the day. */
static const struct {
	const char *why;
	struct pattern pattern;
	uint8_t month, day;
	enum volume_level level;
} month_case[] = {
    {"the newsletter of the 10th",
     {.days = 200, .working = 2000, .weekend = 500, .tenths = 30000},
     11,
     10,
     VOLUME_NORMAL},
    {"moved off a Sunday",
     {.days = 200, .working = 2000, .weekend = 500, .tenths = 30000, .change = {{0, 0, 30000}}},
     11,
     12,
     VOLUME_NORMAL},
    {"the second Tuesday of the month, wherever it falls",
     {.days = 200,
      .working = 2000,
      .weekend = 500,
      .change = {{0, 0, 30000}, {28, 28, 30000}, {56, 56, 30000}}},
     12,
     8,
     VOLUME_NORMAL},
    {"but not in the middle of nowhere",
     {.days = 200, .working = 2000, .weekend = 500, .tenths = 30000, .change = {{0, 0, 30000}}},
     11,
     19,
     VOLUME_SPIKE},
    {"invoices on the 31st, as on the 30th before",
     {.days = 200, .working = 2000, .weekend = 500, .month_ends = 30000},
     10,
     31,
     VOLUME_NORMAL},
    {"on the last day of the year",
     {.days = 200, .working = 2000, .weekend = 500, .month_ends = 30000},
     12,
     31,
     VOLUME_NORMAL},
    {"in January, over the turn of the year",
     {.days = 200, .working = 2000, .weekend = 500, .tenths = 30000},
     1,
     10,
     VOLUME_NORMAL},
    {"on the 28th of February",
     {.days = 200, .working = 2000, .weekend = 500, .month_ends = 30000},
     2,
     28,
     VOLUME_NORMAL},
    {"seen once it is not usual yet",
     {.days = 45, .working = 2000, .weekend = 500, .month_ends = 30000},
     11,
     30,
     VOLUME_SPIKE},
    {"a sender that mails on the 10th alone is not cold on the 10th",
     {.days = 200, .tenths = 30000},
     11,
     10,
     VOLUME_NORMAL},
    {"but for the third time at the earliest", {.days = 45, .tenths = 30000}, 11, 10, VOLUME_COLD},
};

static void months_have_habits(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(month_case); i++) {
		const int64_t today = day_of(2026, month_case[i].month, month_case[i].day) + 1;
		struct volume_day day[DAYS];
		const size_t days = make_days(&month_case[i].pattern, today, day);
		const struct volume_input input = {.day = day, .days = days, .today = today};
		const struct volume_verdict verdict = volume_judge(&input, &policy);

		if (verdict.level != month_case[i].level)
			fail_msg("%s: %s, '%s'", month_case[i].why,
				 volume_level_name(verdict.level), verdict.reason);
	}
}

/* An account that sends 8 % more every day. */
static void slow_growth_is_found_in_two_weeks(void **state)
{
	const int64_t today = day_of(2026, 11, 25);
	struct volume_day day[DAYS];
	const struct pattern steady = {.days = 120, .working = 4000, .weekend = 800};
	const size_t days = make_days(&steady, today, day);

	(void)state;
	for (size_t i = days - 30; i < days; i++)
		day[i].sent = (uint64_t)((double)day[i].sent * pow(1.08, (double)(i - days + 31)));
	for (size_t i = 1; i <= 30; i++) {
		const struct volume_input input = {
		    .day = day, .days = days - 30 + i, .today = today - 30 + (int64_t)i};
		const enum volume_level level = volume_judge(&input, &policy).level;

		if (i < 7)
			assert_int_equal(level, VOLUME_NORMAL);
		if (i >= 14)
			assert_true(level == VOLUME_ELEVATED || level == VOLUME_SPIKE);
	}
}

/* An office: nothing at night, most of it in the morning. */
static const double office[24] = {.005, .005, .005, .005, .005, .005, .01,  .02,
				  .10,  .15,  .14,  .10,  .06,  .09,  .09,  .08,
				  .06,  .03,  .01,  .01,  .005, .005, .005, .005};

static const struct {
	const char *why;
	const double *share;
	uint32_t hour_now;
	uint32_t hour[24];
	enum volume_level level;
	bool is_projected;
	const char *reason;
} hour_case[] = {
    {"two messages at five past midnight", office, 0, {2}, VOLUME_NORMAL, true, ""},
    {"forty in the night", office, 2, {20, 10, 10}, VOLUME_NORMAL, true, ""},
    {"less than the floor has passed, whatever it would become",
     office,
     3,
     {300, 300, 300, 50},
     VOLUME_NORMAL,
     true,
     ""},
    {"a morning as usual",
     office,
     11,
     {20, 20, 20, 20, 20, 20, 40, 80, 400, 600, 560, 200},
     VOLUME_NORMAL,
     true,
     ""},
    {"three hours at seven times the usual tell before the spike is there",
     office,
     12,
     {[8] = 400, 4500, 4500, 4500, 200},
     VOLUME_SPIKE,
     true,
     "sent 14,100 today by 12:59, on the way to 24,857, 6.2 times last month's daily mean of "
     "4,000; "
     "Wednesdays usually bring 4,000"},
    {"one hour of it may be a newsletter",
     office,
     11,
     {[8] = 400, 600, 560, 4000},
     VOLUME_NORMAL,
     true,
     ""},
    {"a night of it",
     office,
     4,
     {2500, 2500, 2500, 2500, 100},
     VOLUME_SPIKE,
     true,
     "sent 10,100 today by 04:59, on the way to 66,000, 16.5 times last month's daily mean of "
     "4,000; Wednesdays usually bring 4,000"},
    {"what is there already needs no profile",
     NULL,
     3,
     {8000, 8000, 8000},
     VOLUME_SPIKE,
     false,
     "sent 24,000 today by 03:59, 6.0 times last month's daily mean of 4,000; Wednesdays usually "
     "bring 4,000"},
    {"without a profile the morning tells nothing",
     NULL,
     11,
     {[9] = 3000, 3000, 1000},
     VOLUME_NORMAL,
     false,
     ""},
    {"after noon the rest is as even as any guess",
     NULL,
     13,
     {[9] = 5000, 5000, 5000, 5000},
     VOLUME_SPIKE,
     true,
     "sent 20,000 today by 13:59, on the way to 21,667, 5.4 times last month's daily mean of "
     "4,000; "
     "Wednesdays usually bring 4,000"},
    {"a sender that is done by noon",
     NULL,
     12,
     {[8] = 1000, 1000, 1000, 1000},
     VOLUME_NORMAL,
     true,
     ""},
    {"an hour that does not exist", office, 4000000000U, {[9] = 4000}, VOLUME_NORMAL, true, ""},
    {"hours to come have mail already",
     office,
     1,
     {[23] = UINT32_MAX},
     VOLUME_SPIKE,
     true,
     "sent 4,294,967,295 today by 01:59, on the way to 4,294,971,255, 1073743 times last month's "
     "daily mean of 4,000; Wednesdays usually bring 4,000"},
};

static void today_is_judged_before_it_ends(void **state)
{
	const int64_t today = day_of(2026, 11, 25);
	const struct pattern steady = {.days = 100, .working = 4000, .weekend = 4000};
	struct volume_day day[DAYS];
	const size_t days = make_days(&steady, today, day);

	(void)state;
	for (size_t i = 0; i < COUNT_OF(hour_case); i++) {
		struct volume_input input = {.day = day,
					     .days = days,
					     .today = today,
					     .hour_now = hour_case[i].hour_now,
					     .minute_now = 59,
					     .hour_share = hour_case[i].share};
		struct volume_verdict verdict;

		memcpy(input.today_hour, hour_case[i].hour, sizeof(input.today_hour));
		verdict = volume_judge(&input, &policy);
		if (verdict.level != hour_case[i].level ||
		    strcmp(verdict.reason, hour_case[i].reason) != 0 ||
		    (verdict.projected > 0) != hour_case[i].is_projected ||
		    verdict.is_today != (hour_case[i].level != VOLUME_NORMAL))
			fail_msg("%s: %s, %llu, '%s'", hour_case[i].why,
				 volume_level_name(verdict.level),
				 (unsigned long long)verdict.projected, verdict.reason);
	}
}

static void a_profile_that_is_none_is_not_used(void **state)
{
	const int64_t today = day_of(2026, 11, 25);
	const struct pattern steady = {.days = 100, .working = 4000, .weekend = 4000};
	static const double bad[][24] = {{0},        {NAN}, {2, -1},
					 {INFINITY}, {0.5}, {[3] = 1, [4] = NAN}};
	struct volume_day day[DAYS];
	const size_t days = make_days(&steady, today, day);

	(void)state;
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		const struct volume_input input = {.day = day,
						   .days = days,
						   .today = today,
						   .today_hour = {[8] = 900, 900},
						   .hour_now = 9,
						   .hour_share = bad[i]};
		const struct volume_verdict verdict = volume_judge(&input, &policy);

		assert_int_equal(verdict.level, VOLUME_NORMAL);
		assert_int_equal(verdict.projected, 0);
		assert_int_equal(verdict.today, 1800);
	}
}

static void an_idle_address_that_wakes_is_told_the_same_day(void **state)
{
	const int64_t today = day_of(2026, 11, 25);
	const struct pattern idle = {
	    .days = 200, .working = 4000, .weekend = 4000, .change = {{44, 0, 0}}};
	struct volume_day day[DAYS];
	const struct volume_input input = {.day = day,
					   .days = make_days(&idle, today, day),
					   .today = today,
					   .today_hour = {[8] = 3000, 9000},
					   .hour_now = 9,
					   .minute_now = 7};
	const struct volume_verdict verdict = volume_judge(&input, &policy);

	(void)state;
	assert_int_equal(verdict.level, VOLUME_COLD);
	assert_true(verdict.is_today);
	assert_int_equal(verdict.history_days, 0);
	assert_string_equal(verdict.reason,
			    "sent 12,000 today by 09:07 after 45 days without mail");
}

static void mail_that_flows_again_ends_a_silence(void **state)
{
	const int64_t today = day_of(2026, 11, 25);
	const struct pattern silent = {
	    .days = 100, .working = 4000, .weekend = 4000, .change = {{1, 0, 0}}};
	struct volume_day day[DAYS];
	struct volume_input input = {.day = day,
				     .days = make_days(&silent, today, day),
				     .today = today,
				     .today_hour = {[8] = 300},
				     .hour_now = 9,
				     .hour_share = office};

	(void)state;
	assert_int_equal(volume_judge(&input, &policy).level, VOLUME_LOW);
	input.today_hour[9] = 300;
	assert_int_equal(volume_judge(&input, &policy).level, VOLUME_NORMAL);
}

static void mail_that_nobody_takes_is_traffic_too(void **state)
{
	const int64_t today = day_of(2026, 11, 25);
	const struct pattern steady = {.days = 100, .working = 4000, .weekend = 4000};
	struct volume_day day[DAYS];
	const size_t days = make_days(&steady, today, day);
	const struct volume_input input = {.day = day, .days = days, .today = today, .hour_now = 1};
	struct volume_verdict verdict;

	(void)state;
	day[days - 1].bounced = 36000;
	verdict = volume_judge(&input, &policy);
	assert_int_equal(verdict.level, VOLUME_SPIKE);
	assert_int_equal(verdict.yesterday, 4000);
	assert_float_equal(verdict.ratio, 1, 0.001);
	assert_string_equal(verdict.reason,
			    "tried 40,000 yesterday (36,000 of them bounced), 10.0 times last "
			    "month's daily mean of 4,000; Tuesdays usually bring 4,000");
	/* Also where nothing was ever taken. */
	day[0] = (struct volume_day){.day = today - 1, .bounced = 36000};
	verdict = volume_judge(
	    &(struct volume_input){.day = day, .days = 1, .today = today, .hour_now = 1}, &policy);
	assert_int_equal(verdict.level, VOLUME_COLD);
	assert_string_equal(verdict.reason,
			    "tried 36,000 yesterday (36,000 of them bounced); nothing "
			    "is known of the days before");
	/* Retries of the same messages are not. */
	day[0] = (struct volume_day){.day = today - 100, .sent = 4000};
	day[days - 1].bounced = 0;
	day[days - 1].deferred = day[days - 1].expired = 36000;
	assert_int_equal(volume_judge(&input, &policy).level, VOLUME_NORMAL);
}

static void the_figures_are_the_operators(void **state)
{
	const int64_t today = day_of(2026, 11, 25);
	const struct pattern pattern = {
	    .days = 100, .working = 4000, .weekend = 4000, .change = {{0, 0, 48000}}};
	struct volume_day day[DAYS];
	const struct volume_input input = {.day = day,
					   .days = make_days(&pattern, today, day),
					   .today = today,
					   .today_hour = {5, 6, 7},
					   .hour_now = 2};
	const struct volume_verdict verdict = volume_judge(&input, &policy);

	(void)state;
	assert_int_equal(verdict.yesterday, 48000);
	assert_int_equal(verdict.today, 18);
	assert_int_equal(verdict.projected, 0);
	assert_float_equal(verdict.month_mean, 4000, 0);
	assert_float_equal(verdict.ratio, 12, 0);
	assert_float_equal(verdict.usual, 4000, 1);
	assert_true(verdict.surprise > 10);
	assert_false(verdict.is_today);
	assert_int_equal(verdict.history_days, 100);
}

/* The month before yesterday's is the measure, on the first of a month too, and gaps in it
 * are days without mail. */
static void the_month_before_yesterdays_is_the_measure(void **state)
{
	const int64_t today = day_of(2026, 12, 1);
	const struct volume_day day[] = {
	    {.day = day_of(2026, 9, 1), .sent = 7},
	    {.day = day_of(2026, 10, 1), .sent = 3100},
	    {.day = day_of(2026, 10, 31), .sent = 3100},
	    {.day = day_of(2026, 11, 30), .sent = 400},
	};
	const struct volume_input input = {.day = day, .days = COUNT_OF(day), .today = today};
	const struct volume_verdict verdict = volume_judge(&input, &policy);

	(void)state;
	assert_float_equal(verdict.month_mean, 200, 0);
	assert_float_equal(verdict.ratio, 2, 0);
}

static void a_few_days_of_a_month_are_no_mean(void **state)
{
	const int64_t today = day_of(2026, 11, 25);
	struct volume_day day[DAYS];

	(void)state;
	for (int in_october = 6; in_october <= 7; in_october++) {
		const struct pattern pattern = {
		    .days = 24 + in_october, .working = 4000, .weekend = 4000};
		const struct volume_input input = {
		    .day = day, .days = make_days(&pattern, today, day), .today = today};

		assert_float_equal(volume_judge(&input, &policy).month_mean,
				   in_october < 7 ? 0 : 4000, 0);
	}
}

static void hostile_values_are_harmless(void **state)
{
	static const uint64_t sent[] = {0, 1, 20, UINT32_MAX, UINT64_MAX};
	static const int64_t now[] = {INT64_MIN, -1, 0, 1, 59, 20000, INT64_MAX};
	static const struct volume_policy policies[] = {
	    {2.0, 5.0, 1000, 30}, {1, 1, 0, 1}, {1000, 1000, UINT64_MAX, UINT32_MAX}};

	(void)state;
	srand(7);
	for (size_t i = 0; i < COUNT_OF(now) * COUNT_OF(policies) * 200; i++) {
		struct volume_day day[60];
		struct volume_input input = {
		    .day = day,
		    .days = (size_t)rand() % COUNT_OF(day),
		    .today = now[i % COUNT_OF(now)],
		    .today_hour = {[3] = (uint32_t)sent[(size_t)rand() % COUNT_OF(sent)]},
		    .hour_now = (uint32_t)rand() % 30,
		    .hour_share = rand() % 2 ? office : NULL};
		struct volume_verdict verdict;

		/* Days at the ends of time, to come, twice, and in any order. */
		for (size_t k = 0; k < input.days; k++)
			day[k] = (struct volume_day){
			    .day = rand() % 9 ? (int64_t)((uint64_t)input.today -
							  (uint64_t)(rand() % 70) + 5)
					      : now[(size_t)rand() % COUNT_OF(now)],
			    .sent = sent[(size_t)rand() % COUNT_OF(sent)],
			    .bounced = sent[(size_t)rand() % COUNT_OF(sent)]};
		verdict = volume_judge(&input, &policies[i % COUNT_OF(policies)]);
		assert_true(verdict.level < VOLUME_LEVEL_COUNT);
		assert_true(isfinite(verdict.ratio) && isfinite(verdict.usual) &&
			    isfinite(verdict.surprise));
		assert_non_null(memchr(verdict.reason, '\0', sizeof(verdict.reason)));
	}
}

static void levels_have_words(void **state)
{
	static const char *const word[] = {"no-data", "normal",    "elevated", "spike",
					   "warm-up", "over-plan", "cold",     "low"};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(word); i++) {
		assert_string_equal(volume_level_name((enum volume_level)i), word[i]);
		assert_int_equal(volume_level_parse(word[i]), i);
	}
	assert_int_equal(volume_level_parse("Normal"), -1);
	assert_int_equal(volume_level_parse(""), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(yesterday_is_judged),
	    cmocka_unit_test(months_have_habits),
	    cmocka_unit_test(slow_growth_is_found_in_two_weeks),
	    cmocka_unit_test(today_is_judged_before_it_ends),
	    cmocka_unit_test(a_profile_that_is_none_is_not_used),
	    cmocka_unit_test(an_idle_address_that_wakes_is_told_the_same_day),
	    cmocka_unit_test(mail_that_flows_again_ends_a_silence),
	    cmocka_unit_test(mail_that_nobody_takes_is_traffic_too),
	    cmocka_unit_test(the_figures_are_the_operators),
	    cmocka_unit_test(the_month_before_yesterdays_is_the_measure),
	    cmocka_unit_test(a_few_days_of_a_month_are_no_mean),
	    cmocka_unit_test(hostile_values_are_harmless),
	    cmocka_unit_test(levels_have_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
