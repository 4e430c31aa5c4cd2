#include "store/domain_changes.h"

#include "store/query.h"

bool changes_mark(struct store *store, const int64_t *domain_id, size_t count, struct err *err)
{
	static const char sql[] = "INSERT OR IGNORE INTO domain_changed (domain_id) VALUES (?1)";
	struct query query;

	for (size_t i = 0; i < count; i++) {
		if (!query_open(&query, store, sql, err))
			return false;
		query_put_int(&query, domain_id[i]);
		if (!query_run(&query))
			return false;
	}
	return true;
}

bool changes_basis(struct store *store, struct changes_basis *out, struct err *err)
{
	static const char sql[] = "SELECT day, digest FROM domain_basis";
	struct query query;
	enum query_step step;

	*out = (struct changes_basis){0};
	if (!query_open(&query, store, sql, err))
		return false;
	while ((step = query_next(&query)) == QUERY_ROW) {
		out->day = query_int(&query);
		out->digest = (uint64_t)query_int(&query);
	}
	return step == QUERY_END;
}

bool changes_settle(struct store *store, const struct changes_basis *basis, struct err *err)
{
	static const char sql[] =
	    "INSERT INTO domain_basis (id, day, digest) VALUES (1, ?1, ?2)"
	    " ON CONFLICT (id) DO UPDATE SET day = excluded.day, digest = excluded.digest"
	    " WHERE day <> excluded.day OR digest <> excluded.digest";
	static const char clear[] = "DELETE FROM domain_changed";
	struct query query;

	if (!query_open(&query, store, sql, err))
		return false;
	query_put_int(&query, basis->day);
	query_put_int(&query, (int64_t)basis->digest);
	return query_run(&query) && query_open(&query, store, clear, err) && query_run(&query);
}

#define SUMS                                                                                       \
	"INSERT INTO domain_sum (domain_id, sender_id, tried, lately) SELECT domain_id,"           \
	" sender_id, sum(sent + deferred + bounced + expired),"                                    \
	" sum(iif(day >= ?2, sent + deferred + bounced + expired, 0)) FROM domain_day"

static bool put_period(struct query *query, const struct sender_query *period)
{
	query_put_int(query, period->first_day);
	query_put_int(query, period->recent_day);
	query_put_int(query, period->last_day);
	return query_run(query);
}

bool changes_sum(struct store *store, const struct sender_query *query, bool only_marked,
		 struct err *err)
{
	static const char drop_all[] = "DELETE FROM domain_sum";
	static const char all[] = SUMS " WHERE day BETWEEN ?1 AND ?3 GROUP BY domain_id, sender_id";
	static const char drop_marked[] =
	    "DELETE FROM domain_sum WHERE domain_id IN (SELECT domain_id FROM domain_changed)";
	/* By the index, whatever the statistics say. */
	static const char marked[] =
	    SUMS " INDEXED BY domain_day_domain WHERE domain_id IN (SELECT domain_id FROM"
		 " domain_changed) AND day BETWEEN ?1 AND ?3 GROUP BY domain_id, sender_id";
	struct query open;

	if (!query_open(&open, store, only_marked ? drop_marked : drop_all, err) ||
	    !query_run(&open) || !query_open(&open, store, only_marked ? marked : all, err))
		return false;
	return put_period(&open, query);
}
