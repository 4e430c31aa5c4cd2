/* What people hear about lists as a whole: once when a list is out, once when it is well again. */
#include "run/domain_parts.h"

#include "base/tr_mark.h"

#include <string.h>

static bool is_well(enum list_health health)
{
	return health == HEALTH_OK || health == HEALTH_UNPROVEN;
}

/* Whether the operator has been told that the list is out. Sickness and refusal are told at once,
 * silence when it is seen for the second time: a server may restart. */
bool tell_is_out(const struct stored_list *stored)
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

static const char *held_text(struct pass *pass, const struct probe_source *source,
			     const struct list_change *change)
{
	const char *const why = source->is_auth ? domains_commonest(pass) : "";

	if (why[0])
		return arena_printf(pass->arena,
				    SAID("%zu would become listed or broken and %zu clear at "
					 "once, of %zu asked; held back until the next pass says "
					 "the same: %s"),
				    change->raised, change->cleared, change->asked, why);
	return arena_printf(pass->arena,
			    SAID("%zu would become listed or broken and %zu clear at once, of %zu "
				 "asked; held back until the next pass says the same"),
			    change->raised, change->cleared, change->asked);
}

static void tell(struct pass *pass, const struct probe_source *source,
		 const struct source_state *state, bool is_out)
{
	const struct stored_list *const stored = &state->stored;
	struct event *const event = pass_event(pass);

	event->check = source->list ? CHECK_DNSBL : source->is_auth ? CHECK_AUTH : "ptr";
	event->subject = source->list ? source->list->zone : "";
	event->change = is_out ? CHANGE_LIST_SICK : CHANGE_LIST_WELL;
	event->severity = is_out ? SEVERITY_MINOR : SEVERITY_INFO;
	event->from = stored->has_health ? list_health_name(stored->health) : "";
	event->to =
	    state->is_held ? cause_name(CAUSE_MASS_CHANGE) : list_health_name(state->health.health);
	if (state->is_held)
		event->text = held_text(pass, source, &state->change);
	else if (is_out)
		event->text = state->health.text ? state->health.text : "";
	else
		event->text = SAID("its answers are believed again");
}

/* One sentence instead of one for each list, when it cannot be the lists' fault. */
static void tell_resolver(struct pass *pass, size_t out, size_t asked, bool is_out)
{
	struct event *const event = pass_event(pass);

	event->check = "resolver";
	event->change = is_out ? CHANGE_WENT_BLIND : CHANGE_CLEARED;
	event->severity = is_out ? SEVERITY_MAJOR : SEVERITY_INFO;
	event->text =
	    arena_printf(pass->arena,
			 is_out ? SAID("%zu of %zu lists cannot be asked or believed at once: "
				       "the resolver is the likelier cause")
				: SAID("%zu of %zu lists answer again"),
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

/* Whether changes of a source without a list were held back in the pass before: its standings
 * tell. */
static bool was_held(const struct pass *pass, const struct probe_source *source)
{
	const size_t first = source->is_auth ? pass->targets.addresses : 0;
	const size_t end = source->is_auth ? pass->targets.count : pass->targets.addresses;

	for (size_t i = first; i < end; i++)
		for (size_t j = 0; j < pass->stored[i].standings; j++)
			if (pass->stored[i].standing[j].held &&
			    strcmp(pass->stored[i].standing[j].check, CHECK_DNSBL) != 0)
				return true;
	return false;
}

/* +1 to be told out, -1 to be told well again, 0 nothing new. */
static int list_news(const struct pass *pass, size_t source)
{
	const struct source_state *const state = &pass->state[source];
	const bool is = is_to_be_told(&state->stored, state);
	bool was;

	if (!pass->source[source].list)
		return is && !was_held(pass, &pass->source[source]);
	was = tell_is_out(&state->stored);
	return is && !was ? 1 : was && !is && is_well(state->health.health) ? -1 : 0;
}

void tell_lists(struct pass *pass)
{
	const double fraction = pass->conf->lists.breaker;
	size_t asked = 0;
	size_t out = 0;
	size_t well = 0;
	bool all_out;
	bool all_well;

	for (size_t i = 0; i < pass->sources; i++) {
		const int news = pass->source[i].is_asked ? list_news(pass, i) : 0;

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
		const int news = pass->source[i].is_asked ? list_news(pass, i) : 0;

		if ((news > 0 && !all_out) || (news < 0 && !all_well))
			tell(pass, &pass->source[i], state, news > 0);
		if (pass->source[i].is_asked && pass->source[i].list)
			update_list(pass, state);
	}
}
