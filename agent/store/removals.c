#include "store/removals.h"

#include "base/mem.h"
#include "store/query.h"
#include "store/rows.h"

#define COLUMNS                                                                                    \
	"address, check_name, subject, was, listed_since, asked_at, last_asked_at, times, ticket," \
	" note, answered_at, answer, cleared_at, relisted_at"

static void read_row(struct query *query, struct arena *arena, struct removal *row)
{
	row->id = query_int(query);
	row->address = query_text(query, arena);
	row->check = query_text(query, arena);
	row->subject = query_text(query, arena);
	row->was = (enum finding)query_word(query, finding_parse);
	row->listed_since = query_int(query);
	row->asked_at = query_int(query);
	row->last_asked_at = query_int(query);
	row->times = (uint32_t)query_int(query);
	row->ticket = query_text(query, arena);
	row->note = query_text(query, arena);
	row->answered_at = query_int(query);
	row->answer = query_text(query, arena);
	row->cleared_at = query_int(query);
	row->relisted_at = query_int(query);
}

bool removals_load(struct store *store, struct arena *arena, struct removal **out, size_t *count,
		   struct err *err)
{
	static const char sql[] =
	    "SELECT id, " COLUMNS " FROM removal ORDER BY address, check_name, subject, id";
	struct rows rows = {.size = sizeof(struct removal)};
	struct query query;
	enum query_step step;

	if (!query_open(&query, store, sql, err))
		return false;
	while ((step = query_next(&query)) == QUERY_ROW)
		read_row(&query, arena, rows_add(&rows));
	*count = rows.count;
	*out = rows_keep(&rows, arena);
	return step == QUERY_END;
}

static void put_row(struct query *query, const struct removal *row)
{
	query_put_text(query, row->address);
	query_put_text(query, row->check);
	query_put_text(query, row->subject);
	query_put_text(query, finding_name(row->was));
	query_put_int(query, row->listed_since);
	query_put_int(query, row->asked_at);
	query_put_int(query, row->last_asked_at);
	query_put_int(query, row->times);
	query_put_bytes(query, row->ticket);
	query_put_bytes(query, row->note);
	query_put_int(query, row->answered_at);
	query_put_bytes(query, row->answer);
	query_put_int(query, row->cleared_at);
	query_put_int(query, row->relisted_at);
}

static bool insert(struct store *store, struct removal *row, struct err *err)
{
	static const char sql[] = "INSERT INTO removal (" COLUMNS ") VALUES"
				  " (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)";
	struct query query;

	if (!query_open(&query, store, sql, err))
		return false;
	put_row(&query, row);
	if (!query_run(&query))
		return false;
	row->id = sqlite3_last_insert_rowid(store->db);
	return true;
}

bool removals_save(struct store *store, struct removal *row, struct err *err)
{
	static const char sql[] = "INSERT OR REPLACE INTO removal (" COLUMNS ", id) VALUES"
				  " (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14,"
				  " ?15)";
	struct query query;

	if (!row->id)
		return insert(store, row, err);
	if (!query_open(&query, store, sql, err))
		return false;
	put_row(&query, row);
	query_put_int(&query, row->id);
	return query_run(&query);
}

bool removals_drop(struct store *store, int64_t id, struct err *err)
{
	struct query query;

	if (!query_open(&query, store, "DELETE FROM removal WHERE id = ?1", err))
		return false;
	query_put_int(&query, id);
	return query_run(&query);
}

/* The standing a request is about. */
#define ITS_STANDING                                                                               \
	"FROM standing JOIN address ON address.id = standing.address_id"                           \
	" WHERE address.address = removal.address AND address.is_watched"                          \
	" AND standing.check_name = removal.check_name AND standing.subject = removal.subject"
/* A request about a listing is over when nothing but a note is left of it. */
#define IS_LISTED " AND standing.belief IN ('listed', removal.was)"

bool removals_follow(struct store *store, int64_t at, struct err *err)
{
	static const char *const step[] = {
	    /* A listing that was not known when somebody asked, and is now. */
	    "UPDATE removal SET (was, listed_since) ="
	    " (SELECT standing.belief, standing.since " ITS_STANDING ")"
	    " WHERE ?1 AND was = 'clear' AND cleared_at = 0 AND EXISTS"
	    " (SELECT 1 " ITS_STANDING " AND standing.belief IN ('listed', 'noted'))",
	    "UPDATE removal SET cleared_at = ?1"
	    " WHERE was <> 'clear' AND cleared_at = 0 AND EXISTS"
	    " (SELECT 1 FROM address WHERE address = removal.address AND is_watched)"
	    " AND NOT EXISTS (SELECT 1 " ITS_STANDING IS_LISTED ")",
	    "UPDATE removal SET relisted_at = ?1"
	    " WHERE cleared_at > 0 AND cleared_at < ?1 AND relisted_at = 0"
	    " AND EXISTS (SELECT 1 " ITS_STANDING IS_LISTED ")",
	};
	struct query query;

	for (size_t i = 0; i < COUNT_OF(step); i++) {
		if (!query_open(&query, store, step[i], err))
			return false;
		query_put_int(&query, at);
		if (!query_run(&query))
			return false;
	}
	return true;
}

bool removals_relistings(struct store *store, int64_t since, struct arena *arena,
			 struct relisting **out, size_t *count, struct err *err)
{
	static const char sql[] =
	    "SELECT address, check_name, subject, count(*) - 1 FROM event"
	    " WHERE at >= ?1 AND change = 'raised' AND check_name IN ('dnsbl', 'receiver')"
	    " GROUP BY address, check_name, subject HAVING count(*) > 1"
	    " ORDER BY address, check_name, subject";
	struct rows rows = {.size = sizeof(struct relisting)};
	struct query query;
	enum query_step step;

	if (!query_open(&query, store, sql, err))
		return false;
	query_put_int(&query, since);
	while ((step = query_next(&query)) == QUERY_ROW) {
		struct relisting *const row = rows_add(&rows);

		row->address = query_text(&query, arena);
		row->check = query_text(&query, arena);
		row->subject = query_text(&query, arena);
		row->times = (uint32_t)query_int(&query);
	}
	*count = rows.count;
	*out = rows_keep(&rows, arena);
	return step == QUERY_END;
}

bool removals_attempts(struct store *store, const char *address, int64_t first, int64_t last,
		       uint64_t *attempts, struct err *err)
{
	static const char sql[] =
	    "SELECT coalesce(sum(sent + deferred + bounced + expired), 0)"
	    " FROM sender JOIN volume_hour ON volume_hour.sender_id = sender.id"
	    " WHERE sender.address = ?1 AND day BETWEEN ?2 / 24 AND ?3 / 24"
	    " AND day * 24 + hour BETWEEN ?2 AND ?3";
	struct query query;

	if (!query_open(&query, store, sql, err))
		return false;
	query_put_text(&query, address);
	query_put_int(&query, first);
	query_put_int(&query, last);
	if (query_next(&query) != QUERY_ROW)
		return false;
	*attempts = (uint64_t)query_int(&query);
	query_close(&query);
	return true;
}
