#ifndef JUDGE_VOLUME_H
#define JUDGE_VOLUME_H

#include "base/civil.h"
#include "model/traffic.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Yesterday against last month, and today before it ends. Pure; days are the operator's. */

/* One local day of an address, pool or account. */
struct volume_day {
	int64_t day; /* civil_days() */
	uint64_t sent; /* what was accepted; to a receiver the others are traffic too */
	uint64_t deferred, bounced, expired;
};

struct volume_policy {
	double elevated_ratio, spike_ratio;
	uint64_t floor; /* messages a day below which nothing is a spike */
	uint32_t idle_days;
};

struct volume_input {
	/* In any order; a missing day sent nothing, days from today on are not looked at. */
	const struct volume_day *day;
	size_t days;
	int64_t today; /* civil day number */
	uint32_t today_hour[24]; /* sent in each local hour of today so far */
	uint32_t hour_now, minute_now; /* 0..23, 0..59 */
	const double *hour_share; /* 24 shares of a usual day by hour, sum 1; NULL: not known */
};

/* A spike needs ratio and size and surprise: above the floor, above spike_ratio, and outside
 * what this sender does on such days. Never VOLUME_WARM_UP or VOLUME_OVER_PLAN: those are
 * the caller's, who knows the plan. */
struct volume_verdict volume_judge(const struct volume_input *input,
				   const struct volume_policy *policy);

#endif
