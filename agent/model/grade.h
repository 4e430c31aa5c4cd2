#ifndef MODEL_GRADE_H
#define MODEL_GRADE_H

#include "model/names.h"

#include <stddef.h>

struct reason {
	const char *check;
	enum finding finding;
	enum severity severity;
	const char *subject;
	const char *text; /* may hold foreign text, not yet escaped */
	const char *fix; /* "" for none */
};

/* How an address stands, always with reasons (worst first). */
struct grade {
	enum grade_letter letter;
	const struct reason *reason;
	size_t reasons;
};

#endif
