#ifndef JUDGE_REMOVAL_H
#define JUDGE_REMOVAL_H

#include "base/arena.h"
#include "model/removal.h"

#include <stddef.h>
#include <stdint.h>

/* Whether it makes sense to ask now for the end of a listing or of a receiver's block: not while
 * its cause goes on, which makes the next listing longer, nor where nobody can be asked, nor again
 * before an answer can be expected. What the logs do not tell is said, never taken for good. */

/* Everything of the view but its advice. Reasons come from the arena; the deciding one is first. */
struct removal_advice removal_judge(const struct removal_view *view, int64_t now,
				    struct arena *arena);

/* How long requests took, a row a list or receiver, in the order of their names. */
struct removal_term *removal_terms(const struct removal *request, size_t requests,
				   struct arena *arena, size_t *count);

#endif
