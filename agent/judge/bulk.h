#ifndef JUDGE_BULK_H
#define JUDGE_BULK_H

#include "base/arena.h"
#include "model/bulk.h"

/* Whether a domain meets what large receivers ask of bulk senders, and how near it is to being
 * one. Texts belong to the arena and may hold foreign bytes, not yet escaped. What could not be
 * learned is neither met nor unmet. */
void bulk_judge(const struct bulk_input *input, struct arena *arena, struct bulk_verdict *out);

#endif
