#ifndef MODEL_VIEW_H
#define MODEL_VIEW_H

#include "model/auth.h"
#include "model/event.h"
#include "model/grade.h"
#include "model/list.h"
#include "model/observation.h"
#include "model/standing.h"
#include "model/target.h"
#include "model/traffic.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What `check` and `status` show, the same for both; renderers read nothing else. */
struct address_view {
	const char *address; /* canonical text, or a domain */
	const char *name; /* "" for none */
	const char *pool;
	struct grade grade;
	const struct standing *standing; /* every belief that is not plainly clear, and every blind */
	size_t standings;
	size_t asked, answered; /* coverage */
	int64_t oldest_s; /* -1: not known, left out */
	struct identity identity;
	const struct traffic *traffic; /* NULL: no log tells what it sent */
	const uint64_t *recent; /* sent on each of the last days, today last; NULL: not looked up */
	size_t recents;
	const struct domain_auth *auth; /* of a domain; NULL: not looked at */
};

/* The belief a reason is about; NULL: there is none. */
const struct standing *view_standing(const struct address_view *view, const struct reason *reason);

/* One list as `lists` shows it. */
struct list_view {
	const struct list *list;
	bool has_health; /* asked at least once, or just now */
	enum list_health health;
	enum cause cause;
	const char *text; /* which canary failed and how */
	int64_t health_since; /* 0: just now */
	uint64_t planned_per_day;
	int64_t every_ms; /* the interval after stretching */
};

/* The outcome of a pass. */
struct pass_summary {
	int64_t at;
	double seconds;
	size_t addresses;
	size_t domains;
	uint64_t queries; /* questions that ended */
	uint64_t packets; /* sent, with retransmissions */
	uint64_t dropped; /* answers refused as forged or malformed */
	uint64_t answered, listed, blind;
	bool is_complete; /* false: the deadline or a budget cut it short */
	uint64_t letters_queued, letters_sent, letters_pending, letters_dead;
	bool lacks_letters; /* something could not be delivered */
	const struct event *event;
	size_t events;
	const char *const *notice; /* sentences for the operator: stretched intervals, ... */
	size_t notices;
};

#endif
