#ifndef RUN_PLUGIN_H
#define RUN_PLUGIN_H

#include "base/arena.h"
#include "base/civil.h"
#include "base/err.h"
#include "conf/conf.h"
#include "judge/range.h"
#include "render/nagios.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the monitoring plug-in says, from the state of the last pass or, live, from a look now. */

enum plugin_mode {
	PLUGIN_OVERALL,
	PLUGIN_LISTS,
	PLUGIN_VOLUME,
	PLUGIN_IDENTITY,
	PLUGIN_AUTH,
	PLUGIN_REPLIES,
	PLUGIN_AGENT,
	PLUGIN_MODE_COUNT
};
int plugin_mode_parse(const char *word);

/* Thresholds as given; without text the mode's own rules hold. */
struct plugin_limit {
	const char *text; /* NULL: not given */
	struct range range;
};

struct plugin_request {
	const struct conf *conf;
	const struct zone *zone;
	int64_t now;
	enum plugin_mode mode;
	const char *scope; /* an address, a pool or a name; "" for all */
	struct plugin_limit warn, crit;
	unsigned verbose;
};

/* The whole output; `state` is the exit status. Whatever goes wrong is said in the line. */
void plugin_run(const struct plugin_request *request, struct arena *arena, struct str *out,
		enum nagios_state *state);
/* The same for one address, asked now; modes lists and identity, and overall for both. */
void plugin_run_live(const struct plugin_request *request, struct arena *arena, struct str *out,
		     enum nagios_state *state);
/* A line for what could not even begin. */
void plugin_fail(struct str *out, const char *sentence);

#endif
