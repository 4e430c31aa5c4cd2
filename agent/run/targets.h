#ifndef RUN_TARGETS_H
#define RUN_TARGETS_H

#include "base/arena.h"
#include "conf/conf.h"
#include "model/target.h"

#include <stddef.h>

/* The configured addresses, blocks written out, in the configuration's order; in a pass the domains
 * stand behind them. */
struct targets {
	struct target *target;
	size_t addresses; /* so many are addresses */
	size_t count;
};

struct targets targets_of(const struct conf *conf, struct arena *arena);
/* One address as a target. */
struct target target_of_ip(const struct ip *ip, struct arena *arena);

/* A word as an operator types it: an address as the store has it, anything else as it is. */
const char *target_canonical(const char *word, struct arena *arena);

/* What a text names: an address, or else a domain. Borrows the text, which is canonical. */
struct target target_of_text(const char *text);

#endif
