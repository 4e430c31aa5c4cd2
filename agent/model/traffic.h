#ifndef MODEL_TRAFFIC_H
#define MODEL_TRAFFIC_H

#include "model/delivery.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What an address did: its volume, its receivers, and who is behind a rise. */

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

enum { SUSPECTS_MAX = 5 };

struct suspect {
	const char *account; /* borrowed; foreign text */
	uint64_t sent;
	double usual;
	double factor; /* sent / max(usual, 1) */
	double share; /* of the address's recent mail, 0..1 */
	double bounce_share, unknown_share;
	uint32_t receivers;
	double score; /* the order; larger is likelier */
};

struct receiver_view {
	const char *receiver;
	uint64_t sent, deferred, bounced; /* of the last days; bounced holds expired ones too */
	int64_t blocked_since; /* 0: takes its mail */
	uint64_t refused; /* since then */
	enum reply_cause cause; /* of the block */
	enum reply_scope scope;
	const char *words; /* its newest refusal; foreign text */
};

enum { TRAFFIC_RECEIVER_DAYS = 7 };

struct traffic {
	struct volume_verdict volume;
	const struct receiver_view *receiver; /* of the last TRAFFIC_RECEIVER_DAYS; most mail first */
	size_t receivers;
	uint64_t unmatched; /* replies of those days that no rule knows: a sign of rules that rot */
	const struct suspect *suspect; /* none while nothing is wrong */
	size_t suspects;
};

const char *volume_level_name(enum volume_level level);
/* The value of a word, or -1. */
int volume_level_parse(const char *word);

#endif
