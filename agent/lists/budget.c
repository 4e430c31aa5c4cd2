#include "lists/budget.h"

#include "base/mem.h"

enum { DAY_MS = 24 * 60 * 60 * 1000 };

static uint64_t times(uint64_t a, uint64_t b)
{
	uint64_t product;

	return __builtin_mul_overflow(a, b, &product) ? UINT64_MAX : product;
}

static uint64_t divide_up(uint64_t a, uint64_t b)
{
	return a / b + (a % b != 0);
}

/* Questions a day when each round asks `round` of them; part of a question counts as one. */
static uint64_t per_day(uint64_t round, int64_t every_ms)
{
	return divide_up(times(round, DAY_MS), (uint64_t)every_ms);
}

struct budget_plan budget_plan(const struct list *list, uint64_t targets)
{
	const uint64_t round = targets > UINT64_MAX - BUDGET_CANARIES_PER_PASS
				   ? UINT64_MAX
				   : targets + BUDGET_CANARIES_PER_PASS;
	struct budget_plan plan = {.every_ms = list->every_ms};
	uint64_t rounds;

	if (list->every_ms <= 0)
		bug("list '%s' has no interval", list->zone);
	if (targets == 0)
		return plan;
	plan.per_day = per_day(round, list->every_ms);
	plan.planned_per_day = plan.per_day;
	/* A budget ends at midnight, so it must hold all the rounds that can begin in one day. */
	rounds = divide_up(DAY_MS, (uint64_t)list->every_ms);
	if (list->day_budget == 0 || times(round, rounds) <= list->day_budget)
		return plan;
	rounds = list->day_budget / round;
	if (rounds == 0) {
		plan.too_much = round - list->day_budget;
		rounds = 1;
	}
	plan.every_ms = (int64_t)divide_up(DAY_MS, rounds);
	if (plan.every_ms < list->every_ms)
		plan.every_ms = list->every_ms;
	plan.planned_per_day = per_day(round, plan.every_ms);
	return plan;
}

uint64_t budget_left(const struct list *list, uint64_t asked_today)
{
	if (list->day_budget == 0)
		return UINT64_MAX;
	return list->day_budget > asked_today ? list->day_budget - asked_today : 0;
}
