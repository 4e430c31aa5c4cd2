/* Events API v2. The routing key is a secret: who delivers adds it as "routing_key". An incident
 * is one alert there, by its uid, until it ends; so is a digest, until all it told of has ended. */
#include "render/letter_parts.h"

#include "base/mem.h"

#include <string.h>

enum { SUMMARY_MAX = 1024, DETAILS_MAX = 4000, LINKS_MAX = 3 };

static const char *severity_of(const struct alert *alert)
{
	static const char *const word[] = {
	    [SEVERITY_INFO] = "info",
	    [SEVERITY_MINOR] = "warning",
	    [SEVERITY_MAJOR] = "error",
	    [SEVERITY_CRITICAL] = "critical",
	};

	_Static_assert(COUNT_OF(word) == SEVERITY_COUNT, "a word for each severity");
	return word[alert->severity];
}

/* What nobody has to be woken for. */
static bool is_quiet(const struct alert *alert)
{
	return alert->kind == ALERT_WEEKLY || alert->kind == ALERT_BASELINE;
}

/* Told and over: nobody could do anything about it. */
static bool is_over(const struct alert *alert)
{
	for (size_t i = 0; i < alert->incidents; i++)
		if (!alert->incident[i].ended_at)
			return false;
	return alert->incidents > 0;
}

static json_t *payload_of(const struct alert *alert, const struct letter_style *style,
			  struct arena *arena)
{
	const struct incident *const incident = alert->incidents ? alert->incident : NULL;
	json_t *const payload = json_object();
	json_t *const details = json_object();

	json_put_text(payload, "summary",
		      letter_cut(letter_headline(alert, style, arena), SUMMARY_MAX, arena));
	json_put_text(payload, "source", *alert->host ? alert->host : "repwatch");
	json_put_text(payload, "severity", severity_of(alert));
	json_put_time(payload, "timestamp", style->zone, alert->at);
	if (incident) {
		json_put_text(payload, "component",
			      letter_cut(incident->subject, SUMMARY_MAX / 4, arena));
		json_put_text(payload, "group", letter_cut(incident->pool, SUMMARY_MAX / 4, arena));
		json_put_text(payload, "class", incident_kind_name(incident->kind));
	}
	json_put_text(details, "text",
		      letter_cut(letter_body(alert, style, arena), DETAILS_MAX, arena));
	json_put(payload, "custom_details", details);
	return payload;
}

static void add_link(json_t *links, const char *href, const char *text, struct arena *arena)
{
	json_t *const link = json_object();

	if (!*href) {
		json_decref(link);
		return;
	}
	json_put_text(link, "href", href);
	json_put_text(link, "text", letter_cut(text, SUMMARY_MAX / 4, arena));
	json_array_append_new(links, link);
}

static json_t *links_of(const struct alert *alert, struct arena *arena)
{
	const struct incident *const incident = alert->incidents ? alert->incident : NULL;
	json_t *const links = json_array();

	for (size_t i = 0; incident && i < incident->items && i < LINKS_MAX; i++)
		add_link(links, letter_lookup(&incident->item[i], arena), incident->item[i].subject,
			 arena);
	add_link(links, alert->report_url ? alert->report_url : "", "repwatch", arena);
	return links;
}

void letter_pagerduty(const struct alert *alert, const struct letter_style *style,
		      struct arena *arena, struct letter *out)
{
	const bool is_end = alert->kind == ALERT_ENDED;
	json_t *document;

	*out = (struct letter){.content_type = "application/json", .body = ""};
	if (is_quiet(alert) || (!is_end && is_over(alert)))
		return;
	document = json_object();
	json_put_text(document, "event_action", is_end ? "resolve" : "trigger");
	json_put_text(document, "dedup_key", alert->uid);
	if (is_end) {
		letter_finish(out, document, arena);
		return;
	}
	json_put_text(document, "client", "repwatch");
	if (alert->report_url)
		json_put_text(document, "client_url", alert->report_url);
	json_put(document, "payload", payload_of(alert, style, arena));
	json_put(document, "links", links_of(alert, arena));
	letter_finish(out, document, arena);
}
