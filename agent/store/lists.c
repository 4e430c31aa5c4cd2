#include "store/query.h"
#include "store/rows.h"

#include "base/mem.h"

#define COLUMNS "slot, zone, health, cause, text, health_since, last_ok, asked_at, day, asked_today"

static void read_list(struct query *query, struct arena *arena, struct stored_list *list)
{
	list->slot = query_int(query);
	list->zone = query_text(query, arena);
	list->has_health = !query_is_null(query);
	if (list->has_health)
		list->health = (enum list_health)query_word(query, list_health_parse);
	else
		query_int(query);
	list->cause = (enum cause)query_word(query, cause_parse);
	list->text = query_text(query, arena);
	list->health_since = query_int(query);
	list->last_ok = query_int(query);
	list->asked_at = query_int(query);
	list->day = query_int(query);
	list->asked_today = (uint64_t)query_int(query);
}

bool store_lists(struct store *store, struct arena *arena, struct stored_list **out, size_t *count,
		 struct err *err)
{
	static const char sql[] = "SELECT " COLUMNS " FROM list ORDER BY slot";
	struct rows rows = {.size = sizeof(struct stored_list)};
	struct query query;
	enum query_step step;

	if (!query_open(&query, store, sql, err))
		return false;
	while ((step = query_next(&query)) == QUERY_ROW)
		read_list(&query, arena, rows_add(&rows));
	*count = rows.count;
	*out = rows_keep(&rows, arena);
	return step == QUERY_END;
}

int64_t store_list_slot(struct store *store, const char *zone, struct err *err)
{
	static const char find[] = "SELECT slot FROM list WHERE zone = ?1";
	static const char add[] = "INSERT INTO list (zone) VALUES (?1)";
	struct query query;
	enum query_step step;
	int64_t slot = -1;

	if (!query_open(&query, store, find, err))
		return -1;
	query_put_text(&query, zone);
	while ((step = query_next(&query)) == QUERY_ROW)
		slot = query_int(&query);
	if (step == QUERY_FAILED || slot >= 0)
		return slot;
	if (!query_open(&query, store, add, err))
		return -1;
	query_put_text(&query, zone);
	return query_run(&query) ? sqlite3_last_insert_rowid(store->db) : -1;
}

bool store_save_list(struct store *store, const struct stored_list *list, struct err *err)
{
	static const char sql[] =
	    "UPDATE list SET health = CASE WHEN ?1 THEN ?2 END, cause = ?3, text = ?4,"
	    " health_since = ?5, last_ok = ?6, asked_at = ?7, day = ?8, asked_today = ?9"
	    " WHERE slot = ?10";
	struct query query;

	if (!query_open(&query, store, sql, err))
		return false;
	query_put_int(&query, list->has_health);
	query_put_text(&query, list_health_name(list->health));
	query_put_text(&query, cause_name(list->cause));
	query_put_bytes(&query, list->text);
	query_put_int(&query, list->health_since);
	query_put_int(&query, list->last_ok);
	query_put_int(&query, list->asked_at);
	query_put_int(&query, list->day);
	query_put_int(&query, (int64_t)list->asked_today);
	query_put_int(&query, list->slot);
	if (!query_run(&query))
		return false;
	if (sqlite3_changes(store->db) != 1)
		bug("no list has slot %lld", (long long)list->slot);
	return true;
}
