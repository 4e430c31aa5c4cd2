#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "judge/warmup.h"

#include <math.h>
#include <string.h>

enum { START = 20000 };

#define GROWTH(first_day, a_day, end)                                                              \
	{                                                                                          \
		.start = START, .target = end, .growth = a_day, .first = first_day, .curve = ""    \
	}
#define CURVE(name, end)                                                                           \
	{                                                                                          \
		.start = START, .target = end, .curve = name                                       \
	}

static const struct {
	const char *why;
	struct warmup_plan plan;
	int64_t day; /* from the start */
	uint64_t allowed;
} allowed_case[] = {
    {"nothing on the day before", GROWTH(100, 1.4, 10000), -1, 0},
    {"the first day's figure on the first", GROWTH(100, 1.4, 10000), 0, 100},
    {"the growth on the second", GROWTH(100, 1.4, 10000), 1, 140},
    {"whole numbers stay whole", GROWTH(100, 1.4, 10000), 2, 196},
    {"rounded down", GROWTH(100, 1.4, 10000), 5, 537},
    {"the day before the target", GROWTH(100, 1.4, 10000), 13, 7937},
    {"the target, not more", GROWTH(100, 1.4, 10000), 14, 10000},
    {"and for ever", GROWTH(100, 1.4, 10000), 100000, 10000},
    {"where powers overflow", GROWTH(100, 2.0, 1000000000), 1000000, 1000000000},
    {"the target at once", GROWTH(500, 1.4, 500), 0, 500},
    {"one message, slowly", GROWTH(1, 1.01, 1000000000), 69, 1},
    {"a plan that never passed the check allows nothing", GROWTH(100, (double)NAN, 10000), 1, 0},

    {"the published hours times 24", CURVE("sendgrid-automated", 10000000), 0, 480},
    {"after a week", CURVE("sendgrid-automated", 10000000), 7, 5064},
    {"after two", CURVE("sendgrid-automated", 10000000), 14, 53328},
    {"after three", CURVE("sendgrid-automated", 10000000), 21, 562248},
    {"its end", CURVE("sendgrid-automated", 11616696), 30, 11616696},
    {"by hand: the first step", CURVE("sendgrid-manual", 500000), 0, 50},
    {"by hand: the third", CURVE("sendgrid-manual", 500000), 2, 1000},
    {"a target cuts a step", CURVE("sendgrid-manual", 30000), 5, 30000},
    {"twelve million doubles", CURVE("sendgrid-manual", 24000000), 17, 24000000},
    {"the 45th day", CURVE("ses-45", 50000), 44, 50000},
    {"not earlier", CURVE("ses-45", 50000), 43, 42735},
    {"milestones hold until the next", CURVE("acellemail", 250000), 5, 8000},
    {"the last milestone", CURVE("acellemail", 250000), 29, 250000},
    {"a phase begins", CURVE("postscale", 200000), 14, 2000},
    {"before the start of a curve", CURVE("ses-45", 50000), -1, 0},
    {"long after its end", CURVE("ses-45", 50000), 3000, 50000},
    {"a curve nobody knows", CURVE("ses-46", 50000), 10, 0},
};

static void a_day_allows_what_the_plan_says(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(allowed_case); i++) {
		const uint64_t got =
		    warmup_allowed(&allowed_case[i].plan, START + allowed_case[i].day);

		if (got != allowed_case[i].allowed)
			fail_msg("%s: %llu", allowed_case[i].why, (unsigned long long)got);
	}
}

static const struct {
	struct warmup_plan plan;
	uint32_t days;
} days_case[] = {
    {GROWTH(100, 1.4, 10000), 14},
    {GROWTH(100, 2.0, 10000), 7},
    {GROWTH(10000, 1.4, 10000), 0},
    {GROWTH(1, 1.01, 1000000000), 2083},
    {GROWTH(100, 1.0, 10000), UINT32_MAX},
    {GROWTH(100, (double)NAN, 10000), UINT32_MAX},
    {GROWTH(0, 1.4, 10000), UINT32_MAX},
    {CURVE("sendgrid-automated", 480), 0},
    {CURVE("sendgrid-automated", 53328), 14},
    {CURVE("sendgrid-automated", 53329), 15},
    {CURVE("sendgrid-manual", 30000), 5},
    {CURVE("ses-45", 50000), 44},
    {CURVE("ses-45", 50001), UINT32_MAX},
    {CURVE("nobody", 1), UINT32_MAX},
};

static void the_days_to_the_target_are_counted(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(days_case); i++) {
		const uint32_t got = warmup_days(&days_case[i].plan);

		if (got != days_case[i].days)
			fail_msg("case %zu: %u", i, got);
	}
}

static const struct {
	struct warmup_plan plan;
	const char *says; /* "": it is a plan */
} check_case[] = {
    {GROWTH(100, 1.4, 10000), ""},
    {GROWTH(1, 1.01, 1000000000), ""},
    {GROWTH(100, 2.0, 100), ""},
    {CURVE("ses-45", 50000), ""},
    {GROWTH(100, 1.0, 10000), "the growth 1 a day must be from 1.01 to 2"},
    {GROWTH(100, 2.01, 10000), "the growth 2.01 a day must be from 1.01 to 2"},
    {GROWTH(100, -1.4, 10000), "the growth -1.4 a day must be from 1.01 to 2"},
    {GROWTH(100, (double)INFINITY, 10000), "the growth inf a day must be from 1.01 to 2"},
    {GROWTH(0, 1.4, 10000), "the first day's 0 must be from 1 to the target 10000"},
    {GROWTH(10001, 1.4, 10000), "the first day's 10001 must be from 1 to the target 10000"},
    {GROWTH(100, 1.4, 0), "the target 0 must be from 1 to 1000000000 messages a day"},
    {GROWTH(100, 1.4, UINT64_MAX),
     "the target 18446744073709551615 must be from 1 to 1000000000 messages a day"},
    {CURVE("ses-45", 50001), "the target 50001 is beyond the end of the curve 'ses-45', "
			     "50000 a day"},
    {CURVE("ses-46", 50000), "there is no warm-up curve 'ses-46'"},
    {{.start = INT64_MAX, .target = 10, .growth = 1.4, .first = 1, .curve = ""},
     "the start lies outside the calendar"},
};

static void what_is_no_plan_is_told(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(check_case); i++) {
		struct err err = {""};
		const bool is_plan = warmup_check(&check_case[i].plan, &err);

		assert_string_equal(err.text, check_case[i].says);
		assert_int_equal(is_plan, !*check_case[i].says);
	}
}

static void curves_rise_and_say_whose_they_are(void **state)
{
	uint32_t count;
	const struct warmup_curve *const curve = warmup_curves(&count);

	(void)state;
	assert_true(count >= 3);
	for (uint32_t i = 0; i < count; i++) {
		assert_true(*curve[i].name && *curve[i].about);
		assert_true(curve[i].days >= 14 && curve[i].day[0] > 0);
		for (uint32_t k = 1; k < curve[i].days; k++)
			if (curve[i].day[k] < curve[i].day[k - 1])
				fail_msg("%s falls on day %u", curve[i].name, k);
	}
}

static void days_at_the_ends_of_time_are_harmless(void **state)
{
	struct warmup_plan plan = GROWTH(100, 1.4, 10000);

	(void)state;
	plan.start = INT64_MIN;
	assert_int_equal(warmup_allowed(&plan, INT64_MAX), 10000);
	plan.start = INT64_MAX;
	assert_int_equal(warmup_allowed(&plan, INT64_MIN), 0);
	assert_int_equal(warmup_allowed(&plan, INT64_MAX), 100);
}

#define SENT(yesterday, today)                                                                     \
	{                                                                                          \
		true, yesterday, today                                                             \
	}

/* Allows 100, 140, 196, ...; the target on day 14 from the start. */
static const struct warmup_plan judged = GROWTH(100, 1.4, 10000);

static const struct {
	const char *why;
	int64_t day; /* from the start */
	struct warmup_sent sent;
	enum warmup_verdict verdict;
} judge_case[] = {
    {"mail before the plan began is its own affair", -1, SENT(900, 900), WARMUP_WAITING},
    {"waiting needs no mail", -1, {false, 0, 0}, WARMUP_WAITING},
    {"no log tells of it", 3, {false, 0, 0}, WARMUP_UNKNOWN},
    {"yesterday was not the plan's", 0, SENT(900, 0), WARMUP_ON_PLAN},
    {"nothing was due yesterday either", 0, SENT(0, 100), WARMUP_ON_PLAN},
    {"all that is allowed", 1, SENT(100, 140), WARMUP_ON_PLAN},
    {"one more today", 1, SENT(100, 141), WARMUP_OVER_PLAN},
    {"one more yesterday", 1, SENT(101, 0), WARMUP_OVER_PLAN},
    {"today already on the first day", 0, SENT(0, 101), WARMUP_OVER_PLAN},
    {"half of yesterday's will do", 1, SENT(50, 0), WARMUP_ON_PLAN},
    {"less will not", 1, SENT(49, 140), WARMUP_BEHIND},
    {"over outdoes behind", 1, SENT(0, 141), WARMUP_OVER_PLAN},
    {"the day of the target is a day as others", 14, SENT(7937, 10000), WARMUP_ON_PLAN},
    {"and can be behind", 14, SENT(0, 0), WARMUP_BEHIND},
    {"the day after it is done", 15, SENT(10000, 0), WARMUP_DONE},
    {"when little is sent, too", 15, SENT(0, 0), WARMUP_DONE},
    {"the target holds on", 400, SENT(10000, 10001), WARMUP_OVER_PLAN},
};

static void keeping_to_the_plan_is_told(void **state)
{
	const struct warmup_plan lost = CURVE("ses-46", 50000);
	const struct warmup_sent sent = SENT(1, 1);

	(void)state;
	for (size_t i = 0; i < COUNT_OF(judge_case); i++) {
		const enum warmup_verdict got =
		    warmup_judge(&judged, START + judge_case[i].day, &judge_case[i].sent);

		if (got != judge_case[i].verdict)
			fail_msg("%s: %d", judge_case[i].why, (int)got);
	}
	/* Its curve is gone: that nothing is allowed is not the operator's fault. */
	assert_int_equal(warmup_judge(&lost, START + 3, &sent), WARMUP_UNKNOWN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_day_allows_what_the_plan_says),
	    cmocka_unit_test(the_days_to_the_target_are_counted),
	    cmocka_unit_test(what_is_no_plan_is_told),
	    cmocka_unit_test(curves_rise_and_say_whose_they_are),
	    cmocka_unit_test(days_at_the_ends_of_time_are_harmless),
	    cmocka_unit_test(keeping_to_the_plan_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
