#ifndef IO_RESOLVER_H
#define IO_RESOLVER_H

#include "base/arena.h"
#include "base/err.h"
#include "dns/answer.h"
#include "model/names.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Asks many questions at once and says how each ended. Every question belongs to a lane (a list,
 * or everything that is no list), and what goes wrong in one lane stays there:
 *   - a question is sent again after a measured round trip, to the next server if there are
 *     several, and given up after timeout x tries; the late answer to any sending counts;
 *   - a question that is late leaves the window, so that it holds up nobody;
 *   - a lane that stays silent for half a timeout, or refuses and fails without end, is closed
 *     for the pass: its questions end at once, unsent, with the same outcome;
 *   - a lane has its own rate and its own quota.
 * Every letter's case is random in what goes out and must come back so (0x20), unless a server
 * is found to keep no case at all. */
struct resolver;

struct resolver_config {
	const char *const *server; /* for lanes without their own; none: /etc/resolv.conf */
	size_t servers;
	int64_t timeout_ms;
	int64_t tries;
	uint32_t in_flight;
};

struct lane_config {
	const char *const *server; /* none: the resolver's */
	size_t servers;
	double rate; /* questions a second, 0: no limit */
	uint64_t quota; /* questions, then DNS_BUDGET; UINT64_MAX: no limit */
};

/* One question that has ended. */
struct resolved {
	void *token;
	struct dns_answer answer; /* records live in the arena given with the question */
};

struct resolver_counts {
	uint64_t asked; /* questions sent at least once */
	uint64_t packets; /* with repeats */
	uint64_t dropped; /* answers refused: wrong case, malformed, or matching nothing */
	int64_t smoothed_us; /* round trip over all lanes, 0: nothing came back */
};

struct resolver *resolver_new(const struct resolver_config *config, struct err *err);
void resolver_free(struct resolver *resolver);
/* The lane's number, or -1 with err. */
int resolver_add_lane(struct resolver *resolver, const struct lane_config *config, struct err *err);

/* Questions the lane may ask in all, those asked already among them. */
void resolver_set_quota(struct resolver *resolver, int lane, uint64_t quota);

/* Whether the lane takes a question now. A closed lane does: it answers at once. */
bool resolver_takes(struct resolver *resolver, int lane);
/* Follow-up questions (a TXT after its A) may be put while resolver_takes is false. */
void resolver_ask(struct resolver *resolver, int lane, const char *name, enum dns_type type,
                  struct arena *arena, void *token);
/* The next one that has ended; false: none right now. */
bool resolver_next(struct resolver *resolver, struct resolved *out);
/* Waits for something to end or a lane to take questions again, `max_us` at most. */
void resolver_wait(struct resolver *resolver, int64_t max_us);
/* Ends everything that is open, and from now on everything asked, with DNS_DEADLINE. */
void resolver_end(struct resolver *resolver);
/* From now on other source ports: for asking a second time. */
void resolver_rotate(struct resolver *resolver);

struct resolver_counts resolver_counts(const struct resolver *resolver);
uint64_t resolver_lane_asked(const struct resolver *resolver, int lane);
/* Servers found to answer without keeping letters' case; a sentence for the operator or NULL. */
const char *resolver_notice(const struct resolver *resolver);

#endif
