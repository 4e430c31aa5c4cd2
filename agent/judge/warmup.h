#ifndef JUDGE_WARMUP_H
#define JUDGE_WARMUP_H

#include "base/err.h"
#include "model/warmup_view.h"

#include <stdbool.h>
#include <stdint.h>

/* Day-by-day schedules for an address that has no history, and whether it keeps to them. */
struct warmup_plan {
	int64_t start; /* civil day number */
	uint64_t target; /* messages a day at the end */
	double growth; /* a day; used where `curve` is "" */
	uint64_t first; /* messages on the first day */
	const char *curve; /* a published preset by name, "" for plain growth */
};

/* The names of the presets, NULL-terminated, with one line about each. */
struct warmup_curve {
	const char *name;
	const char *about; /* who published it, and what is ours in it */
	const uint64_t *day; /* messages a day */
	uint32_t days;
};
const struct warmup_curve *warmup_curves(uint32_t *count);

/* False with a sentence: no such curve, a target beyond its end, growth that is none or more
 * than doubling, a first day above the target. */
bool warmup_check(const struct warmup_plan *plan, struct err *err);
/* What the plan allows on a day: 0 before its start and for a curve nobody knows, the target
 * once reached. */
uint64_t warmup_allowed(const struct warmup_plan *plan, int64_t day);
/* Days from the start until the target is allowed, 0 when it is at once; UINT32_MAX: never. */
uint32_t warmup_days(const struct warmup_plan *plan);

struct warmup_sent {
	bool is_counted; /* some log told of the address, on whatever day */
	uint64_t yesterday, today; /* today so far */
};
/* More than is allowed is over the plan on every day of it, those behind the target too. A day
 * before the start is held against nothing. */
enum warmup_verdict warmup_judge(const struct warmup_plan *plan, int64_t today,
				 const struct warmup_sent *sent);

#endif
