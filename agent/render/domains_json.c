#include "render/domains.h"

#include "base/mem.h"
#include "render/auth_json.h"
#include "render/escape.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void put(json_t *object, const char *key, json_t *value)
{
	if (json_object_set_new(object, key, value) != 0)
		bug("cannot set '%s' in a document", key);
}

static void put_text(json_t *object, const char *key, const char *text)
{
	struct str valid = {0};

	if (!text[0])
		return;
	escape_utf8(&valid, text, strlen(text));
	put(object, key, json_stringn(str_text(&valid), valid.len));
	str_release(&valid);
}

static void put_count(json_t *object, const char *key, uint64_t count)
{
	put(object, key, json_integer((json_int_t)count));
}

/* Two decimals are all that is meant. */
static void put_number(json_t *object, const char *key, double value)
{
	put(object, key, json_real(round(value * 100) / 100));
}

static void put_time(json_t *object, const char *key, const struct zone *zone, int64_t at)
{
	char text[CIVIL_TEXT_BYTES];

	put(object, key, json_string(civil_rfc3339(zone, at, text)));
}

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
		put_text(row, "check", standing->check);
		put_text(row, "finding", finding_name(standing->belief));
		put_text(row, "severity", severity_name(standing->severity));
		put_text(row, "subject", standing->subject);
		put_text(row, "text", standing->text);
		put_text(row, "fix", standing->fix);
		put_time(row, "since", zone, standing->since);
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
		put_text(row, "check", standing->check);
		put_text(row, "subject", standing->subject);
		put_text(row, "cause", cause_name(standing->blind_cause));
		json_array_append_new(array, row);
	}
	return array;
}

static json_t *volume_of(const struct domain_view *view)
{
	json_t *object = json_object();
	json_t *to = json_object();

	put_count(object, "yesterday", view->yesterday);
	put_count(object, "today", view->today);
	put_number(object, "mean", view->mean);
	put_count(object, "month", view->month);
	put_count(object, "tried", view->tried);
	for (enum bulk_receiver i = 0; i < BULK_RECEIVER_COUNT; i++)
		put_count(to, bulk_receiver_name(i), view->to[i]);
	put(object, "to", to);
	return object;
}

static json_t *addresses_of(const struct domain_view *view)
{
	json_t *array = json_array();

	for (size_t i = 0; i < view->addresses; i++) {
		json_t *row = json_object();

		put_text(row, "address", view->address[i].address);
		put_text(row, "name", view->address[i].name);
		put_count(row, "messages", view->address[i].tried);
		json_array_append_new(array, row);
	}
	return array;
}

static json_t *accounts_of(const struct domain_view *view)
{
	json_t *array = json_array();

	for (size_t i = 0; i < view->accounts; i++) {
		struct str valid = {0};

		escape_utf8(&valid, view->account[i], strlen(view->account[i]));
		json_array_append_new(array, json_stringn(str_text(&valid), valid.len));
		str_release(&valid);
	}
	return array;
}

static json_t *receivers_of(const struct bulk_verdict *bulk)
{
	json_t *object = json_object();

	for (enum bulk_receiver i = 0; i < BULK_RECEIVER_COUNT; i++) {
		const struct bulk_volume *const volume = &bulk->volume[i];
		json_t *row = json_object();

		put_text(row, "level", bulk_level_name(volume->level));
		put_count(row, "yesterday", volume->yesterday);
		put_count(row, "largest", volume->largest);
		put_number(row, "mean", volume->mean);
		put(row, "permanent", json_boolean(volume->is_permanent));
		put(object, bulk_receiver_name(i), row);
	}
	return object;
}

static json_t *bulk_of(const struct bulk_verdict *bulk)
{
	json_t *object = json_object();
	json_t *needs = json_object();

	put_text(object, "readiness", bulk_readiness_name(bulk->readiness));
	put_text(object, "severity", severity_name(bulk->severity));
	put_text(object, "text", bulk->text);
	put(object, "receivers", receivers_of(bulk));
	for (enum bulk_need i = 0; i < BULK_NEED_COUNT; i++) {
		json_t *row = json_object();

		put_text(row, "result", bulk_met_name(bulk->need[i].met));
		put_text(row, "text", bulk->need[i].text);
		put_text(row, "fix", bulk->need[i].fix);
		put(needs, bulk_need_name(i), row);
	}
	put(object, "needs", needs);
	return object;
}

static json_t *domain_of(const struct zone *zone, const struct domain_view *view)
{
	json_t *object = json_object();

	put_text(object, "domain", view->base.address);
	put_text(object, "pool", view->base.pool);
	put_text(object, "registrable", view->registrable);
	put(object, "configured", json_boolean(view->is_configured));
	put(object, "ready", json_boolean(!view->is_unready && !view->is_blind));
	put(object, "unready", json_boolean(view->is_unready));
	put_text(object, "grade", grade_name(view->base.grade.letter));
	put(object, "reasons", reasons_of(zone, view));
	put(object, "blind", blind_of(view));
	if (view->looked_at)
		put_time(object, "looked_at", zone, view->looked_at);
	put(object, "volume", volume_of(view));
	put(object, "addresses", addresses_of(view));
	put(object, "accounts", accounts_of(view));
	if (view->base.auth)
		auth_json_put(object, view->base.auth);
	if (view->bulk)
		put(object, "bulk", bulk_of(view->bulk));
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

	put_time(document, "at", zone, at);
	put(document, "domains", json_domains_array(zone, view, views));
	return document;
}

json_t *json_domains_numbers(const struct domain_numbers *numbers)
{
	json_t *object = json_object();

	put_count(object, "looked_at", numbers->looked_at);
	put_count(object, "unready", numbers->unready);
	put_count(object, "blind", numbers->blind);
	return object;
}

const char *json_domain_shown(const struct domain_view *view, struct arena *arena)
{
	json_t *object = json_object();
	const char *kept;
	char *text;

	put(object, "volume", volume_of(view));
	put(object, "addresses", addresses_of(view));
	put(object, "accounts", accounts_of(view));
	if (view->bulk)
		put(object, "bulk", bulk_of(view->bulk));
	text = json_dumps(object, JSON_COMPACT);
	if (!text)
		bug("cannot write a domain as JSON");
	kept = arena_strdup(arena, text);
	free(text);
	json_decref(object);
	return kept;
}
