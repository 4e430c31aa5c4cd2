/* API v2, POST /api/v2/alerts: all that is known of each incident, good until the pass behind the
 * next one. Labels are what an alert is known by, so they hold nothing that changes on its own. */
#include "render/letter_parts.h"

#include <string.h>

enum { LABEL_MAX = 200, SUMMARY_MAX = 600, DESCRIPTION_MAX = 4000, ALERTS_MAX = 1000 };

static json_t *labels_of(const struct alert *alert, const struct incident *incident,
			 struct arena *arena)
{
	json_t *const labels = json_object();

	json_put_text(labels, "alertname", "repwatch");
	json_put_text(labels, "incident", incident ? incident->uid : alert->uid);
	json_put_text(labels, "kind",
		      incident ? incident_kind_name(incident->kind) : alert_kind_name(alert->kind));
	json_put_text(labels, "severity",
		      severity_name(incident ? incident->severity : alert->severity));
	json_put_text(labels, "host", letter_cut(alert->host, LABEL_MAX, arena));
	if (incident) {
		json_put_text(labels, "subject", letter_cut(incident->subject, LABEL_MAX, arena));
		json_put_text(labels, "pool", letter_cut(incident->pool, LABEL_MAX, arena));
	}
	return labels;
}

/* One of them, told as if it were alone. */
static struct alert alone(const struct alert *alert, const struct incident *incident)
{
	struct alert one = *alert;

	if (!incident)
		return one;
	one.incident = incident;
	one.incidents = 1;
	one.untold = 0;
	if (alert->kind >= ALERT_DIGEST) {
		one.kind = incident->ended_at ? ALERT_ENDED : ALERT_OPENED;
		one.severity = incident->severity;
		one.traffic = NULL;
	}
	return one;
}

static void add_alert(json_t *alerts, const struct alert *alert, const struct incident *incident,
		      const struct letter_style *style, struct arena *arena)
{
	const struct alert one = alone(alert, incident);
	json_t *const object = json_object();
	json_t *const annotations = json_object();

	json_put_text(annotations, "summary",
		      letter_cut(letter_headline(&one, style, arena), SUMMARY_MAX, arena));
	json_put_text(annotations, "description",
		      letter_cut(letter_body(&one, style, arena), DESCRIPTION_MAX, arena));
	json_put(object, "labels", labels_of(alert, incident, arena));
	json_put(object, "annotations", annotations);
	json_put_time(object, "startsAt", style->zone, incident ? incident->opened_at : alert->at);
	json_put_time(object, "endsAt", style->zone,
		      incident && incident->ended_at ? incident->ended_at : style->expires_at);
	if (alert->report_url && *alert->report_url)
		json_put_text(object, "generatorURL", alert->report_url);
	json_array_append_new(alerts, object);
}

void letter_alertmanager(const struct alert *alert, const struct letter_style *style,
			 struct arena *arena, struct letter *out)
{
	json_t *alerts;

	*out = (struct letter){.content_type = "application/json", .body = ""};
	if (alert->kind == ALERT_WEEKLY || (!alert->incidents && alert->kind != ALERT_TEST))
		return;
	alerts = json_array();
	for (size_t i = 0; i < alert->incidents && i < ALERTS_MAX; i++)
		add_alert(alerts, alert, &alert->incident[i], style, arena);
	if (!alert->incidents)
		add_alert(alerts, alert, NULL, style, arena);
	letter_finish(out, alerts, arena);
}
