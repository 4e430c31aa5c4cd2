#ifndef TESTS_INCIDENT_BENCH_H
#define TESTS_INCIDENT_BENCH_H

#include "base/arena.h"
#include "judge/incident.h"

/* Passes in a line of text, for tests of what people are told.
 *
 * Events are SIGN WHAT WHERE: "+xa" raises zone x for address a. Signs: . minor, + major, * critical,
 * ! escalated to critical, ~ goes on (reminder), - cleared, ? major of a new address, # told and over.
 * WHAT: x y z zones, g m receivers, v volume, p ptr, h helo, s spf, d dkim, u an account's volume, L a list out
 * of order, R the resolver. WHERE: a-z addresses, A-Z domains; for u, L and R what is meant.
 * "@24" makes the pass come 24 hours after the one before instead of one. "[a" mutes address a, "]a"
 * ends that. Letters come back as KIND INCIDENT SUBJECT: "OAa" opened, address a; kinds O G R E and B
 * for the baseline, incidents A L V (receiver) S D P (agent); '+' behind it: goes together. */

enum { BENCH_START = 1790000000, BENCH_HOUR_S = 3600, BENCH_MUTES_MAX = 16 };

struct bench {
	struct arena *arena;
	int64_t now;
	int64_t repeat_s;
	bool is_first;
	struct incident *incident;
	size_t incidents;
	struct mute mute[BENCH_MUTES_MAX];
	size_t mutes;
	struct incident_outcome outcome;
	struct incident_news *news;
	struct event *event;
	size_t newses;
	int64_t last_id;
};

void bench_open(struct bench *bench);
void bench_close(struct bench *bench);
/* One event to the coming pass. */
void bench_add(struct bench *bench, const char *word);
/* An event without the language. */
struct incident_news *bench_news(struct bench *bench, const struct event *event);
/* Judges what was added, and carries over what a store would. */
void bench_judge(struct bench *bench);
/* The letters as words, from the arena. */
const char *bench_letters(const struct bench *bench);

#endif
