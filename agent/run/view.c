#include "run/view.h"

#include "judge/grade.h"
#include "lists/dnsbl.h"
#include "lists/health.h"
#include "run/targets.h"

#include <string.h>

/* How much a confirmed listing counts in the series. */
static const double weight[SEVERITY_COUNT] = {
    [SEVERITY_INFO] = 0,
    [SEVERITY_MINOR] = 1,
    [SEVERITY_MAJOR] = 3,
    [SEVERITY_CRITICAL] = 10,
};

static uint32_t good_at(const struct stored_address *stored, int64_t slot)
{
	return slot >= 0 && (size_t)slot < stored->pairs ? stored->pair[slot].good_at : 0;
}

static void count(const struct view_context *context, uint32_t good, int64_t every_s,
		  struct coverage *coverage)
{
	const int64_t age_s = context->now - good;
	const int64_t patience_s =
	    context->stale_after_s > 2 * every_s ? context->stale_after_s : 2 * every_s;

	coverage->asked++;
	if (!good || age_s > patience_s)
		return;
	coverage->answered++;
	if (age_s > coverage->oldest_s)
		coverage->oldest_s = age_s < 0 ? 0 : age_s;
}

static struct standing *find(struct standing *standing, size_t standings, const char *zone)
{
	for (size_t i = 0; i < standings; i++)
		if (strcmp(standing[i].subject, zone) == 0)
			return &standing[i];
	return NULL;
}

/* The blindness that comes from the list, laid over what is believed of the pair. */
static void blind_by_list(const struct view_list *list, uint32_t good, struct standing *standing)
{
	if (!standing->check) {
		*standing = (struct standing){
		    .check = "dnsbl",
		    .subject = list->list->zone,
		    .belief = good ? FINDING_CLEAR : FINDING_BLIND,
		    .means = "",
		    .text = "",
		    .fix = "",
		    .since = list->stored.health_since,
		    .last_good = good,
		};
	}
	if (standing->blind_cause != CAUSE_NONE)
		return;
	standing->blind_cause =
	    list->stored.health == HEALTH_SICK ? CAUSE_LIST_SICK : list->stored.cause;
	standing->blind_since = list->stored.health_since;
}

static bool is_out(const struct view_list *list)
{
	return list->stored.has_health && !health_is_believed(list->stored.health);
}

static size_t lists_out(const struct view_context *context)
{
	size_t count = 0;

	for (size_t i = 0; i < context->lists; i++)
		count += is_out(&context->list[i]);
	return count;
}

/* Standings about lists that are no longer asked say nothing about today. */
static bool is_current(const struct view_context *context, const struct standing *standing)
{
	if (strcmp(standing->check, "dnsbl") != 0)
		return context->wants_identity;
	for (size_t i = 0; i < context->lists; i++)
		if (strcmp(context->list[i].list->zone, standing->subject) == 0)
			return true;
	return false;
}

void view_make(const struct view_context *context, const struct stored_address *stored,
	       const struct view_domain *domain, struct arena *arena, struct address_view *out)
{
	struct standing *standing =
	    arena_calloc(arena, stored->standings + lists_out(context), sizeof(*standing));
	struct target target = target_of_text(stored->address);
	struct coverage coverage = {0};
	size_t standings = 0;

	for (size_t i = 0; i < stored->standings; i++)
		if (is_current(context, &stored->standing[i]))
			standing[standings++] = stored->standing[i];
	if (domain)
		target.listed_as = domain->listed_as;
	if (context->wants_identity && (!domain || domain->wants_auth))
		count(context, good_at(stored, IDENTITY_SLOT), domain ? context->auth_every_s : 0,
		      &coverage);
	for (size_t i = 0; i < context->lists; i++) {
		const struct view_list *const list = &context->list[i];
		const uint32_t good = good_at(stored, list->stored.slot);
		struct standing *known;

		if (!dnsbl_covers(list->list, &target))
			continue;
		count(context, good, list->every_s, &coverage);
		if (!is_out(list))
			continue;
		known = find(standing, standings, list->list->zone);
		blind_by_list(list, good, known ? known : &standing[standings++]);
	}
	*out = (struct address_view){
	    .address = stored->address,
	    .name = stored->name,
	    .pool = stored->pool,
	    .grade = grade_of(standing, standings, &coverage, arena),
	    .standing = standing,
	    .standings = standings,
	    .asked = coverage.asked,
	    .answered = coverage.answered,
	    .oldest_s = coverage.answered ? coverage.oldest_s : -1,
	    .identity = stored->identity,
	    .traffic = traffic_find(context->traffic, context->traffics, stored->id),
	    .auth = domain ? domain->auth : NULL,
	};
}

struct sample view_sample(const struct address_view *view, int64_t at)
{
	struct sample sample = {.at = at, .latency_s = -1};

	for (size_t i = 0; i < view->standings; i++) {
		const struct standing *const standing = &view->standing[i];

		sample.blind += standing->blind_cause != CAUSE_NONE;
		if (standing->belief == FINDING_LISTED && strcmp(standing->check, "dnsbl") == 0)
			sample.listings += weight[standing->severity];
	}
	sample.coverage = view->asked ? (double)view->answered / (double)view->asked : 0;
	return sample;
}
