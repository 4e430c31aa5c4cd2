#include "store/incidents.h"

#include "base/mem.h"
#include "store/query.h"
#include "store/rows.h"

#include <string.h>

enum { KEPT_S = 3 * 366 * 86400 };

/* --- reading --- */

#define COLUMNS                                                                                    \
	"uid, kind, subject, pool, severity, opened_at, ended_at, told_at, reminders, seq, flaps," \
	" is_baseline, is_told, told_severity, told_items"

static void read_incident(struct query *query, struct arena *arena, struct incident *row)
{
	row->id = query_int(query);
	row->uid = query_text(query, arena);
	row->kind = (enum incident_kind)query_word(query, incident_kind_parse);
	row->subject = query_text(query, arena);
	row->pool = query_text(query, arena);
	row->severity = (enum severity)query_word(query, severity_parse);
	row->opened_at = query_int(query);
	row->ended_at = query_int(query);
	row->told_at = query_int(query);
	row->reminders = (uint32_t)query_int(query);
	row->seq = (uint32_t)query_int(query);
	row->flaps = (uint32_t)query_int(query);
	row->is_baseline = query_int(query) != 0;
	row->is_told = query_int(query) != 0;
	row->told_severity = (enum severity)query_word(query, severity_parse);
	row->told_items = (uint32_t)query_int(query);
}

static void read_item(struct query *query, struct arena *arena, struct incident_item *item)
{
	item->address = query_text(query, arena);
	item->name = query_text(query, arena);
	item->pool = query_text(query, arena);
	item->check = query_text(query, arena);
	item->subject = query_text(query, arena);
	item->to = query_text(query, arena);
	item->severity = (enum severity)query_word(query, severity_parse);
	item->since = query_int(query);
	item->ended_at = query_int(query);
	item->is_muted = query_int(query) != 0;
	item->text = query_text(query, arena);
	item->fix = "";
}

static bool read_items(struct store *store, struct incident *incident, struct arena *arena,
		       struct err *err)
{
	static const char sql[] =
	    "SELECT address, name, pool, check_name, subject, becomes, severity, since, ended_at,"
	    " is_muted, text FROM incident_item WHERE incident_id = ?1 ORDER BY place";
	struct rows rows = {.size = sizeof(struct incident_item)};
	struct query query;
	enum query_step step;

	if (!query_open(&query, store, sql, err))
		return false;
	query_put_int(&query, incident->id);
	while ((step = query_next(&query)) == QUERY_ROW)
		read_item(&query, arena, rows_add(&rows));
	incident->items = rows.count;
	incident->item = rows_keep(&rows, arena);
	return step == QUERY_END;
}

bool incidents_load(struct store *store, int64_t ended_since, struct arena *arena,
		    struct incident **out, size_t *count, struct err *err)
{
	static const char sql[] = "SELECT id, " COLUMNS " FROM incident"
				  " WHERE ended_at = 0 OR ended_at > ?1 OR is_told ORDER BY id";
	struct rows rows = {.size = sizeof(struct incident)};
	struct query query;
	enum query_step step;
	bool ok;

	if (!query_open(&query, store, sql, err))
		return false;
	query_put_int(&query, ended_since);
	while ((step = query_next(&query)) == QUERY_ROW)
		read_incident(&query, arena, rows_add(&rows));
	*count = rows.count;
	*out = rows_keep(&rows, arena);
	ok = step == QUERY_END;
	for (size_t i = 0; ok && i < *count; i++)
		ok = read_items(store, &(*out)[i], arena, err);
	return ok;
}

bool incidents_count(struct store *store, int64_t since, int64_t *opened, int64_t *ended,
		     struct err *err)
{
	static const char sql[] = "SELECT coalesce(sum(opened_at >= ?1), 0),"
				  " coalesce(sum(ended_at >= ?1), 0) FROM incident";
	struct query query;

	if (!query_open(&query, store, sql, err))
		return false;
	query_put_int(&query, since);
	if (query_next(&query) != QUERY_ROW)
		return false;
	*opened = query_int(&query);
	*ended = query_int(&query);
	query_close(&query);
	return true;
}

/* --- writing --- */

static void put_incident(struct query *query, const struct incident *row)
{
	query_put_text(query, row->uid);
	query_put_text(query, incident_kind_name(row->kind));
	query_put_bytes(query, row->subject);
	query_put_text(query, row->pool);
	query_put_text(query, severity_name(row->severity));
	query_put_int(query, row->opened_at);
	query_put_int(query, row->ended_at);
	query_put_int(query, row->told_at);
	query_put_int(query, row->reminders);
	query_put_int(query, row->seq);
	query_put_int(query, row->flaps);
	query_put_int(query, row->is_baseline);
	query_put_int(query, row->is_told);
	query_put_text(query, severity_name(row->told_severity));
	query_put_int(query, row->told_items);
}

static bool insert(struct store *store, struct incident *incident, struct err *err)
{
	static const char sql[] =
	    "INSERT INTO incident (" COLUMNS ") VALUES"
	    " (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)";
	struct query query;

	if (!query_open(&query, store, sql, err))
		return false;
	put_incident(&query, incident);
	if (!query_run(&query))
		return false;
	incident->id = sqlite3_last_insert_rowid(store->db);
	return true;
}

static bool update(struct store *store, const struct incident *incident, struct err *err)
{
	static const char sql[] =
	    "UPDATE incident SET (" COLUMNS ") ="
	    " (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15) WHERE id = ?16";
	struct query query;

	if (!query_open(&query, store, sql, err))
		return false;
	put_incident(&query, incident);
	query_put_int(&query, incident->id);
	return query_run(&query);
}

static bool drop_items(struct store *store, int64_t id, struct err *err)
{
	struct query query;

	if (!query_open(&query, store, "DELETE FROM incident_item WHERE incident_id = ?1", err))
		return false;
	query_put_int(&query, id);
	return query_run(&query);
}

static bool add_item(struct store *store, int64_t id, size_t place,
		     const struct incident_item *item, struct err *err)
{
	static const char sql[] =
	    "INSERT INTO incident_item (incident_id, place, address, name, pool, check_name,"
	    " subject, becomes, severity, since, ended_at, is_muted, text) VALUES"
	    " (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)";
	struct query query;

	if (!query_open(&query, store, sql, err))
		return false;
	query_put_int(&query, id);
	query_put_int(&query, (int64_t)place);
	query_put_text(&query, item->address);
	query_put_text(&query, item->name);
	query_put_text(&query, item->pool);
	query_put_text(&query, item->check);
	query_put_bytes(&query, item->subject);
	query_put_text(&query, item->to);
	query_put_text(&query, severity_name(item->severity));
	query_put_int(&query, item->since);
	query_put_int(&query, item->ended_at);
	query_put_int(&query, item->is_muted);
	query_put_bytes(&query, item->text);
	return query_run(&query);
}

bool incidents_save(struct store *store, struct incident *incident, struct err *err)
{
	if (incident->id ? !update(store, incident, err) || !drop_items(store, incident->id, err)
			 : !insert(store, incident, err))
		return false;
	for (size_t i = 0; i < incident->items; i++)
		if (!add_item(store, incident->id, i, &incident->item[i], err))
			return false;
	return true;
}

bool incidents_trim(struct store *store, int64_t now, struct err *err)
{
	static const char *const step[] = {
	    "DELETE FROM incident WHERE id IN (SELECT id FROM incident"
	    " WHERE ended_at > 0 AND ended_at < ?1 LIMIT 1000)",
	    "DELETE FROM mute WHERE until < ?1",
	};
	struct query query;

	for (size_t i = 0; i < COUNT_OF(step); i++) {
		if (!query_open(&query, store, step[i], err))
			return false;
		query_put_int(&query, now - KEPT_S);
		if (!query_run(&query))
			return false;
	}
	return true;
}

/* --- mutes --- */

bool mutes_load(struct store *store, int64_t now, struct arena *arena, struct mute **out,
		size_t *count, struct err *err)
{
	static const char sql[] =
	    "SELECT id, address, subject, begins, until, reason, made_at, made_by"
	    " FROM mute WHERE until > ?1 ORDER BY id";
	struct rows rows = {.size = sizeof(struct mute)};
	struct query query;
	enum query_step step;

	if (!query_open(&query, store, sql, err))
		return false;
	query_put_int(&query, now);
	while ((step = query_next(&query)) == QUERY_ROW) {
		struct mute *const row = rows_add(&rows);

		row->id = query_int(&query);
		row->address = query_text(&query, arena);
		row->subject = query_text(&query, arena);
		row->from = query_int(&query);
		row->until = query_int(&query);
		row->reason = query_text(&query, arena);
		row->made_at = query_int(&query);
		row->made_by = query_text(&query, arena);
	}
	*count = rows.count;
	*out = rows_keep(&rows, arena);
	return step == QUERY_END;
}

bool mutes_add(struct store *store, struct mute *mute, struct err *err)
{
	static const char sql[] = "INSERT INTO mute (address, subject, begins, until, reason,"
				  " made_at, made_by) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
	struct query query;

	if (!query_open(&query, store, sql, err))
		return false;
	query_put_text(&query, mute->address);
	query_put_text(&query, mute->subject);
	query_put_int(&query, mute->from);
	query_put_int(&query, mute->until);
	query_put_bytes(&query, mute->reason);
	query_put_int(&query, mute->made_at);
	query_put_bytes(&query, mute->made_by);
	if (!query_run(&query))
		return false;
	mute->id = sqlite3_last_insert_rowid(store->db);
	return true;
}

bool mutes_end(struct store *store, int64_t id, int64_t now, bool *was_there, struct err *err)
{
	static const char sql[] = "UPDATE mute SET until = ?2 WHERE id = ?1 AND until > ?2";
	struct query query;

	if (!query_open(&query, store, sql, err))
		return false;
	query_put_int(&query, id);
	query_put_int(&query, now);
	if (!query_run(&query))
		return false;
	*was_there = sqlite3_changes(store->db) > 0;
	return true;
}

/* --- how far alerts have come --- */

bool alerting_load(struct store *store, struct alerting *out, struct err *err)
{
	struct query query;
	enum query_step step;

	*out = (struct alerting){0};
	if (!query_open(&query, store, "SELECT began_at, weekly_at FROM alerting", err))
		return false;
	step = query_next(&query);
	if (step != QUERY_ROW)
		return step == QUERY_END;
	out->began_at = query_int(&query);
	out->weekly_at = query_int(&query);
	query_close(&query);
	return true;
}

bool alerting_save(struct store *store, const struct alerting *alerting, struct err *err)
{
	static const char sql[] =
	    "INSERT OR REPLACE INTO alerting (id, began_at, weekly_at) VALUES (1, ?1, ?2)";
	struct query query;

	if (!query_open(&query, store, sql, err))
		return false;
	query_put_int(&query, alerting->began_at);
	query_put_int(&query, alerting->weekly_at);
	return query_run(&query);
}
