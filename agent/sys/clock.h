#ifndef SYS_CLOCK_H
#define SYS_CLOCK_H

#include "base/arena.h"
#include "base/civil.h"
#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

/* UTC seconds. */
int64_t clock_now(void);
/* Never steps; for durations and timeouts. */
int64_t clock_monotonic_us(void);

/* A zone as data, from some years back to some ahead. "" is the system's. False when there is
 * no such zone. The process's own TZ is left as it was. */
bool clock_zone(const char *name, int64_t now, struct arena *arena, struct zone *zone,
                struct err *err);

#endif
