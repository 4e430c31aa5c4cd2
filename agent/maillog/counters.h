#ifndef MAILLOG_COUNTERS_H
#define MAILLOG_COUNTERS_H

#include "maillog/tally.h"

#include <stddef.h>
#include <stdint.h>

/* A part of the key's hash saves the look at most rows that are not meant. */
struct counters_slot {
	uint32_t tag;
	uint32_t row; /* its index + 1; 0: free */
};

/* Inside maillog/: rows of one size that begin with a struct tally_key, found by it. */
struct counters {
	char *row;
	size_t row_bytes; /* set by the owner; the rest starts as 0 */
	size_t count, room;
	struct counters_slot *slot;
	size_t slots; /* a power of two, or 0 */
	uint32_t last; /* the row asked for last */
};

/* The row of a key, all zeros behind the key when it is new; valid until the next call. */
void *counters_row(struct counters *counters, struct tally_key key);
/* About what the rows take; at most twice that is allocated. */
size_t counters_bytes(const struct counters *counters);
/* Forgets all rows and keeps the memory. */
void counters_clear(struct counters *counters);
void counters_release(struct counters *counters);

#endif
