#include "run/warmup_view.h"

#include "store/volumes.h"

#include <string.h>

struct warmup_terms warmup_view_terms(const struct stored_warmup *warmup)
{
	const struct warmup_plan *const plan = &warmup->plan;
	const uint32_t days = warmup_days(plan);

	return (struct warmup_terms){
	    .address = warmup->address,
	    .start = plan->start,
	    .target = plan->target,
	    .growth = plan->growth,
	    .first = plan->first,
	    .curve = plan->curve,
	    .days = days == UINT32_MAX ? 0 : days + 1,
	};
}

struct warmup_schedule warmup_view_plan(const struct stored_warmup *warmup, struct arena *arena)
{
	const struct warmup_terms terms = warmup_view_terms(warmup);
	uint64_t *const allowed = arena_calloc(arena, terms.days, sizeof(*allowed));

	for (uint32_t i = 0; i < terms.days; i++)
		allowed[i] = warmup_allowed(&warmup->plan, terms.start + i);
	return (struct warmup_schedule){.terms = terms, .allowed = allowed};
}

/* All that is kept, to tell an address that rested from one that no log names. */
static bool read_sent(struct store *store, const char *address, int64_t today, struct arena *arena,
		      struct warmup_sent *sent, struct err *err)
{
	const struct volume_query query = {&address, 1, today - VOLUME_DAYS_KEPT, today};
	struct volume_day *day;
	size_t days;

	if (!volumes_days(store, &query, arena, &day, &days, err))
		return false;
	*sent = (struct warmup_sent){.is_counted = days > 0};
	for (size_t i = 0; i < days; i++) {
		if (day[i].day == today)
			sent->today = day[i].sent;
		if (day[i].day == today - 1)
			sent->yesterday = day[i].sent;
	}
	return true;
}

static struct warmup_view view_of(const struct stored_warmup *warmup, int64_t today,
				  const struct warmup_sent *sent)
{
	const struct warmup_plan *const plan = &warmup->plan;
	struct warmup_view view = {
	    .terms = warmup_view_terms(warmup),
	    .day = today - plan->start + 1,
	    .allowed = warmup_allowed(plan, today),
	    .is_counted = sent->is_counted,
	    .sent = sent->today,
	    .has_yesterday = today > plan->start,
	    .verdict = warmup_judge(plan, today, sent),
	};

	if (view.has_yesterday) {
		view.yesterday_allowed = warmup_allowed(plan, today - 1);
		view.yesterday_sent = sent->yesterday;
	}
	return view;
}

static const struct stored_warmup *find(const struct stored_warmup *warmup, size_t warmups,
					const char *address)
{
	for (size_t i = 0; i < warmups; i++)
		if (strcmp(warmup[i].address, address) == 0)
			return &warmup[i];
	return NULL;
}

bool warmup_view_find(struct store *store, const char *address, struct arena *arena,
		      const struct stored_warmup **out, struct err *err)
{
	struct stored_warmup *warmup;
	size_t warmups;

	if (!warmups_load(store, arena, &warmup, &warmups, err))
		return false;
	*out = find(warmup, warmups, address);
	return true;
}

bool warmup_view_status(struct store *store, const struct warmup_choice *choice,
			struct arena *arena, struct warmup_view **view, size_t *views,
			struct err *err)
{
	struct stored_warmup *warmup;
	size_t warmups;

	if (!warmups_load(store, arena, &warmup, &warmups, err))
		return false;
	*views = choice->addresses ? choice->addresses : warmups;
	*view = arena_calloc(arena, *views, sizeof(**view));
	for (size_t i = 0; i < *views; i++) {
		const struct stored_warmup *const each =
		    choice->addresses ? find(warmup, warmups, choice->address[i]) : &warmup[i];
		struct warmup_sent sent;

		if (!each)
			return err_set(err, "there is no plan for '%s'", choice->address[i]);
		if (!read_sent(store, each->address, choice->today, arena, &sent, err))
			return false;
		(*view)[i] = view_of(each, choice->today, &sent);
	}
	return true;
}
