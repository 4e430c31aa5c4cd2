#include "store/volume_series.h"

#include "judge/block.h"
#include "store/volume_walk.h"

static void take_hour(struct query *query, void *context)
{
	struct volume_kept *const kept = context;
	struct volume_hour *const row = rows_add(&kept->rows);

	row->day = query_int(query);
	row->hour = (uint32_t)query_int(query);
	for (size_t i = 0; i < OUTCOME_COUNT; i++)
		row->by_outcome[i] = (uint64_t)query_int(query);
}

bool volume_series_hours(struct store *store, const struct volume_query *query, struct arena *arena,
			 struct volume_hour **out, size_t *count, struct err *err)
{
	static const char sql[] = "SELECT day, hour, sent, deferred, bounced, expired"
				  " FROM volume_hour WHERE sender_id = ?1 AND day BETWEEN ?2 AND ?3"
				  " AND hour BETWEEN 0 AND 23 ORDER BY day, hour";
	struct volume_kept kept = {{.size = sizeof(struct volume_hour)}, arena};
	const struct volume_walk walk = {store, sql, take_hour, &kept};
	const bool ok = volume_walk(&walk, query, err);

	*count = kept.rows.count;
	*out = rows_keep(&kept.rows, arena);
	return ok;
}

static void take_blocked(struct query *query, void *context)
{
	struct volume_kept *const kept = context;
	const int64_t day = query_int(query);
	const char *const receiver = query_text(query, kept->arena);
	const int cause = query_word(query, reply_cause_parse);
	const int scope = query_word(query, reply_scope_parse);
	const uint64_t messages = (uint64_t)query_int(query);

	if (!query->is_garbled &&
	    block_is_evidence(receiver, (enum reply_cause)cause, (enum reply_scope)scope))
		*(struct blocked_volume *)rows_add(&kept->rows) =
		    (struct blocked_volume){day, messages};
}

bool volume_series_blocked(struct store *store, const struct volume_query *query,
			   struct arena *arena, struct blocked_volume **out, size_t *count,
			   struct err *err)
{
	static const char sql[] =
	    "SELECT day, receiver.name, cause, scope, deferred + bounced + expired"
	    " FROM reply_day JOIN receiver ON receiver.id = receiver_id"
	    " WHERE sender_id = ?1 AND day BETWEEN ?2 AND ?3";
	struct volume_kept kept = {{.size = sizeof(struct blocked_volume)}, arena};
	const struct volume_walk walk = {store, sql, take_blocked, &kept};
	const bool ok = volume_walk(&walk, query, err);

	*count = kept.rows.count;
	*out = rows_keep(&kept.rows, arena);
	return ok;
}

static void take_received(struct query *query, void *context)
{
	struct volume_kept *const kept = context;
	struct received_volume *const row = rows_add(&kept->rows);

	row->day = query_int(query);
	row->receiver = query_text(query, kept->arena);
	row->sent = (uint64_t)query_int(query);
}

bool volume_series_received(struct store *store, const struct volume_query *query,
			    struct arena *arena, struct received_volume **out, size_t *count,
			    struct err *err)
{
	static const char sql[] = "SELECT day, receiver.name, sent"
				  " FROM receiver_day JOIN receiver ON receiver.id = receiver_id"
				  " WHERE sender_id = ?1 AND day BETWEEN ?2 AND ?3";
	struct volume_kept kept = {{.size = sizeof(struct received_volume)}, arena};
	const struct volume_walk walk = {store, sql, take_received, &kept};
	const bool ok = volume_walk(&walk, query, err);

	*count = kept.rows.count;
	*out = rows_keep(&kept.rows, arena);
	return ok;
}
