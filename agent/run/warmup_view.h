#ifndef RUN_WARMUP_VIEW_H
#define RUN_WARMUP_VIEW_H

#include "base/arena.h"
#include "base/err.h"
#include "judge/warmup.h"
#include "model/warmup_view.h"
#include "store/blocks.h"
#include "store/store.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* From plans and counts to what is shown. Everything comes from the arena. */

/* Borrows the texts. */
struct warmup_terms warmup_view_terms(const struct stored_warmup *warmup);
struct warmup_schedule warmup_view_plan(const struct stored_warmup *warmup, struct arena *arena);

struct warmup_choice {
	const char *const *address; /* canonical; none: all that have a plan */
	size_t addresses;
	int64_t today;
};
/* One view an address, in the order asked for. False also when one of them has no plan. */
bool warmup_view_status(struct store *store, const struct warmup_choice *choice,
			struct arena *arena, struct warmup_view **view, size_t *views,
			struct err *err);
/* `*out` NULL: there is none. */
bool warmup_view_find(struct store *store, const char *address, struct arena *arena,
		      const struct stored_warmup **out, struct err *err);

#endif
