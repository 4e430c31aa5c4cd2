/* What people hear of an incident, and when: as little as keeps them informed. They hear that it
 * began, that it is worse, that it goes on, that it ended; of what comes and goes once in a while;
 * of what they muted nothing until the mute is over. */
#include "base/ip.h"
#include "judge/incident_parts.h"

#include <stdlib.h>
#include <string.h>

/* What of an incident counts now. */
struct gauge {
	size_t open, muted; /* muted ones are open too */
	size_t shown; /* items that are not muted, open or not */
	enum severity worst; /* of those shown; of all where none is */
	bool has_critical;
};

static bool is_in_block(const char *block, const char *address)
{
	struct prefix prefix;
	struct ip ip;

	return strchr(block, '/') && prefix_parse(block, &prefix) && ip_parse(address, &ip) &&
	       prefix_has(&prefix, &ip);
}

bool mute_concerns(const struct mute *mute, const char *address, const char *pool, int64_t now)
{
	if (mute->from > now || mute->until <= now)
		return false;
	return !*mute->address || strcmp(mute->address, address) == 0 ||
	       strcmp(mute->address, pool) == 0 || is_in_block(mute->address, address);
}

bool mute_covers(const struct mute *mute, const struct incident_item *item, int64_t now)
{
	if (!mute_concerns(mute, item->address, item->pool, now))
		return false;
	return !*mute->subject || strcmp(mute->subject, item->subject) == 0 ||
	       strcmp(mute->subject, item->check) == 0;
}

static bool is_muted(const struct incident_item *item, const struct incident_input *input)
{
	for (size_t i = 0; i < input->mutes; i++)
		if (mute_covers(&input->mute[i], item, input->now))
			return true;
	return false;
}

static void mute_items(struct entry *entry, const struct incident_input *input)
{
	for (size_t i = 0; i < entry->items; i++) {
		struct incident_item *const item = &entry->item[i];
		const bool was_muted = item->is_muted;

		if (item->ended_at && item->ended_at < input->now)
			continue;
		item->is_muted = is_muted(item, input);
		entry->is_changed |= was_muted != item->is_muted;
		entry->unmuted += was_muted && !item->is_muted && !item->ended_at;
	}
}

/* What ended before it came back is over. */
static void forget_past(struct entry *entry, int64_t now)
{
	size_t kept = 0;

	for (size_t i = 0; i < entry->items; i++)
		if (!entry->item[i].ended_at || entry->item[i].ended_at >= now)
			entry->item[kept++] = entry->item[i];
	entry->items = kept;
}

static struct gauge gauge_of(const struct entry *entry)
{
	struct gauge gauge = {0};
	enum severity all = SEVERITY_INFO;

	for (size_t i = 0; i < entry->items; i++) {
		const struct incident_item *const item = &entry->item[i];

		gauge.open += !item->ended_at;
		gauge.muted += !item->ended_at && item->is_muted;
		if (item->severity > all)
			all = item->severity;
		if (item->is_muted)
			continue;
		gauge.shown++;
		if (item->severity > gauge.worst)
			gauge.worst = item->severity;
	}
	if (!gauge.shown)
		gauge.worst = all;
	return gauge;
}

static int told_first(const void *a, const void *b)
{
	const struct incident_item *const first = a;
	const struct incident_item *const second = b;
	int order = first->is_muted - second->is_muted;

	if (!order)
		order = (first->ended_at != 0) - (second->ended_at != 0);
	if (!order)
		order = (int)second->severity - (int)first->severity;
	if (!order)
		order = (first->since > second->since) - (first->since < second->since);
	if (!order)
		order = strcmp(first->address, second->address);
	return order ? order : strcmp(first->subject, second->subject);
}

/* The pool of all that is told, "" for several. */
static const char *pool_of(const struct entry *entry, size_t shown)
{
	const size_t count = shown ? shown : entry->items;

	for (size_t i = 1; i < count; i++)
		if (strcmp(entry->item[i].pool, entry->item[0].pool) != 0)
			return "";
	return count ? entry->item[0].pool : "";
}

/* --- when --- */

static int64_t reminder_at(const struct incident *incident, int64_t repeat_s)
{
	const int64_t most = repeat_s > INCIDENT_REMIND_MAX_S ? repeat_s : INCIDENT_REMIND_MAX_S;
	int64_t wait_s = repeat_s;

	for (uint32_t i = 0; i < incident->reminders && wait_s < most; i++)
		wait_s *= 2;
	return incident->told_at + (wait_s < most ? wait_s : most);
}

static bool is_worse(const struct incident *incident, const struct gauge *gauge)
{
	return gauge->worst > incident->told_severity;
}

static bool is_twice(const struct incident *incident, const struct gauge *gauge)
{
	return gauge->open - gauge->muted >= 2 * (size_t)incident->told_items;
}

/* That an address which sends too much, or which receivers refuse, is now on a list is another
 * thing, with steps of its own; a further list is not. */
static bool has_first_listing(const struct entry *entry, int64_t now)
{
	bool is_new = false;

	for (size_t i = 0; i < entry->items; i++) {
		const struct incident_item *const item = &entry->item[i];

		if (strcmp(item->check, "dnsbl") != 0)
			continue;
		if (item->since < now)
			return false;
		is_new |= !item->is_muted && item->severity >= SEVERITY_MAJOR;
	}
	return is_new && entry->incident.kind == INCIDENT_ADDRESS;
}

/* Not for each item: what is known to be large may grow a little. */
static bool has_grown(const struct entry *entry, const struct gauge *gauge, int64_t now)
{
	const struct incident *const incident = &entry->incident;
	const bool is_shared = incident->kind == INCIDENT_DOMAIN && !strchr(incident->subject, '.');

	if (is_worse(incident, gauge))
		return true;
	if (!entry->added)
		return false;
	/* Of what was there from the beginning nobody was told one by one; and many domains at once
	 * have a reason of their own. */
	if (incident->is_baseline || (is_shared && entry->added >= INCIDENT_DOMAIN_MIN))
		return true;
	return is_twice(incident, gauge) ||
	       /* No more than before: it came back. */
	       (gauge->open - gauge->muted > incident->told_items && has_first_listing(entry, now));
}

/* What comes and goes is told now and then; never held back when it is worse than was told. */
static bool is_held(const struct incident *incident, const struct gauge *gauge,
		    const struct incident_input *input)
{
	return incident->flaps >= INCIDENT_FLAPS_TOLD && !is_worse(incident, gauge) &&
	       !(gauge->open && is_twice(incident, gauge)) &&
	       input->now - incident->told_at < input->policy.repeat_s;
}

/* --- what --- */

static enum alert_kind kind_of_ended(const struct entry *entry, const struct gauge *gauge,
				     const struct incident_input *input)
{
	const struct incident *const incident = &entry->incident;

	if (entry->is_passing && entry->added && !incident->is_told && gauge->shown)
		return is_held(incident, gauge, input) ? ALERT_KIND_COUNT : ALERT_OPENED;
	if (!incident->is_told || is_held(incident, gauge, input))
		return ALERT_KIND_COUNT;
	return ALERT_ENDED;
}

static enum alert_kind kind_of_open(const struct entry *entry, const struct gauge *gauge,
				    const struct incident_input *input)
{
	const struct incident *const incident = &entry->incident;
	const bool is_due = input->now >= reminder_at(incident, input->policy.repeat_s);

	if (gauge->open == gauge->muted)
		return ALERT_KIND_COUNT;
	if (!incident->told_at)
		return ALERT_OPENED;
	if (incident->is_baseline || incident->is_told) {
		if (has_grown(entry, gauge, input->now))
			return ALERT_GREW;
		return is_due || entry->unmuted ? ALERT_REMINDER : ALERT_KIND_COUNT;
	}
	return is_held(incident, gauge, input) ? ALERT_KIND_COUNT : ALERT_OPENED;
}

/* The agent's own: it was not there before anybody looked, and its end matters. */
static bool is_blindness(const struct incident *incident)
{
	return incident->kind == INCIDENT_AGENT && !*incident->subject;
}

static enum alert_kind kind_of(const struct entry *entry, const struct gauge *gauge,
			       const struct incident_input *input)
{
	if (input->policy.is_first && gauge->open > gauge->muted && !is_blindness(&entry->incident))
		return ALERT_BASELINE;
	return gauge->open ? kind_of_open(entry, gauge, input) : kind_of_ended(entry, gauge, input);
}

/* A baseline's reminders go together, and so does what a new address brings with it. */
static bool goes_together(const struct entry *entry, enum alert_kind kind)
{
	switch (kind) {
	case ALERT_REMINDER:
		return entry->incident.is_baseline;
	case ALERT_OPENED:
		return entry->added && entry->is_all_new;
	case ALERT_BASELINE:
		return true;
	case ALERT_GREW:
	case ALERT_ENDED:
	case ALERT_DIGEST:
	case ALERT_WEEKLY:
	case ALERT_TEST:
	case ALERT_KIND_COUNT:
		break;
	}
	return false;
}

static void write_letter(struct entry *entry, enum alert_kind kind, const struct gauge *gauge,
			 int64_t now, struct incident_outcome *out)
{
	struct incident *const incident = &entry->incident;
	struct incident_letter *const letter = &out->letter[out->letters++];
	const bool is_reminder = kind == ALERT_REMINDER;

	letter->kind = kind;
	letter->is_together = goes_together(entry, kind);
	if (kind == ALERT_BASELINE)
		incident->is_baseline = true;
	else
		incident->seq++;
	if (kind == ALERT_GREW || kind == ALERT_OPENED)
		incident->is_baseline = false;
	letter->seq = incident->seq;
	incident->is_told = gauge->open && !incident->is_baseline;
	incident->told_at = now;
	incident->reminders = is_reminder ? incident->reminders + 1 : 0;
	if (kind != ALERT_ENDED) {
		incident->told_severity = gauge->worst;
		incident->told_items = (uint32_t)(gauge->open - gauge->muted);
	}
	entry->is_changed = true;
}

/* The headline tells of the first item: of one that grew, what is new, when it is as bad as the
 * rest. */
static void put_news_first(struct entry *entry, int64_t now)
{
	for (size_t i = 1; i < entry->items; i++) {
		const struct incident_item item = entry->item[i];

		if (item.is_muted || item.ended_at || item.severity < entry->item[0].severity)
			return;
		if (item.since < now || entry->item[0].since >= now)
			continue;
		memmove(entry->item + 1, entry->item, i * sizeof(*entry->item));
		entry->item[0] = item;
		return;
	}
}

void incident_settle(struct entry *entry, const struct incident_input *input,
		     struct incident_outcome *out)
{
	struct incident *const incident = &entry->incident;
	struct gauge gauge;
	enum alert_kind kind;

	if (entry->is_reopened)
		forget_past(entry, input->now);
	mute_items(entry, input);
	gauge = gauge_of(entry);
	if (entry->items)
		qsort(entry->item, entry->items, sizeof(*entry->item), told_first);
	incident->pool = pool_of(entry, gauge.shown);
	if (gauge.worst > incident->severity || !incident->told_at)
		incident->severity = gauge.worst;
	if (!gauge.open && !incident->ended_at)
		incident->ended_at = input->now;
	kind = kind_of(entry, &gauge, input);
	if (kind == ALERT_GREW)
		put_news_first(entry, input->now);
	if (kind != ALERT_KIND_COUNT)
		write_letter(entry, kind, &gauge, input->now, out);
}
