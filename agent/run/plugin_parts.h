#ifndef RUN_PLUGIN_PARTS_H
#define RUN_PLUGIN_PARTS_H

/* Between plugin.c, which decides what to read and when the state is too old, plugin_live.c, which
 * asks instead, plugin_modes.c, which knows what each mode is about, and plugin_say.c, which turns
 * troubles into states and words. */

#include "run/plugin.h"
#include "store/summary.h"

/* Verbosity, as the guidelines have it: one line; more in it; further lines; all of them. */
enum { PLUGIN_LINE, PLUGIN_LONG_LINE, PLUGIN_LINES, PLUGIN_ALL_LINES };
enum { PLUGIN_PERF_MAX = 10 };

/* What a mode looks at. */
struct plugin_material {
	struct store *store; /* NULL: asked live */
	struct stored_pass pass;
	struct summary summary;
	struct trouble *trouble;
	size_t troubles;
};

struct plugin {
	const struct plugin_request *request;
	struct arena *arena;
	enum nagios_state state;
	struct str text, details;
	struct nagios_perf perf[PLUGIN_PERF_MAX];
	size_t perfs;
};

/* --- plugin.c --- */
/* Fills the summary; false when the scope names nothing that is watched. */
bool plugin_count(const struct plugin *plugin, struct plugin_material *material, struct err *err);

/* --- plugin_modes.c --- */
/* Drops the troubles that the mode is not about. */
void plugin_keep(enum plugin_mode mode, struct plugin_material *material);
/* The line, the details and the state, as if the material were fresh. */
bool plugin_say(struct plugin *plugin, struct plugin_material *material, struct err *err);
/* Prints the line, or why there is none. */
void plugin_finish(struct plugin *plugin, bool ok, const struct err *err, struct str *out,
		   enum nagios_state *state);

/* --- plugin_say.c --- */
struct nagios_perf *plugin_perf(struct plugin *plugin, const char *label, double value,
				const char *unit);
/* The value that thresholds are about: the ranges of the request decide when they are given, else
 * `usual` does. */
void plugin_weigh(struct plugin *plugin, struct nagios_perf *perf, enum nagios_state usual);
/* What a severity means to a monitoring system. */
enum nagios_state plugin_state_of(enum severity severity);
/* Adds what is wrong to the line and, when they are wanted, the details. */
void plugin_tell(struct plugin *plugin, const struct plugin_material *material);

#endif
