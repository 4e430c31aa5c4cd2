#ifndef JUDGE_INCIDENT_H
#define JUDGE_INCIDENT_H

#include "base/arena.h"
#include "model/alert.h"
#include "model/event.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Which changes of belief have one cause, and what people are told of it, and when. Pure: ids,
 * uids, the store and the ways to people are the caller's. */

struct incident_news {
	const struct event *event;
	const char *name, *pool; /* of its address */
	const struct list *list; /* of check "dnsbl" while the catalogue has it, else NULL */
	bool is_new; /* of an address no pass looked at before */
	bool is_passing; /* told and over: an entry that was lost, a night without passes */
};

struct incident_policy {
	int64_t
	    repeat_s; /* what has not ended is told again: after once, twice, four times as long */
	bool is_first; /* all there is was there before anybody was told anything */
};

struct incident_input {
	int64_t now;
	struct incident_policy policy;
	const struct incident_news *news; /* in their order; an item has one at most */
	size_t newses;
	const struct incident *incident; /* as incidents_load() has them */
	size_t incidents;
	const struct mute *mute; /* those of later do nothing yet */
	size_t mutes;
};

/* A letter is one message to be, about one incident. Too many of them, and those that go together,
 * become a digest: the caller's, because channels differ in what they want to hear. */
struct incident_letter {
	enum alert_kind kind; /* OPENED, GREW, REMINDER, ENDED, BASELINE */
	struct incident *incident;
	uint32_t seq;
	bool is_together; /* never a letter of its own while there are others like it */
};

struct incident_outcome {
	struct incident *incident; /* input's, in their order, and new ones with id 0 and uid "" */
	bool *is_changed; /* to be saved */
	size_t incidents;
	struct incident_letter *letter; /* worst first */
	size_t letters;
	size_t *place; /* of each news: its incident, or SIZE_MAX: the end of what is not open */
};

enum {
	INCIDENT_LIST_MIN = 3, /* so many addresses on a list in one pass are one cause */
	INCIDENT_RECEIVER_MIN = 2, /* so many addresses a receiver refuses */
	INCIDENT_IDENTITY_MIN = 3, /* so many addresses without their names in one pass */
	INCIDENT_DOMAIN_MIN = 3, /* so many domains with the same check broken in one pass */
	INCIDENT_AGENT_MIN = 3, /* so many lists out of order in one pass */
	INCIDENT_FLAPS_TOLD = 2, /* what came back so often is told once every `repeat` */
	INCIDENT_REMIND_MAX_S = 7 * 86400
};

/* Everything comes from `arena`; strings are borrowed from the input. */
void incident_judge(const struct incident_input *input, struct arena *arena,
		    struct incident_outcome *out);

/* Whether the operator said so of it, at `now`. */
bool mute_covers(const struct mute *mute, const struct incident_item *item, int64_t now);
/* Whether it holds for something of that address, which is of that pool. */
bool mute_concerns(const struct mute *mute, const char *address, const char *pool, int64_t now);

#endif
