#ifndef RENDER_NAGIOS_H
#define RENDER_NAGIOS_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>

/* The output of a plugin, by the Monitoring Plugins guidelines. */

enum nagios_state { NAGIOS_OK, NAGIOS_WARNING, NAGIOS_CRITICAL, NAGIOS_UNKNOWN };
const char *nagios_state_name(enum nagios_state state);
/* CRITICAL over WARNING over UNKNOWN over OK. */
enum nagios_state nagios_worse(enum nagios_state a, enum nagios_state b);

/* One row of performance data; texts "" are left out from the right. */
struct nagios_perf {
	const char *label; /* letters, digits and underscores */
	double value;
	bool is_unknown; /* "U" */
	const char *unit; /* "", "s", "%", "B", "c" */
	const char *warn, *crit; /* ranges as given */
	bool has_min, has_max;
	double min, max;
};

/* Text for a status line: control characters, "|", "<", ">", "`" and what is no valid UTF-8 become
 * "?"; blanks are single. */
void nagios_escape(struct str *out, const char *text);

struct nagios_line {
	enum nagios_state state;
	const char *text; /* escaped already */
	const char *details; /* further lines, escaped, each with its end; "" for none */
	const struct nagios_perf *perf;
	size_t perfs;
};
/* "REPWATCH CRITICAL - text | perf" and the details behind it. */
void nagios_print(struct str *out, const struct nagios_line *line);

#endif
