#include "store/outbox.h"

#include "base/mem.h"
#include "store/query.h"
#include "store/rows.h"

#include <string.h>

/* A text of SQL for each set of columns: statements are prepared once and known by their address. */
#define HEAD "id, key, uid, seq, channel, kind, severity, content_type, subject"
#define TAIL "created_at, next_at, attempts, error, state, ended_at"

static const char *const state_word[] = {
    [OUTBOX_PENDING] = "pending",
    [OUTBOX_SENT] = "sent",
    [OUTBOX_DEAD] = "dead",
};
_Static_assert(COUNT_OF(state_word) == OUTBOX_STATE_COUNT, "a state has no word");

const char *outbox_state_name(enum outbox_state state)
{
	return state_word[state];
}

int outbox_state_parse(const char *word)
{
	for (int i = 0; i < OUTBOX_STATE_COUNT; i++)
		if (strcmp(state_word[i], word) == 0)
			return i;
	return -1;
}

bool outbox_add(struct store *store, struct outbox_letter *letter, struct err *err)
{
	static const char sql[] =
	    "INSERT OR IGNORE INTO letter (key, uid, seq, channel, kind, severity, content_type,"
	    " subject, body, " TAIL ") VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12,"
	    " ?13, ?14, ?15)";
	struct query query;

	if (!query_open(&query, store, sql, err))
		return false;
	query_put_text(&query, letter->key);
	query_put_text(&query, letter->uid);
	query_put_int(&query, letter->seq);
	query_put_text(&query, letter->channel);
	query_put_text(&query, letter->kind);
	query_put_text(&query, letter->severity);
	query_put_text(&query, letter->content_type);
	query_put_bytes(&query, letter->subject);
	query_put_blob(&query, letter->body, letter->len);
	query_put_int(&query, letter->created_at);
	query_put_int(&query, letter->next_at);
	query_put_int(&query, letter->attempts);
	query_put_bytes(&query, letter->error);
	query_put_text(&query, state_word[letter->state]);
	query_put_int(&query, letter->ended_at);
	if (!query_run(&query))
		return false;
	letter->id = sqlite3_changes(store->db) ? sqlite3_last_insert_rowid(store->db) : 0;
	return true;
}

static void read_head(struct query *query, struct arena *arena, struct outbox_letter *row)
{
	row->id = query_int(query);
	row->key = query_text(query, arena);
	row->uid = query_text(query, arena);
	row->seq = (uint32_t)query_int(query);
	row->channel = query_text(query, arena);
	row->kind = query_text(query, arena);
	row->severity = query_text(query, arena);
	row->content_type = query_text(query, arena);
	row->subject = query_text(query, arena);
}

static void read_tail(struct query *query, struct arena *arena, struct outbox_letter *row)
{
	row->created_at = query_int(query);
	row->next_at = query_int(query);
	row->attempts = (uint32_t)query_int(query);
	row->error = query_text(query, arena);
	row->state = (enum outbox_state)query_word(query, outbox_state_parse);
	row->ended_at = query_int(query);
}

static void read_body(struct query *query, struct arena *arena, struct outbox_letter *row)
{
	const void *const body = query_blob(query, &row->len);

	row->body = arena_strndup(arena, row->len ? body : "", row->len);
}

bool outbox_due(struct store *store, const char *channel, int64_t now, size_t max,
		struct arena *arena, struct outbox_letter **out, size_t *count, struct err *err)
{
	static const char sql[] =
	    "SELECT " HEAD ", " TAIL ", body FROM letter"
	    " WHERE state = 'pending' AND (?1 = '' OR channel = ?1) AND next_at <= ?2"
	    " AND NOT EXISTS (SELECT 1 FROM letter AS earlier"
	    " WHERE earlier.state = 'pending' AND earlier.channel = letter.channel"
	    " AND earlier.uid = letter.uid AND earlier.id < letter.id AND earlier.next_at > ?2)"
	    " ORDER BY id LIMIT ?3";
	struct rows rows = {.size = sizeof(struct outbox_letter)};
	struct query query;
	enum query_step step;

	if (!query_open(&query, store, sql, err))
		return false;
	query_put_text(&query, channel ? channel : "");
	query_put_int(&query, now);
	query_put_int(&query, (int64_t)max);
	while ((step = query_next(&query)) == QUERY_ROW) {
		struct outbox_letter *const row = rows_add(&rows);

		read_head(&query, arena, row);
		read_tail(&query, arena, row);
		read_body(&query, arena, row);
	}
	*count = rows.count;
	*out = rows_keep(&rows, arena);
	return step == QUERY_END;
}

bool outbox_list(struct store *store, enum outbox_state state, struct arena *arena,
		 struct outbox_letter **out, size_t *count, struct err *err)
{
	static const char sql[] =
	    "SELECT " HEAD ", " TAIL ", length(body) FROM letter WHERE state = ?1 ORDER BY id";
	struct rows rows = {.size = sizeof(struct outbox_letter)};
	struct query query;
	enum query_step step;

	if (!query_open(&query, store, sql, err))
		return false;
	query_put_text(&query, state_word[state]);
	while ((step = query_next(&query)) == QUERY_ROW) {
		struct outbox_letter *const row = rows_add(&rows);

		read_head(&query, arena, row);
		read_tail(&query, arena, row);
		row->len = (size_t)query_int(&query);
		row->body = "";
	}
	*count = rows.count;
	*out = rows_keep(&rows, arena);
	return step == QUERY_END;
}

bool outbox_save(struct store *store, const struct outbox_letter *letter, struct err *err)
{
	static const char sql[] = "UPDATE letter SET attempts = ?1, next_at = ?2, error = ?3,"
				  " state = ?4, ended_at = ?5 WHERE id = ?6";
	struct query query;

	if (!query_open(&query, store, sql, err))
		return false;
	query_put_int(&query, letter->attempts);
	query_put_int(&query, letter->next_at);
	query_put_bytes(&query, letter->error);
	query_put_text(&query, state_word[letter->state]);
	query_put_int(&query, letter->ended_at);
	query_put_int(&query, letter->id);
	return query_run(&query);
}

bool outbox_trim(struct store *store, int64_t now, struct err *err)
{
	struct query query;

	if (!query_open(&query, store,
			"DELETE FROM letter WHERE state <> 'pending' AND ended_at < ?1", err))
		return false;
	query_put_int(&query, now - OUTBOX_KEPT_S);
	return query_run(&query);
}

bool outbox_counts(struct store *store, struct outbox_counts *out, struct err *err)
{
	static const char sql[] = "SELECT count(*) FILTER (WHERE state = 'pending'),"
				  " count(*) FILTER (WHERE state = 'dead'),"
				  " coalesce(min(created_at) FILTER (WHERE state = 'pending'), 0)"
				  " FROM letter WHERE state <> 'sent'";
	struct query query;

	if (!query_open(&query, store, sql, err) || query_next(&query) != QUERY_ROW)
		return false;
	out->pending = (uint64_t)query_int(&query);
	out->dead = (uint64_t)query_int(&query);
	out->oldest_pending_at = query_int(&query);
	query_close(&query);
	return true;
}

bool outbox_channels(struct store *store, struct arena *arena, struct outbox_channel **out,
		     size_t *count, struct err *err)
{
	static const char sql[] =
	    "SELECT name, taken_at, failing_since, error FROM channel ORDER BY name";
	struct rows rows = {.size = sizeof(struct outbox_channel)};
	struct query query;
	enum query_step step;

	if (!query_open(&query, store, sql, err))
		return false;
	while ((step = query_next(&query)) == QUERY_ROW) {
		struct outbox_channel *const row = rows_add(&rows);

		row->name = query_text(&query, arena);
		row->taken_at = query_int(&query);
		row->failing_since = query_int(&query);
		row->error = query_text(&query, arena);
	}
	*count = rows.count;
	*out = rows_keep(&rows, arena);
	return step == QUERY_END;
}

bool outbox_note(struct store *store, const char *channel, int64_t at, const char *error,
		 struct err *err)
{
	static const char taken[] =
	    "INSERT INTO channel (name, taken_at, failing_since, error) VALUES (?1, ?2, 0, x'')"
	    " ON CONFLICT (name) DO UPDATE SET taken_at = ?2, failing_since = 0, error = x''";
	static const char failed[] =
	    "INSERT INTO channel (name, taken_at, failing_since, error) VALUES (?1, 0, ?2, ?3)"
	    " ON CONFLICT (name) DO UPDATE SET error = ?3,"
	    " failing_since = CASE failing_since WHEN 0 THEN ?2 ELSE failing_since END";
	struct query query;

	if (!query_open(&query, store, error ? failed : taken, err))
		return false;
	query_put_text(&query, channel);
	query_put_int(&query, at);
	if (error)
		query_put_bytes(&query, error);
	return query_run(&query);
}
