#ifndef JUDGE_SILENCE_H
#define JUDGE_SILENCE_H

#include "judge/usual.h"

/* A fall to nothing where mail is usual. Weekends that are always silent say nothing, a holiday
 * that looks like a Sunday is none, and where weekends are silent one silent day is not enough. */

/* How many days in a row up to yesterday, on which mail is usual, were silent, and what they
 * brought; 0: yesterday was not, or the silence is no longer than those seen before. `floor`
 * as in volume_policy: mail is usual where it matters. */
unsigned silence_days(const struct usual_series *series, size_t from, double floor, double *sent);

/* Whether so much is silence where `usual` was to be expected. */
bool silence_is(double sent, double usual);

#endif
