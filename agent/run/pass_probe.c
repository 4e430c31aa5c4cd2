#include "run/pass_parts.h"

#include "sys/clock.h"

#include <malloc.h>
#include <stdlib.h>
#include <string.h>

/* The asking of a pass, apart from the rest of it: whoever looks without recording needs no more,
 * and a plug-in that is started every few seconds loads no libraries for logs and series. */

static void count_pairs(struct pass *pass)
{
	struct pass_summary *const summary = pass->summary;

	for (size_t i = 0; i < pass->sources; i++)
		for (size_t j = 0; j < pass->targets.count; j++) {
			const struct source_state *const state = &pass->state[i];

			if (!pass_bit(state->asked, j))
				continue;
			if (state->is_believed && pass_bit(state->usable, j))
				summary->answered++;
			else
				summary->blind++;
		}
	for (size_t i = 0; i < pass->targets.count; i++)
		for (size_t j = 0; j < pass->stored[i].standings; j++) {
			const struct standing *const standing = &pass->stored[i].standing[j];

			summary->listed += standing->belief == FINDING_LISTED &&
					   strcmp(standing->check, CHECK_DNSBL) == 0;
		}
}

static void summarise(struct pass *pass, const struct prober *prober, int64_t began_us)
{
	const struct resolver_counts counts = prober_counts(prober);
	struct pass_summary *const summary = pass->summary;
	const char *const notice = prober_notice(prober);

	*summary = (struct pass_summary){
	    .at = pass->at,
	    .seconds = (double)(clock_monotonic_us() - began_us) / 1e6,
	    .addresses = pass->targets.addresses,
	    .domains = pass->targets.count - pass->targets.addresses,
	    .queries = prober_ended(prober),
	    .packets = counts.packets,
	    .dropped = counts.dropped,
	    .is_complete = !prober_is_over(prober),
	};
	pass->latency_s = counts.smoothed_us ? (double)counts.smoothed_us / 1e6 : -1;
	for (size_t i = 0; i < pass->sources; i++)
		pass->state[i].stored.asked_today += prober_asked(prober, i);
	count_pairs(pass);
	if (notice)
		pass_notice(pass, arena_strdup(pass->arena, notice));
	if (!summary->is_complete)
		pass_notice(pass, "the deadline ended the pass before everything was answered");
}

bool pass_probe(struct pass *pass, struct err *err)
{
	const struct probe_plan plan = {
	    .target = pass->targets.target,
	    .targets = pass->targets.count,
	    .source = pass->source,
	    .sources = pass->sources,
	    .again_after_us = pass->conf->lists.confirm_wait_ms * 1000,
	    .wants_text = true,
	    .calls = {plan_is_due, sight_first, sight_again, sight_second, pass},
	};
	const int64_t began_us = clock_monotonic_us();
	struct prober *prober = prober_new(pass->conf, &plan, err);

	if (!prober)
		return false;
	prober_run(prober, pass->options->progress, pass->options->context);
	believe_all(pass);
	summarise(pass, prober, began_us);
	prober_free(prober);
	/* What thousands of open questions took goes back before the store and librrd want theirs. */
	if (pass->summary->queries)
		malloc_trim(0);
	return true;
}

void pass_release(struct pass *pass)
{
	store_close(pass->store);
	free(pass->sighting);
	free(pass->event);
	free(pass->domain_event);
	free(pass->notice);
}

/* When each pair was asked and last answered usably. Slots of lists that are not configured
 * now keep what they have. */
void pass_update_pairs(struct pass *pass, size_t target, size_t slots)
{
	struct stored_address *const stored = &pass->stored[target];

	if (stored->pairs < slots) {
		struct stored_pair *grown = arena_calloc(pass->arena, slots, sizeof(*grown));

		if (stored->pairs)
			memcpy(grown, stored->pair, stored->pairs * sizeof(*grown));
		stored->pair = grown;
		stored->pairs = slots;
	}
	for (size_t i = 0; i < pass->sources; i++) {
		const struct source_state *const state = &pass->state[i];
		struct stored_pair *pair;

		if (!pass_bit(state->asked, target))
			continue;
		pair = &stored->pair[state->stored.slot];
		pair->asked_at = (uint32_t)pass->at;
		if (state->is_believed && pass_bit(state->usable, target))
			pair->good_at = (uint32_t)pass->at;
	}
}

struct view_context pass_view_context(struct pass *pass)
{
	struct view_list *list = arena_calloc(pass->arena, pass->sources, sizeof(*list));
	size_t lists = 0;

	for (size_t i = SOURCE_LISTS; i < pass->sources; i++)
		list[lists++] = (struct view_list){
		    .list = pass->source[i].list,
		    .stored = pass->state[i].stored,
		    .every_s = pass->state[i].budget.every_ms / 1000,
		};
	return (struct view_context){
	    .list = list,
	    .lists = lists,
	    .now = pass->at,
	    .stale_after_s = pass->conf->stale_after_ms / 1000,
	    .auth_every_s = pass->conf->auth.every_ms / 1000,
	    .wants_identity = true,
	};
}

struct view_domain pass_view_domain(const struct pass *pass, size_t target)
{
	const struct target *const what = &pass->targets.target[target];

	return (struct view_domain){.listed_as = what->listed_as, .wants_auth = what->auth != NULL};
}
