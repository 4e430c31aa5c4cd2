#ifndef JUDGE_GRADE_H
#define JUDGE_GRADE_H

#include "base/arena.h"
#include "model/grade.h"
#include "model/standing.h"

#include <stddef.h>

/* The policy, one table in grade.c: POOR with a confirmed listing of critical severity or two
 * major ones, a missing or unconfirmed PTR; NEUTRAL with lesser listings; GOOD otherwise;
 * UNKNOWN when less than half of what was to be asked was answered and nothing is POOR. */
struct coverage {
	size_t asked;
	size_t answered; /* of them, usable and not older than stale_after */
	int64_t oldest_s; /* age of the oldest usable answer counted */
};

/* Reasons come worst first and are never empty: a GOOD address has one that says what was
 * asked. Strings are borrowed from the standings or taken from `arena`. */
struct grade grade_of(const struct standing *standing, size_t standings,
                      const struct coverage *coverage, struct arena *arena);

#endif
