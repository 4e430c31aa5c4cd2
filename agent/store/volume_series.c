#include "store/volume_series.h"

#include "judge/block.h"
#include "store/query.h"
#include "store/rows.h"
#include "store/volume_names.h"

/* The rows of one statement, for each address that ever sent. */
struct walk {
	struct store *store;
	const char *sql; /* (sender_id, first_day, last_day) */
	void (*take)(struct query *query, struct rows *rows, struct arena *arena);
	struct rows *rows;
	struct arena *arena;
};

static bool walk_address(const struct walk *walk, const char *address,
			 const struct volume_query *over, struct err *err)
{
	struct query query;
	enum query_step step;
	int64_t sender;

	if (!volume_names_sender(walk->store, address, &sender, err))
		return false;
	if (!sender)
		return true;
	if (!query_open(&query, walk->store, walk->sql, err))
		return false;
	query_put_int(&query, sender);
	query_put_int(&query, over->first_day);
	query_put_int(&query, over->last_day);
	while ((step = query_next(&query)) == QUERY_ROW)
		walk->take(&query, walk->rows, walk->arena);
	return step == QUERY_END;
}

static bool walk_all(const struct walk *walk, const struct volume_query *over, struct err *err)
{
	for (size_t i = 0; i < over->addresses; i++)
		if (!walk_address(walk, over->address[i], over, err))
			return false;
	return true;
}

static void take_hour(struct query *query, struct rows *rows, struct arena *arena)
{
	struct volume_hour *const row = rows_add(rows);

	(void)arena;
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
	struct rows rows = {.size = sizeof(struct volume_hour)};
	const struct walk walk = {store, sql, take_hour, &rows, arena};
	const bool ok = walk_all(&walk, query, err);

	*count = rows.count;
	*out = rows_keep(&rows, arena);
	return ok;
}

static void take_blocked(struct query *query, struct rows *rows, struct arena *arena)
{
	const int64_t day = query_int(query);
	const char *const receiver = query_text(query, arena);
	const int cause = query_word(query, reply_cause_parse);
	const int scope = query_word(query, reply_scope_parse);
	const uint64_t messages = (uint64_t)query_int(query);

	if (!query->is_garbled &&
	    block_is_evidence(receiver, (enum reply_cause)cause, (enum reply_scope)scope))
		*(struct blocked_volume *)rows_add(rows) = (struct blocked_volume){day, messages};
}

bool volume_series_blocked(struct store *store, const struct volume_query *query,
			   struct arena *arena, struct blocked_volume **out, size_t *count,
			   struct err *err)
{
	static const char sql[] =
	    "SELECT day, receiver.name, cause, scope, deferred + bounced + expired"
	    " FROM reply_day JOIN receiver ON receiver.id = receiver_id"
	    " WHERE sender_id = ?1 AND day BETWEEN ?2 AND ?3";
	struct rows rows = {.size = sizeof(struct blocked_volume)};
	const struct walk walk = {store, sql, take_blocked, &rows, arena};
	const bool ok = walk_all(&walk, query, err);

	*count = rows.count;
	*out = rows_keep(&rows, arena);
	return ok;
}
