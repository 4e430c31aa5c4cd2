#ifndef JUDGE_INCIDENT_PARTS_H
#define JUDGE_INCIDENT_PARTS_H

/* Between incident.c, which finds the incident of an event, and incident_letters.c, which says what
 * people hear of it. */

#include "judge/incident.h"

struct entry {
	struct incident incident; /* its item is set at the end */
	struct incident_item *item;
	size_t items, room;
	size_t number; /* its place in the book */
	size_t added; /* items that were opened by this pass */
	size_t unmuted; /* open items whose mute is over */
	bool is_all_new; /* all that were added are of new addresses */
	bool is_reopened, is_passing;
	bool is_changed;
};

/* Brings mutes, severity and the end up to date, and writes at most one letter. */
void incident_settle(struct entry *entry, const struct incident_input *input,
		     struct incident_outcome *out);

#endif
