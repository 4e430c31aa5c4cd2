#ifndef CLI_CHOOSE_H
#define CLI_CHOOSE_H

#include "base/arena.h"
#include "base/err.h"
#include "model/list.h"

#include <stdbool.h>
#include <stddef.h>

/* --list: the zones that were named and what their entries would have to cover. */
struct choice {
	const char *const *zone;
	size_t zones;
	unsigned covers;
};

/* Leaves nothing in the catalogue but those zones, all of them enabled: who names a list wants
 * it asked. A zone the catalogue does not know gets an entry with RFC 5782's defaults; one that
 * was shut down, or that needs a key, is refused with the reason. */
bool choose_lists(struct catalogue *catalogue, const struct choice *choice, struct arena *arena,
		  struct err *err);

#endif
