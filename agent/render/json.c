#include "render/json.h"

#include "base/mem.h"
#include "render/auth_json.h"
#include "render/json_parts.h"
#include "render/links.h"
#include "render/traffic.h"
#include "render/utf8.h"

#include <stdlib.h>
#include <string.h>

/* jansson keeps the order in which keys are set, so the code below reads like the interface. */

static void put_bool(json_t *object, const char *key, bool value)
{
	json_put(object, key, json_boolean(value));
}

static json_t *reasons_of(const struct grade *grade)
{
	json_t *array = json_array();

	for (size_t i = 0; i < grade->reasons; i++) {
		const struct reason *reason = &grade->reason[i];
		json_t *object = json_object();

		json_put_text(object, "check", reason->check);
		json_put_text(object, "finding", finding_name(reason->finding));
		json_put_text(object, "severity", severity_name(reason->severity));
		json_put_text(object, "subject", reason->subject);
		json_put_text(object, "text", reason->text);
		json_put_text(object, "fix", reason->fix);
		json_array_append_new(array, object);
	}
	return array;
}

static json_t *codes_of(const struct standing *standing)
{
	json_t *array = json_array();

	for (size_t i = 0; i < standing->codes; i++) {
		const uint32_t code = standing->code[i];

		json_array_append_new(array,
				      json_sprintf("%u.%u.%u.%u", code >> 24, code >> 16 & 255,
						   code >> 8 & 255, code & 255));
	}
	return array;
}

static json_t *means_of(const struct standing *standing, const struct list *list)
{
	json_t *array = json_array();
	const char *rest = standing->means ? standing->means : "";
	struct str meaning = {0};

	while (links_next_meaning(list, &rest, &meaning))
		json_array_append_new(array, json_text(str_text(&meaning)));
	str_release(&meaning);
	return array;
}

/* What all the arrays about one address are made with. `zone` NULL: `check`, which knows no
 * beginnings. */
struct context {
	const struct address_view *view;
	const struct catalogue *catalogue;
	const struct zone *zone;
};

static json_t *listings_of(const struct context *context)
{
	const struct address_view *view = context->view;
	json_t *array = json_array();

	for (size_t i = 0; i < view->standings; i++) {
		const struct standing *standing = &view->standing[i];
		const struct list *list = links_list(context->catalogue, standing->subject);
		struct str url = {0};
		json_t *object;

		if (standing->belief != FINDING_LISTED || strcmp(standing->check, "dnsbl") != 0)
			continue;
		object = json_object();
		json_put_text(object, "zone", standing->subject);
		json_put(object, "codes", codes_of(standing));
		json_put(object, "means", means_of(standing, list));
		json_put_text(object, "reason", standing->text);
		json_put_text(object, "severity", severity_name(standing->severity));
		links_lookup(&url, list, view->address);
		json_put_text(object, "lookup_url", str_text(&url));
		json_put_text(object, "removal", list ? list->removal : "");
		if (context->zone && standing->since)
			json_put_time(object, "since", context->zone, standing->since);
		json_array_append_new(array, object);
		str_release(&url);
	}
	return array;
}

static json_t *notes_of(const struct context *context)
{
	const struct address_view *view = context->view;
	json_t *array = json_array();

	for (size_t i = 0; i < view->standings; i++) {
		const struct standing *standing = &view->standing[i];
		json_t *object;

		if (standing->belief != FINDING_NOTED || !standing->subject[0])
			continue;
		object = json_object();
		json_put_text(object, "zone", standing->subject);
		json_put(object, "codes", codes_of(standing));
		json_put(object, "means",
			 means_of(standing, links_list(context->catalogue, standing->subject)));
		json_array_append_new(array, object);
	}
	return array;
}

/* A check without a list (PTR, HELO) is named itself. */
static json_t *blind_of(const struct address_view *view)
{
	json_t *array = json_array();

	for (size_t i = 0; i < view->standings; i++) {
		const struct standing *standing = &view->standing[i];
		json_t *object;

		if (standing->blind_cause == CAUSE_NONE)
			continue;
		object = json_object();
		json_put_text(object, "zone", standing->subject);
		if (!standing->subject[0])
			json_put_text(object, "check", standing->check);
		json_put_text(object, "cause", cause_name(standing->blind_cause));
		json_array_append_new(array, object);
	}
	return array;
}

static json_t *coverage_of(const struct address_view *view, bool has_age)
{
	json_t *object = json_object();

	json_put_count(object, "asked", view->asked);
	json_put_count(object, "answered", view->answered);
	if (has_age && view->oldest_s >= 0)
		json_put_count(object, "oldest_s", (uint64_t)view->oldest_s);
	return object;
}

static json_t *identity_of(const struct identity *identity)
{
	json_t *object = json_object();
	json_t *names = json_array();

	for (size_t i = 0; i < identity->ptrs; i++)
		json_array_append_new(names, json_text(identity->ptr[i]));
	json_put(object, "ptr", names);
	put_bool(object, "forward_confirmed", identity->forward_confirmed);
	json_put_text(object, "helo", identity->helo);
	if (identity->helo && identity->helo[0])
		put_bool(object, "helo_resolves", identity->helo_resolves);
	put_bool(object, "generic_ptr", identity->generic_ptr);
	return object;
}

json_t *json_check(const struct zone *zone, int64_t at, const struct address_view *view,
		   size_t views, const struct catalogue *catalogue)
{
	json_t *document = json_object();
	json_t *targets = json_array();

	json_put_time(document, "at", zone, at);
	for (size_t i = 0; i < views; i++) {
		const struct context context = {&view[i], catalogue, NULL};
		json_t *object = json_object();

		json_put_text(object, "target", view[i].address);
		json_put_text(object, "grade", grade_name(view[i].grade.letter));
		json_put(object, "reasons", reasons_of(&view[i].grade));
		json_put(object, "listings", listings_of(&context));
		json_put(object, "notes", notes_of(&context));
		json_put(object, "blind", blind_of(&view[i]));
		json_put(object, "coverage", coverage_of(&view[i], false));
		if (view[i].identity.is_known)
			json_put(object, "identity", identity_of(&view[i].identity));
		if (view[i].auth)
			auth_json_put(object, view[i].auth);
		json_array_append_new(targets, object);
	}
	json_put(document, "targets", targets);
	return document;
}

json_t *json_status(const struct zone *zone, int64_t at, const struct address_view *view,
		    size_t views, const struct catalogue *catalogue)
{
	json_t *document = json_object();
	json_t *addresses = json_array();

	json_put_time(document, "at", zone, at);
	for (size_t i = 0; i < views; i++) {
		const struct context context = {&view[i], catalogue, zone};
		json_t *object = json_object();

		json_put_text(object, "address", view[i].address);
		json_put_text(object, "name", view[i].name);
		json_put_text(object, "pool", view[i].pool);
		json_put_text(object, "grade", grade_name(view[i].grade.letter));
		json_put(object, "reasons", reasons_of(&view[i].grade));
		json_put(object, "listings", listings_of(&context));
		json_put(object, "blind", blind_of(&view[i]));
		json_put(object, "coverage", coverage_of(&view[i], true));
		if (view[i].identity.is_known)
			json_put(object, "identity", identity_of(&view[i].identity));
		traffic_json(object, zone, view[i].traffic);
		json_array_append_new(addresses, object);
	}
	json_put(document, "addresses", addresses);
	return document;
}

static json_t *events_of(const struct zone *zone, const struct event *event, size_t events)
{
	json_t *array = json_array();

	for (size_t i = 0; i < events; i++) {
		json_t *object = json_object();

		if (event[i].id)
			json_put_count(object, "id", (uint64_t)event[i].id);
		json_put_time(object, "at", zone, event[i].at);
		json_put_text(object, "address", event[i].address);
		json_put_text(object, "check", event[i].check);
		json_put_text(object, "subject", event[i].subject);
		json_put_text(object, "change", change_name(event[i].change));
		json_put_text(object, "from", event[i].from);
		json_put_text(object, "to", event[i].to);
		json_put_text(object, "severity", severity_name(event[i].severity));
		json_put_text(object, "text", event[i].text);
		json_array_append_new(array, object);
	}
	return array;
}

json_t *json_events(const struct zone *zone, const struct event *event, size_t events)
{
	json_t *document = json_object();

	json_put(document, "events", events_of(zone, event, events));
	return document;
}

static json_t *covers_of(unsigned covers)
{
	static const struct {
		unsigned bit;
		const char *word;
	} row[] = {{COVERS_IP4, "ip4"}, {COVERS_IP6, "ip6"}, {COVERS_DOMAIN, "domain"}};
	json_t *array = json_array();

	for (size_t i = 0; i < COUNT_OF(row); i++)
		if (covers & row[i].bit)
			json_array_append_new(array, json_string(row[i].word));
	return array;
}

json_t *json_lists(const struct list_view *view, size_t views)
{
	json_t *document = json_object();
	json_t *lists = json_array();

	for (size_t i = 0; i < views; i++) {
		const struct list *list = view[i].list;
		json_t *object = json_object();

		json_put_text(object, "zone", list->zone);
		json_put_text(object, "name", list->name);
		json_put(object, "covers", covers_of(list->covers));
		json_put_text(object, "kind", list_kind_name(list->kind));
		json_put_text(object, "severity", severity_name(list->severity));
		put_bool(object, "enabled", list->is_enabled);
		if (view[i].has_health) {
			json_put_text(object, "health", list_health_name(view[i].health));
			if (view[i].cause != CAUSE_NONE)
				json_put_text(object, "cause", cause_name(view[i].cause));
		}
		if (list->day_budget)
			json_put_count(object, "day_budget", list->day_budget);
		json_put_count(object, "planned_per_day", view[i].planned_per_day);
		json_put_text(object, "text", list->is_enabled ? view[i].text : list->why_disabled);
		json_array_append_new(lists, object);
	}
	json_put(document, "lists", lists);
	return document;
}

/* A pass of this version queues none, and none is waiting. */
static json_t *alerts_of(const struct pass_summary *pass)
{
	json_t *object = json_object();

	json_put_count(object, "queued", pass->letters_queued);
	json_put_count(object, "sent", pass->letters_sent);
	json_put_count(object, "pending", pass->letters_pending);
	if (pass->letters_dead)
		json_put_count(object, "dead", pass->letters_dead);
	return object;
}

json_t *json_pass(const struct zone *zone, const struct pass_summary *pass)
{
	json_t *document = json_object();

	json_put_time(document, "at", zone, pass->at);
	json_put(document, "seconds",
		 json_real((double)(int64_t)(pass->seconds * 1000 + 0.5) / 1000));
	json_put_count(document, "addresses", pass->addresses);
	if (pass->domains)
		json_put_count(document, "domains", pass->domains);
	json_put_count(document, "queries", pass->queries);
	json_put_count(document, "answered", pass->answered);
	json_put_count(document, "listed", pass->listed);
	json_put_count(document, "blind", pass->blind);
	json_put(document, "events", events_of(zone, pass->event, pass->events));
	json_put(document, "alerts", alerts_of(pass));
	return document;
}
