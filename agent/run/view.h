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
	bool wants_identity; /* the identity checks count for coverage */
	const struct stored_traffic *traffic; /* of all addresses; none: not shown */
	size_t traffics;
};

/* `out` borrows from `stored` and `arena`. A list that is not believed makes the address blind
 * on it, whatever its last answers were. */
void view_make(const struct view_context *context, const struct stored_address *stored,
	       struct arena *arena, struct address_view *out);

/* What the series hold for it. */
struct sample view_sample(const struct address_view *view, int64_t at);

#endif
