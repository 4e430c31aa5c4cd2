#include "render/removal.h"

#include "render/json_parts.h"
#include "render/links.h"

static void put_str(json_t *object, const char *key, struct str *text)
{
	json_put_text(object, key, str_text(text));
	str_release(text);
}

/* --- one listing --- */

static json_t *means_of(const struct removal_view *view)
{
	const char *rest = view->standing->means ? view->standing->means : "";
	json_t *array = json_array();
	struct str meaning = {0};

	while (links_next_meaning(view->list, &rest, &meaning))
		json_array_append_new(array, json_text(str_text(&meaning)));
	str_release(&meaning);
	return array;
}

static json_t *why_of(const struct removal_advice *advice)
{
	json_t *array = json_array();

	for (size_t i = 0; i < advice->reasons; i++)
		json_array_append_new(array, json_text(advice->reason[i]));
	return array;
}

static void put_way(json_t *object, const struct removal_view *view)
{
	const struct removal_way *const way = view->way;
	struct str url = {0};

	json_put_text(object, "how", removal_by_name(way ? way->by : REMOVAL_BY_UNKNOWN));
	removal_page_url(&url, view);
	put_str(object, "url", &url);
	links_lookup(&url, view->list, view->address);
	put_str(object, "lookup_url", &url);
	if (!way)
		return;
	json_put_text(object, "removal", way->words);
	json_put_text(object, "mail", way->mail);
	if (way->takes_ms)
		json_put_count(object, "takes_s", (uint64_t)way->takes_ms / 1000);
	if (way->expires_ms)
		json_put_count(object, "expires_s", (uint64_t)way->expires_ms / 1000);
	json_put(object, "needs_ptr", json_boolean(way->needs_ptr));
	json_put(object, "costs", json_boolean(way->can_cost));
}

static json_t *suspects_of(const struct removal_view *view)
{
	json_t *array = json_array();

	for (size_t i = 0; i < view->suspects; i++) {
		const struct removal_suspect *const suspect = &view->suspect[i];
		json_t *object = json_object();

		json_put(object, "account", json_text(suspect->account));
		json_put_count(object, "today", suspect->today);
		json_put_count(object, "yesterday", suspect->yesterday);
		json_put(object, "usual", json_real(suspect->usual));
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
	json_put_text(day, "date", volume->date);
	json_put_count(day, "sent", volume->sent);
	if (volume->is_so_far)
		json_put(day, "so_far", json_true());
	json_put(object, key, day);
}

static void put_traffic(json_t *object, const struct removal_view *view, const struct zone *zone)
{
	json_t *volume;

	if (view->is_receiver) {
		json_put_text(object, "cause", reply_cause_name(view->block_cause));
		json_put_count(object, "refused", view->refused);
		json_put_time(object, "refused_at", zone, view->refused_at);
	}
	if (!view->has_traffic)
		return;
	json_put(object, "suspects", suspects_of(view));
	volume = json_object();
	json_put_text(volume, "level", volume_level_name(view->volume.level));
	json_put_count(volume, "recent", view->recent);
	put_volume(volume, "then", &view->then);
	put_volume(volume, "now", &view->now);
	json_put(object, "volume", volume);
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

	json_put_text(object, "address", view->address);
	json_put_text(object, "name", view->name);
	json_put_text(object, "pool", view->pool);
	json_put_text(object, "check", standing->check);
	json_put_text(object, "zone", standing->subject);
	json_put_text(object, "list", view->list ? view->list->name : "");
	json_put_text(object, "operator", view->list ? view->list->operator_name : "");
	json_put_text(object, "severity", severity_name(standing->severity));
	json_put_time(object, "since", shown->zone, standing->since);
	if (!view->is_receiver)
		json_put(object, "means", means_of(view));
	json_put_text(object, "reason", standing->text);
	json_put_text(object, "ptr", view->ptr);
	json_put_text(object, "state", removal_state_name(removal_state_of(view->request)));
	json_put_text(object, "advice", removal_verdict_name(view->advice.verdict));
	json_put(object, "why", why_of(&view->advice));
	json_put_time(object, "ask_again_at", shown->zone, view->advice.ask_again_at);
	json_put_count(object, "relisted", view->relisted);
	if (view->request)
		json_put(object, "request", json_removal(shown->zone, view->request));
	put_way(object, view);
	put_traffic(object, view, shown->zone);
	json_put_text(object, "language",
		      removal_language_name(view->way ? view->way->language : REMOVAL_ENGLISH));
	if (removal_has_letter(view))
		json_put(object, "texts", texts_of(view, shown->zone));
	return object;
}

/* --- the ledger --- */

json_t *json_removal(const struct zone *zone, const struct removal *request)
{
	json_t *object = json_object();

	json_put_text(object, "address", request->address);
	json_put_text(object, "check", request->check);
	json_put_text(object, "zone", request->subject);
	json_put_text(object, "state", removal_state_name(removal_state_of(request)));
	json_put_time(object, "listed_since", zone, request->listed_since);
	json_put_time(object, "asked_at", zone, request->asked_at);
	json_put_time(object, "last_asked_at", zone, request->last_asked_at);
	json_put_count(object, "times", request->times);
	json_put_text(object, "ticket", request->ticket);
	json_put_text(object, "note", request->note);
	json_put_time(object, "answered_at", zone, request->answered_at);
	json_put_text(object, "answer", request->answer);
	json_put_time(object, "cleared_at", zone, request->cleared_at);
	if (request->cleared_at)
		json_put(object, "days",
			 json_real((double)(request->cleared_at - request->asked_at) / 86400));
	json_put_time(object, "relisted_at", zone, request->relisted_at);
	return object;
}

static json_t *term_of(const struct removal_term *term)
{
	json_t *object = json_object();

	json_put_text(object, "zone", term->subject);
	json_put_count(object, "requests", term->requests);
	json_put_count(object, "cleared", term->cleared);
	json_put_count(object, "relisted", term->relisted);
	if (term->cleared)
		json_put(object, "median_days", json_real(term->median_days));
	return object;
}

json_t *json_removals(const struct removal_shown *shown)
{
	const struct removal_page *const page = shown->page;
	json_t *document = json_object();
	json_t *requests = json_array();
	json_t *history = json_array();
	json_t *terms = json_array();

	json_put_time(document, "at", shown->zone, shown->now);
	for (size_t i = 0; i < page->views; i++)
		json_array_append_new(requests, view_of(&page->view[i], shown));
	json_put(document, "requests", requests);
	for (size_t i = 0; i < page->requests; i++)
		json_array_append_new(history, json_removal(shown->zone, &page->history[i]));
	for (size_t i = 0; i < page->terms; i++)
		json_array_append_new(terms, term_of(&page->term[i]));
	json_put(document, "history", history);
	json_put(document, "terms", terms);
	if (!shown->has_history) {
		json_object_del(document, "history");
		json_object_del(document, "terms");
	}
	return document;
}
