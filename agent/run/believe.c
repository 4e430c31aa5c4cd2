#include "run/pass_parts.h"

#include "base/mem.h"
#include "judge/standing.h"

#include <stdlib.h>
#include <string.h>

/* From so many flips on one list in one pass on, reasons are no longer asked for: a list that
 * lists the world is broken, and its TXT records would only double the traffic. */
enum { ALARM_FLIPS = 200, FIRST_ROWS = 64, MANY_FLIPS = 3, MANY_PERCENT = 10 };

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

static struct standing *find_standing(const struct stored_address *stored, const char *check,
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
static struct standing *add_standing(struct pass *pass, struct stored_address *stored,
				     const char *check, const char *subject, uint32_t good_at)
{
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
	struct stored_address *const stored = &pass->stored[target];
	const char *const subject = list ? list->zone : "";
	struct standing *const found = find_standing(stored, check, subject);

	if (found || !create)
		return found;
	return add_standing(pass, stored, check, subject, pass_pair(pass, target, source).good_at);
}

/* --- what the rounds bring --- */

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

void believe_first(void *context, const struct probe_result *result)
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
	if (result->identity && result->identity->is_known)
		pass->stored[result->target].identity =
		    keep_identity(pass->arena, result->identity);
}

/* What flips is asked again, unless the canaries have told already that it is no use. */
bool believe_again(void *context, size_t source, size_t *at, size_t *target)
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

void believe_second(void *context, const struct probe_result *result)
{
	struct pass *const pass = context;
	const uint32_t first = pass->state[result->source].row[result->target];

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

/* --- what it means --- */

/* The cause that beliefs about a distrusted list are blind for. */
static enum cause distrust(const struct source_state *state)
{
	switch (state->health.health) {
	case HEALTH_SICK:
		return CAUSE_LIST_SICK;
	case HEALTH_REFUSED:
	case HEALTH_UNREACHABLE:
		return state->health.cause;
	case HEALTH_OK:
	case HEALTH_UNPROVEN:
	case HEALTH_COUNT:
		break;
	}
	return CAUSE_NONE;
}

static void weigh_sources(struct pass *pass)
{
	for (size_t i = 0; i < pass->sources; i++) {
		struct source_state *const state = &pass->state[i];

		state->change = (struct list_change){0};
		state->is_believed = true;
		if (!pass->source[i].list)
			continue;
		state->health = probe_source_health(&pass->source[i]);
		/* The prober's texts end with it, the store and the events come later. */
		state->health.text =
		    state->health.text ? arena_strdup(pass->arena, state->health.text) : "";
		state->is_believed = health_is_believed(state->health.health);
	}
	for (size_t i = 0; i < pass->sightings; i++) {
		const struct pass_sighting *const row = &pass->sighting[i];
		struct source_state *const state = &pass->state[row->source];
		const struct standing *const standing =
		    pass_standing(pass, row->target, row->source, row->seen.check, false);
		const bool was_clear = !standing || standing->belief == FINDING_CLEAR ||
				       standing->belief == FINDING_BLIND;

		state->change.listed_before += !was_clear && row->seen.finding != FINDING_BLIND;
		if (!standing_flips(standing, &row->seen))
			continue;
		state->change.raised += row->seen.finding != FINDING_CLEAR;
		state->change.cleared += row->seen.finding == FINDING_CLEAR;
	}
}

static size_t count_bits(const uint8_t *bits, size_t count)
{
	size_t sum = 0;

	for (size_t i = 0; i < count; i++)
		sum += pass_bit(bits, i);
	return sum;
}

/* Whether a list changed for so many that, together with other lists, it points to the resolver.
 * One address on many lists at once is what a break-in looks like, not that. */
static bool is_many(const struct list_change *change)
{
	const size_t flips = change->raised + change->cleared;

	return flips >= MANY_FLIPS && flips * 100 > change->asked * MANY_PERCENT;
}

static void trip_breakers(struct pass *pass)
{
	const double fraction = pass->conf->lists.breaker;
	size_t asked = 0;
	size_t changed = 0;
	bool all;

	for (size_t i = 0; i < pass->sources; i++) {
		struct source_state *const state = &pass->state[i];

		if (!pass->source[i].is_asked || !state->is_believed)
			continue;
		asked++;
		state->change.asked = count_bits(state->usable, pass->targets.count);
		changed += is_many(&state->change);
		state->is_held = breaker_trips(&state->change, fraction);
	}
	all = breaker_trips_for_all(changed, asked, fraction);
	for (size_t i = 0; all && i < pass->sources; i++)
		pass->state[i].is_held |= pass->source[i].is_asked && pass->state[i].is_believed;
}

/* One answer that says "listed" and no second one is not "clear": until it is had, the pair is
 * blind. */
static void note_unconfirmed(const struct pass *pass, const struct pass_sighting *row,
			     struct standing *standing)
{
	if (row->unconfirmed == CAUSE_NONE || standing->belief == row->seen.finding ||
	    standing->blind_cause != CAUSE_NONE)
		return;
	standing->blind_cause = row->unconfirmed;
	standing->blind_since = pass->at;
}

static void apply(struct pass *pass, const struct pass_sighting *row)
{
	const struct source_state *const state = &pass->state[row->source];
	const struct list *const list = pass->source[row->source].list;
	struct sighting sighting = {.seen = row->seen,
				    .answers = row->answers,
				    .is_held = state->is_held,
				    .watches_loss = list && list->watch_loss};
	struct event event = {0};
	struct standing *standing;
	enum change change;

	if (!state->is_believed) {
		/* The list as a whole is blind; only what is believed already shows its age. */
		standing = pass_standing(pass, row->target, row->source, row->seen.check, false);
		if (!standing)
			return;
		sighting.seen.finding = FINDING_BLIND;
		sighting.seen.cause = distrust(state);
	} else {
		standing = pass_standing(pass, row->target, row->source, row->seen.check, true);
	}
	change = standing_apply(standing, &sighting, (uint32_t)pass->conf->lists.confirm, pass->at,
				pass->arena, &event);
	note_unconfirmed(pass, row, standing);
	if (change == CHANGE_NONE)
		return;
	event.at = pass->at;
	event.address = pass->targets.target[row->target].text;
	*pass_event(pass) = event;
}

/* --- lists as a whole --- */

static bool is_well(enum list_health health)
{
	return health == HEALTH_OK || health == HEALTH_UNPROVEN;
}

/* Whether the operator has been told that the list is out. Sickness and refusal are told at once,
 * silence when it is seen for the second time: a server may restart. */
static bool was_told(const struct stored_list *stored)
{
	if (!stored->has_health || is_well(stored->health))
		return stored->has_health && stored->cause == CAUSE_MASS_CHANGE;
	return stored->health != HEALTH_UNREACHABLE || stored->health_since < stored->asked_at;
}

static bool is_to_be_told(const struct stored_list *stored, const struct source_state *state)
{
	if (is_well(state->health.health))
		return state->is_held;
	return state->health.health != HEALTH_UNREACHABLE ||
	       (stored->has_health && stored->health == HEALTH_UNREACHABLE);
}

static void tell(struct pass *pass, const struct probe_source *source,
		 const struct source_state *state, bool is_out)
{
	const struct stored_list *const stored = &state->stored;
	struct event *const event = pass_event(pass);

	event->check = source->list ? CHECK_DNSBL : "ptr";
	event->subject = source->list ? source->list->zone : "";
	event->change = is_out ? CHANGE_LIST_SICK : CHANGE_LIST_WELL;
	event->severity = is_out ? SEVERITY_MINOR : SEVERITY_INFO;
	event->from = stored->has_health ? list_health_name(stored->health) : "";
	event->to =
	    state->is_held ? cause_name(CAUSE_MASS_CHANGE) : list_health_name(state->health.health);
	if (state->is_held)
		event->text =
		    arena_printf(pass->arena,
				 "%zu would become listed or broken and %zu clear at once, of %zu "
				 "asked; held back "
				 "until the next pass says the same",
				 state->change.raised, state->change.cleared, state->change.asked);
	else if (is_out)
		event->text = state->health.text ? state->health.text : "";
	else
		event->text = "its answers are believed again";
}

/* One sentence instead of one for each list, when it cannot be the lists' fault. */
static void tell_resolver(struct pass *pass, size_t out, size_t asked, bool is_out)
{
	struct event *const event = pass_event(pass);

	event->check = "resolver";
	event->change = is_out ? CHANGE_WENT_BLIND : CHANGE_CLEARED;
	event->severity = is_out ? SEVERITY_MAJOR : SEVERITY_INFO;
	event->text = arena_printf(pass->arena,
				   is_out ? "%zu of %zu lists cannot be asked or believed at once: "
					    "the resolver is the likelier cause"
					  : "%zu of %zu lists answer again",
				   out, asked);
}

/* Brings the row the store keeps for the list up to date. */
static void update_list(const struct pass *pass, struct source_state *state)
{
	struct stored_list *const stored = &state->stored;
	const enum cause cause = state->is_held ? CAUSE_MASS_CHANGE : state->health.cause;

	if (!stored->has_health || stored->health != state->health.health)
		stored->health_since = pass->at;
	stored->has_health = true;
	stored->health = state->health.health;
	stored->cause = cause;
	stored->text = state->health.text ? state->health.text : "";
	stored->asked_at = pass->at;
	if (state->is_believed)
		stored->last_ok = pass->at;
}

/* +1 to be told out, -1 to be told well again, 0 nothing new. */
static int list_news(const struct source_state *state)
{
	const bool was = was_told(&state->stored);
	const bool is = is_to_be_told(&state->stored, state);

	return is && !was ? 1 : was && !is && is_well(state->health.health) ? -1 : 0;
}

static void tell_lists(struct pass *pass)
{
	const double fraction = pass->conf->lists.breaker;
	size_t asked = 0;
	size_t out = 0;
	size_t well = 0;
	bool all_out;
	bool all_well;

	for (size_t i = 0; i < pass->sources; i++) {
		const int news = pass->source[i].is_asked ? list_news(&pass->state[i]) : 0;

		asked += pass->source[i].is_asked;
		out += news > 0;
		well += news < 0;
	}
	all_out = breaker_trips_for_all(out, asked, fraction);
	all_well = breaker_trips_for_all(well, asked, fraction);
	if (all_out)
		tell_resolver(pass, out, asked, true);
	if (all_well)
		tell_resolver(pass, well, asked, false);
	for (size_t i = 0; i < pass->sources; i++) {
		struct source_state *const state = &pass->state[i];
		const int news = pass->source[i].is_asked ? list_news(state) : 0;

		if ((news > 0 && !all_out) || (news < 0 && !all_well))
			tell(pass, &pass->source[i], state, news > 0);
		if (pass->source[i].is_asked && pass->source[i].list)
			update_list(pass, state);
	}
}

/* A change that is held back or could not be confirmed is no usable answer. */
static void forget_held(struct pass *pass)
{
	for (size_t i = 0; i < pass->sightings; i++) {
		const struct pass_sighting *const row = &pass->sighting[i];
		struct source_state *const state = &pass->state[row->source];

		if ((state->is_held && row->flips) || row->unconfirmed != CAUSE_NONE)
			state->usable[row->target / 8] &= (uint8_t) ~(1 << row->target % 8);
	}
}

void believe_all(struct pass *pass)
{
	weigh_sources(pass);
	trip_breakers(pass);
	forget_held(pass);
	tell_lists(pass);
	for (size_t i = 0; i < pass->sightings; i++)
		apply(pass, &pass->sighting[i]);
}
