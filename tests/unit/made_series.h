#ifndef TESTS_UNIT_MADE_SERIES_H
#define TESTS_UNIT_MADE_SERIES_H

#include "judge/volume.h"

/* Days of mail as senders make them, with events whose place is known. The same seed makes the
 * same series everywhere. */
enum { MADE_DAYS = 400, MADE_EVENTS_MAX = 12 };

enum made_kind {
	MADE_BURST, /* one to three days of 7 to 25 times the mean */
	MADE_LEAK, /* 8 % more every day, for four weeks */
	MADE_SILENCE, /* two to four days of next to nothing */
	MADE_SHIFT, /* a new customer: three times as much from there on */
	MADE_KIND_COUNT
};

struct made_event {
	enum made_kind kind;
	size_t begin, end; /* places of its first and last day */
};

struct made_series {
	const char *sender;
	struct volume_day day[MADE_DAYS];
	struct made_event event[MADE_EVENTS_MAX]; /* ascending */
	size_t events;
};

size_t made_senders(void);
void made_series(struct made_series *made, size_t sender, uint64_t seed);
const char *made_kind_name(enum made_kind kind);

#endif
