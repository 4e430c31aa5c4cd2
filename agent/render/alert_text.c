/* The first line and the rest of an alert, in the operator's language. */
#include "render/alert_parts.h"

#include "base/mem.h"
#include "render/utf8.h"

#include <stdlib.h>
#include <string.h>

/* A subject is read on a lock screen: the culprit's name may be cut, the rest is short by nature. */
enum { SUBJECT_COLUMNS = 78, SUSPECT_COLUMNS_MIN = 8 };

static struct telling begin(struct str *out, const struct alert *alert,
			    const struct letter_style *style)
{
	return (struct telling){out, alert, style, arena_new(), false};
}

static void end(struct telling *telling)
{
	arena_free(telling->arena);
}

/* --- the first line --- */

static void add_label(struct telling *telling)
{
	const struct alert *const alert = telling->alert;
	const char *const severity = alert_severity(telling, alert->severity);

	switch (alert->kind) {
	case ALERT_GREW:
		alert_say(telling, "%s, worse: ", severity);
		return;
	case ALERT_REMINDER:
		alert_say(telling, "%s, still: ", severity);
		return;
	case ALERT_ENDED:
		alert_say(telling, "Over: ");
		return;
	case ALERT_OPENED:
	case ALERT_DIGEST:
	case ALERT_BASELINE:
	case ALERT_WEEKLY:
	case ALERT_TEST:
	case ALERT_KIND_COUNT:
		break;
	}
	if (telling->is_brief)
		alert_say(telling, "%s ", severity);
	else
		alert_say(telling, "%s: ", severity);
}

static const struct suspect *culprit(const struct alert *alert)
{
	const struct traffic *const traffic = alert->traffic;

	if (alert->kind == ALERT_ENDED || !alert_has_sender(alert->incident))
		return NULL;
	return traffic && traffic->suspects ? traffic->suspect : NULL;
}

static void add_culprit(struct telling *telling)
{
	const struct suspect *const suspect = culprit(telling->alert);

	if (suspect)
		alert_say(telling, ". Suspect: %s sent %s, usually %s",
			  alert_name(telling, suspect->account),
			  alert_number(telling, suspect->sent),
			  alert_mean(telling, suspect->usual));
}

static void add_headline(struct telling *telling)
{
	const struct alert *const alert = telling->alert;
	const struct incident *const incident = alert->incident;
	size_t more;

	if (alert_is_round(alert)) {
		alert_round_headline(telling);
		return;
	}
	more = alert_count_more(incident);
	add_label(telling);
	str_add(telling->out, alert_what(telling, incident, true));
	if (more)
		alert_say(telling, " (and %s more)", alert_number(telling, more));
	if (alert->kind == ALERT_ENDED)
		alert_say(
		    telling, ", after %s",
		    alert_span(telling, (incident->ended_at ? incident->ended_at : alert->at) -
					    incident->opened_at));
	else
		alert_say(telling, ", since %s", alert_time(telling, incident->opened_at));
	add_culprit(telling);
}

void alert_headline(struct str *out, const struct alert *alert, const struct letter_style *style)
{
	struct telling telling = begin(out, alert, style);

	add_headline(&telling);
	end(&telling);
}

/* --- the subject of a mail --- */

/* As much of the name as there is room for. */
static const char *short_name(struct telling *telling, const char *name, size_t columns)
{
	struct str cut = {0};
	const char *copy;
	size_t used = 0;

	for (size_t at = 0, taken; name[at]; at += taken) {
		int32_t point;

		taken = utf8_next(name + at, strlen(name + at), &point);
		used += utf8_columns(point);
		if (used + 1 > columns && name[at + taken]) {
			str_add(&cut, "\xe2\x80\xa6");
			break;
		}
		str_add_bytes(&cut, name + at, taken);
	}
	copy = arena_strdup(telling->arena, str_text(&cut));
	str_release(&cut);
	return copy;
}

static size_t columns_of(const char *text)
{
	return utf8_text_columns(text, strlen(text));
}

static void add_short_culprit(struct telling *telling)
{
	const struct suspect *const suspect = culprit(telling->alert);
	const size_t used = columns_of(str_text(telling->out));
	size_t around, room;
	const char *sent;

	if (!suspect)
		return;
	sent = alert_number(telling, suspect->sent);
	around = columns_of(alert_said(telling, " \xe2\x80\x94 %s sent %s", "", sent));
	room = used + around + SUSPECT_COLUMNS_MIN < SUBJECT_COLUMNS
		   ? SUBJECT_COLUMNS - used - around
		   : SUSPECT_COLUMNS_MIN;
	alert_say(telling, " \xe2\x80\x94 %s sent %s",
		  short_name(telling, alert_name(telling, suspect->account), room), sent);
}

void alert_brief(struct str *out, const struct alert *alert, const struct letter_style *style)
{
	struct telling telling = begin(out, alert, style);

	telling.is_brief = true;
	str_add(out, "[repwatch] ");
	if (alert_is_round(alert)) {
		alert_round_headline(&telling);
	} else {
		add_label(&telling);
		str_add(out, alert_what(&telling, alert->incident, false));
		add_short_culprit(&telling);
	}
	end(&telling);
}

/* --- the rest --- */

static void add_state(struct telling *telling)
{
	const struct alert *const alert = telling->alert;
	const struct incident *const incident = alert->incident;
	const char *const span = alert_span(telling, alert->at - incident->opened_at);

	if (alert->kind == ALERT_REMINDER)
		alert_say(telling, "Open for %s; messages before this one: %s.\n\n", span,
			  alert_number(telling, incident->seq > 1 ? incident->seq - 1 : 1));
	if (alert->kind == ALERT_ENDED)
		alert_say(
		    telling, "Began %s, lasted %s. Nothing is to be done.\n\n",
		    alert_time(telling, incident->opened_at),
		    alert_span(telling, (incident->ended_at ? incident->ended_at : alert->at) -
					    incident->opened_at));
	if (incident->flaps)
		alert_say(telling, "It ended and came back %s times lately.\n\n",
			  alert_number(telling, incident->flaps));
}

/* What was sent says nothing about names. */
static bool is_about_mail(const struct incident *incident)
{
	for (size_t i = 0; i < incident->items; i++)
		if (!alert_item_is(&incident->item[i], "ptr") &&
		    !alert_item_is(&incident->item[i], "helo"))
			return true;
	return false;
}

static void add_incident(struct telling *telling)
{
	const struct incident *const incident = telling->alert->incident;

	add_state(telling);
	if (telling->alert->kind != ALERT_ENDED)
		alert_steps(telling, incident);
	if (incident->items) {
		alert_say(telling, "Findings\n");
		alert_items(telling, incident);
		str_add_char(telling->out, '\n');
	}
	if (telling->alert->kind != ALERT_ENDED && is_about_mail(incident))
		alert_traffic(telling);
}

/* "UTC+09:00" */
static const char *zone_name(struct telling *telling)
{
	const int32_t offset_s = zone_offset_s(telling->style->zone, telling->alert->at);
	const int32_t minutes = abs(offset_s) / 60;

	return arena_printf(telling->arena, "UTC%c%02d:%02d", offset_s < 0 ? '-' : '+',
			    minutes / 60, minutes % 60);
}

/* What `repwatch status` shows more of; "" for nothing. */
static const char *status_word(const struct incident *incident)
{
	const bool is_many = incident->kind == INCIDENT_LIST ||
			     incident->kind == INCIDENT_RECEIVER || alert_is_identity(incident);

	if (!incident->items || incident->kind == INCIDENT_DOMAIN)
		return "";
	return is_many && incident->items > 1 && *incident->pool ? incident->pool
								 : incident->item->address;
}

static void add_foot(struct telling *telling)
{
	const struct alert *const alert = telling->alert;

	if (alert->incidents == 1 && *status_word(alert->incident))
		alert_say(telling, "More: repwatch status %s\n",
			  alert_name(telling, status_word(alert->incident)));
	if (alert->report_url && *alert->report_url)
		alert_say(telling, "Page: %s\n",
			  alert_shown(telling, alert->report_url, ALERT_WORDS_MAX_BYTES));
	alert_say(telling, "repwatch on %s, letter %s of %s; times are %s.\n",
		  alert_name(telling, alert->host), alert_number(telling, alert->seq),
		  alert_name(telling, alert->uid), zone_name(telling));
}

void alert_body(struct str *out, const struct alert *alert, const struct letter_style *style)
{
	struct telling telling = begin(out, alert, style);

	if (alert_is_round(alert))
		alert_round_body(&telling);
	else
		add_incident(&telling);
	add_foot(&telling);
	end(&telling);
}
