#include "render/domains.h"

#include "base/mem.h"
#include "render/auth_json.h"
#include "render/json_parts.h"

#include <stdlib.h>

/* What is believed to be wrong. */
static json_t *reasons_of(const struct zone *zone, const struct domain_view *view)
{
	json_t *array = json_array();

	for (size_t i = 0; i < view->base.standings; i++) {
		const struct standing *const standing = &view->base.standing[i];
		json_t *row;

		if (standing->belief == FINDING_CLEAR || standing->belief == FINDING_BLIND)
			continue;
		row = json_object();
		json_put_text(row, "check", standing->check);
		json_put_text(row, "finding", finding_name(standing->belief));
		json_put_text(row, "severity", severity_name(standing->severity));
		json_put_text(row, "subject", standing->subject);
		json_put_text(row, "text", standing->text);
		json_put_text(row, "fix", standing->fix);
		json_put_time(row, "since", zone, standing->since);
		json_array_append_new(array, row);
	}
	return array;
}

static json_t *blind_of(const struct domain_view *view)
{
	json_t *array = json_array();

	for (size_t i = 0; i < view->base.standings; i++) {
		const struct standing *const standing = &view->base.standing[i];
		json_t *row;

		if (standing->blind_cause == CAUSE_NONE)
			continue;
		row = json_object();
		json_put_text(row, "check", standing->check);
		json_put_text(row, "subject", standing->subject);
		json_put_text(row, "cause", cause_name(standing->blind_cause));
		json_array_append_new(array, row);
	}
	return array;
}

static json_t *volume_of(const struct domain_view *view)
{
	json_t *object = json_object();
	json_t *to = json_object();

	json_put_count(object, "yesterday", view->yesterday);
	json_put_count(object, "today", view->today);
	json_put_ratio(object, "mean", view->mean);
	json_put_count(object, "month", view->month);
	json_put_count(object, "tried", view->tried);
	for (enum bulk_receiver i = 0; i < BULK_RECEIVER_COUNT; i++)
		json_put_count(to, bulk_receiver_name(i), view->to[i]);
	json_put(object, "to", to);
	return object;
}

static json_t *addresses_of(const struct domain_view *view)
{
	json_t *array = json_array();

	for (size_t i = 0; i < view->addresses; i++) {
		json_t *row = json_object();

		json_put_text(row, "address", view->address[i].address);
		json_put_text(row, "name", view->address[i].name);
		json_put_count(row, "messages", view->address[i].tried);
		json_array_append_new(array, row);
	}
	return array;
}

static json_t *accounts_of(const struct domain_view *view)
{
	json_t *array = json_array();

	for (size_t i = 0; i < view->accounts; i++)
		json_array_append_new(array, json_text(view->account[i]));
	return array;
}

static json_t *receivers_of(const struct bulk_verdict *bulk)
{
	json_t *object = json_object();

	for (enum bulk_receiver i = 0; i < BULK_RECEIVER_COUNT; i++) {
		const struct bulk_volume *const volume = &bulk->volume[i];
		json_t *row = json_object();

		json_put_text(row, "level", bulk_level_name(volume->level));
		json_put_count(row, "yesterday", volume->yesterday);
		json_put_count(row, "largest", volume->largest);
		json_put_ratio(row, "mean", volume->mean);
		json_put(row, "permanent", json_boolean(volume->is_permanent));
		json_put(object, bulk_receiver_name(i), row);
	}
	return object;
}

static json_t *bulk_of(const struct bulk_verdict *bulk)
{
	json_t *object = json_object();
	json_t *needs = json_object();

	json_put_text(object, "readiness", bulk_readiness_name(bulk->readiness));
	json_put_text(object, "severity", severity_name(bulk->severity));
	json_put_text(object, "text", bulk->text);
	json_put(object, "receivers", receivers_of(bulk));
	for (enum bulk_need i = 0; i < BULK_NEED_COUNT; i++) {
		json_t *row = json_object();

		json_put_text(row, "result", bulk_met_name(bulk->need[i].met));
		json_put_text(row, "text", bulk->need[i].text);
		json_put_text(row, "fix", bulk->need[i].fix);
		json_put(needs, bulk_need_name(i), row);
	}
	json_put(object, "needs", needs);
	return object;
}

static json_t *domain_of(const struct zone *zone, const struct domain_view *view)
{
	json_t *object = json_object();

	json_put_text(object, "domain", view->base.address);
	json_put_text(object, "pool", view->base.pool);
	json_put_text(object, "registrable", view->registrable);
	json_put(object, "configured", json_boolean(view->is_configured));
	json_put(object, "ready", json_boolean(!view->is_unready && !view->is_blind));
	json_put(object, "unready", json_boolean(view->is_unready));
	json_put_text(object, "grade", grade_name(view->base.grade.letter));
	json_put(object, "reasons", reasons_of(zone, view));
	json_put(object, "blind", blind_of(view));
	if (view->looked_at)
		json_put_time(object, "looked_at", zone, view->looked_at);
	json_put(object, "volume", volume_of(view));
	json_put(object, "addresses", addresses_of(view));
	json_put(object, "accounts", accounts_of(view));
	if (view->base.auth)
		auth_json_put(object, view->base.auth);
	if (view->bulk)
		json_put(object, "bulk", bulk_of(view->bulk));
	return object;
}

json_t *json_domains_array(const struct zone *zone, const struct domain_view *view, size_t views)
{
	json_t *array = json_array();

	for (size_t i = 0; i < views; i++)
		json_array_append_new(array, domain_of(zone, &view[i]));
	return array;
}

json_t *json_domains(const struct zone *zone, int64_t at, const struct domain_view *view,
		     size_t views)
{
	json_t *document = json_object();

	json_put_time(document, "at", zone, at);
	json_put(document, "domains", json_domains_array(zone, view, views));
	return document;
}

json_t *json_domains_numbers(const struct domain_numbers *numbers)
{
	json_t *object = json_object();

	json_put_count(object, "looked_at", numbers->looked_at);
	json_put_count(object, "unready", numbers->unready);
	json_put_count(object, "blind", numbers->blind);
	return object;
}

const char *json_domain_shown(const struct domain_view *view, struct arena *arena)
{
	json_t *object = json_object();
	const char *kept;
	char *text;

	json_put(object, "volume", volume_of(view));
	json_put(object, "addresses", addresses_of(view));
	json_put(object, "accounts", accounts_of(view));
	if (view->bulk)
		json_put(object, "bulk", bulk_of(view->bulk));
	text = json_dumps(object, JSON_COMPACT);
	if (!text)
		bug("cannot write a domain as JSON");
	kept = arena_strdup(arena, text);
	free(text);
	json_decref(object);
	return kept;
}
