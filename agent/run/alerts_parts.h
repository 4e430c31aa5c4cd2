#ifndef RUN_ALERTS_PARTS_H
#define RUN_ALERTS_PARTS_H

/* Between alerts.c, which keeps incidents, alerts_news.c, which finds what changed, and
 * alerts_letters.c, which writes to the channels. */

#include "base/map.h"
#include "judge/incident.h"
#include "run/alerts.h"
#include "run/pass_parts.h"
#include "store/incidents.h"

struct alerts {
	struct pass *pass;
	struct arena *arena; /* goes with the alerts */
	struct map *target; /* by text: its stored_address */
	struct map *source; /* by zone: its probe_source */
	struct alerting alerting;
	struct incident *incident; /* loaded */
	size_t incidents;
	struct mute *mute;
	size_t mutes;
	struct incident_news *news;
	size_t newses, newses_room;
	struct incident_outcome outcome;
	uint64_t queued;
};

enum { UID_BYTES = 20 };
/* A uid nobody has; from the arena. */
const char *alerts_uid(struct alerts *alerts);
/* What is kept of an address or domain of the pass, or NULL. */
struct stored_address *alerts_target(const struct alerts *alerts, const char *address);

/* The pass's events, what ended with the configuration, and what is believed and in no incident. */
void alerts_news(struct alerts *alerts);

/* The letters of outcome, and the week's summary, into the outbox. */
bool alerts_letters(struct alerts *alerts, struct err *err);

#endif
