#ifndef JUDGE_VOLUME_BELIEF_H
#define JUDGE_VOLUME_BELIEF_H

#include "base/arena.h"
#include "model/event.h"
#include "model/observation.h"
#include "model/standing.h"
#include "model/traffic.h"

#include <stdint.h>

/* From the level of a volume to a belief and to what people are told of it. */

/* What a level means for beliefs; text borrows the verdict's reason. A cold address without a
 * reason is clear, as a level that follows its plan is. */
struct observation volume_observation(const struct volume_verdict *volume);

/* standing_apply() for volume: one answer is enough, `from` and `to` of an event are words of
 * levels, and a volume that is in order again is told with what it is now. */
enum change volume_believe(struct standing *standing, const struct volume_verdict *volume,
			   int64_t now, struct arena *arena, struct event *event);

#endif
