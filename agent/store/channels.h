#ifndef STORE_CHANNELS_H
#define STORE_CHANNELS_H

#include "base/arena.h"
#include "base/err.h"
#include "store/store.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What each channel was told so far: whether it was told anything, and which alarms stand there
 * until they are called off. What writes stands between store_begin and store_commit. */

/* The names of those that were begun, in their order. */
bool channels_load(struct store *store, struct arena *arena, const char ***out, size_t *count,
		   struct err *err);
bool channels_begin(struct store *store, const char *channel, int64_t at, struct err *err);
/* One that is configured no more: if it comes back, it is new. Its alarms stay. */
bool channels_forget(struct store *store, const char *channel, struct err *err);

/* An alarm goes to the channel under `uid`, and stands for that incident; for several with a call
 * each. */
bool alarms_raise(struct store *store, const char *channel, const char *uid, int64_t incident_id,
		  struct err *err);
/* The uids of those whose incidents have all ended, with nothing left to tell of them. */
bool alarms_over(struct store *store, const char *channel, struct arena *arena, const char ***out,
		 size_t *count, struct err *err);
/* Forgets the alarm, and drops its letters that were not taken yet: nobody shall be called for what
 * has ended. */
bool alarms_drop(struct store *store, const char *channel, const char *uid, struct err *err);

#endif
