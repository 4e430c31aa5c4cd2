#include "run/deliver_parts.h"

#include "render/letter.h"
#include "run/route.h"
#include "store/incidents.h"
#include "sys/host.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* An Alertmanager forgets what is not said again: each pass posts every open incident anew, good
 * until the state counts as stale. Labels are those of the letters, so that both are one alert; an
 * end is told by its letter alone. */

enum { ALERTS_A_POST = 200 };

static bool is_muted(const struct incident *incident)
{
	for (size_t i = 0; i < incident->items; i++)
		if (!incident->item[i].is_muted)
			return false;
	return incident->items > 0;
}

static bool is_told(const struct conf_channel *channel, const struct incident *incident)
{
	return !incident->ended_at && incident->severity >= channel->min_severity &&
	       !is_muted(incident) && route_concerns(channel, incident);
}

/* Puts what is rendered of it behind the others. */
static void add(struct delivery_lane *lane, json_t *all, const struct incident *incident)
{
	const struct sending *const sending = lane->delivery;
	const struct conf *const conf = sending->conf;
	const struct letter_style style = {
	    .language = *lane->channel->language ? lane->channel->language : conf->language,
	    .zone = sending->options->zone,
	    .expires_at = sending->options->now + conf->stale_after_ms / 1000,
	};
	const struct incident part = route_part(lane->channel, incident, lane->arena);
	const struct alert alert = {
	    .kind = ALERT_REMINDER,
	    .uid = incident->uid,
	    .seq = incident->seq,
	    .severity = incident->severity,
	    .at = sending->options->now,
	    .incident = &part,
	    .incidents = 1,
	    .traffic_address = "",
	    .host = host_name(lane->arena),
	    .report_url = conf->alerts.report_url,
	};
	struct letter letter = {.len = 0};
	json_t *one;

	letter_kind("alertmanager")->render(&alert, &style, lane->arena, &letter);
	one = json_loadb(letter.body, letter.len, 0, NULL);
	if (one)
		json_array_extend(all, one);
	json_decref(one);
	arena_reset(lane->arena);
}

static void close_document(struct delivery_lane *lane, json_t *all)
{
	char *const text = json_dumps(all, JSON_COMPACT);

	if (text && json_array_size(all))
		lane->document[lane->documents++] = arena_strdup(lane->delivery->arena, text);
	free(text);
	json_array_clear(all);
}

bool alertmanager_load(struct delivery_lane *lane, struct err *err)
{
	struct sending *const sending = lane->delivery;
	struct incident *incident;
	size_t incidents;
	json_t *all;

	if (!incidents_load(sending->store, INT64_MAX, sending->arena, &incident, &incidents, err))
		return false;
	all = json_array();
	lane->document = arena_calloc(sending->arena, incidents + 1, sizeof(*lane->document));
	for (size_t i = 0; i < incidents; i++) {
		if (!is_told(lane->channel, &incident[i]))
			continue;
		add(lane, all, &incident[i]);
		if (json_array_size(all) >= ALERTS_A_POST)
			close_document(lane, all);
	}
	close_document(lane, all);
	json_decref(all);
	return true;
}
