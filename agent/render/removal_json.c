#include "render/removal.h"

#include "base/mem.h"
#include "render/escape.h"
#include "render/links.h"

#include <string.h>

static void put(json_t *object, const char *key, json_t *value)
{
	if (json_object_set_new(object, key, value) != 0)
		bug("cannot set '%s' in a document", key);
}

static json_t *text_of(const char *text)
{
	struct str valid = {0};
	json_t *json;

	escape_utf8(&valid, text, strlen(text));
	json = json_stringn(str_text(&valid), valid.len);
	str_release(&valid);
	return json;
}

/* What is not known is left out. */
static void put_text(json_t *object, const char *key, const char *text)
{
	if (text && *text)
		put(object, key, text_of(text));
}

static void put_str(json_t *object, const char *key, struct str *text)
{
	put_text(object, key, str_text(text));
	str_release(text);
}

static void put_count(json_t *object, const char *key, uint64_t count)
{
	put(object, key, json_integer((json_int_t)count));
}

static void put_time(json_t *object, const char *key, const struct zone *zone, int64_t at)
{
	char text[CIVIL_TEXT_BYTES];

	if (at)
		put(object, key, json_string(civil_rfc3339(zone, at, text)));
}

/* --- one listing --- */

static json_t *means_of(const struct removal_view *view)
{
	const char *rest = view->standing->means ? view->standing->means : "";
	json_t *array = json_array();
	struct str meaning = {0};

	while (links_next_meaning(view->list, &rest, &meaning))
		json_array_append_new(array, text_of(str_text(&meaning)));
	str_release(&meaning);
	return array;
}

static json_t *why_of(const struct removal_advice *advice)
{
	json_t *array = json_array();

	for (size_t i = 0; i < advice->reasons; i++)
		json_array_append_new(array, text_of(advice->reason[i]));
	return array;
}

static void put_way(json_t *object, const struct removal_view *view)
{
	const struct removal_way *const way = view->way;
	struct str url = {0};

	put_text(object, "how", removal_by_name(way ? way->by : REMOVAL_BY_UNKNOWN));
	removal_page_url(&url, view);
	put_str(object, "url", &url);
	links_lookup(&url, view->list, view->address);
	put_str(object, "lookup_url", &url);
	if (!way)
		return;
	put_text(object, "removal", way->words);
	put_text(object, "mail", way->mail);
	if (way->takes_ms)
		put_count(object, "takes_s", (uint64_t)way->takes_ms / 1000);
	if (way->expires_ms)
		put_count(object, "expires_s", (uint64_t)way->expires_ms / 1000);
	put(object, "needs_ptr", json_boolean(way->needs_ptr));
	put(object, "costs", json_boolean(way->can_cost));
}

static json_t *suspects_of(const struct removal_view *view)
{
	json_t *array = json_array();

	for (size_t i = 0; i < view->suspects; i++) {
		const struct removal_suspect *const suspect = &view->suspect[i];
		json_t *object = json_object();

		put(object, "account", text_of(suspect->account));
		put_count(object, "today", suspect->today);
		put_count(object, "yesterday", suspect->yesterday);
		put(object, "usual", json_real(suspect->usual));
		json_array_append_new(array, object);
	}
	return array;
}

static void put_volume(json_t *object, const char *key, const struct removal_volume *volume)
{
	json_t *day;

	if (!volume->is_known)
		return;
	day = json_object();
	put_text(day, "date", volume->date);
	put_count(day, "sent", volume->sent);
	if (volume->is_so_far)
		put(day, "so_far", json_true());
	put(object, key, day);
}

static void put_traffic(json_t *object, const struct removal_view *view, const struct zone *zone)
{
	json_t *volume;

	if (view->is_receiver) {
		put_text(object, "cause", reply_cause_name(view->block_cause));
		put_count(object, "refused", view->refused);
		put_time(object, "refused_at", zone, view->refused_at);
	}
	if (!view->has_traffic)
		return;
	put(object, "suspects", suspects_of(view));
	volume = json_object();
	put_text(volume, "level", volume_level_name(view->volume.level));
	put_count(volume, "recent", view->recent);
	put_volume(volume, "then", &view->then);
	put_volume(volume, "now", &view->now);
	put(object, "volume", volume);
}

static json_t *texts_of(const struct removal_view *view, const struct zone *zone)
{
	json_t *object = json_object();
	const enum removal_language own = view->way ? view->way->language : REMOVAL_ENGLISH;

	for (int i = 0; i < REMOVAL_LANGUAGE_COUNT; i++) {
		const enum removal_language language = (enum removal_language)i;
		struct str letter = {0};

		if (language != REMOVAL_ENGLISH && language != own)
			continue;
		removal_letter(&letter, view, language, zone);
		put_str(object, removal_language_name(language), &letter);
	}
	return object;
}

static json_t *view_of(const struct removal_view *view, const struct removal_shown *shown)
{
	const struct standing *const standing = view->standing;
	json_t *object = json_object();

	put_text(object, "address", view->address);
	put_text(object, "name", view->name);
	put_text(object, "pool", view->pool);
	put_text(object, "check", standing->check);
	put_text(object, "zone", standing->subject);
	put_text(object, "list", view->list ? view->list->name : "");
	put_text(object, "operator", view->list ? view->list->operator_name : "");
	put_text(object, "severity", severity_name(standing->severity));
	put_time(object, "since", shown->zone, standing->since);
	if (!view->is_receiver)
		put(object, "means", means_of(view));
	put_text(object, "reason", standing->text);
	put_text(object, "ptr", view->ptr);
	put_text(object, "state", removal_state_name(removal_state_of(view->request)));
	put_text(object, "advice", removal_verdict_name(view->advice.verdict));
	put(object, "why", why_of(&view->advice));
	put_time(object, "ask_again_at", shown->zone, view->advice.ask_again_at);
	put_count(object, "relisted", view->relisted);
	if (view->request)
		put(object, "request", json_removal(shown->zone, view->request));
	put_way(object, view);
	put_traffic(object, view, shown->zone);
	put_text(object, "language",
		 removal_language_name(view->way ? view->way->language : REMOVAL_ENGLISH));
	if (removal_has_letter(view))
		put(object, "texts", texts_of(view, shown->zone));
	return object;
}

/* --- the ledger --- */

json_t *json_removal(const struct zone *zone, const struct removal *request)
{
	json_t *object = json_object();

	put_text(object, "address", request->address);
	put_text(object, "check", request->check);
	put_text(object, "zone", request->subject);
	put_text(object, "state", removal_state_name(removal_state_of(request)));
	put_time(object, "listed_since", zone, request->listed_since);
	put_time(object, "asked_at", zone, request->asked_at);
	put_time(object, "last_asked_at", zone, request->last_asked_at);
	put_count(object, "times", request->times);
	put_text(object, "ticket", request->ticket);
	put_text(object, "note", request->note);
	put_time(object, "answered_at", zone, request->answered_at);
	put_text(object, "answer", request->answer);
	put_time(object, "cleared_at", zone, request->cleared_at);
	if (request->cleared_at)
		put(object, "days",
		    json_real((double)(request->cleared_at - request->asked_at) / 86400));
	put_time(object, "relisted_at", zone, request->relisted_at);
	return object;
}

static json_t *term_of(const struct removal_term *term)
{
	json_t *object = json_object();

	put_text(object, "zone", term->subject);
	put_count(object, "requests", term->requests);
	put_count(object, "cleared", term->cleared);
	put_count(object, "relisted", term->relisted);
	if (term->cleared)
		put(object, "median_days", json_real(term->median_days));
	return object;
}

json_t *json_removals(const struct removal_shown *shown)
{
	const struct removal_page *const page = shown->page;
	json_t *document = json_object();
	json_t *requests = json_array();
	json_t *history = json_array();
	json_t *terms = json_array();

	put_time(document, "at", shown->zone, shown->now);
	for (size_t i = 0; i < page->views; i++)
		json_array_append_new(requests, view_of(&page->view[i], shown));
	put(document, "requests", requests);
	for (size_t i = 0; i < page->requests; i++)
		json_array_append_new(history, json_removal(shown->zone, &page->history[i]));
	for (size_t i = 0; i < page->terms; i++)
		json_array_append_new(terms, term_of(&page->term[i]));
	put(document, "history", history);
	put(document, "terms", terms);
	if (!shown->has_history) {
		json_object_del(document, "history");
		json_object_del(document, "terms");
	}
	return document;
}
