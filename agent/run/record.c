#include "run/domain_parts.h"

#include "judge/standing.h"
#include "run/alerts.h"
#include "store/removals.h"

/* Gives every list its slot, and keeps what the pass learned about those it asked. */
static bool save_lists(struct pass *pass, struct err *err)
{
	for (size_t i = SOURCE_LISTS; i < pass->sources; i++) {
		struct stored_list *const stored = &pass->state[i].stored;

		if (stored->slot < 0)
			stored->slot = store_list_slot(pass->store, stored->zone, err);
		if (stored->slot < 0)
			return false;
		if (pass->source[i].is_asked && !store_save_list(pass->store, stored, err))
			return false;
	}
	return true;
}

static size_t slots_needed(const struct pass *pass)
{
	int64_t highest = IDENTITY_SLOT;

	for (size_t i = 0; i < pass->sources; i++)
		if (pass->state[i].stored.slot > highest)
			highest = pass->state[i].stored.slot;
	return (size_t)highest + 1;
}

static bool save_standings(struct pass *pass, const struct stored_address *stored, struct err *err)
{
	for (size_t i = 0; i < stored->standings; i++) {
		const struct standing *const standing = &stored->standing[i];

		if (!store_save_standing(pass->store, stored->id, standing,
					 standing_is_plain(standing), err))
			return false;
	}
	return true;
}

/* Plain ones are as good as none; whoever looks after this sees only what matters. */
static void drop_plain(struct stored_address *stored)
{
	size_t kept = 0;

	for (size_t i = 0; i < stored->standings; i++)
		if (!standing_is_plain(&stored->standing[i]))
			stored->standing[kept++] = stored->standing[i];
	stored->standings = kept;
}

static void grade(struct pass *pass, const struct view_context *context, size_t target,
		  struct arena *arena)
{
	struct stored_address *const stored = &pass->stored[target];
	const struct view_domain domain = pass_view_domain(pass, target);
	struct address_view view;

	view_make(context, stored, stored->is_domain ? &domain : NULL, arena, &view);
	if (stored->grade != view.grade.letter || !stored->grade_since)
		stored->grade_since = pass->at;
	stored->grade = view.grade.letter;
	stored->asked = view.asked;
	stored->answered = view.answered;
	stored->seen_at = pass->at;
	if (stored->is_domain)
		return;
	pass->sample[target] = view_sample(&view, pass->at);
	pass->sample[target].latency_s = pass->latency_s;
}

/* What an address has beside its beliefs: volumes, a place in the series. */
static bool keep_address(struct pass *pass, size_t target, struct err *err)
{
	return traffic_keep(pass, target, err) &&
	       store_add_sample(pass->store, pass->stored[target].id, &pass->sample[target], err);
}

static bool save_targets(struct pass *pass, struct err *err)
{
	const struct view_context context = pass_view_context(pass);
	const size_t slots = slots_needed(pass);
	struct arena *arena = arena_new();
	bool ok = true;

	pass->is_new = arena_calloc(pass->arena, pass->targets.count / 8 + 1, 1);
	pass->sample = arena_calloc(pass->arena, pass->targets.addresses, sizeof(*pass->sample));
	for (size_t i = 0; ok && i < pass->targets.count; i++) {
		struct stored_address *const stored = &pass->stored[i];

		if (!stored->is_domain && !traffic_judge(pass, i, arena, err)) {
			ok = false;
			break;
		}
		if (!stored->id)
			pass_set_bit(pass->is_new, i);
		pass_update_pairs(pass, i, slots);
		grade(pass, &context, i, arena);
		ok = store_save_address(pass->store, stored, err) &&
		     save_standings(pass, stored, err) &&
		     (stored->is_domain ? domains_keep(pass, i, err) : keep_address(pass, i, err));
		drop_plain(stored);
		arena_reset(arena);
	}
	arena_free(arena);
	return ok && store_forget_unseen(pass->store, pass->at, err) &&
	       domains_trim(pass->store, pass->at, err);
}

static bool save_events(struct pass *pass, struct err *err)
{
	for (size_t i = 0; i < pass->events; i++)
		if (!store_add_event(pass->store, &pass->event[i], err))
			return false;
	return true;
}

bool record_pass(struct pass *pass, struct err *err)
{
	const struct pass_summary *const summary = pass->summary;
	const struct stored_pass row = {
	    .at = pass->at,
	    .seconds = summary->seconds,
	    .latency_s = pass->latency_s,
	    .queries = summary->queries,
	    .answered = summary->answered,
	    .listed = summary->listed,
	    .blind = summary->blind,
	    .is_complete = summary->is_complete,
	};

	return store_begin(pass->store, err) && traffic_read(pass, err) && save_lists(pass, err) &&
	       save_targets(pass, err) && traffic_judge_groups(pass, err) &&
	       save_events(pass, err) && alerts_raise(pass, err) &&
	       removals_follow(pass->store, pass->at, err) &&
	       store_add_pass(pass->store, &row, err) && domains_show(pass, err) &&
	       store_commit(pass->store, err);
}
