#ifndef CLI_SINCE_H
#define CLI_SINCE_H

#include "base/civil.h"
#include "base/err.h"

#include <stdbool.h>
#include <stdint.h>

/* "7d" before `now`, or the beginning of the operator's day "2026-11-21"; as UTC seconds. */
bool since_parse(const char *text, const struct zone *zone, int64_t now, int64_t *since,
		 struct err *err);

/* "3d" after `from`, the beginning of the operator's day "2026-11-21", or "2026-11-21 22:30". */
bool until_parse(const char *text, const struct zone *zone, int64_t from, int64_t *until,
		 struct err *err);

#endif
