#ifndef JUDGE_VOLUME_H
#define JUDGE_VOLUME_H

#include "base/civil.h"
#include "model/names.h"

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

enum volume_level {
	VOLUME_NO_DATA,
	VOLUME_NORMAL,
	VOLUME_ELEVATED,
	VOLUME_SPIKE,
	VOLUME_WARM_UP, /* follows its warm-up plan */
	VOLUME_OVER_PLAN,
	VOLUME_COLD, /* too little history, or idle for idle_days */
	VOLUME_LOW, /* far below what is usual: a silence */
	VOLUME_LEVEL_COUNT
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
	uint32_t hour_now; /* 0..23 */
	const double *hour_share; /* 24 shares of a usual day by hour, sum 1; NULL: not known */
};

struct volume_verdict {
	enum volume_level level; /* the worse of yesterday's and today's projection */
	uint64_t yesterday, today;
	uint64_t projected; /* for the whole of today; 0: too early to tell */
	double month_mean; /* of the days of the calendar month before yesterday's, or 0 */
	double ratio; /* yesterday / month_mean; 0 without a mean */
	/* What such a day usually brings, weekday and month-end habit included, and how many robust
	 * deviations this one is off; of today where is_today. */
	double usual;
	double surprise;
	bool is_today; /* the level comes from today's projection */
	uint32_t history_days;
	/* Plain words; "" for normal, no data, and a cold address that sends little or no more than
	 * it did: only a cold one with a reason is worth a word. */
	char reason[256];
};

/* A spike needs ratio and size and surprise: above the floor, above spike_ratio, and outside
 * what this sender does on such days. Never VOLUME_WARM_UP or VOLUME_OVER_PLAN: those are
 * the caller's, who knows the plan. */
struct volume_verdict volume_judge(const struct volume_input *input,
				   const struct volume_policy *policy);

const char *volume_level_name(enum volume_level level);
int volume_level_parse(const char *word);

#endif
