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

bool domains_registrables(struct store *store, uint64_t *count, struct err *err)
{
	static const char sql[] = "SELECT count(*) FROM address JOIN domain ON address_id = id"
				  " WHERE is_watched AND registrable = address";
	int64_t number;
	const bool ok = query_number(store, sql, &number, err);

	*count = (uint64_t)number;
	return ok;
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

/* Whether what was added up is of this day and nothing was counted since. */
static bool has_sums(struct store *store, int64_t day, bool *has, struct err *err)
{
	static const char sql[] = "SELECT 1 FROM domain_basis WHERE day = ?1"
				  " AND NOT EXISTS (SELECT 1 FROM domain_changed)";
	struct query query;
	enum query_step step;

	*has = false;
	if (!query_open(&query, store, sql, err))
		return false;
	query_put_int(&query, day);
	while ((step = query_next(&query)) == QUERY_ROW)
		*has = true;
	return step == QUERY_END;
}

#define NAMED                                                                                      \
	" JOIN sender_domain ON sender_domain.id = domain_id"                                      \
	" JOIN sender ON sender.id = sender_id ORDER BY tried DESC, name, address"

bool domains_tried(struct store *store, const struct sender_query *query, struct arena *arena,
		   struct domain_tried **out, size_t *count, struct err *err)
{
	static const char added_up[] = "SELECT name, sum(tried) FROM domain_sum JOIN sender_domain"
				       " ON id = domain_id GROUP BY domain_id";
	static const char days[] =
	    "WITH sums AS (SELECT domain_id, sum(sent + deferred + bounced + expired) AS tried"
	    " FROM domain_day WHERE day BETWEEN ?1 AND ?2 GROUP BY domain_id)"
	    " SELECT name, tried FROM sums JOIN sender_domain ON id = domain_id";
	struct rows rows = {.size = sizeof(struct domain_tried)};
	struct query read;
	enum query_step step;
	bool has;

	if (!has_sums(store, query->last_day, &has, err) ||
	    !query_open(&read, store, has ? added_up : days, err))
		return false;
	if (!has) {
		query_put_int(&read, query->first_day);
		query_put_int(&read, query->last_day);
	}
	while ((step = query_next(&read)) == QUERY_ROW) {
		struct domain_tried *const row = rows_add(&rows);

		row->domain = query_text(&read, arena);
		row->tried = (uint64_t)query_int(&read);
	}
	*count = rows.count;
	*out = rows_keep(&rows, arena);
	return step == QUERY_END;
}

bool domains_senders(struct store *store, const struct sender_query *query, struct arena *arena,
		     struct domain_sender **out, size_t *count, struct err *err)
{
	static const char sums[] = "SELECT name, address, tried, lately FROM domain_sum" NAMED;
	static const char days[] =
	    "WITH sums AS (SELECT domain_id, sender_id, sum(sent + deferred + bounced + expired)"
	    " AS tried, sum(iif(day >= ?2, sent + deferred + bounced + expired, 0)) AS lately"
	    " FROM domain_day WHERE day BETWEEN ?1 AND ?3 GROUP BY domain_id, sender_id)"
	    " SELECT name, address, tried, lately FROM sums" NAMED;
	struct rows rows = {.size = sizeof(struct domain_sender)};
	struct query read;
	enum query_step step;
	bool has;

	if (!has_sums(store, query->last_day, &has, err) ||
	    !query_open(&read, store, has ? sums : days, err))
		return false;
	if (!has) {
		query_put_int(&read, query->first_day);
		query_put_int(&read, query->recent_day);
		query_put_int(&read, query->last_day);
	}
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

/* The counts of an open query, day first. */
static bool take_counts(struct query *query, const struct domain_counts *counts)
{
	enum query_step step;

	query_put_int(query, counts->first_day);
	query_put_int(query, counts->last_day);
	while ((step = query_next(query)) == QUERY_ROW) {
		struct domain_count count;

		count.day = query_int(query);
		count.sender_id = query_int(query);
		count.domain_id = query_int(query);
		count.sent = (uint64_t)query_int(query);
		count.tried = (uint64_t)query_int(query);
		for (size_t i = 0; i < BULK_RECEIVER_COUNT; i++)
			count.to[i] = (uint64_t)query_int(query);
		counts->take(counts->context, &count);
	}
	return step == QUERY_END;
}

#define COUNTS                                                                                     \
	"SELECT day, sender_id, domain_id, sent, sent + deferred + bounced + expired,"             \
	" to_gmail, to_microsoft, to_yahoo FROM domain_day"

bool domains_count(struct store *store, const struct domain_counts *counts, struct err *err)
{
	static const char sql[] =
	    COUNTS " WHERE day BETWEEN ?1 AND ?2 ORDER BY day, sender_id, domain_id";
	struct query query;

	return query_open(&query, store, sql, err) && take_counts(&query, counts);
}

bool domains_count_one(struct store *store, const struct domain_counts *counts, int64_t domain_id,
		       struct err *err)
{
	static const char sql[] = COUNTS " INDEXED BY domain_day_domain WHERE domain_id = ?1"
					 " AND day BETWEEN ?2 AND ?3";
	struct query query;

	if (!query_open(&query, store, sql, err))
		return false;
	query_put_int(&query, domain_id);
	return take_counts(&query, counts);
}

bool domains_first_day(struct store *store, int64_t first_day, int64_t *out, struct err *err)
{
	static const char sql[] = "SELECT min(day) FROM domain_day WHERE day >= ?1";
	struct query query;
	enum query_step step;

	*out = INT64_MAX;
	if (!query_open(&query, store, sql, err))
		return false;
	query_put_int(&query, first_day);
	while ((step = query_next(&query)) == QUERY_ROW)
		if (!query_is_null(&query))
			*out = query_int(&query);
	return step == QUERY_END;
}

bool domains_accounts(struct store *store, const struct account_period *period, struct arena *arena,
		      struct domain_account **out, size_t *count, struct err *err)
{
	static const char all[] =
	    "WITH sums AS (SELECT domain_id, account_id, sum(lead) AS lead FROM domain_account"
	    " WHERE day BETWEEN ?1 AND ?2 GROUP BY domain_id, account_id)"
	    " SELECT domain_id, name FROM sums JOIN account ON account.id = account_id"
	    " ORDER BY domain_id, lead DESC, name";
	/* A step into the key for each day. */
	static const char one[] =
	    "WITH RECURSIVE days (day) AS (SELECT ?1 UNION ALL SELECT day + 1 FROM days"
	    " WHERE day < ?2), sums AS (SELECT account_id, sum(lead) AS lead FROM days"
	    " CROSS JOIN domain_account ON domain_account.day = days.day AND domain_id = ?3"
	    " GROUP BY account_id) SELECT ?3, name FROM sums"
	    " JOIN account ON account.id = account_id ORDER BY lead DESC, name";
	struct rows rows = {.size = sizeof(struct domain_account)};
	struct query query;
	enum query_step step;

	if (!query_open(&query, store, period->domain_id ? one : all, err))
		return false;
	query_put_int(&query, period->first_day);
	query_put_int(&query, period->last_day);
	if (period->domain_id)
		query_put_int(&query, period->domain_id);
	while ((step = query_next(&query)) == QUERY_ROW) {
		struct domain_account *const row = rows_add(&rows);

		row->domain_id = query_int(&query);
		row->account = query_text(&query, arena);
	}
	*count = rows.count;
	*out = rows_keep(&rows, arena);
	return step == QUERY_END;
}

static bool load_names(struct store *store, const char *sql, struct arena *arena,
		       struct stored_names *out, struct err *err)
{
	struct rows rows = {.size = sizeof(struct stored_name)};
	struct query query;
	enum query_step step;

	if (!query_open(&query, store, sql, err))
		return false;
	while ((step = query_next(&query)) == QUERY_ROW) {
		struct stored_name *const row = rows_add(&rows);

		row->id = query_int(&query);
		row->name = query_text(&query, arena);
	}
	out->count = rows.count;
	out->row = rows_keep(&rows, arena);
	return step == QUERY_END;
}

bool domains_names(struct store *store, struct arena *arena, struct stored_names *domains,
		   struct stored_names *senders, struct err *err)
{
	return load_names(store, "SELECT id, name FROM sender_domain ORDER BY id", arena, domains,
			  err) &&
	       load_names(store, "SELECT id, address FROM sender ORDER BY id", arena, senders, err);
}

bool domains_changed(struct store *store, struct arena *arena, struct stored_names *out,
		     struct err *err)
{
	return load_names(store,
			  "SELECT id, name FROM domain_changed JOIN sender_domain ON id = domain_id"
			  " ORDER BY id",
			  arena, out, err);
}
