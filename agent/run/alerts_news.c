/* What changed, as incidents need it. Mostly the events of the pass; but an incident must also end
 * when its address or list is no longer looked at, and what was believed before alerts began, or
 * stands behind an event about many, belongs to one too. So beliefs and open items are held
 * against each other. */
#include "run/alerts_parts.h"

#include "base/mem.h"
#include "base/str.h"
#include "run/traffic_parts.h"

#include <stdlib.h>
#include <string.h>

/* As traffic_groups.c names pools in its events. */
#define POOL_PREFIX "pool "

struct reader {
	struct alerts *alerts;
	struct map *open; /* items by key */
	struct map *heard; /* keys that have news */
	struct str key;
};

static const char *key_of(struct reader *reader, const char *address, const char *check,
			  const char *subject)
{
	str_clear(&reader->key);
	str_addf(&reader->key, "%s %s %s", address, check, subject);
	return str_text(&reader->key);
}

static const struct incident_item *open_item(struct reader *reader, const char *address,
					     const char *check, const char *subject)
{
	return map_get(reader->open, key_of(reader, address, check, subject));
}

static bool is_heard(struct reader *reader, const char *address, const char *check,
		     const char *subject)
{
	return map_get(reader->heard, key_of(reader, address, check, subject)) != NULL;
}

static const struct probe_source *source_of(const struct reader *reader, const char *zone)
{
	return map_get(reader->alerts->source, zone);
}

static struct incident_news *add(struct reader *reader, const struct event *event)
{
	struct alerts *const alerts = reader->alerts;
	const struct stored_address *const stored = alerts_target(alerts, event->address);
	const struct probe_source *const source =
	    strcmp(event->check, CHECK_DNSBL) == 0 ? source_of(reader, event->subject) : NULL;
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

static struct event *make(struct reader *reader, enum change change, enum severity severity)
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
		return source_of(reader, subject) != NULL;
	if (strcmp(check, "volume") == 0 || strcmp(check, "receiver") == 0)
		return reader->alerts->pass->conf->maillogs > 0;
	return true;
}

static const struct standing *standing_of(const struct stored_address *stored, const char *check,
					  const char *subject)
{
	for (size_t i = 0; stored && i < stored->standings; i++)
		if (strcmp(stored->standing[i].check, check) == 0 &&
		    strcmp(stored->standing[i].subject, subject) == 0)
			return &stored->standing[i];
	return NULL;
}

static bool is_believed(const struct reader *reader, const char *address, const char *check,
			const char *subject)
{
	const struct standing *const standing =
	    standing_of(alerts_target(reader->alerts, address), check, subject);

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
	const struct probe_source *const source = source_of(reader, event->subject);

	return event->change == CHANGE_CLEARED && strcmp(event->check, CHECK_DNSBL) == 0 &&
	       source && source->list && source->list->watch_loss &&
	       !open_item(reader, event->address, event->check, event->subject);
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

static void add_event(struct reader *reader, const struct event *event)
{
	const bool is_open =
	    open_item(reader, event->address, event->check, event->subject) != NULL;

	if (is_summary(event) || is_hold(event))
		return;
	if (is_loss(reader, event)) {
		add(reader, with_change(reader, event, CHANGE_RAISED, "lost"))->is_passing = true;
	} else if (event->change == CHANGE_WENT_BLIND && *event->address) {
		/* Its end is no event. Where something is wrong already it stays so. */
		if (!is_open)
			add(reader, event)->is_passing = true;
	} else if (event->change == CHANGE_CLEARED &&
		   is_believed(reader, event->address, event->check, event->subject)) {
		/* It fell, and is not over. */
		add(reader, with_change(reader, event, CHANGE_REMINDER, event->to));
	} else {
		add(reader, event);
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
	if (strcmp(standing->check, CHECK_DNSBL) != 0)
		return *standing->text ? standing->text : standing->means;
	return arena_printf(arena, "%s lists it: %s%s%s", standing->subject, standing->means,
			    *standing->text ? "; it says: " : "", standing->text);
}

static void raise_believed(struct reader *reader, size_t target)
{
	const struct stored_address *const stored = &reader->alerts->pass->stored[target];

	for (size_t i = 0; i < stored->standings; i++) {
		const struct standing *const standing = &stored->standing[i];
		struct event *event;

		if (!is_loud(standing) || !is_watched(reader, standing->check, standing->subject) ||
		    open_item(reader, stored->address, standing->check, standing->subject) ||
		    is_heard(reader, stored->address, standing->check, standing->subject))
			continue;
		event = make(reader, CHANGE_RAISED, standing->severity);
		event->at = standing->since;
		event->address = stored->address;
		event->check = standing->check;
		event->subject = standing->subject;
		event->to = word_of(reader, target, standing);
		event->text = text_of(standing, reader->alerts->arena);
		add(reader, event);
	}
}

static void end_item(struct reader *reader, const struct incident_item *item, const char *text)
{
	struct event *const event = make(reader, CHANGE_CLEARED, item->severity);

	event->address = item->address;
	event->check = item->check;
	event->subject = item->subject;
	event->to = finding_name(FINDING_CLEAR);
	event->text = text;
	add(reader, event);
}

static void end_disbelieved(struct reader *reader, const struct incident_item *item)
{
	if (item->ended_at || is_heard(reader, item->address, item->check, item->subject))
		return;
	if (!*item->address) {
		/* Lists, the resolver and passes are looked at elsewhere. */
		if (strcmp(item->check, "volume") == 0 &&
		    !is_watched(reader, item->check, item->subject))
			end_item(reader, item, "no longer watched");
		return;
	}
	if (!alerts_target(reader->alerts, item->address) ||
	    !is_watched(reader, item->check, item->subject))
		end_item(reader, item, "no longer watched");
	else if (!is_believed(reader, item->address, item->check, item->subject))
		end_item(reader, item, "in order again");
}

/* --- lists, the resolver, passes --- */

struct lists_now {
	size_t asked, out;
};

/* A mass change is held back for one pass only, and then it is news or nothing. */
static bool is_out(const struct source_state *state)
{
	return tell_is_out(&state->stored) && state->stored.cause != CAUSE_MASS_CHANGE;
}

static struct lists_now count_lists(const struct pass *pass)
{
	struct lists_now now = {0};

	for (size_t i = SOURCE_LISTS; i < pass->sources; i++)
		if (pass->source[i].is_asked) {
			now.asked++;
			now.out += is_out(&pass->state[i]);
		}
	return now;
}

/* True while it explains what is wrong with lists. */
static bool hold_resolver(struct reader *reader)
{
	struct pass *const pass = reader->alerts->pass;
	const struct incident_item *const item = open_item(reader, "", "resolver", "");
	const struct lists_now now = count_lists(pass);
	const bool is_all_out =
	    breaker_trips_for_all(now.out, now.asked, pass->conf->lists.breaker);

	if (is_heard(reader, "", "resolver", ""))
		return is_all_out;
	if (!item || !now.asked || is_all_out)
		return item != NULL;
	end_item(reader, item,
		 arena_printf(reader->alerts->arena, "%zu of %zu lists answer again",
			      now.asked - now.out, now.asked));
	return false;
}

static void hold_list(struct reader *reader, const struct probe_source *source,
		      const struct source_state *state)
{
	const struct incident_item *const item =
	    open_item(reader, "", CHECK_DNSBL, source->list->zone);
	struct event *event;

	if (!source->is_asked || is_heard(reader, "", CHECK_DNSBL, source->list->zone) ||
	    is_out(state) == (item != NULL))
		return;
	event = make(reader, item ? CHANGE_LIST_WELL : CHANGE_LIST_SICK, SEVERITY_MINOR);
	event->check = CHECK_DNSBL;
	event->subject = source->list->zone;
	event->to = list_health_name(state->stored.health);
	event->text = item ? "its answers are believed again" : state->stored.text;
	add(reader, event);
}

static void hold_lists(struct reader *reader)
{
	struct pass *const pass = reader->alerts->pass;
	const bool is_resolver = hold_resolver(reader);

	for (size_t i = SOURCE_LISTS; i < pass->sources; i++)
		if (!is_resolver || !is_out(&pass->state[i]))
			hold_list(reader, &pass->source[i], &pass->state[i]);
}

/* A list that left the catalogue. */
static void end_unlisted(struct reader *reader, const struct incident_item *item)
{
	if (!item->ended_at && !*item->address && strcmp(item->check, CHECK_DNSBL) == 0 &&
	    !source_of(reader, item->subject))
		end_item(reader, item, "no longer asked");
}

static void add_pass_event(struct reader *reader, const char *subject, enum severity severity,
			   const char *text, bool is_passing)
{
	struct event *const event = make(reader, CHANGE_RAISED, severity);

	event->check = "pass";
	event->subject = subject;
	event->to = subject;
	event->text = text;
	add(reader, event)->is_passing = is_passing;
}

/* One that the deadline ends may have met a slow resolver; two in a row are a state. */
static void hold_passes(struct reader *reader)
{
	struct pass *const pass = reader->alerts->pass;
	const struct incident_item *const item = open_item(reader, "", "pass", "cut");
	const int64_t gap_s = pass->at - pass->last.at;
	char age[CIVIL_TEXT_BYTES];

	if (!pass->last.at)
		return;
	if (gap_s > pass->conf->stale_after_ms / 1000)
		add_pass_event(reader, "late", SEVERITY_MAJOR,
			       arena_printf(reader->alerts->arena,
					    "no pass ended for %s: nothing was watched meanwhile",
					    civil_age(gap_s, age)),
			       true);
	if (item && pass->summary->is_complete)
		end_item(reader, item, "passes end in time again");
	else if (!item && !pass->summary->is_complete && !pass->last.is_complete)
		add_pass_event(reader, "cut", SEVERITY_MINOR,
			       "the deadline ended two passes before everything was answered",
			       false);
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
		for (size_t j = 0; j < alerts->incident[i].items; j++) {
			end_disbelieved(reader, &alerts->incident[i].item[j]);
			end_unlisted(reader, &alerts->incident[i].item[j]);
		}
}

void alerts_news(struct alerts *alerts)
{
	struct reader reader = {.alerts = alerts, .open = map_new(), .heard = map_new()};

	index_open(&reader);
	for (size_t i = 0; i < alerts->pass->events; i++)
		add_event(&reader, &alerts->pass->event[i]);
	compare(&reader);
	hold_lists(&reader);
	hold_passes(&reader);
	map_free(reader.open);
	map_free(reader.heard);
	str_release(&reader.key);
}
