#include "store/domain_shown.h"

#include "store/query.h"
#include "store/rows.h"

#include <jansson.h>
#include <string.h>

bool shown_load(struct store *store, struct arena *arena, struct stored_shown **out, size_t *count,
		struct err *err)
{
	static const char sql[] = "SELECT address_id, day, is_unready, is_urgent, is_blind, shown"
				  " FROM domain_shown ORDER BY address_id";
	struct rows rows = {.size = sizeof(struct stored_shown)};
	struct query query;
	enum query_step step;

	if (!query_open(&query, store, sql, err))
		return false;
	while ((step = query_next(&query)) == QUERY_ROW) {
		struct stored_shown *const row = rows_add(&rows);

		row->address_id = query_int(&query);
		row->day = query_int(&query);
		row->is_unready = query_int(&query) != 0;
		row->is_urgent = query_int(&query) != 0;
		row->is_blind = query_int(&query) != 0;
		row->text = query_text(&query, arena);
	}
	*count = rows.count;
	*out = rows_keep(&rows, arena);
	return step == QUERY_END;
}

bool shown_days(struct store *store, struct arena *arena, struct shown_day **out, size_t *count,
		struct err *err)
{
	static const char sql[] = "SELECT address_id, day FROM domain_shown ORDER BY address_id";
	struct rows rows = {.size = sizeof(struct shown_day)};
	struct query query;
	enum query_step step;

	if (!query_open(&query, store, sql, err))
		return false;
	while ((step = query_next(&query)) == QUERY_ROW) {
		struct shown_day *const row = rows_add(&rows);

		row->address_id = query_int(&query);
		row->day = query_int(&query);
	}
	*count = rows.count;
	*out = rows_keep(&rows, arena);
	return step == QUERY_END;
}

bool shown_drop(struct store *store, int64_t address_id, struct err *err)
{
	static const char sql[] = "DELETE FROM domain_shown WHERE address_id = ?1";
	struct query query;

	if (!query_open(&query, store, sql, err))
		return false;
	query_put_int(&query, address_id);
	return query_run(&query);
}

bool shown_save(struct store *store, const struct stored_shown *shown, struct err *err)
{
	static const char sql[] =
	    "INSERT INTO domain_shown (address_id, day, is_unready, is_urgent, is_blind, shown)"
	    " VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (address_id) DO UPDATE SET"
	    " day = excluded.day, is_unready = excluded.is_unready,"
	    " is_urgent = excluded.is_urgent, is_blind = excluded.is_blind,"
	    " shown = excluded.shown WHERE day <> excluded.day OR"
	    " is_unready <> excluded.is_unready OR is_urgent <> excluded.is_urgent OR"
	    " is_blind <> excluded.is_blind OR shown <> excluded.shown";
	struct query query;

	if (!query_open(&query, store, sql, err))
		return false;
	query_put_int(&query, shown->address_id);
	query_put_int(&query, shown->day);
	query_put_int(&query, shown->is_unready);
	query_put_int(&query, shown->is_urgent);
	query_put_int(&query, shown->is_blind);
	query_put_bytes(&query, shown->text);
	return query_run(&query);
}

bool shown_numbers(struct store *store, struct domain_numbers *out, struct err *err)
{
	static const char sql[] =
	    "SELECT count(*), total(is_unready), total(is_unready AND is_urgent),"
	    " total(is_blind AND NOT is_unready) FROM address JOIN domain"
	    " ON domain.address_id = id JOIN domain_shown ON domain_shown.address_id = id"
	    " WHERE is_watched AND role <> 'parent'";
	struct query query;
	enum query_step step;

	*out = (struct domain_numbers){0};
	if (!query_open(&query, store, sql, err))
		return false;
	while ((step = query_next(&query)) == QUERY_ROW) {
		out->looked_at = (size_t)query_int(&query);
		out->unready = (size_t)query_int(&query);
		out->urgent = (size_t)query_int(&query);
		out->blind = (size_t)query_int(&query);
	}
	return step == QUERY_END;
}

/* --- the text --- */

static uint64_t count_at(const json_t *object, const char *key)
{
	const json_int_t number = json_integer_value(json_object_get(object, key));

	return number > 0 ? (uint64_t)number : 0;
}

static const char *text_at(struct arena *arena, const json_t *object, const char *key)
{
	const char *const text = json_string_value(json_object_get(object, key));

	return text && text[0] ? arena_strdup(arena, text) : "";
}

/* The number of a word among `count`, 0 for one nobody knows. */
static int word_at(const json_t *object, const char *key, const char *(*name)(int), int count)
{
	const char *const word = json_string_value(json_object_get(object, key));

	for (int i = 0; word && i < count; i++)
		if (strcmp(name(i), word) == 0)
			return i;
	return 0;
}

static const char *level_word(int level)
{
	return bulk_level_name((enum bulk_level)level);
}

static const char *met_word(int met)
{
	return bulk_met_name((enum bulk_met)met);
}

static const char *readiness_word(int readiness)
{
	return bulk_readiness_name((enum bulk_readiness)readiness);
}

static const char *severity_word(int severity)
{
	return severity_name((enum severity)severity);
}

/* "Yesterday" goes on with the day; the rest is as the pass saw it. */
static void read_volume(const json_t *object, int64_t ago, struct domain_view *view)
{
	const json_t *const to = json_object_get(object, "to");

	view->yesterday = ago <= 0   ? count_at(object, "yesterday")
			  : ago == 1 ? count_at(object, "today")
				     : 0;
	view->today = ago <= 0 ? count_at(object, "today") : 0;
	view->month = count_at(object, "month");
	view->tried = count_at(object, "tried");
	view->mean = json_number_value(json_object_get(object, "mean"));
	for (enum bulk_receiver i = 0; i < BULK_RECEIVER_COUNT; i++)
		view->to[i] = count_at(to, bulk_receiver_name(i));
}

static void read_addresses(const json_t *array, struct arena *arena, struct domain_view *view)
{
	const size_t count = json_array_size(array);
	struct domain_address *address = arena_calloc(arena, count, sizeof(*address));

	for (size_t i = 0; i < count; i++) {
		const json_t *const row = json_array_get(array, i);

		address[i] =
		    (struct domain_address){text_at(arena, row, "address"),
					    text_at(arena, row, "name"), count_at(row, "messages")};
	}
	view->address = address;
	view->addresses = count;
}

static void read_accounts(const json_t *array, struct arena *arena, struct domain_view *view)
{
	view->accounts = 0;
	for (size_t i = 0; i < json_array_size(array) && view->accounts < DOMAIN_ACCOUNTS_MAX;
	     i++) {
		const char *const name = json_string_value(json_array_get(array, i));

		if (name)
			view->account[view->accounts++] = arena_strdup(arena, name);
	}
}

static void read_needs(const json_t *needs, struct arena *arena, struct bulk_verdict *bulk)
{
	for (enum bulk_need i = 0; i < BULK_NEED_COUNT; i++) {
		const json_t *const row = json_object_get(needs, bulk_need_name(i));

		bulk->need[i] = (struct bulk_requirement){
		    .met = (enum bulk_met)word_at(row, "result", met_word, BULK_MET_COUNT),
		    .text = text_at(arena, row, "text"),
		    .fix = text_at(arena, row, "fix"),
		};
	}
}

static void read_bulk(const json_t *object, struct arena *arena, struct domain_view *view)
{
	const json_t *const receivers = json_object_get(object, "receivers");
	struct bulk_verdict *const bulk = arena_calloc(arena, 1, sizeof(*bulk));

	*bulk = (struct bulk_verdict){
	    .registrable = view->registrable,
	    .readiness = (enum bulk_readiness)word_at(object, "readiness", readiness_word,
						      BULK_READINESS_COUNT),
	    .severity = (enum severity)word_at(object, "severity", severity_word, SEVERITY_COUNT),
	    .text = text_at(arena, object, "text"),
	};
	for (enum bulk_receiver i = 0; i < BULK_RECEIVER_COUNT; i++) {
		const json_t *const row = json_object_get(receivers, bulk_receiver_name(i));

		bulk->volume[i] = (struct bulk_volume){
		    .level = (enum bulk_level)word_at(row, "level", level_word, BULK_LEVEL_COUNT),
		    .yesterday = count_at(row, "yesterday"),
		    .largest = count_at(row, "largest"),
		    .mean = json_number_value(json_object_get(row, "mean")),
		    .is_permanent = json_is_true(json_object_get(row, "permanent")),
		};
	}
	read_needs(json_object_get(object, "needs"), arena, bulk);
	view->bulk = bulk;
}

void shown_parse(const char *text, int64_t ago, struct arena *arena, struct domain_view *view)
{
	json_t *const object = json_loads(text, 0, NULL);

	read_volume(json_object_get(object, "volume"), ago, view);
	read_addresses(json_object_get(object, "addresses"), arena, view);
	read_accounts(json_object_get(object, "accounts"), arena, view);
	if (json_object_get(object, "bulk"))
		read_bulk(json_object_get(object, "bulk"), arena, view);
	json_decref(object);
}
