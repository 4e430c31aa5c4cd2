/* What the two rounds bring, kept until all of it can be judged. */
#include "run/domain_parts.h"

#include "base/mem.h"
#include "judge/standing.h"

#include <string.h>

/* From so many flips on one list in one pass on, reasons are no longer asked for: a list that
 * lists the world is broken, and its TXT records would only double the traffic. */
enum { ALARM_FLIPS = 200, FIRST_ROWS = 64 };

bool pass_bit(const uint8_t *bits, size_t at)
{
	return bits[at / 8] & 1 << at % 8;
}

void pass_set_bit(uint8_t *bits, size_t at)
{
	bits[at / 8] |= (uint8_t)(1 << at % 8);
}

void pass_notice(struct pass *pass, const char *text)
{
	pass->notice = xrealloc(pass->notice, pass->notices + 1, sizeof(*pass->notice));
	pass->notice[pass->notices++] = text;
}

struct event *pass_event(struct pass *pass)
{
	struct event *event;

	if (pass->events == pass->events_room) {
		pass->events_room = pass->events_room ? pass->events_room * 2 : FIRST_ROWS;
		pass->event = xrealloc(pass->event, pass->events_room, sizeof(*pass->event));
	}
	event = &pass->event[pass->events++];
	*event = (struct event){.at = pass->at,
				.address = "",
				.check = "",
				.subject = "",
				.from = "",
				.to = "",
				.text = ""};
	return event;
}

struct pass_domain *pass_domain(const struct pass *pass, size_t target)
{
	const size_t addresses = pass->targets.addresses;

	return target < addresses ? NULL : &pass->domain[target - addresses];
}

struct standing *pass_find_standing(const struct stored_address *stored, const char *check,
				    const char *subject)
{
	for (size_t i = 0; i < stored->standings; i++)
		if (strcmp(stored->standing[i].check, check) == 0 &&
		    strcmp(stored->standing[i].subject, subject) == 0)
			return &stored->standing[i];
	return NULL;
}

/* A pair without a standing is believed clear since its last usable answer, if it ever had
 * one. */
struct standing *pass_add_standing(struct pass *pass, size_t target, const char *check,
				   const char *subject, uint32_t good_at)
{
	struct stored_address *const stored = &pass->stored[target];
	struct standing *grown = arena_calloc(pass->arena, stored->standings + 1, sizeof(*grown));

	if (stored->standings)
		memcpy(grown, stored->standing, stored->standings * sizeof(*grown));
	stored->standing = grown;
	grown += stored->standings++;
	*grown = (struct standing){
	    .check = check,
	    .subject = subject,
	    .belief = good_at ? FINDING_CLEAR : FINDING_BLIND,
	    .hint = good_at ? FINDING_CLEAR : FINDING_BLIND,
	    .means = "",
	    .text = "",
	    .fix = "",
	    .since = good_at ? good_at : pass->at,
	    .last_good = good_at,
	};
	return grown;
}

struct standing *pass_standing(struct pass *pass, size_t target, size_t source, const char *check,
			       bool create)
{
	const struct list *const list = pass->source[source].list;
	const char *const subject = list ? list->zone : "";
	struct standing *const found = pass_find_standing(&pass->stored[target], check, subject);

	if (found || !create)
		return found;
	return pass_add_standing(pass, target, check, subject,
				 pass_pair(pass, target, source).good_at);
}

static struct pass_sighting *add_sighting(struct pass *pass, const struct probe_result *result,
					  const struct observation *seen)
{
	struct pass_sighting *row;

	if (pass->sightings == pass->sightings_room) {
		pass->sightings_room = pass->sightings_room ? pass->sightings_room * 2 : FIRST_ROWS;
		pass->sighting =
		    xrealloc(pass->sighting, pass->sightings_room, sizeof(*pass->sighting));
	}
	row = &pass->sighting[pass->sightings++];
	*row = (struct pass_sighting){
	    .target = (uint32_t)result->target, .source = (uint32_t)result->source, .answers = 1};
	row->seen = *seen;
	return row;
}

static const char *keep_text(struct arena *arena, const char *text)
{
	return text[0] ? arena_strdup(arena, text) : "";
}

/* Strings of an observation last only as long as its job, but for the names of checks and
 * lists. Blindness has its cause and needs no more words. */
static struct observation keep(struct pass *pass, size_t source, const struct observation *seen)
{
	const struct list *const list = pass->source[source].list;
	struct observation kept = *seen;

	kept.subject = list ? list->zone : "";
	kept.means = keep_text(pass->arena, seen->means);
	kept.text = seen->finding == FINDING_BLIND ? "" : keep_text(pass->arena, seen->text);
	kept.fix = keep_text(pass->arena, seen->fix);
	return kept;
}

static struct identity keep_identity(struct arena *arena, const struct identity *identity)
{
	struct identity kept = *identity;

	for (size_t i = 0; i < kept.ptrs; i++)
		kept.ptr[i] = arena_strdup(arena, kept.ptr[i]);
	kept.helo = arena_strdup(arena, kept.helo);
	return kept;
}

/* Rows of one source are found by target in the second round. */
static void index_row(struct pass *pass, const struct pass_sighting *row)
{
	struct source_state *const state = &pass->state[row->source];

	if (!state->row)
		state->row = arena_calloc(pass->arena, pass->targets.count, sizeof(*state->row));
	if (!state->row[row->target])
		state->row[row->target] = (uint32_t)(row - pass->sighting) + 1;
}

/* Whether the list's first canaries have shown already that it cannot be believed. */
static bool is_out(const struct pass *pass, size_t source)
{
	return pass->source[source].list &&
	       !health_is_believed(pass->source[source].opening.health);
}

static void take_first(struct pass *pass, const struct probe_result *result,
		       const struct observation *seen)
{
	struct source_state *const state = &pass->state[result->source];
	const struct standing *const standing =
	    pass_standing(pass, result->target, result->source, seen->check, false);
	struct pass_sighting *row;

	/* Still clear; or blind like the whole list, which says so once. */
	if (!standing && (seen->finding == FINDING_CLEAR ||
			  (seen->finding == FINDING_BLIND && is_out(pass, result->source))))
		return;
	row = add_sighting(pass, result, seen);
	row->seen = keep(pass, result->source, seen);
	row->flips = standing_flips(standing, seen);
	index_row(pass, row);
	if (row->flips && ++state->change.raised > ALARM_FLIPS)
		pass->source[result->source].has_alarm =
		    (double)state->change.raised >
		    pass->conf->lists.breaker * (double)pass->targets.count;
}

void sight_first(void *context, const struct probe_result *result)
{
	struct pass *const pass = context;
	struct source_state *const state = &pass->state[result->source];
	bool is_usable = true;

	pass_set_bit(state->asked, result->target);
	for (size_t i = 0; i < result->count; i++) {
		take_first(pass, result, &result->seen[i]);
		is_usable &= result->seen[i].finding != FINDING_BLIND;
	}
	if (is_usable)
		pass_set_bit(state->usable, result->target);
	if (result->auth)
		domains_take(pass, result->target, result->auth);
	if (result->identity && result->identity->is_known)
		pass->stored[result->target].identity =
		    keep_identity(pass->arena, result->identity);
}

/* What flips is asked again, unless the canaries have told already that it is no use. */
bool sight_again(void *context, size_t source, size_t *at, size_t *target)
{
	struct pass *const pass = context;

	if (is_out(pass, source) || !pass->state[source].row)
		return false;
	while (*at < pass->targets.count) {
		const size_t here = (*at)++;
		const uint32_t row = pass->state[source].row[here];

		/* The identity checks of one address are asked again together. */
		for (uint32_t i = row; i && i <= pass->sightings; i++) {
			const struct pass_sighting *const sighting = &pass->sighting[i - 1];

			if (sighting->target != here || sighting->source != source)
				break;
			if (sighting->flips) {
				*target = here;
				return true;
			}
		}
	}
	return false;
}

void sight_second(void *context, const struct probe_result *result)
{
	struct pass *const pass = context;
	const uint32_t first = pass->state[result->source].row[result->target];

	if (result->auth)
		domains_take(pass, result->target, result->auth);
	for (size_t i = 0; i < result->count; i++) {
		const struct observation *const seen = &result->seen[i];

		for (size_t at = first - 1; at < pass->sightings; at++) {
			struct pass_sighting *const row = &pass->sighting[at];

			if (row->target != result->target || row->source != result->source)
				break;
			if (strcmp(row->seen.check, seen->check) != 0)
				continue;
			/* No second answer leaves the first one standing alone. */
			if (seen->finding == FINDING_BLIND) {
				row->unconfirmed = seen->cause;
				break;
			}
			row->answers = seen->finding == row->seen.finding ? row->answers + 1 : 1;
			row->seen = keep(pass, result->source, seen);
			break;
		}
	}
}
