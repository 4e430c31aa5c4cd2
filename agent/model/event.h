#ifndef MODEL_EVENT_H
#define MODEL_EVENT_H

#include "model/names.h"

#include <stdint.h>

/* A change of belief, written once, in the transaction that changes the standing.
 * `address` is "" for events about a list as a whole. */
struct event {
	int64_t id; /* 0 until stored */
	int64_t at; /* UTC seconds */
	const char *address;
	const char *check;
	const char *subject;
	enum change change;
	const char *from; /* words: findings, severities or health */
	const char *to;
	enum severity severity;
	const char *text; /* foreign parts are not yet escaped */
};

#endif
