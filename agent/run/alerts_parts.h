#ifndef RUN_ALERTS_PARTS_H
#define RUN_ALERTS_PARTS_H

/* Between alerts.c, which keeps incidents, alerts_news.c and alerts_agent.c, which find what changed, and
 * alerts_letters.c, which writes to the channels what alerts_facts.c knows. */

#include "base/map.h"
#include "base/str.h"
#include "conf/replies.h"
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

/* Finding what changed. */
struct reader {
	struct alerts *alerts;
	struct map *open; /* items by key */
	struct map *heard; /* keys that have news */
	struct str key;
	bool is_dark; /* nothing is known of any address */
};
/* The check of what cannot be seen. */
#define CHECK_SIGHT "sight"
/* NULL: none. */
const struct incident_item *news_open(struct reader *reader, const char *address, const char *check,
				      const char *subject);
/* Whether this pass has news of it already. */
bool news_is_heard(struct reader *reader, const char *address, const char *check,
		   const char *subject);
const struct probe_source *news_source(const struct reader *reader, const char *zone);
/* An event of now, about nothing yet, from the arena. */
struct event *news_make(struct reader *reader, enum change change, enum severity severity);
struct incident_news *news_add(struct reader *reader, const struct event *event);
void news_end(struct reader *reader, const struct incident_item *item, const char *text);

/* alerts_agent.c */
bool news_is_dark(const struct reader *reader);
void news_of_agent(struct reader *reader);

/* The pass's events, what ended with the configuration, and what is believed and in no incident. */
void alerts_news(struct alerts *alerts);

/* The letters of outcome, and the week's summary, into the outbox. */
bool alerts_letters(struct alerts *alerts, struct err *err);

/* What all letters of a pass have in common. */
struct mail {
	struct alerts *alerts;
	const char *host;
	struct receivers receivers; /* once has_receivers */
	bool has_receivers;
	const char **begun; /* channels that were told something before */
	size_t begins;
	const char *round_uid; /* of the pass's digest or baseline */
	const char *week_uid;
};

/* Of an incident that goes on, what nobody wants to hear of and what is of other pools than the
 * channel's is left out. */
struct incident facts_shown(struct mail *mail, const struct conf_channel *channel,
			    const struct incident *incident);
/* A letter to be, about nothing yet. */
struct alert facts_alert(const struct mail *mail, enum alert_kind kind);
/* Who sent, of the incident's addresses. */
void facts_traffic(const struct mail *mail, struct alert *alert);

#endif
