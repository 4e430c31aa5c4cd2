#ifndef RUN_ROUTE_H
#define RUN_ROUTE_H

#include "base/arena.h"
#include "conf/conf.h"
#include "model/alert.h"

#include <stdbool.h>

/* Which incidents a channel hears of, and how much of them. A channel without pools hears of all. */

/* One of its pools is touched, or the incident touches none at all. */
bool route_concerns(const struct conf_channel *channel, const struct incident *incident);
/* The incident without the items of other pools; what belongs to no pool stays. */
struct incident route_part(const struct conf_channel *channel, const struct incident *incident,
			   struct arena *arena);

#endif
