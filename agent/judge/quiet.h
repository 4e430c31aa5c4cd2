#ifndef JUDGE_QUIET_H
#define JUDGE_QUIET_H

#include "base/civil.h"

#include <stdint.h>

/* When people want to hear something, by the operator's clock. */

enum { WEEK_MORNING_HOUR = 8 };

/* `now`, or within the span the moment it is over. The span is in minutes of the day and may pass
 * midnight. */
int64_t quiet_until(const struct zone *zone, int64_t now, uint32_t from_min, uint32_t until_min);

/* The last morning of that day ("monday") that has come; 0 for a day nobody knows. */
int64_t week_morning(const struct zone *zone, int64_t now, const char *day);

#endif
