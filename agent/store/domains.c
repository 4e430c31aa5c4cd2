#include "store/domains.h"

#include "base/mem.h"
#include "store/addresses.h"
#include "store/rows.h"

#include <string.h>

enum { DAY_S = 86400, DROPPED_MAX = 500 };

static const char *const role_word[] = {
    [DOMAIN_PARENT] = "parent",
    [DOMAIN_FOUND] = "found",
    [DOMAIN_CONFIGURED] = "configured",
};
_Static_assert(COUNT_OF(role_word) == DOMAIN_ROLE_COUNT, "a word for each role");

static int role_parse(const char *word)
{
	for (size_t i = 0; i < COUNT_OF(role_word); i++)
		if (strcmp(word, role_word[i]) == 0)
			return (int)i;
	return -1;
}

bool domains_load(struct store *store, bool wants_auth, struct arena *arena,
		  struct stored_domains *out, struct err *err)
{
	static const char sql[] = "SELECT " ADDRESS_COLUMNS ", registrable, role, looked_at,"
				  " CASE WHEN ?1 THEN auth ELSE x'' END FROM address"
				  " JOIN domain ON address_id = id WHERE is_watched ORDER BY id";
	struct rows addresses = {.size = sizeof(struct stored_address)};
	struct rows domains = {.size = sizeof(struct stored_domain)};
	struct standing_set set;
	struct query query;
	enum query_step step;

	if (!query_open(&query, store, sql, err))
		return false;
	query_put_int(&query, wants_auth);
	while ((step = query_next(&query)) == QUERY_ROW) {
		struct stored_domain *const domain = rows_add(&domains);

		addresses_read(&query, arena, rows_add(&addresses));
		domain->registrable = query_text(&query, arena);
		domain->role = (enum domain_role)query_word(&query, role_parse);
		domain->looked_at = query_int(&query);
		domain->auth = query_text(&query, arena);
	}
	out->count = addresses.count;
	out->address = rows_keep(&addresses, arena);
	out->domain = rows_keep(&domains, arena);
	if (step == QUERY_FAILED)
		return false;
	if (!out->count)
		return true;
	if (!standings_load(store, 0, arena, &set, err))
		return false;
	addresses_give(out->address, out->count, &set);
	return true;
}

bool domains_auth(struct store *store, int64_t address_id, struct arena *arena, const char **auth,
		  struct err *err)
{
	static const char sql[] = "SELECT auth FROM domain WHERE address_id = ?1";
	struct query query;
	enum query_step step;

	*auth = "";
	if (!query_open(&query, store, sql, err))
		return false;
	query_put_int(&query, address_id);
	while ((step = query_next(&query)) == QUERY_ROW)
		*auth = query_text(&query, arena);
	return step == QUERY_END;
}

bool domains_save(struct store *store, int64_t address_id, const struct stored_domain *domain,
		  struct err *err)
{
	static const char make[] =
	    "INSERT INTO domain (address_id, registrable, role) VALUES (?1, ?2, ?3)"
	    " ON CONFLICT (address_id) DO UPDATE SET registrable = excluded.registrable,"
	    " role = excluded.role WHERE registrable <> excluded.registrable"
	    " OR role <> excluded.role";
	static const char keep[] =
	    "UPDATE domain SET looked_at = ?1, auth = ?2 WHERE address_id = ?3";
	struct query query;

	if (!query_open(&query, store, make, err))
		return false;
	query_put_int(&query, address_id);
	query_put_text(&query, domain->registrable);
	query_put_text(&query, role_word[domain->role]);
	if (!query_run(&query))
		return false;
	if (!domain->auth[0])
		return true;
	if (!query_open(&query, store, keep, err))
		return false;
	query_put_int(&query, domain->looked_at);
	query_put_bytes(&query, domain->auth);
	query_put_int(&query, address_id);
	return query_run(&query);
}

bool domains_trim(struct store *store, int64_t now, struct err *err)
{
	static const char sql[] =
	    "DELETE FROM address WHERE id IN (SELECT id FROM address WHERE is_watched = 0"
	    " AND is_domain AND seen_at < ?1 LIMIT ?2)";
	struct query query;

	if (!query_open(&query, store, sql, err))
		return false;
	query_put_int(&query, now - (int64_t)DOMAIN_DAYS_KEPT * DAY_S);
	query_put_int(&query, DROPPED_MAX);
	return query_run(&query);
}

bool domains_senders(struct store *store, const struct sender_query *query, struct arena *arena,
		     struct domain_sender **out, size_t *count, struct err *err)
{
	static const char sql[] =
	    "WITH sums AS (SELECT domain_id, sender_id, sum(sent + deferred + bounced + expired)"
	    " AS tried, sum(iif(day >= ?2, sent + deferred + bounced + expired, 0)) AS lately"
	    " FROM domain_day WHERE day BETWEEN ?1 AND ?3 GROUP BY domain_id, sender_id)"
	    " SELECT name, address, tried, lately FROM sums"
	    " JOIN sender_domain ON sender_domain.id = domain_id"
	    " JOIN sender ON sender.id = sender_id ORDER BY tried DESC, name, address";
	struct rows rows = {.size = sizeof(struct domain_sender)};
	struct query read;
	enum query_step step;

	if (!query_open(&read, store, sql, err))
		return false;
	query_put_int(&read, query->first_day);
	query_put_int(&read, query->recent_day);
	query_put_int(&read, query->last_day);
	while ((step = query_next(&read)) == QUERY_ROW) {
		struct domain_sender *const row = rows_add(&rows);

		row->domain = query_text(&read, arena);
		row->address = query_text(&read, arena);
		row->tried = (uint64_t)query_int(&read);
		row->tried_lately = (uint64_t)query_int(&read);
	}
	*count = rows.count;
	*out = rows_keep(&rows, arena);
	return step == QUERY_END;
}

/* The days stand together in their table, each domain's rows are spread over it. */
bool domains_days(struct store *store, int64_t first_day, int64_t last_day, struct arena *arena,
		  struct domain_day **out, size_t *count, struct err *err)
{
	static const char sql[] =
	    "WITH sums AS (SELECT domain_id, day, sum(sent) AS sent,"
	    " sum(sent + deferred + bounced + expired) AS tried, sum(to_gmail) AS gmail,"
	    " sum(to_microsoft) AS microsoft, sum(to_yahoo) AS yahoo FROM domain_day"
	    " WHERE day BETWEEN ?1 AND ?2 GROUP BY domain_id, day)"
	    " SELECT domain_id, name, day, sent, tried, gmail, microsoft, yahoo FROM sums"
	    " JOIN sender_domain ON sender_domain.id = domain_id ORDER BY domain_id, day";
	struct rows rows = {.size = sizeof(struct domain_day)};
	const char *name = "";
	int64_t id = -1;
	struct query query;
	enum query_step step;

	if (!query_open(&query, store, sql, err))
		return false;
	query_put_int(&query, first_day);
	query_put_int(&query, last_day);
	while ((step = query_next(&query)) == QUERY_ROW) {
		struct domain_day *const row = rows_add(&rows);
		const int64_t now = query_int(&query);
		size_t len;
		const char *const text = query_blob(&query, &len);

		if (now != id)
			name = arena_strndup(arena, len ? text : "", len);
		id = now;
		row->domain = name;
		row->day = query_int(&query);
		row->sent = (uint64_t)query_int(&query);
		row->tried = (uint64_t)query_int(&query);
		for (size_t i = 0; i < BULK_RECEIVER_COUNT; i++)
			row->to[i] = (uint64_t)query_int(&query);
	}
	*count = rows.count;
	*out = rows_keep(&rows, arena);
	return step == QUERY_END;
}
