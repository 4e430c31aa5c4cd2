#ifndef STORE_VOLUME_NAMES_H
#define STORE_VOLUME_NAMES_H

#include "base/err.h"
#include "maillog/tally.h"
#include "store/store.h"

#include <stdbool.h>
#include <stdint.h>

/* Inside store/: names are stored once, and counts hold their ids. */
struct volume_names {
	int64_t *sender_id; /* by the tally's number of an address */
	int64_t *id[TALLY_KIND_COUNT]; /* by the tally's number of a text */
};

/* Finds or adds all that a tally holds, and notes the day they were last heard of, which is
 * `day`. */
bool volume_names_find(struct volume_names *names, struct store *store, const struct tally *tally,
		       int64_t day, struct err *err);
void volume_names_release(struct volume_names *names);

/* The id of a sending address, 0 when it never sent; false with err. */
bool volume_names_sender(struct store *store, const char *address, int64_t *id, struct err *err);

#endif
