#include "store/query.h"
#include "store/rows.h"

#include <stdlib.h>
#include <string.h>

#define COLUMNS "id, at, address, check_name, subject, change, was, becomes, severity, text"

bool store_add_event(struct store *store, struct event *event, struct err *err)
{
	static const char sql[] =
	    "INSERT INTO event (at, address, check_name, subject, change, was, becomes, severity,"
	    " text) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
	struct query query;

	if (!query_open(&query, store, sql, err))
		return false;
	query_put_int(&query, event->at);
	query_put_text(&query, event->address);
	query_put_text(&query, event->check);
	query_put_text(&query, event->subject);
	query_put_text(&query, change_name(event->change));
	query_put_text(&query, event->from);
	query_put_text(&query, event->to);
	query_put_text(&query, severity_name(event->severity));
	query_put_bytes(&query, event->text);
	if (!query_run(&query))
		return false;
	event->id = sqlite3_last_insert_rowid(store->db);
	return true;
}

static void read_event(struct query *query, struct arena *arena, struct event *event)
{
	event->id = query_int(query);
	event->at = query_int(query);
	event->address = query_text(query, arena);
	event->check = query_text(query, arena);
	event->subject = query_text(query, arena);
	event->change = (enum change)query_word(query, change_parse);
	event->from = query_text(query, arena);
	event->to = query_text(query, arena);
	event->severity = (enum severity)query_word(query, severity_parse);
	event->text = query_text(query, arena);
}

/* Adds those of one address, or with NULL of all. */
static bool load(struct store *store, int64_t since, const char *address, struct arena *arena,
		 struct rows *rows, struct err *err)
{
	static const char all[] = "SELECT " COLUMNS " FROM event WHERE at >= ?1 ORDER BY id";
	static const char one[] =
	    "SELECT " COLUMNS " FROM event WHERE at >= ?1 AND address = ?2 ORDER BY id";
	struct query query;
	enum query_step step;

	if (!query_open(&query, store, address ? one : all, err))
		return false;
	query_put_int(&query, since);
	if (address)
		query_put_text(&query, address);
	while ((step = query_next(&query)) == QUERY_ROW)
		read_event(&query, arena, rows_add(rows));
	return step == QUERY_END;
}

static int by_id(const void *a, const void *b)
{
	const struct event *first = a;
	const struct event *second = b;

	return (first->id > second->id) - (first->id < second->id);
}

/* Whether the filter names an address earlier already. */
static bool is_repeated(const struct event_filter *filter, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (strcmp(filter->address[i], filter->address[at]) == 0)
			return true;
	return false;
}

bool store_events(struct store *store, const struct event_filter *filter, struct arena *arena,
		  struct event **out, size_t *count, struct err *err)
{
	struct rows rows = {.size = sizeof(struct event)};
	bool ok = true;

	if (!filter->addresses)
		ok = load(store, filter->since, NULL, arena, &rows, err);
	for (size_t i = 0; ok && i < filter->addresses; i++)
		if (!is_repeated(filter, i))
			ok = load(store, filter->since, filter->address[i], arena, &rows, err);
	*count = rows.count;
	*out = rows_keep(&rows, arena);
	if (filter->addresses > 1)
		qsort(*out, *count, sizeof(**out), by_id);
	return ok;
}
