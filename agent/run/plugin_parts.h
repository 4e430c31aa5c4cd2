#ifndef RUN_PLUGIN_PARTS_H
#define RUN_PLUGIN_PARTS_H

/* Between plugin.c, which decides what to read and when the state is too old, and plugin_say.c, which
 * turns troubles into states and words. */

#include "run/plugin.h"
#include "store/summary.h"

enum { PLUGIN_PERF_MAX = 10 };

struct plugin {
	const struct plugin_request *request;
	struct arena *arena;
	enum nagios_state state;
	struct str text, details;
	struct nagios_perf perf[PLUGIN_PERF_MAX];
	size_t perfs;
};

struct nagios_perf *plugin_perf(struct plugin *plugin, const char *label, double value,
				const char *unit);
/* The value that thresholds are about: the ranges of the request decide when they are given, else
 * `usual` does. */
void plugin_weigh(struct plugin *plugin, struct nagios_perf *perf, enum nagios_state usual);
/* What a severity means to a monitoring system. */
enum nagios_state plugin_state_of(enum severity severity);
/* Adds what is wrong to the line and the details; `most` of them are told in the line. */
void plugin_tell(struct plugin *plugin, const struct trouble *trouble, size_t troubles);

#endif
