/* What the answers of a pass mean for beliefs: each list's health, the breaker, the standings. */
#include "run/domain_parts.h"

#include "base/tr_mark.h"

#include "auth/domain.h"
#include "judge/standing.h"

#include <string.h>

enum { MANY_FLIPS = 3, MANY_PERCENT = 10 };

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

static void weigh_health(struct pass *pass)
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
}

/* A resolver that hides listings (filters 127.0.0.0/8, say) shows itself by entries that must be
 * listed. A list without such an entry is as blind as the others when none of theirs came
 * through. */
static void doubt_unproven(struct pass *pass)
{
	size_t proven = 0;
	size_t failed = 0;

	for (size_t i = 0; i < pass->sources; i++) {
		if (!pass->source[i].list || !pass->source[i].is_asked)
			continue;
		proven += pass->state[i].health.health == HEALTH_OK;
		failed += !pass->state[i].is_believed;
	}
	for (size_t i = 0; !proven && failed && i < pass->sources; i++) {
		struct source_state *const state = &pass->state[i];

		if (!pass->source[i].list || !pass->source[i].is_asked || !state->is_believed)
			continue;
		state->is_believed = false;
		state->health = (struct health_report){HEALTH_SICK, CAUSE_LIST_SICK,
						       SAID("it has no entry that must be listed, "
							    "and no other list's came through this "
							    "resolver")};
	}
}

/* Whether the lists that are asked through the resolver, enough of them to tell, all deny what they
 * must list. One that is not due in this pass is as it was. */
static bool lists_are_denied(const struct pass *pass)
{
	size_t sick = 0;

	for (size_t i = SOURCE_LISTS; i < pass->sources; i++) {
		const struct source_state *const state = &pass->state[i];
		const bool is_asked = pass->source[i].is_asked;

		if (pass->source[i].list->servers || !(is_asked || state->stored.has_health))
			continue;
		if ((is_asked ? state->health.health : state->stored.health) != HEALTH_SICK)
			return false;
		sick++;
	}
	return sick >= BREAKER_LISTS_MIN;
}

/* Whether a name or a record came through the resolver in this pass. */
static bool has_found_something(const struct pass *pass)
{
	uint8_t *wrong = arena_calloc(pass->arena, pass->targets.count, sizeof(*wrong));

	for (size_t i = 0; i < pass->sightings; i++)
		if (pass->sighting[i].source == SOURCE_AUTH &&
		    pass->sighting[i].seen.finding != FINDING_CLEAR)
			wrong[pass->sighting[i].target]++;
	for (size_t i = 0; i < pass->targets.count; i++)
		if ((pass_bit(pass->state[SOURCE_IDENTITY].asked, i) &&
		     pass->stored[i].identity.ptrs) ||
		    (pass_bit(pass->state[SOURCE_AUTH].asked, i) && wrong[i] < DOMAIN_OBSERVATIONS))
			return true;
	return false;
}

/* A resolver that denies all there is (one that is cut off from the world, say) denies the names
 * and records of everybody as well: that they are missing was not learned. */
static void doubt_denials(struct pass *pass)
{
	if (!lists_are_denied(pass) || has_found_something(pass))
		return;
	for (size_t i = 0; i < pass->sightings; i++) {
		struct pass_sighting *const row = &pass->sighting[i];

		if (row->source >= SOURCE_LISTS || row->seen.finding == FINDING_CLEAR)
			continue;
		row->seen = (struct observation){.check = row->seen.check,
						 .subject = row->seen.subject,
						 .finding = FINDING_BLIND,
						 .cause = CAUSE_GARBLED,
						 .means = "",
						 .text = "",
						 .fix = ""};
		row->flips = false;
		pass->state[row->source].usable[row->target / 8] &=
		    (uint8_t) ~(1 << row->target % 8);
		if (row->source == SOURCE_AUTH)
			domains_drop(pass, row->target);
		else
			pass->stored[row->target].identity.is_known = false;
	}
}

/* A pair without a standing is believed clear once it was answered. */
static bool has_belief(const struct pass *pass, const struct pass_sighting *row,
		       const struct standing *standing)
{
	return standing ? standing->belief != FINDING_BLIND
			: pass_pair(pass, row->target, row->source).good_at != 0;
}

static void weigh_changes(struct pass *pass)
{
	for (size_t i = 0; i < pass->sightings; i++) {
		const struct pass_sighting *const row = &pass->sighting[i];
		struct source_state *const state = &pass->state[row->source];
		const struct standing *const standing =
		    pass_standing(pass, row->target, row->source, row->seen.check, false);
		const bool was_clear = !standing || standing->belief == FINDING_CLEAR ||
				       standing->belief == FINDING_BLIND;

		state->change.listed_before += !was_clear && row->seen.finding != FINDING_BLIND;
		/* What is wrong with a domain that is seen for the first time is no change. */
		if (!standing_flips(standing, &row->seen) ||
		    (row->source == SOURCE_AUTH && !has_belief(pass, row, standing)))
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
	if (row->source == SOURCE_AUTH)
		domains_event(pass, &event);
	else
		*pass_event(pass) = event;
}

/* A change that is held back or could not be confirmed is no usable answer. */
static void forget_held(struct pass *pass)
{
	for (size_t i = 0; i < pass->sightings; i++) {
		const struct pass_sighting *const row = &pass->sighting[i];
		struct source_state *const state = &pass->state[row->source];

		if (!(state->is_held && row->flips) && row->unconfirmed == CAUSE_NONE)
			continue;
		state->usable[row->target / 8] &= (uint8_t) ~(1 << row->target % 8);
		if (row->source == SOURCE_AUTH)
			domains_drop(pass, row->target);
	}
}

void believe_all(struct pass *pass)
{
	weigh_health(pass);
	doubt_unproven(pass);
	doubt_denials(pass);
	weigh_changes(pass);
	trip_breakers(pass);
	domains_weigh_blindness(pass);
	forget_held(pass);
	tell_lists(pass);
	for (size_t i = 0; i < pass->sightings; i++)
		apply(pass, &pass->sighting[i]);
	domains_tell(pass);
}
