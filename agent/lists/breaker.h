#ifndef LISTS_BREAKER_H
#define LISTS_BREAKER_H

#include "model/names.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Mass changes: one list that flips for many addresses at once is the list's fault, many lists
 * that flip at once the resolver's, until the next pass says the same again
 * (BREAKER_HELD_PASSES in model/standing.h). */
enum {
	BREAKER_RAISED_MIN = 5, /* fewer raised at once are never a mass */
	BREAKER_CLEARED_MIN = 2, /* all listings of a list gone at once are, from two on */
	BREAKER_LISTS_MIN = 5 /* lists flipping at once that make a resolver incident */
};

/* What one list did in this pass. */
struct list_change {
	size_t asked; /* addresses with a usable answer */
	size_t listed_before; /* of them, believed listed before */
	size_t raised; /* would become listed */
	size_t cleared; /* would become clear */
};

/* `fraction` is `lists.breaker`, 0..1: of the addresses that could become listed, or of the
 * listings that could end, more than that is a mass. */
bool breaker_trips(const struct list_change *change, double fraction);
/* Whether so many lists changed at once that the resolver is the likelier cause:
 * `changed` of `lists` lists flipped something. */
bool breaker_trips_for_all(size_t changed, size_t lists, double fraction);

#endif
