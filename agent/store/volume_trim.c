#include "store/volumes.h"

#include "base/mem.h"
#include "store/query.h"

/* Dropping what is too old, a bounded part at a time. */

enum { DAY_S = 86400, DROPPED_MIN = 10000, SENDERS_DROPPED_MAX = 100 };

/* Of senders that had mail lately: what they have from before. Their rows stand together, the
 * tables have no index by day. */
static bool trim_senders(struct store *store, int64_t today, struct err *err)
{
	static const char *const sql[] = {
	    "DELETE FROM volume_hour WHERE day < ?1 AND sender_id IN"
	    " (SELECT id FROM sender WHERE last_day >= ?2)",
	    "DELETE FROM receiver_day WHERE day < ?1 AND sender_id IN"
	    " (SELECT id FROM sender WHERE last_day >= ?2)",
	    "DELETE FROM reply_day WHERE day < ?1 AND sender_id IN"
	    " (SELECT id FROM sender WHERE last_day >= ?2)",
	};
	static const char days[] = "DELETE FROM volume_day WHERE day < ?1 AND sender_id IN"
				   " (SELECT id FROM sender WHERE last_day >= ?2)";
	struct query query;

	for (size_t i = 0; i < COUNT_OF(sql); i++) {
		if (!query_open(&query, store, sql[i], err))
			return false;
		query_put_int(&query, today - VOLUME_DETAIL_DAYS_KEPT);
		query_put_int(&query, today - 1);
		if (!query_run(&query))
			return false;
	}
	if (!query_open(&query, store, days, err))
		return false;
	query_put_int(&query, today - VOLUME_DAYS_KEPT);
	query_put_int(&query, today - 1);
	return query_run(&query);
}

static bool trim_rows(struct store *store, int64_t before, uint64_t max, struct err *err)
{
	static const char *const sql[] = {
	    "DELETE FROM account_day WHERE (day, sender_id, account_id) IN (SELECT day, sender_id,"
	    " account_id FROM account_day WHERE day < ?1 ORDER BY day LIMIT ?2)",
	    "DELETE FROM domain_day WHERE (day, sender_id, domain_id) IN (SELECT day, sender_id,"
	    " domain_id FROM domain_day WHERE day < ?1 ORDER BY day LIMIT ?2)",
	    "DELETE FROM domain_account WHERE (day, domain_id, account_id) IN (SELECT day,"
	    " domain_id, account_id FROM domain_account WHERE day < ?1 ORDER BY day LIMIT ?2)",
	    "DELETE FROM account WHERE id IN (SELECT id FROM account WHERE last_day < ?1 AND NOT"
	    " EXISTS (SELECT 1 FROM account_day WHERE day < ?1) LIMIT ?2)",
	    "DELETE FROM sender_domain WHERE id IN (SELECT id FROM sender_domain WHERE"
	    " last_day < ?1 AND NOT EXISTS (SELECT 1 FROM domain_day WHERE day < ?1) LIMIT ?2)",
	};

	for (size_t i = 0; i < COUNT_OF(sql); i++) {
		struct query query;

		if (!query_open(&query, store, sql[i], err))
			return false;
		query_put_int(&query, before);
		query_put_int(&query, (int64_t)max);
		if (!query_run(&query))
			return false;
	}
	return true;
}

/* Rows of a sender go with it. */
static bool trim_rest(struct store *store, int64_t today, struct err *err)
{
	static const char senders[] =
	    "DELETE FROM sender WHERE id IN (SELECT id FROM sender WHERE last_day < ?1 LIMIT ?2)";
	static const char files[] = "DELETE FROM log_file WHERE counted_at < ?1";
	struct query query;

	if (!query_open(&query, store, senders, err))
		return false;
	query_put_int(&query, today - VOLUME_DAYS_KEPT);
	query_put_int(&query, SENDERS_DROPPED_MAX);
	if (!query_run(&query) || !query_open(&query, store, files, err))
		return false;
	query_put_int(&query, (today - VOLUME_DAYS_KEPT) * DAY_S);
	return query_run(&query);
}

/* The day as the newest pass saw it when that is earlier: until a second pass agrees, a clock
 * that jumped ahead drops nothing. */
static bool find_day(struct store *store, int64_t *today, struct err *err)
{
	struct stored_pass pass;

	if (!store_last_pass(store, &pass, err))
		return !err->text[0];
	if (pass.at / DAY_S + 1 < *today)
		*today = pass.at / DAY_S + 1;
	return true;
}

bool volumes_trim(struct store *store, int64_t today, uint64_t added, struct err *err)
{
	return find_day(store, &today, err) && trim_senders(store, today, err) &&
	       trim_rows(store, today - VOLUME_DETAIL_DAYS_KEPT, DROPPED_MIN + 2 * added, err) &&
	       trim_rest(store, today, err);
}
