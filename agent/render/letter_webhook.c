/* Everything, for programs: schema "repwatch.alert/1". Keys are only added while the number stays. */
#include "render/letter_parts.h"

#include "render/links.h"
#include "render/traffic.h"

#include <string.h>

enum { ITEMS_MAX = 1000, INCIDENTS_MAX = 200, WORDS_MAX = 2000 };

static void put_words(json_t *object, const char *key, const char *text, struct arena *arena)
{
	if (text)
		json_put_text(object, key, letter_cut(text, WORDS_MAX, arena));
}

static void put_removal(json_t *object, const struct incident_item *item, struct arena *arena)
{
	const struct removal_way *const way = item->list ? &item->list->way : item->way;
	struct str url = {0};

	json_put_text(object, "lookup_url", letter_lookup(item, arena));
	if (item->list)
		json_put_text(object, "removal", item->list->removal);
	if (!way)
		return;
	json_put_text(object, "removal_by", removal_by_name(way->by));
	if (way->url)
		links_fill(&url, way->url, item->address);
	json_put_text(object, "removal_url", str_text(&url));
	json_put_text(object, "removal_mail", way->mail);
	str_release(&url);
}

static json_t *item_of(const struct incident_item *item, const struct letter_style *style,
		       struct arena *arena)
{
	json_t *const object = json_object();

	put_words(object, "address", item->address, arena);
	put_words(object, "name", item->name, arena);
	put_words(object, "pool", item->pool, arena);
	put_words(object, "check", item->check, arena);
	put_words(object, "subject", item->subject, arena);
	put_words(object, "state", item->to, arena);
	json_put_text(object, "severity", severity_name(item->severity));
	json_put_time(object, "since", style->zone, item->since);
	json_put_time(object, "ended", style->zone, item->ended_at);
	put_words(object, "text", item->text, arena);
	put_words(object, "fix", item->fix, arena);
	put_removal(object, item, arena);
	return object;
}

static json_t *incident_of(const struct incident *incident, const struct letter_style *style,
			   struct arena *arena)
{
	json_t *const object = json_object();
	json_t *const items = json_array();

	json_put_text(object, "id", incident->uid);
	json_put_text(object, "kind", incident_kind_name(incident->kind));
	put_words(object, "subject", incident->subject, arena);
	put_words(object, "pool", incident->pool, arena);
	json_put_text(object, "severity", severity_name(incident->severity));
	json_put_time(object, "opened", style->zone, incident->opened_at);
	json_put_time(object, "ended", style->zone, incident->ended_at);
	json_put_count(object, "reminders", incident->reminders);
	json_put_count(object, "flaps", incident->flaps);
	for (size_t i = 0; i < incident->items && i < ITEMS_MAX; i++)
		json_array_append_new(items, item_of(&incident->item[i], style, arena));
	json_put(object, "items", items);
	json_put_count(object, "items_total", incident->items);
	return object;
}

static void put_figures(json_t *document, const struct alert *alert,
			const struct letter_style *style)
{
	if (alert->traffic) {
		json_t *const traffic = json_object();

		json_put_text(traffic, "address", alert->traffic_address);
		traffic_json(traffic, style->zone, alert->traffic);
		json_put(document, "traffic", traffic);
	}
	if (alert->kind == ALERT_WEEKLY)
		json_put(document, "week",
			 json_pack("{s:I, s:I}", "opened", (json_int_t)alert->opened_week, "ended",
				   (json_int_t)alert->ended_week));
	if (alert->kind == ALERT_WEEKLY || alert->kind == ALERT_BASELINE)
		json_put(document, "standing",
			 json_pack("{s:I, s:I, s:I}", "addresses", (json_int_t)alert->addresses,
				   "good", (json_int_t)alert->good, "poor",
				   (json_int_t)alert->poor));
}

json_t *letter_document(const struct alert *alert, const struct letter_style *style,
			struct arena *arena)
{
	json_t *const document = json_object();
	json_t *const incidents = json_array();
	const size_t told = alert->incidents < INCIDENTS_MAX ? alert->incidents : INCIDENTS_MAX;

	json_put_text(document, "schema", "repwatch.alert/1");
	json_put_text(document, "id", alert->uid);
	json_put_count(document, "seq", alert->seq);
	json_put_text(document, "event", alert_kind_name(alert->kind));
	json_put_text(document, "severity", severity_name(alert->severity));
	json_put_time(document, "time", style->zone, alert->at);
	put_words(document, "host", alert->host, arena);
	put_words(document, "report_url", alert->report_url, arena);
	json_put_text(document, "language", style->language);
	json_put_text(document, "headline", letter_headline(alert, style, arena));
	json_put_text(document, "text", letter_body(alert, style, arena));
	for (size_t i = 0; i < told; i++)
		json_array_append_new(incidents, incident_of(&alert->incident[i], style, arena));
	json_put(document, "incidents", incidents);
	json_put_count(document, "untold", alert->untold + alert->incidents - told);
	put_figures(document, alert, style);
	return document;
}

void letter_webhook(const struct alert *alert, const struct letter_style *style,
		    struct arena *arena, struct letter *out)
{
	letter_finish(out, letter_document(alert, style, arena), arena);
}
