#include "store/selectors.h"

#include "base/mem.h"
#include "store/query.h"
#include "store/rows.h"

#include <string.h>

enum {
	DAY_S = 86400,
	HOUR_S = 3600, /* rows are written anew when they are older by as much */
	DROPPED_MAX = 5000
};

static bool drop_surplus(struct store *store, const char *domain, struct err *err)
{
	static const char sql[] =
	    "DELETE FROM dkim_selector WHERE domain = ?1 AND selector IN (SELECT selector FROM"
	    " dkim_selector WHERE domain = ?1 ORDER BY key_at > 0 DESC, signs DESC,"
	    " max(told_at, key_at) DESC, selector LIMIT -1 OFFSET ?2)";
	struct query query;

	if (!query_open(&query, store, sql, err))
		return false;
	query_put_text(&query, domain);
	query_put_int(&query, DKIM_LEARNED_MAX);
	return query_run(&query);
}

static bool tell_one(struct store *store, const struct selector_row *row, struct err *err)
{
	static const char sql[] =
	    "INSERT INTO dkim_selector (domain, selector, source, signs, told_at, key_at)"
	    " VALUES (?1, ?2, ?3, ?4, ?5, 0) ON CONFLICT (domain, selector) DO UPDATE SET"
	    " source = CASE WHEN excluded.signs >= signs THEN excluded.source ELSE source END,"
	    " signs = max(signs, excluded.signs), told_at = max(told_at, excluded.told_at)"
	    " WHERE excluded.told_at >= told_at + ?6 OR excluded.signs > signs";
	struct query query;

	if (!query_open(&query, store, sql, err))
		return false;
	query_put_text(&query, row->domain);
	query_put_text(&query, row->selector);
	query_put_text(&query, selector_source_name(row->source));
	query_put_int(&query, selector_source_signs(row->source));
	query_put_int(&query, row->at);
	query_put_int(&query, HOUR_S);
	return query_run(&query) && drop_surplus(store, row->domain, err);
}

bool selectors_tell(struct store *store, const struct selectors *told, int64_t now, struct err *err)
{
	for (size_t i = 0; i < selectors_count(told); i++) {
		const struct selector_row row = selectors_row(told, i);

		if (row.at > now + DAY_S || row.at < now - (int64_t)SELECTOR_DAYS_KEPT * DAY_S)
			continue;
		if (!tell_one(store, &row, err))
			return false;
	}
	return true;
}

bool selectors_find(struct store *store, const char *domain, const char *selector, int64_t at,
		    struct err *err)
{
	static const char sql[] =
	    "INSERT INTO dkim_selector (domain, selector, source, signs, told_at, key_at)"
	    " VALUES (?1, ?2, ?3, 0, 0, ?4) ON CONFLICT (domain, selector) DO UPDATE SET"
	    " key_at = excluded.key_at WHERE excluded.key_at >= key_at + ?5";
	struct query query;

	if (!query_open(&query, store, sql, err))
		return false;
	query_put_text(&query, domain);
	query_put_text(&query, selector);
	query_put_text(&query, selector_source_name(SELECTOR_COMMON));
	query_put_int(&query, at);
	query_put_int(&query, HOUR_S);
	return query_run(&query) && drop_surplus(store, domain, err);
}

bool selectors_guess(struct store *store, int64_t address_id, int64_t at, struct err *err)
{
	static const char sql[] = "UPDATE domain SET guessed_at = ?2 WHERE address_id = ?1";
	struct query query;

	if (!query_open(&query, store, sql, err))
		return false;
	query_put_int(&query, address_id);
	query_put_int(&query, at);
	return query_run(&query);
}

/* Those that are not heard of any more, a bounded part at a time; then the oldest of too many. */
bool selectors_trim(struct store *store, int64_t now, struct err *err)
{
	static const char old[] =
	    "DELETE FROM dkim_selector WHERE (domain, selector) IN (SELECT domain, selector FROM"
	    " dkim_selector WHERE max(told_at, key_at) < ?1 ORDER BY max(told_at, key_at)"
	    " LIMIT ?2)";
	static const char many[] =
	    "DELETE FROM dkim_selector WHERE (domain, selector) IN (SELECT domain, selector FROM"
	    " dkim_selector ORDER BY max(told_at, key_at) DESC LIMIT -1 OFFSET ?1)";
	struct query query;

	if (!query_open(&query, store, old, err))
		return false;
	query_put_int(&query, now - (int64_t)SELECTOR_DAYS_KEPT * DAY_S);
	query_put_int(&query, DROPPED_MAX);
	if (!query_run(&query) || !query_open(&query, store, many, err))
		return false;
	query_put_int(&query, SELECTORS_KEPT_MAX);
	return query_run(&query);
}

/* Groups rows, which come by domain; `row` of a group is set once all are there. */
static struct stored_selectors *group_of(struct rows *groups, struct query *query,
					 struct arena *arena)
{
	struct stored_selectors *const last =
	    groups->count ? (struct stored_selectors *)(void *)groups->data + groups->count - 1
			  : NULL;
	const char *const domain = query_text(query, arena);
	struct stored_selectors *group;

	if (last && strcmp(last->domain, domain) == 0)
		return last;
	group = rows_add(groups);
	group->domain = domain;
	return group;
}

bool selectors_load(struct store *store, const char *domain, struct arena *arena,
		    struct stored_selectors **out, size_t *count, struct err *err)
{
	static const char all[] = "SELECT domain, selector, source, told_at, key_at FROM"
				  " dkim_selector ORDER BY domain, selector";
	static const char one[] = "SELECT domain, selector, source, told_at, key_at FROM"
				  " dkim_selector WHERE domain = ?1 ORDER BY selector";
	struct rows rows = {.size = sizeof(struct auth_selector)};
	struct rows groups = {.size = sizeof(struct stored_selectors)};
	struct auth_selector *row;
	struct query query;
	enum query_step step;
	size_t at = 0;

	if (!query_open(&query, store, domain ? one : all, err))
		return false;
	if (domain)
		query_put_text(&query, domain);
	while ((step = query_next(&query)) == QUERY_ROW) {
		struct auth_selector *const to = rows_add(&rows);

		group_of(&groups, &query, arena)->count++;
		to->name = query_text(&query, arena);
		to->source = (enum selector_source)query_word(&query, selector_source_parse);
		to->told_at = query_int(&query);
		to->key_at = query_int(&query);
	}
	row = rows_keep(&rows, arena);
	*count = groups.count;
	*out = rows_keep(&groups, arena);
	for (size_t i = 0; i < *count; i++) {
		(*out)[i].row = row + at;
		at += (*out)[i].count;
	}
	return step == QUERY_END;
}

bool selectors_guessed(struct store *store, int64_t since, struct arena *arena,
		       const char *const **domain, size_t *count, struct err *err)
{
	static const char sql[] = "SELECT address FROM domain JOIN address ON id = address_id"
				  " WHERE guessed_at >= ?1";
	struct rows rows = {.size = sizeof(const char *)};
	struct query query;
	enum query_step step;

	if (!query_open(&query, store, sql, err))
		return false;
	query_put_int(&query, since);
	while ((step = query_next(&query)) == QUERY_ROW)
		*(const char **)rows_add(&rows) = query_text(&query, arena);
	*count = rows.count;
	*domain = rows_keep(&rows, arena);
	return step == QUERY_END;
}
