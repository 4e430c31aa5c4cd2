#ifndef RUN_VIEW_H
#define RUN_VIEW_H

#include "base/arena.h"
#include "model/view.h"
#include "store/store.h"
#include "store/traffic.h"

#include <stddef.h>
#include <stdint.h>

/* From what the store keeps to what people are shown, with the grade. */

/* A list as far as it matters for one address. */
struct view_list {
	const struct list *list;
	struct stored_list stored; /* slot -1: never asked */
	int64_t every_s; /* the interval in use */
};

struct view_context {
	const struct view_list *list;
	size_t lists;
	int64_t now;
	int64_t stale_after_s;
	bool wants_identity; /* identity, and authentication of domains, count for coverage */
	int64_t auth_every_s; /* between two looks at a domain */
	const struct stored_traffic *traffic; /* of all addresses; none: not shown */
	size_t traffics;
};

/* What is shown of a domain beside its standings. `listed_as` and `auth` as in struct target. */
struct view_domain {
	const char *listed_as;
	bool wants_auth;
	const struct domain_auth *auth; /* NULL: nothing known */
};

/* `domain` NULL: an address. `out` borrows from `stored`, `domain` and `arena`. A list that is not believed makes the address blind
 * on it, whatever its last answers were. */
void view_make(const struct view_context *context, const struct stored_address *stored,
	       const struct view_domain *domain, struct arena *arena, struct address_view *out);

/* What the series hold for it. */
struct sample view_sample(const struct address_view *view, int64_t at);

#endif
