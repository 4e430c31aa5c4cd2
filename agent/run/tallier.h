#ifndef RUN_TALLIER_H
#define RUN_TALLIER_H

#include "maillog/tally.h"
#include "model/delivery.h"

#include <stdbool.h>

/* Adds deliveries to a tally. Once there are many, a thread of its own does so, behind the one
 * that reads lines: so a long log takes the time of reading it or of counting, whichever is
 * longer, rather than both. A short one never starts the thread. */
struct tallier;

/* Takes the tally over. */
struct tallier *tallier_new(struct tally *tally);
void tallier_free(struct tallier *tallier);
/* A delivery_fn; `context` is the tallier. */
void tallier_add(void *context, const struct delivery *delivery);
/* Whether the tally is, give or take what waits to be added. */
bool tallier_is_full(const struct tallier *tallier);
/* Waits until all is added; the tally is the caller's until the next delivery. */
struct tally *tallier_tally(struct tallier *tallier);

#endif
