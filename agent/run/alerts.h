#ifndef RUN_ALERTS_H
#define RUN_ALERTS_H

#include "base/arena.h"
#include "base/err.h"
#include "conf/conf.h"
#include "store/store.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pass;

/* alerts.c: inside the pass's transaction, after its events are known: brings incidents up to date
 * and writes the letters of every channel that is to hear of them. */
bool alerts_raise(struct pass *pass, struct err *err);

struct delivery_counts {
	uint64_t queued; /* by this pass */
	uint64_t sent, pending, dead;
};

/* deliver.c: after the commit: sends what is due, all channels at once, and keeps what came of it.
 * A channel that fails is a notice, not an error; false only when the store fails. `channel` NULL:
 * all. `ignores_time`: also what waits for its next attempt (alerts flush). */
struct deliver_options {
	const char *channel;
	bool ignores_time;
	int64_t now;
};
bool deliver(const struct conf *conf, const struct deliver_options *options, struct store *store,
	     struct arena *arena, struct delivery_counts *counts, struct err *err);

#endif
