#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "lists/budget.h"

#define MINUTE_MS (INT64_C(60) * 1000)
#define HOUR_MS   (60 * MINUTE_MS)
#define DAY_MS    (24 * HOUR_MS)

/* One round asks about every target and puts 16 canaries. */
static const struct {
	const char *why;
	int64_t every_ms;
	uint32_t day_budget;
	uint64_t targets;
	uint64_t per_day;
	int64_t used_ms;
	uint64_t planned;
	uint64_t too_much;
} plan_case[] = {
    {"no budget, no limit", HOUR_MS, 0, 84, 2400, HOUR_MS, 2400, 0},
    {"a budget that is met exactly", HOUR_MS, 2400, 84, 2400, HOUR_MS, 2400, 0},
    {"one question too many: 23 rounds instead of 24", HOUR_MS, 2399, 84, 2400, 3756522, 2300, 0},
    {"half as often", HOUR_MS, 1200, 84, 2400, 2 * HOUR_MS, 1200, 0},
    {"2.5 rounds fit: 2 are asked", HOUR_MS, 250, 84, 2400, 12 * HOUR_MS, 200, 0},
    {"just one round a day", HOUR_MS, 100, 84, 2400, DAY_MS, 100, 0},
    {"not even one round", HOUR_MS, 99, 84, 2400, DAY_MS, 100, 1},
    {"far from one round", HOUR_MS, 10, 9984, 240000, DAY_MS, 10000, 9990},
    {"nothing to ask about", HOUR_MS, 100, 0, 0, HOUR_MS, 0, 0},
    {"an interval that does not divide the day", 5 * HOUR_MS, 0, 84, 480, 5 * HOUR_MS, 480, 0},
    {"five rounds can begin in one day", 5 * HOUR_MS, 490, 84, 480, 6 * HOUR_MS, 400, 0},
    {"five rounds fit", 5 * HOUR_MS, 500, 84, 480, 5 * HOUR_MS, 480, 0},
    {"every second day", 2 * DAY_MS, 100, 84, 50, 2 * DAY_MS, 50, 0},
    {"every second day, and still too much for that day", 2 * DAY_MS, 99, 84, 50, 2 * DAY_MS, 50,
     1},
    {"every millisecond", 1, 1000, 84, 8640000000, 8640000, 1000, 0},
    {"more targets than can be counted", HOUR_MS, 1000, UINT64_MAX, UINT64_MAX / 3600000 + 1,
     DAY_MS, UINT64_MAX / DAY_MS + 1, UINT64_MAX - 1000},
    {"more targets than can be counted, no budget", HOUR_MS, 0, UINT64_MAX,
     UINT64_MAX / 3600000 + 1, HOUR_MS, UINT64_MAX / 3600000 + 1, 0},
};

static void the_interval_is_stretched_to_fit_the_budget(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(plan_case); i++) {
		const struct list list = {.zone = "bl",
					  .every_ms = plan_case[i].every_ms,
					  .day_budget = plan_case[i].day_budget};
		const struct budget_plan plan = budget_plan(&list, plan_case[i].targets);

		if (plan.per_day != plan_case[i].per_day || plan.every_ms != plan_case[i].used_ms ||
		    plan.planned_per_day != plan_case[i].planned ||
		    plan.too_much != plan_case[i].too_much)
			fail_msg("%s: %llu a day, every %lld ms, %llu planned, %llu too much",
				 plan_case[i].why, (unsigned long long)plan.per_day,
				 (long long)plan.every_ms, (unsigned long long)plan.planned_per_day,
				 (unsigned long long)plan.too_much);
	}
}

/* Rounds begin at multiples of the interval, the first one as the day does. */
static void no_day_asks_more_than_its_budget(void **state)
{
	(void)state;
	for (uint32_t budget = 20; budget < 5000; budget += 37)
		for (uint64_t targets = 1; targets + 16 <= budget; targets += 13)
			for (int64_t every = 7 * MINUTE_MS; every < 2 * DAY_MS; every *= 3) {
				const struct list list = {
				    .zone = "bl", .every_ms = every, .day_budget = budget};
				const struct budget_plan plan = budget_plan(&list, targets);
				const int64_t rounds = (DAY_MS + plan.every_ms - 1) / plan.every_ms;

				assert_int_equal(plan.too_much, 0);
				assert_true(plan.every_ms >= every);
				assert_true((uint64_t)rounds * (targets + 16) <= budget);
			}
}

static void what_is_left_is_never_below_nothing(void **state)
{
	const struct list free_list = {.day_budget = 0};
	const struct list list = {.day_budget = 100};

	(void)state;
	assert_true(budget_left(&free_list, 0) == UINT64_MAX);
	assert_true(budget_left(&free_list, UINT64_MAX) == UINT64_MAX);
	assert_int_equal(budget_left(&list, 0), 100);
	assert_int_equal(budget_left(&list, 99), 1);
	assert_int_equal(budget_left(&list, 100), 0);
	assert_int_equal(budget_left(&list, UINT64_MAX), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_interval_is_stretched_to_fit_the_budget),
	    cmocka_unit_test(no_day_asks_more_than_its_budget),
	    cmocka_unit_test(what_is_left_is_never_below_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
