#ifndef RUN_METRICS_H
#define RUN_METRICS_H

#include "base/arena.h"
#include "base/civil.h"
#include "base/err.h"
#include "conf/conf.h"
#include "model/metrics.h"

#include <stdbool.h>
#include <stdint.h>

/* Everything `metrics` tells, as the last pass left it. */
bool metrics_read(const struct conf *conf, const struct zone *zone, int64_t now,
		  struct arena *arena, struct metrics *out, struct err *err);

#endif
