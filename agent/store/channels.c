#include "store/channels.h"

#include "base/mem.h"
#include "store/query.h"
#include "store/rows.h"

static bool read_texts(struct query *query, struct arena *arena, const char ***out, size_t *count)
{
	struct rows rows = {.size = sizeof(const char *)};
	enum query_step step;

	while ((step = query_next(query)) == QUERY_ROW)
		*(const char **)rows_add(&rows) = query_text(query, arena);
	*count = rows.count;
	*out = rows_keep(&rows, arena);
	return step == QUERY_END;
}

/* One statement about a channel and, where not NULL, one of its uids. */
static bool run(struct store *store, const char *sql, const char *channel, const char *uid,
		struct err *err)
{
	struct query query;

	if (!query_open(&query, store, sql, err))
		return false;
	query_put_text(&query, channel);
	if (uid)
		query_put_text(&query, uid);
	return query_run(&query);
}

bool channels_load(struct store *store, struct arena *arena, const char ***out, size_t *count,
		   struct err *err)
{
	struct query query;

	return query_open(&query, store, "SELECT name FROM channel_begun ORDER BY name", err) &&
	       read_texts(&query, arena, out, count);
}

bool channels_begin(struct store *store, const char *channel, int64_t at, struct err *err)
{
	struct query query;

	if (!query_open(&query, store,
			"INSERT OR IGNORE INTO channel_begun (name, at) VALUES (?1, ?2)", err))
		return false;
	query_put_text(&query, channel);
	query_put_int(&query, at);
	return query_run(&query);
}

bool channels_forget(struct store *store, const char *channel, struct err *err)
{
	return run(store, "DELETE FROM channel_begun WHERE name = ?1", channel, NULL, err);
}

bool alarms_raise(struct store *store, const char *channel, const char *uid, int64_t incident_id,
		  struct err *err)
{
	struct query query;

	if (!query_open(
		&query, store,
		"INSERT OR IGNORE INTO alarm (channel, uid, incident_id) VALUES (?1, ?2, ?3)", err))
		return false;
	query_put_text(&query, channel);
	query_put_text(&query, uid);
	query_put_int(&query, incident_id);
	return query_run(&query);
}

bool alarms_over(struct store *store, const char *channel, struct arena *arena, const char ***out,
		 size_t *count, struct err *err)
{
	/* One that flaps has ended and is still told as open: its end is told later. */
	static const char sql[] =
	    "SELECT alarm.uid FROM alarm JOIN incident ON incident.id = incident_id"
	    " WHERE alarm.channel = ?1 GROUP BY alarm.uid"
	    " HAVING max(incident.ended_at = 0 OR incident.is_told) = 0 ORDER BY min(incident_id)";
	struct query query;

	if (!query_open(&query, store, sql, err))
		return false;
	query_put_text(&query, channel);
	return read_texts(&query, arena, out, count);
}

bool alarms_drop(struct store *store, const char *channel, const char *uid, struct err *err)
{
	return run(store, "DELETE FROM alarm WHERE channel = ?1 AND uid = ?2", channel, uid, err) &&
	       run(store,
		   "DELETE FROM letter WHERE state = 'pending' AND channel = ?1 AND uid = ?2",
		   channel, uid, err);
}
