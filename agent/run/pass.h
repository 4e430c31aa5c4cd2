#ifndef RUN_PASS_H
#define RUN_PASS_H

#include "base/arena.h"
#include "base/civil.h"
#include "base/err.h"
#include "conf/conf.h"
#include "model/view.h"

#include <stdbool.h>
#include <stdint.h>

/* `repwatch run`: plan, probe, judge, record. One transaction; a pass that dies leaves nothing
 * half done, and the next one carries on. */

/* What --only selects; bits. */
enum {
	PASS_LISTS = 1,
	PASS_IDENTITY = 2,
	PASS_MAILLOG = 4,
	PASS_AUTH = 8,
	PASS_ALERTS = 16, /* send them; alone: nothing is asked or judged */
	PASS_ALL = 31
};

/* Called now and then while questions are open; `total` is an estimate that may grow. */
typedef void progress_fn(void *context, uint64_t done, uint64_t total);

struct pass_options {
	unsigned only; /* PASS_… bits */
	bool ignores_due; /* --all */
	bool is_dry; /* --dry-run: nothing written */
	bool waits; /* --wait: for the lock */
	bool is_watched; /* somebody reads at a terminal why it fails */
	progress_fn *progress; /* may be NULL */
	void *context;
	const struct zone *zone;
};

enum pass_result {
	PASS_DONE,
	PASS_BLIND, /* done, but something could not be learned */
	PASS_BUSY, /* another run holds the lock; err says who */
	PASS_FAILED /* err says why; nothing was recorded */
};

/* `summary` borrows from `arena`; of one that failed it has the notices only. */
enum pass_result pass_run(const struct conf *conf, const struct pass_options *options,
			  struct arena *arena, struct pass_summary *summary, struct err *err);

#endif
