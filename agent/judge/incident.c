/* Where an event belongs. What is open already keeps what happens to it. What is new belongs to the
 * widest cause that explains it: one list that lists many, one receiver that refuses many, one
 * record many domains share; else to the address or domain itself. */
#include "judge/incident.h"

#include "base/ip.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/str.h"
#include "judge/incident_parts.h"

#include <stdlib.h>
#include <string.h>

enum trouble {
	TROUBLE_LISTED,
	TROUBLE_REFUSED,
	TROUBLE_IDENTITY, /* of an address */
	TROUBLE_VOLUME, /* likewise */
	TROUBLE_SIGHT, /* nothing can be learned about it */
	TROUBLE_DOMAIN, /* its records */
	TROUBLE_SENDER,
	TROUBLE_LIST, /* out of order */
	TROUBLE_AGENT,
	TROUBLE_COUNT
};

enum naming { BY_NOTHING, BY_ADDRESS, BY_SUBJECT, BY_CHECK, BY_WORD };

/* What an event is about alone, and together with others of its pass. */
static const struct grouping {
	enum incident_kind alone;
	enum naming alone_by;
	enum incident_kind together;
	enum naming together_by;
	size_t least; /* 0: never together */
	bool joins; /* one alone joins the open one of many */
	bool counts_open; /* those that are open elsewhere count as others */
} grouping[] = {
    [TROUBLE_LISTED] = {INCIDENT_ADDRESS, BY_ADDRESS, INCIDENT_LIST, BY_SUBJECT, INCIDENT_LIST_MIN,
			true, false},
    [TROUBLE_REFUSED] = {INCIDENT_ADDRESS, BY_ADDRESS, INCIDENT_RECEIVER, BY_SUBJECT,
			 INCIDENT_RECEIVER_MIN, true, true},
    /* A zone that is broken takes the names of all its addresses, and the HELO check with them. */
    [TROUBLE_IDENTITY] = {INCIDENT_ADDRESS, BY_ADDRESS, INCIDENT_ADDRESS, BY_WORD,
			  INCIDENT_IDENTITY_MIN, false, false},
    [TROUBLE_VOLUME] = {INCIDENT_ADDRESS, BY_ADDRESS, INCIDENT_ADDRESS, BY_ADDRESS, 0, false,
			false},
    [TROUBLE_SIGHT] = {INCIDENT_ADDRESS, BY_ADDRESS, INCIDENT_AGENT, BY_NOTHING, INCIDENT_AGENT_MIN,
		       true, false},
    /* Records break for reasons of their own: a later one says nothing about the many before. */
    [TROUBLE_DOMAIN] = {INCIDENT_DOMAIN, BY_ADDRESS, INCIDENT_DOMAIN, BY_CHECK, INCIDENT_DOMAIN_MIN,
			false, false},
    [TROUBLE_SENDER] = {INCIDENT_SENDER, BY_SUBJECT, INCIDENT_SENDER, BY_SUBJECT, 0, false, false},
    [TROUBLE_LIST] = {INCIDENT_AGENT, BY_SUBJECT, INCIDENT_AGENT, BY_NOTHING, INCIDENT_AGENT_MIN,
		      false, false},
    [TROUBLE_AGENT] = {INCIDENT_AGENT, BY_NOTHING, INCIDENT_AGENT, BY_NOTHING, 0, false, false},
};
_Static_assert(COUNT_OF(grouping) == TROUBLE_COUNT, "a row for each trouble");

struct book {
	const struct incident_input *input;
	struct arena *arena;
	struct entry **entry;
	size_t entries, room;
	struct map *by_item; /* the place of an item; of several the newest */
	struct map *by_name; /* the newest entry of a kind and subject */
	struct map *counts; /* how many share what they would be together */
	struct map *counted; /* which */
	struct str key;
};

/* Where an item stands. */
struct spot {
	size_t entry;
	size_t item;
};

struct place {
	enum incident_kind kind;
	const char *subject;
};

static bool is_domain(const char *address)
{
	struct ip ip;

	return *address && !ip_parse(address, &ip);
}

static enum trouble trouble_of(const char *check, const char *address, enum change change)
{
	if (change == CHANGE_LIST_SICK || change == CHANGE_LIST_WELL)
		return TROUBLE_LIST;
	if (!*address)
		return strcmp(check, "volume") == 0 ? TROUBLE_SENDER : TROUBLE_AGENT;
	if (strcmp(check, "dnsbl") == 0)
		return TROUBLE_LISTED;
	if (strcmp(check, "receiver") == 0)
		return TROUBLE_REFUSED;
	if (strcmp(check, "sight") == 0)
		return TROUBLE_SIGHT;
	if (is_domain(address))
		return TROUBLE_DOMAIN;
	return strcmp(check, "volume") == 0 ? TROUBLE_VOLUME : TROUBLE_IDENTITY;
}

static const char *name_by(enum naming naming, const struct event *event)
{
	switch (naming) {
	case BY_ADDRESS:
		return event->address;
	case BY_SUBJECT:
		return event->subject;
	case BY_CHECK:
		return event->check;
	case BY_WORD:
		return INCIDENT_IDENTITY;
	case BY_NOTHING:
		break;
	}
	return "";
}

static struct place alone(const struct event *event, enum trouble trouble)
{
	const struct grouping *const row = &grouping[trouble];
	struct place place = {row->alone, name_by(row->alone_by, event)};

	if (place.kind == INCIDENT_ADDRESS && is_domain(event->address))
		place.kind = INCIDENT_DOMAIN;
	return place;
}

static struct place together(const struct event *event, enum trouble trouble)
{
	const struct grouping *const row = &grouping[trouble];

	return (struct place){row->together, name_by(row->together_by, event)};
}

/* --- the book --- */

static const char *place_key(struct book *book, struct place place)
{
	str_clear(&book->key);
	str_addf(&book->key, "%d %s", (int)place.kind, place.subject);
	return str_text(&book->key);
}

static const char *item_key(struct book *book, const char *address, const char *check,
			    const char *subject)
{
	str_clear(&book->key);
	str_add(&book->key, address);
	str_add_char(&book->key, ' ');
	str_add(&book->key, check);
	str_add_char(&book->key, ' ');
	str_add(&book->key, subject);
	return str_text(&book->key);
}

static struct spot *find_item(struct book *book, const struct event *event)
{
	return map_get(book->by_item, item_key(book, event->address, event->check, event->subject));
}

static struct incident_item *item_at(const struct book *book, const struct spot *spot)
{
	return &book->entry[spot->entry]->item[spot->item];
}

static void index_item(struct book *book, size_t entry, size_t at)
{
	const struct incident_item *const item = &book->entry[entry]->item[at];
	const char *const key = item_key(book, item->address, item->check, item->subject);
	struct spot *spot = map_get(book->by_item, key);

	if (spot && !item_at(book, spot)->ended_at && item->ended_at)
		return;
	if (!spot) {
		spot = arena_calloc(book->arena, 1, sizeof(*spot));
		map_put(book->by_item, key, spot);
	}
	*spot = (struct spot){entry, at};
}

static size_t add_entry(struct book *book, const struct incident *incident)
{
	struct entry *const entry = arena_calloc(book->arena, 1, sizeof(*entry));

	if (book->entries == book->room) {
		const size_t room = book->room ? book->room * 2 : 16;
		struct entry **grown = arena_calloc(book->arena, room, sizeof(struct entry *));

		if (book->entries)
			memcpy(grown, book->entry, book->entries * sizeof(struct entry *));
		book->entry = grown;
		book->room = room;
	}
	entry->incident = *incident;
	entry->is_all_new = true;
	entry->number = book->entries;
	book->entry[book->entries] = entry;
	map_put(book->by_name, place_key(book, (struct place){incident->kind, incident->subject}),
		entry);
	return book->entries++;
}

static size_t add_item(struct book *book, size_t at, const struct incident_item *item)
{
	struct entry *const entry = book->entry[at];

	if (entry->items == entry->room) {
		const size_t room = entry->room ? entry->room * 2 : 4;
		struct incident_item *grown = arena_calloc(book->arena, room, sizeof(*grown));

		if (entry->items)
			memcpy(grown, entry->item, entry->items * sizeof(*grown));
		entry->item = grown;
		entry->room = room;
	}
	entry->item[entry->items] = *item;
	index_item(book, at, entry->items);
	return entry->items++;
}

static void read_incidents(struct book *book)
{
	for (size_t i = 0; i < book->input->incidents; i++) {
		const struct incident *const incident = &book->input->incident[i];
		struct entry *entry;

		add_entry(book, incident);
		entry = book->entry[i];
		entry->room = incident->items;
		entry->items = incident->items;
		entry->item = arena_calloc(book->arena, entry->room + 1, sizeof(*entry->item));
		for (size_t j = 0; j < entry->items; j++) {
			entry->item[j] = incident->item[j];
			index_item(book, i, j);
		}
	}
}

/* --- counting what may have one cause --- */

static bool is_raise(const struct event *event)
{
	return event->change != CHANGE_CLEARED && event->change != CHANGE_LIST_WELL &&
	       event->change != CHANGE_NONE;
}

static size_t *count_of(struct book *book, struct place place)
{
	size_t *count = map_get(book->counts, place_key(book, place));

	if (!count) {
		count = arena_calloc(book->arena, 1, sizeof(*count));
		map_put(book->counts, place_key(book, place), count);
	}
	return count;
}

/* An address counts once, whatever number of its checks say the same. */
static void count_event(struct book *book, const struct event *event, bool is_open)
{
	const enum trouble trouble = trouble_of(event->check, event->address, event->change);
	const struct place place = together(event, trouble);

	if (!grouping[trouble].least || (is_open && !grouping[trouble].counts_open))
		return;
	place_key(book, place);
	str_addf(&book->key, " %s", *event->address ? event->address : event->subject);
	if (map_get(book->counted, str_text(&book->key)))
		return;
	map_put(book->counted, str_text(&book->key), book);
	++*count_of(book, place);
}

static void count_all(struct book *book)
{
	for (size_t i = 0; i < book->entries; i++)
		for (size_t j = 0; j < book->entry[i]->items; j++) {
			const struct incident_item *const item = &book->entry[i]->item[j];
			const struct event event = {.address = item->address,
						    .check = item->check,
						    .subject = item->subject};

			if (!item->ended_at && *item->address)
				count_event(book, &event, true);
		}
	for (size_t i = 0; i < book->input->newses; i++) {
		const struct event *const event = book->input->news[i].event;
		const struct spot *const spot = find_item(book, event);

		if (is_raise(event) && (!spot || item_at(book, spot)->ended_at))
			count_event(book, event, false);
	}
}

/* --- finding the place --- */

static struct entry *named(struct book *book, struct place place)
{
	return map_get(book->by_name, place_key(book, place));
}

static bool is_recent(const struct book *book, const struct entry *entry)
{
	return book->input->now - entry->incident.ended_at <= INCIDENT_FLAP_S;
}

static size_t open_new(struct book *book, struct place place)
{
	return add_entry(book, &(struct incident){.uid = "",
						  .kind = place.kind,
						  .subject = place.subject,
						  .pool = "",
						  .opened_at = book->input->now});
}

/* It came back: the same thread. What ended before is left out once all is judged. */
static void reopen(struct book *book, struct entry *entry)
{
	struct incident *const incident = &entry->incident;

	if (!incident->ended_at)
		return;
	incident->ended_at = 0;
	incident->opened_at = book->input->now;
	incident->flaps++;
	incident->reminders = 0;
	incident->is_baseline = false;
	incident->severity = SEVERITY_INFO;
	entry->is_reopened = true;
}

/* One cause for many, if it explains this one. */
static bool is_together(struct book *book, const struct event *event, enum trouble trouble)
{
	const struct grouping *const row = &grouping[trouble];
	const struct entry *open;

	if (!row->least)
		return false;
	if (*count_of(book, together(event, trouble)) >= row->least)
		return true;
	open = named(book, together(event, trouble));
	return row->joins && open && !open->incident.ended_at;
}

static size_t place_of(struct book *book, const struct event *event, const struct spot *spot)
{
	const enum trouble trouble = trouble_of(event->check, event->address, event->change);
	const bool is_many = is_together(book, event, trouble);
	const struct place place = is_many ? together(event, trouble) : alone(event, trouble);
	struct entry *entry = named(book, place);

	if (entry && !entry->incident.ended_at)
		return entry->number;
	/* A cause of many is the same when it comes back; one address may have another trouble. */
	if (!is_many)
		entry = spot ? book->entry[spot->entry] : NULL;
	if (!entry || (entry->incident.ended_at && !is_recent(book, entry)))
		return open_new(book, place);
	reopen(book, entry);
	return entry->number;
}

/* --- what the event does to its item --- */

/* Severities say how it got worse; what it is stays. */
static const char *word_after(const struct event *event, const char *before)
{
	return severity_parse(event->to) >= 0 && *before ? before : event->to;
}

static void update(struct entry *entry, struct incident_item *item, const struct event *event)
{
	item->to = word_after(event, item->to);
	if (event->change == CHANGE_RAISED || event->change == CHANGE_ESCALATED)
		item->severity = event->severity;
	if (*event->text)
		item->text = event->text;
	entry->is_changed = true;
}

static void put_item(struct book *book, size_t at, const struct incident_news *news)
{
	const struct event *const event = news->event;
	const struct incident_item item = {
	    .address = event->address,
	    .name = news->name,
	    .pool = news->pool,
	    .check = event->check,
	    .subject = event->subject,
	    .to = event->to,
	    .severity = event->severity,
	    .since = event->at,
	    .ended_at = news->is_passing ? event->at : 0,
	    .text = event->text,
	    .list = news->list,
	};
	struct entry *const entry = book->entry[at];
	const struct spot *const spot = find_item(book, event);

	if (spot && spot->entry == at)
		entry->item[spot->item] = item;
	else
		add_item(book, at, &item);
	entry->added++;
	entry->is_all_new &= news->is_new;
	entry->is_passing |= news->is_passing;
	entry->is_changed = true;
}

static size_t take(struct book *book, const struct incident_news *news)
{
	const struct event *const event = news->event;
	const struct spot *const spot = find_item(book, event);
	size_t at = spot ? spot->entry : SIZE_MAX;

	if (spot && !item_at(book, spot)->ended_at) {
		update(book->entry[at], item_at(book, spot), event);
		if (!is_raise(event))
			item_at(book, spot)->ended_at = event->at;
		return at;
	}
	if (!is_raise(event))
		return SIZE_MAX;
	at = place_of(book, event, spot);
	put_item(book, at, news);
	return at;
}

/* --- all of it --- */

static int worst_first(const void *a, const void *b)
{
	const struct incident_letter *const first = a;
	const struct incident_letter *const second = b;

	if (first->incident->severity != second->incident->severity)
		return second->incident->severity > first->incident->severity ? 1 : -1;
	return (first->incident > second->incident) - (first->incident < second->incident);
}

static void close_book(struct book *book, struct incident_outcome *out)
{
	out->incidents = book->entries;
	out->incident = arena_calloc(book->arena, book->entries + 1, sizeof(*out->incident));
	out->is_changed = arena_calloc(book->arena, book->entries + 1, sizeof(*out->is_changed));
	out->letter = arena_calloc(book->arena, book->entries + 1, sizeof(*out->letter));
	for (size_t i = 0; i < book->entries; i++) {
		struct entry *const entry = book->entry[i];
		const size_t letters = out->letters;

		incident_settle(entry, book->input, out);
		entry->incident.item = entry->item;
		entry->incident.items = entry->items;
		out->incident[i] = entry->incident;
		out->is_changed[i] = entry->is_changed;
		if (out->letters > letters)
			out->letter[letters].incident = &out->incident[i];
	}
	if (out->letters)
		qsort(out->letter, out->letters, sizeof(*out->letter), worst_first);
}

void incident_judge(const struct incident_input *input, struct arena *arena,
		    struct incident_outcome *out)
{
	struct book book = {.input = input,
			    .arena = arena,
			    .by_item = map_new(),
			    .by_name = map_new(),
			    .counts = map_new(),
			    .counted = map_new()};

	*out = (struct incident_outcome){0};
	read_incidents(&book);
	count_all(&book);
	out->place = arena_calloc(arena, input->newses + 1, sizeof(*out->place));
	for (size_t i = 0; i < input->newses; i++)
		out->place[i] = take(&book, &input->news[i]);
	close_book(&book, out);
	map_free(book.by_item);
	map_free(book.by_name);
	map_free(book.counts);
	map_free(book.counted);
	str_release(&book.key);
}
