#include "store/query.h"

#include <math.h>

enum {
	DAY_S = 86400,
	KEPT_DAYS = 3 * 366, /* as long as the longest archive of the series */
	/* A pass adds one pass and few events, so this catches up; and a clock that runs years
	 * ahead for one pass does little harm. */
	DROPPED_MAX = 500
};

static bool find_newest(struct store *store, struct stored_pass *pass, bool *is_found,
			struct err *err)
{
	static const char sql[] = "SELECT at, seconds, latency_s, queries, answered, listed, blind,"
				  " is_complete FROM pass ORDER BY id DESC LIMIT 1";
	struct query query;
	enum query_step step;

	*is_found = false;
	if (!query_open(&query, store, sql, err))
		return false;
	while ((step = query_next(&query)) == QUERY_ROW) {
		*is_found = true;
		pass->at = query_int(&query);
		pass->seconds = query_real(&query);
		pass->latency_s = query_real(&query);
		pass->queries = (uint64_t)query_int(&query);
		pass->answered = (uint64_t)query_int(&query);
		pass->listed = (uint64_t)query_int(&query);
		pass->blind = (uint64_t)query_int(&query);
		pass->is_complete = query_int(&query) != 0;
		if (isnan(pass->latency_s))
			pass->latency_s = -1;
	}
	return step == QUERY_END;
}

bool store_last_pass(struct store *store, struct stored_pass *out, struct err *err)
{
	bool is_found;

	err->text[0] = '\0';
	return find_newest(store, out, &is_found, err) && is_found;
}

static bool insert_pass(struct store *store, const struct stored_pass *pass, struct err *err)
{
	static const char sql[] =
	    "INSERT INTO pass (at, seconds, latency_s, queries, answered, listed, blind,"
	    " is_complete) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
	struct query query;

	if (!query_open(&query, store, sql, err))
		return false;
	query_put_int(&query, pass->at);
	query_put_real(&query, pass->seconds);
	query_put_real(&query, pass->latency_s < 0 ? NAN : pass->latency_s);
	query_put_int(&query, (int64_t)pass->queries);
	query_put_int(&query, (int64_t)pass->answered);
	query_put_int(&query, (int64_t)pass->listed);
	query_put_int(&query, (int64_t)pass->blind);
	query_put_int(&query, pass->is_complete);
	return query_run(&query);
}

/* Samples are dropped where they are added (samples.c), or with their address. */
static bool drop_older(struct store *store, int64_t before, struct err *err)
{
	static const char *const sql[] = {
	    "DELETE FROM pass WHERE id IN"
	    " (SELECT id FROM pass WHERE at < ?1 ORDER BY at LIMIT ?2)",
	    "DELETE FROM event WHERE id IN"
	    " (SELECT id FROM event WHERE at < ?1 ORDER BY at LIMIT ?2)",
	    "DELETE FROM address WHERE id IN"
	    " (SELECT id FROM address WHERE is_watched = 0 AND seen_at < ?1 LIMIT ?2)",
	};

	for (size_t i = 0; i < sizeof(sql) / sizeof(sql[0]); i++) {
		struct query query;

		if (!query_open(&query, store, sql[i], err))
			return false;
		query_put_int(&query, before);
		query_put_int(&query, DROPPED_MAX);
		if (!query_run(&query))
			return false;
	}
	return true;
}

bool store_add_pass(struct store *store, const struct stored_pass *pass, struct err *err)
{
	struct stored_pass newest;
	bool has_newest;
	int64_t now = pass->at;

	if (!find_newest(store, &newest, &has_newest, err) || !insert_pass(store, pass, err))
		return false;
	/* Until a second pass agrees, a clock that jumped ahead drops nothing. */
	if (has_newest && newest.at < now)
		now = newest.at;
	return drop_older(store, now - (int64_t)KEPT_DAYS * DAY_S, err);
}
