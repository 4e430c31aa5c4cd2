#ifndef MODEL_STANDING_H
#define MODEL_STANDING_H

#include "model/names.h"
#include "model/observation.h"

#include <stdbool.h>
#include <stdint.h>

/* Passes in a row that a change is held back as part of a mass change; what says the same again
 * after that is believed. */
enum { BREAKER_HELD_PASSES = 1 };

/* What is believed about one (target, check, subject). A pair without a standing is believed
 * clear as of the time the store has for it, or was never asked.
 * `belief` changes only after enough agreeing answers; `hint` is what the last usable answer
 * said and `streak` how often in a row. Blindness never changes belief: it only ages it. */
struct standing {
	const char *check;
	const char *subject;
	enum finding belief; /* FINDING_BLIND: nothing is believed yet */
	enum severity severity;
	uint32_t code[OBSERVATION_CODES_MAX];
	size_t codes;
	const char *means;
	const char *text;
	const char *fix;
	int64_t since; /* UTC seconds the belief began */
	int64_t last_good; /* the last usable answer, 0 for never */
	enum finding hint;
	uint32_t streak; /* usable answers in a row for `hint`; where that is the belief itself, milder
	                  * ones: the severity falls as slowly as a belief flips. 0: no hint */
	uint32_t held; /* passes in a row the breaker has held the change back */
	enum cause blind_cause; /* CAUSE_NONE: the last answer was usable */
	int64_t blind_since;
	uint64_t stored; /* the store's: a digest of what it holds of this; 0: nothing */
};

#endif
