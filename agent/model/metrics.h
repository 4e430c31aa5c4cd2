#ifndef MODEL_METRICS_H
#define MODEL_METRICS_H

#include "model/view.h"
#include "model/volume_view.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What `metrics` tells; the renderer reads nothing else. */

struct metrics_channel {
	const char *name; /* of the configuration */
	bool is_failing;
};

struct metrics {
	const char *version;
	const struct address_view *view; /* of all addresses */
	size_t views;
	const struct list_view *list;
	size_t lists;
	const struct volume_view *volume; /* of yesterday and today */
	size_t volumes;
	int64_t today; /* civil_days() */
	int64_t pass_at; /* 0: none has ended, and the rest of the pass is not known */
	double pass_seconds;
	uint64_t questions, blind;
	bool is_complete;
	uint64_t pending, dead; /* letters */
	const struct metrics_channel *channel;
	size_t channels;
};

#endif
