#ifndef CLI_TARGETS_H
#define CLI_TARGETS_H

#include "base/arena.h"
#include "base/err.h"
#include "model/list.h"
#include "model/target.h"

#include <stdbool.h>
#include <stddef.h>

/* What `check` is asked about: addresses, blocks of them, domains. */

/* So many questions to public lists in one go are the most that is polite; a larger network
 * belongs into the configuration, where the budget of each list is kept. */
enum { TARGETS_MAX = 4096 };

struct targets_line {
	const char *const *word;
	size_t words;
	const char *helo; /* "" or the name the addresses greet with */
};

struct targets {
	struct target *target; /* one an address or domain, in order, each once */
	size_t count;
	unsigned covers; /* what lists must cover to be of use: bits of model/list.h */
};

bool targets_parse(const struct targets_line *line, struct arena *arena, struct targets *targets,
		   struct err *err);
/* Whether an address is nobody's on the Internet: private, shared, loopback or link-local
 * (RFC 6890). Lists have nothing about it, which looks like good news and is none. */
bool targets_is_private(const struct ip *ip);
/* Whether a lower-case name could be a domain: two labels or more of letters, digits, hyphens
 * and underscores, the last not all digits (that would be a mistyped address). */
bool targets_is_domain(const char *name);

#endif
