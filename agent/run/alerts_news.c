/* What changed, as incidents need it. Mostly the events of the pass; but an incident must also end
 * when its address or list is no longer looked at, and what was believed before alerts began, or
 * stands behind an event about many, belongs to one too. So beliefs and open items are held
 * against each other. */
#include "run/alerts_parts.h"

#include "base/mem.h"
#include "base/str.h"
#include "base/tr_mark.h"
#include "run/traffic_parts.h"

#include <stdlib.h>
#include <string.h>

/* As traffic_groups.c names pools in its events. */
#define POOL_PREFIX "pool "

static const char *key_of(struct reader *reader, const char *address, const char *check,
			  const char *subject)
{
	str_clear(&reader->key);
	str_add(&reader->key, address);
	str_add_char(&reader->key, ' ');
	str_add(&reader->key, check);
	str_add_char(&reader->key, ' ');
	str_add(&reader->key, subject);
	return str_text(&reader->key);
}

const struct incident_item *news_open(struct reader *reader, const char *address, const char *check,
				      const char *subject)
{
	return map_get(reader->open, key_of(reader, address, check, subject));
}

bool news_is_heard(struct reader *reader, const char *address, const char *check,
		   const char *subject)
{
	return map_get(reader->heard, key_of(reader, address, check, subject)) != NULL;
}

const struct probe_source *news_source(const struct reader *reader, const char *zone)
{
	return map_get(reader->alerts->source, zone);
}

struct incident_news *news_add(struct reader *reader, const struct event *event)
{
	struct alerts *const alerts = reader->alerts;
	const struct stored_address *const stored = alerts_target(alerts, event->address);
	const struct probe_source *const source =
	    strcmp(event->check, CHECK_DNSBL) == 0 ? news_source(reader, event->subject) : NULL;
	struct incident_news *news;

	if (alerts->newses == alerts->newses_room) {
		alerts->newses_room = alerts->newses_room ? alerts->newses_room * 2 : 64;
		alerts->news = xrealloc(alerts->news, alerts->newses_room, sizeof(*alerts->news));
	}
	news = &alerts->news[alerts->newses++];
	*news = (struct incident_news){
	    .event = event,
	    .name = stored ? stored->name : "",
	    .pool = stored ? stored->pool : "",
	    .list = source ? source->list : NULL,
	    .is_new =
		stored && pass_bit(alerts->pass->is_new, (size_t)(stored - alerts->pass->stored)),
	};
	if (!*event->address && strncmp(event->subject, POOL_PREFIX, strlen(POOL_PREFIX)) == 0)
		news->pool = event->subject + strlen(POOL_PREFIX);
	map_put(reader->heard, key_of(reader, event->address, event->check, event->subject),
		alerts);
	return news;
}

struct event *news_make(struct reader *reader, enum change change, enum severity severity)
{
	struct event *const event = arena_calloc(reader->alerts->arena, 1, sizeof(*event));

	*event = (struct event){.at = reader->alerts->pass->at,
				.address = "",
				.check = "",
				.subject = "",
				.change = change,
				.from = "",
				.to = "",
				.severity = severity,
				.text = ""};
	return event;
}

/* --- what is believed --- */

/* What alarms nobody comes and goes without an incident. */
static bool is_loud(const struct standing *standing)
{
	switch (standing->belief) {
	case FINDING_LISTED:
	case FINDING_BROKEN:
	case FINDING_ELEVATED:
	case FINDING_SPIKE:
	case FINDING_COLD:
		return true;
	case FINDING_NOTED:
		return standing->severity > SEVERITY_INFO;
	case FINDING_BLIND:
	case FINDING_CLEAR:
	case FINDING_COUNT:
		break;
	}
	return false;
}

/* Whether anybody still looks: a list may have left the catalogue, logs the configuration. */
static bool is_watched(const struct reader *reader, const char *check, const char *subject)
{
	if (strcmp(check, CHECK_DNSBL) == 0)
		return news_source(reader, subject) != NULL;
	if (strcmp(check, "volume") == 0 || strcmp(check, "receiver") == 0)
		return reader->alerts->pass->conf->maillogs > 0;
	return true;
}

static bool is_believed(const struct reader *reader, const char *address, const char *check,
			const char *subject)
{
	const struct stored_address *const stored = alerts_target(reader->alerts, address);
	const struct standing *const standing =
	    stored ? pass_find_standing(stored, check, subject) : NULL;

	return standing && is_loud(standing) && is_watched(reader, check, subject);
}

/* --- the pass's events --- */

/* Many domains told as one: each of them is believed, and found there. */
static bool is_summary(const struct event *event)
{
	return !*event->address && event->change != CHANGE_LIST_SICK &&
	       event->change != CHANGE_LIST_WELL && strcmp(event->check, "volume") != 0 &&
	       strcmp(event->check, "resolver") != 0 && strcmp(event->check, CHECK_AUTH) != 0;
}

/* The end of an entry that was worth having. */
static bool is_loss(struct reader *reader, const struct event *event)
{
	const struct probe_source *const source = news_source(reader, event->subject);

	return event->change == CHANGE_CLEARED && strcmp(event->check, CHECK_DNSBL) == 0 &&
	       source && source->list && source->list->watch_loss &&
	       !news_open(reader, event->address, event->check, event->subject);
}

static const struct event *with_change(struct reader *reader, const struct event *event,
				       enum change change, const char *to)
{
	struct event *const changed = arena_calloc(reader->alerts->arena, 1, sizeof(*changed));

	*changed = *event;
	changed->change = change;
	changed->to = to;
	return changed;
}

static bool is_hold(const struct event *event)
{
	return event->change == CHANGE_LIST_SICK &&
	       strcmp(event->to, cause_name(CAUSE_MASS_CHANGE)) == 0;
}

/* That nothing at all can be seen is told in its own words. Lists that are still out when something
 * can are told then. */
static bool is_of_darkness(const struct reader *reader, const struct event *event)
{
	return reader->is_dark && !*event->address &&
	       (event->change == CHANGE_LIST_SICK ||
		(event->change == CHANGE_WENT_BLIND && strcmp(event->check, "resolver") == 0));
}

static void add_event(struct reader *reader, const struct event *event)
{
	const bool is_open =
	    news_open(reader, event->address, event->check, event->subject) != NULL;

	if (is_summary(event) || is_hold(event) || is_of_darkness(reader, event))
		return;
	if (is_loss(reader, event)) {
		news_add(reader, with_change(reader, event, CHANGE_RAISED, "lost"))->is_passing =
		    true;
	} else if (event->change == CHANGE_WENT_BLIND && *event->address) {
		/* Its end is no event. Where something is wrong already it stays so. */
		if (!is_open)
			news_add(reader, event)->is_passing = true;
	} else if (event->change == CHANGE_CLEARED &&
		   is_believed(reader, event->address, event->check, event->subject)) {
		/* It fell, and is not over. */
		news_add(reader, with_change(reader, event, CHANGE_REMINDER, event->to));
	} else {
		news_add(reader, event);
	}
}

/* --- beliefs against items --- */

static const char *word_of(const struct reader *reader, size_t target,
			   const struct standing *standing)
{
	const struct pass_traffic *const traffic = reader->alerts->pass->traffic;

	if (strcmp(standing->check, "volume") == 0 && traffic)
		return volume_level_name(traffic->traffic[target].volume.level);
	return finding_name(standing->belief);
}

/* In the words of judge/standing.c, which letters take apart. */
static const char *text_of(const struct standing *standing, struct arena *arena)
{
	const char *text;

	if (strcmp(standing->check, CHECK_DNSBL) != 0)
		return *standing->text ? standing->text : standing->means;
	text = arena_printf(arena, SAID("%s lists it: %s"), standing->subject, standing->means);
	return *standing->text ? arena_printf(arena, SAID("%s; it says: %s"), text, standing->text)
			       : text;
}

static void raise_believed(struct reader *reader, size_t target)
{
	const struct stored_address *const stored = &reader->alerts->pass->stored[target];

	for (size_t i = 0; i < stored->standings; i++) {
		const struct standing *const standing = &stored->standing[i];
		struct event *event;

		if (!is_loud(standing) || !is_watched(reader, standing->check, standing->subject) ||
		    news_open(reader, stored->address, standing->check, standing->subject) ||
		    news_is_heard(reader, stored->address, standing->check, standing->subject))
			continue;
		event = news_make(reader, CHANGE_RAISED, standing->severity);
		event->at = standing->since;
		event->address = stored->address;
		event->check = standing->check;
		event->subject = standing->subject;
		event->to = word_of(reader, target, standing);
		event->text = text_of(standing, reader->alerts->arena);
		news_add(reader, event);
	}
}

void news_end(struct reader *reader, const struct incident_item *item, const char *text)
{
	struct event *const event = news_make(reader, CHANGE_CLEARED, item->severity);

	event->address = item->address;
	event->check = item->check;
	event->subject = item->subject;
	event->to = finding_name(FINDING_CLEAR);
	event->text = text;
	news_add(reader, event);
}

static void end_disbelieved(struct reader *reader, const struct incident_item *item)
{
	if (item->ended_at || news_is_heard(reader, item->address, item->check, item->subject))
		return;
	if (!*item->address) {
		/* Lists, the resolver and passes are looked at elsewhere. */
		if (strcmp(item->check, "volume") == 0 &&
		    !is_watched(reader, item->check, item->subject))
			news_end(reader, item, SAID("no longer watched"));
		return;
	}
	if (!alerts_target(reader->alerts, item->address) ||
	    !is_watched(reader, item->check, item->subject))
		news_end(reader, item, SAID("no longer watched"));
	else if (strcmp(item->check, CHECK_SIGHT) != 0 &&
		 !is_believed(reader, item->address, item->check, item->subject))
		news_end(reader, item, SAID("in order again"));
}

/* --- all of it --- */

static void index_open(struct reader *reader)
{
	const struct alerts *const alerts = reader->alerts;

	for (size_t i = 0; i < alerts->incidents; i++)
		for (size_t j = 0; j < alerts->incident[i].items; j++) {
			const struct incident_item *const item = &alerts->incident[i].item[j];

			if (!item->ended_at)
				map_put(reader->open,
					key_of(reader, item->address, item->check, item->subject),
					(void *)(uintptr_t)item);
		}
}

static void compare(struct reader *reader)
{
	const struct alerts *const alerts = reader->alerts;

	for (size_t i = 0; i < alerts->pass->targets.count; i++)
		raise_believed(reader, i);
	for (size_t i = 0; i < alerts->incidents; i++)
		for (size_t j = 0; j < alerts->incident[i].items; j++)
			end_disbelieved(reader, &alerts->incident[i].item[j]);
}

void alerts_news(struct alerts *alerts)
{
	struct reader reader = {.alerts = alerts, .open = map_new(), .heard = map_new()};

	index_open(&reader);
	reader.is_dark = news_is_dark(&reader);
	for (size_t i = 0; i < alerts->pass->events; i++)
		add_event(&reader, &alerts->pass->event[i]);
	compare(&reader);
	news_of_agent(&reader);
	map_free(reader.open);
	map_free(reader.heard);
	str_release(&reader.key);
}
