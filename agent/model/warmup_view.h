#ifndef MODEL_WARMUP_VIEW_H
#define MODEL_WARMUP_VIEW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What `warmup` tells; renderers read nothing else. Days are civil_days(). */

enum warmup_verdict {
	WARMUP_UNKNOWN, /* no log tells of the address, or nobody knows its curve */
	WARMUP_WAITING, /* not begun */
	WARMUP_ON_PLAN,
	WARMUP_BEHIND, /* so little yesterday that receivers learn nothing from it */
	WARMUP_OVER_PLAN,
	WARMUP_DONE, /* the target was reached; the plan holds until it is stopped */
	WARMUP_VERDICT_COUNT
};

struct warmup_terms { /* of one plan */
	const char *address; /* canonical text */
	int64_t start;
	uint64_t target;
	double growth; /* these two only where `curve` is "" */
	uint64_t first;
	const char *curve;
	uint32_t days; /* the day that allows the target, the first is 1; 0: none does */
};

struct warmup_schedule {
	struct warmup_terms terms;
	const uint64_t *allowed; /* of each day up to terms.days */
	bool is_recorded;
	const struct warmup_terms *replaced; /* NULL: there was no plan */
};

struct warmup_view {
	struct warmup_terms terms;
	int64_t day; /* today's: 1 is the first; 0 and less: not begun */
	uint64_t allowed; /* today; known where terms.days is */
	bool is_counted; /* some log told of the address; else what was sent is not known */
	uint64_t sent; /* today so far */
	bool has_yesterday; /* it was a day of the plan */
	uint64_t yesterday_allowed, yesterday_sent;
	enum warmup_verdict verdict;
};

struct curve_view {
	const char *name, *about;
	const uint64_t *day; /* messages a day */
	uint32_t days;
};

#endif
