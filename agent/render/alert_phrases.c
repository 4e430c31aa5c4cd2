#include "render/alert_parts.h"

#include "base/map.h"
#include "base/mem.h"
#include "render/retell.h"

#include <string.h>

/* --- what became of one belief --- */

/* %1$s is who, %2$s the subject of the check. The first row that fits counts; "" fits all. */
static const struct phrase {
	const char *check, *to;
	bool has_address;
	const char *opened, *is, *ended;
	const char *brief; /* for a subject; NULL: as `is` */
} phrases[] = {
    {"dnsbl", "lost", true, TR_LATER("%s is no longer on the list %s, which spoke for it"),
     TR_LATER("%s is no longer on the list %s, which spoke for it"),
     TR_LATER("%s is no longer on the list %s, which spoke for it"), NULL},
    {"dnsbl", "", true, TR_LATER("%s is now listed on %s"), TR_LATER("%s is listed on %s"),
     TR_LATER("%s is no longer listed on %s"), TR_LATER("%s listed on %s")},
    {"dnsbl", "sick", false, TR_LATER("the list %s answers wrongly and is set aside"),
     TR_LATER("the list %s answers wrongly and is set aside"),
     TR_LATER("the list %s is in order again"), NULL},
    {"dnsbl", "refused", false, TR_LATER("the list %s refuses our questions"),
     TR_LATER("the list %s refuses our questions"), TR_LATER("the list %s is in order again"),
     NULL},
    {"dnsbl", "unreachable", false, TR_LATER("the list %s does not answer"),
     TR_LATER("the list %s does not answer"), TR_LATER("the list %s is in order again"), NULL},
    {"dnsbl", "mass-change", false, TR_LATER("the list %s changed for many addresses at once"),
     TR_LATER("the list %s changed for many addresses at once"),
     TR_LATER("the list %s is in order again"), NULL},
    {"dnsbl", "", false, TR_LATER("the list %s is out of order"),
     TR_LATER("the list %s is out of order"), TR_LATER("the list %s is in order again"), NULL},
    {"receiver", "", true, TR_LATER("mail from %s is now refused by %s"),
     TR_LATER("mail from %s is refused by %s"), TR_LATER("mail from %s is taken by %s again"),
     TR_LATER("%s refused by %s")},
    {"ptr", "", true, TR_LATER("the reverse name (PTR) of %s is missing or wrong"),
     TR_LATER("the reverse name (PTR) of %s is missing or wrong"),
     TR_LATER("the reverse name (PTR) of %s is in order again"),
     TR_LATER("%s: reverse name (PTR) wrong")},
    {"helo", "", true, TR_LATER("the HELO name of %s is wrong"),
     TR_LATER("the HELO name of %s is wrong"), TR_LATER("the HELO name of %s is in order again"),
     TR_LATER("%s: HELO name wrong")},
    {"volume", "elevated", false, TR_LATER("%s sends more than usual"),
     TR_LATER("%s sends more than usual"), TR_LATER("%s sends as usual again"), NULL},
    {"volume", "over-plan", false, TR_LATER("%s sends more than its warm-up plan allows"),
     TR_LATER("%s sends more than its warm-up plan allows"), TR_LATER("%s sends as usual again"),
     NULL},
    {"volume", "cold", false, TR_LATER("%s sends much for an address without a history"),
     TR_LATER("%s sends much for an address without a history"),
     TR_LATER("%s sends as usual again"), NULL},
    {"volume", "low", false, TR_LATER("%s has almost stopped sending"),
     TR_LATER("%s has almost stopped sending"), TR_LATER("%s sends as usual again"), NULL},
    {"volume", "", false, TR_LATER("%s sends far more than usual"),
     TR_LATER("%s sends far more than usual"), TR_LATER("%s sends as usual again"), NULL},
    {"spf", "blind", true, TR_LATER("the records of %s cannot be looked up"),
     TR_LATER("the records of %s cannot be looked up"),
     TR_LATER("the records of %s cannot be looked up"), NULL},
    {"dkim", "blind", true, TR_LATER("the records of %s cannot be looked up"),
     TR_LATER("the records of %s cannot be looked up"),
     TR_LATER("the records of %s cannot be looked up"), NULL},
    {"dmarc", "blind", true, TR_LATER("the records of %s cannot be looked up"),
     TR_LATER("the records of %s cannot be looked up"),
     TR_LATER("the records of %s cannot be looked up"), NULL},
    {"mx", "blind", true, TR_LATER("the records of %s cannot be looked up"),
     TR_LATER("the records of %s cannot be looked up"),
     TR_LATER("the records of %s cannot be looked up"), NULL},
    {"spf", "", true, TR_LATER("the SPF record of %s is missing or wrong"),
     TR_LATER("the SPF record of %s is missing or wrong"),
     TR_LATER("the SPF record of %s is in order again"), TR_LATER("%s: SPF wrong")},
    {"dkim", "", true, TR_LATER("the DKIM key of %s is missing or wrong"),
     TR_LATER("the DKIM key of %s is missing or wrong"),
     TR_LATER("the DKIM key of %s is in order again"), TR_LATER("%s: DKIM wrong")},
    {"dmarc", "", true, TR_LATER("the DMARC record of %s is missing or wrong"),
     TR_LATER("the DMARC record of %s is missing or wrong"),
     TR_LATER("the DMARC record of %s is in order again"), TR_LATER("%s: DMARC wrong")},
    {"mx", "", true, TR_LATER("%s cannot take replies and bounces (MX)"),
     TR_LATER("%s cannot take replies and bounces (MX)"),
     TR_LATER("%s can take replies and bounces again (MX)"), NULL},
    {"pass", "late", false, TR_LATER("no pass ran for some time"),
     TR_LATER("no pass ran for some time"), TR_LATER("passes run in time again"), NULL},
    {"pass", "disk", false, TR_LATER("the disk that holds repwatch's state is almost full"),
     TR_LATER("the disk that holds repwatch's state is almost full"),
     TR_LATER("the disk that holds repwatch's state has room again"), NULL},
    {"pass", "record", false, TR_LATER("passes cannot be recorded: nothing is watched"),
     TR_LATER("passes cannot be recorded: nothing is watched"),
     TR_LATER("passes are recorded again"), NULL},
    {"pass", "", false, TR_LATER("passes end before everything was asked"),
     TR_LATER("passes end before everything was asked"), TR_LATER("passes end in time again"),
     NULL},
    {"resolver", "", false, TR_LATER("the lists cannot be asked, most likely for the resolver"),
     TR_LATER("the lists cannot be asked, most likely for the resolver"),
     TR_LATER("the lists can be asked again"), NULL},
    {"sight", "", true, TR_LATER("nothing can be learned about %s"),
     TR_LATER("nothing can be learned about %s"), TR_LATER("%s can be looked at again"), NULL},
    {"sight", "identity", false, TR_LATER("reverse names (PTR) cannot be looked up"),
     TR_LATER("reverse names (PTR) cannot be looked up"),
     TR_LATER("reverse names (PTR) can be looked up again"), NULL},
    {"sight", "", false, TR_LATER("nothing can be learned about any address"),
     TR_LATER("nothing can be learned about any address"),
     TR_LATER("addresses can be looked at again"), NULL},
    {"auth", "", false, TR_LATER("the records of most domains cannot be looked up"),
     TR_LATER("the records of most domains cannot be looked up"),
     TR_LATER("the records of domains can be looked up again"), NULL},
};

/* What ended has become "clear"; of passes the subject still tells what it was. */
static bool is_so(const struct phrase *row, const struct incident_item *item)
{
	return !*row->to || strcmp(row->to, item->to) == 0 ||
	       (!item->address[0] && strcmp(row->to, item->subject) == 0);
}

static const struct phrase *phrase_of(const struct incident_item *item)
{
	for (size_t i = 0; i < COUNT_OF(phrases); i++) {
		const struct phrase *const row = &phrases[i];

		if (strcmp(row->check, item->check) == 0 && is_so(row, item) &&
		    (!row->has_address || item->address[0]))
			return row;
	}
	return NULL;
}

static const char *filled(struct telling *telling, const char *english, const char *who,
			  const char *subject)
{
	struct str text = {0};
	const char *copy;

	tr_fill(&text, telling->style->language, english, (const char *const[]){who, subject});
	copy = arena_strdup(telling->arena, str_text(&text));
	str_release(&text);
	return copy;
}

static const char *item_phrase(struct telling *telling, const struct incident_item *item,
			       const char *who)
{
	const struct phrase *const row = phrase_of(item);
	const char *english;

	if (!row)
		return arena_printf(telling->arena, "%s: %s %s", who,
				    alert_name(telling, item->check),
				    alert_name(telling, item->to));
	/* What is told once it is over, as a night without passes, is still what is new. */
	if (!alert_item_is_open(item) && telling->alert->kind != ALERT_OPENED)
		english = row->ended;
	else if (telling->is_brief && row->brief)
		english = row->brief;
	else
		english = telling->alert->kind == ALERT_OPENED ? row->opened : row->is;
	return filled(telling, english, who, alert_name(telling, item->subject));
}

const char *alert_item_what(struct telling *telling, const struct incident_item *item,
			    bool has_pool)
{
	return item_phrase(telling, item, alert_who(telling, item, has_pool));
}

/* --- what an incident is --- */

/* Addresses that are part of it; of an ended one all that were. An address may have lost two
 * names. */
static size_t count_addresses(const struct incident *incident)
{
	struct map *const seen = map_new();
	size_t count;

	for (size_t i = 0; i < incident->items; i++) {
		const struct incident_item *const item = &incident->item[i];

		if (item->address[0] && (incident->ended_at || alert_item_is_open(item)))
			map_put(seen, item->address, seen);
	}
	count = map_count(seen);
	map_free(seen);
	return count;
}

static const char *with_pool(struct telling *telling, const char *subject, const char *pool,
			     bool has_pool)
{
	return has_pool && pool && *pool
		   ? alert_said(telling, "%s (%s)", subject, alert_name(telling, pool))
		   : subject;
}

/* "192.0.2." where all of them begin so: one zone has their reverse names. "" else. */
static const char *shared_net(struct telling *telling, const struct incident *incident)
{
	const char *const first = incident->item[0].address;
	const char *const dot = strrchr(first, '.');
	const size_t len = dot ? (size_t)(dot - first) + 1 : 0;

	for (size_t i = 0; i < incident->items; i++)
		if (!len || strncmp(incident->item[i].address, first, len) != 0)
			return "";
	return arena_strndup(telling->arena, first, len);
}

static const char *who_of_many(struct telling *telling, const struct incident *incident,
			       size_t addresses)
{
	const char *const count = alert_number(telling, addresses);
	const char *const net = alert_is_identity(incident) ? shared_net(telling, incident) : "";

	if (!*net)
		return alert_said(telling, "%s addresses", count);
	return alert_said(telling, "%s addresses in %s", count,
			  arena_printf(telling->arena, "%s0/24", alert_name(telling, net)));
}

/* What happened to many addresses. */
static const char *many_what(struct telling *telling, const struct incident *incident,
			     size_t addresses, bool has_pool)
{
	static const char *const english[3][2] = {
	    {TR_LATER("%s are listed on %s"), TR_LATER("%s are no longer listed on %s")},
	    {TR_LATER("mail from %s is refused by %s"),
	     TR_LATER("mail from %s is taken by %s again")},
	    {TR_LATER("the names (PTR, HELO) of %s are missing or wrong"),
	     TR_LATER("the names (PTR, HELO) of %s are in order again")},
	};
	const size_t row = alert_is_identity(incident)           ? 2
			   : incident->kind == INCIDENT_RECEIVER ? 1
								 : 0;

	return filled(
	    telling, english[row][incident->ended_at != 0],
	    with_pool(telling, who_of_many(telling, incident, addresses), incident->pool, has_pool),
	    alert_name(telling, incident->subject));
}

static bool is_of_many(const struct incident *incident, size_t addresses)
{
	return addresses > 1 &&
	       (incident->kind == INCIDENT_LIST || incident->kind == INCIDENT_RECEIVER ||
		alert_is_identity(incident));
}

const char *alert_what(struct telling *telling, const struct incident *incident, bool has_pool)
{
	const struct incident_item *const worst = alert_worst(incident);
	const size_t addresses = count_addresses(incident);

	if (!incident->items)
		return alert_subject(telling, incident->subject);
	if (is_of_many(incident, addresses))
		return many_what(telling, incident, addresses, has_pool);
	if (incident->kind == INCIDENT_SENDER)
		return item_phrase(telling, worst,
				   with_pool(telling, alert_subject(telling, incident->subject),
					     incident->pool, has_pool));
	return alert_item_what(telling, worst, has_pool);
}

/* --- what our own checks say --- */

const char *alert_check_words(struct telling *telling, const char *text)
{
	struct str said = {0};
	const char *shown;

	retell(&said, telling->style->language, text);
	shown = alert_shown(telling, str_text(&said), ALERT_SENTENCES_MAX_BYTES);
	str_release(&said);
	return shown;
}
