#ifndef AUTH_SPF_TREE_H
#define AUTH_SPF_TREE_H

#include "auth/problems.h"
#include "auth/spf_record.h"
#include "dns/ask.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* All that a record can cause, whether or not an evaluation would get there: every include and
 * redirect is followed, except where macros decide whereto. Bounded. */

enum {
	SPF_TREE_RECORDS_MAX = 48, /* are read; five times what the limit lets work */
	SPF_TREE_HOSTS_MAX = 32, /* are asked about, whether they exist */
	SPF_TREE_DEPTH_MAX = 11,
	SPF_TREE_COSTS_MAX = 64
};

struct spf_tree {
	uint32_t lookups;
	uint32_t voids; /* terms that name what does not exist */
	struct spf_cost *cost;
	size_t costs;
	bool is_unusable; /* some mail would end in a permerror */
	bool has_counted_p;
};

/* What is wrong below the record is added to `problems`, and what does not exist in it. Strings
 * belong to the arena of `problems`. False: questions are open, all at once that can be. */
bool spf_tree_walk(const char *domain, const struct spf_record *record, struct ask *ask,
		   struct problems *problems, struct spf_tree *out);

/* The name a domain-spec without macros means; without a spec the domain itself. False: only an
 * evaluation can tell, or it is no name. */
bool spf_tree_target(const char *domain, struct slice spec, char out[DNS_NAME_BYTES]);
/* Whether one of the terms is "all": then redirect means nothing. */
const struct spf_term *spf_record_all(const struct spf_record *record);

#endif
