#ifndef RUN_ALERTS_H
#define RUN_ALERTS_H

#include "base/arena.h"
#include "base/civil.h"
#include "base/err.h"
#include "conf/conf.h"
#include "render/letter.h"
#include "store/outbox.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct pass;

/* alerts.c: inside the pass's transaction, after its events are known: brings incidents up to date
 * and writes the letters of every channel that is to hear of them. */
bool alerts_raise(struct pass *pass, struct err *err);

/* alerts_letters.c: what an alert becomes for a channel, ready to be kept or sent; its `len` is 0
 * where the channel has nothing to say of it. */
struct outbox_letter alerts_letter(const struct alert *alert, const struct conf_channel *channel,
				   const struct letter_style *style, struct arena *arena);

struct delivery_counts {
	uint64_t queued; /* by this pass */
	uint64_t sent, pending, dead;
	uint64_t failed; /* letters of this call that were not taken, and channels without state */
};

/* deliver.c: after the commit: sends what is due, all channels at once, and keeps what came of it.
 * A channel that fails is a notice, not an error; false only when the store fails. */
struct deliver_options {
	const struct zone *zone; /* the operator's */
	int64_t now;
	const char *channel; /* NULL: all */
	bool ignores_time; /* also what waits for its next attempt, or for quiet hours to end */
	bool tells_state; /* to channels that are told the state of each address */
	bool beats; /* the heartbeat: a pass was complete */
	void (*notice)(void *context, const char *text); /* foreign parts are not yet escaped */
	void *context;
};
bool deliver(const struct conf *conf, const struct deliver_options *options, struct store *store,
	     struct arena *arena, struct delivery_counts *counts, struct err *err);

/* That a pass could not be recorded, or can again: to all channels, at once. False: none took it. */
struct unrecorded {
	int64_t since;
	const char *text; /* why; foreign */
	bool is_over;
};
bool deliver_unrecorded(const struct conf *conf, const struct deliver_options *options,
			const struct unrecorded *what, struct arena *arena);

/* Sends one letter that is not in the store, or the state to a channel that takes no letters,
 * and tells what the other side said in a sentence, from the arena. */
bool deliver_test(const struct conf *conf, const struct conf_channel *channel,
		  const struct deliver_options *options, struct arena *arena, const char **said);

#endif
