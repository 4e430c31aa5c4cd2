#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include "cli/cli.h"

#include <stdbool.h>
#include <stdint.h>

/* A bar with rate and time left on standard error, on a terminal only; quiet, piped and cron
 * runs never see it. */
struct progress {
	bool is_on;
	bool is_drawn;
	size_t columns;
	bool is_bytes; /* shown in megabytes; else things, one by one */
	int64_t began_us, drawn_us;
	int64_t counted_us; /* when the first was done: the rate is counted from there on */
	uint64_t done_then;
};

struct progress progress_begin(const struct cli *cli);
/* A progress_fn of run/pass.h; `context` is the struct progress. */
void progress_show(void *context, uint64_t done, uint64_t total);
/* Erases it, so that what follows begins on a clean line. */
void progress_end(struct progress *progress);

/* The line itself, as wide as there are columns at most; `elapsed_us` since counted_us. */
void progress_line(struct str *out, const struct progress *progress, uint64_t done, uint64_t total,
		   int64_t elapsed_us);

#endif
