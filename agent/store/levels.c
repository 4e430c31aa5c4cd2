#include "store/levels.h"

#include "store/query.h"
#include "store/rows.h"

#include <string.h>

static const char *const kind_word[] = {[LEVEL_POOL] = "pool", [LEVEL_ACCOUNT] = "account"};

static int kind_parse(const char *word)
{
	return strcmp(word, kind_word[LEVEL_POOL]) == 0      ? LEVEL_POOL
	       : strcmp(word, kind_word[LEVEL_ACCOUNT]) == 0 ? LEVEL_ACCOUNT
							     : -1;
}

bool levels_load(struct store *store, struct arena *arena, struct stored_level **out, size_t *count,
		 struct err *err)
{
	static const char sql[] = "SELECT kind, name, level, since FROM volume_level"
				  " ORDER BY kind, name";
	struct rows rows = {.size = sizeof(struct stored_level)};
	struct query query;
	enum query_step step;

	if (!query_open(&query, store, sql, err))
		return false;
	while ((step = query_next(&query)) == QUERY_ROW) {
		struct stored_level *const row = rows_add(&rows);

		row->kind = (enum level_kind)query_word(&query, kind_parse);
		row->name = query_text(&query, arena);
		row->level = (enum volume_level)query_word(&query, volume_level_parse);
		row->since = query_int(&query);
	}
	*count = rows.count;
	*out = rows_keep(&rows, arena);
	return step == QUERY_END;
}

bool levels_save(struct store *store, const struct stored_level *level, struct err *err)
{
	static const char set[] = "INSERT OR REPLACE INTO volume_level (kind, name, level, since)"
				  " VALUES (?1, ?2, ?3, ?4)";
	static const char unset[] = "DELETE FROM volume_level WHERE kind = ?1 AND name = ?2";
	const bool is_usual = level->level == VOLUME_NORMAL;
	struct query query;

	if (!query_open(&query, store, is_usual ? unset : set, err))
		return false;
	query_put_text(&query, kind_word[level->kind]);
	query_put_bytes(&query, level->name);
	if (!is_usual) {
		query_put_text(&query, volume_level_name(level->level));
		query_put_int(&query, level->since);
	}
	return query_run(&query);
}

/* Gives every account the days that were collected for it, one behind the other. */
static void share_days(struct loud_account *account, size_t accounts, const struct volume_day *day)
{
	for (size_t i = 0; i < accounts; i++) {
		account[i].day = day;
		day += account[i].days;
	}
}

bool levels_loud_accounts(struct store *store, const struct loud_query *loud, struct arena *arena,
			  struct loud_account **out, size_t *count, struct err *err)
{
	static const char sql[] =
	    "WITH loud AS (SELECT account_id FROM account_day WHERE day >= ?1 GROUP BY account_id"
	    " HAVING SUM(sent + bounced) >= ?2 ORDER BY SUM(sent + bounced) DESC LIMIT ?3)"
	    " SELECT account_id, account.name, day, SUM(sent), SUM(deferred), SUM(bounced),"
	    " SUM(expired) FROM account_day JOIN loud USING (account_id)"
	    " JOIN account ON account.id = account_id WHERE day >= ?4"
	    " GROUP BY account_id, day ORDER BY account_id, day";
	struct rows accounts = {.size = sizeof(struct loud_account)};
	struct rows days = {.size = sizeof(struct volume_day)};
	struct loud_account *account = NULL;
	int64_t before = 0;
	struct query query;
	enum query_step step;

	if (!query_open(&query, store, sql, err))
		return false;
	query_put_int(&query, loud->loud_day);
	query_put_int(&query, (int64_t)loud->floor);
	query_put_int(&query, LOUD_ACCOUNTS_MAX);
	query_put_int(&query, loud->from_day);
	while ((step = query_next(&query)) == QUERY_ROW) {
		const int64_t id = query_int(&query);
		const char *const name = query_text(&query, arena);
		struct volume_day *const day = rows_add(&days);

		if (!account || id != before) {
			account = rows_add(&accounts);
			account->name = name;
			before = id;
		}
		account->days++;
		day->day = query_int(&query);
		day->sent = (uint64_t)query_int(&query);
		day->deferred = (uint64_t)query_int(&query);
		day->bounced = (uint64_t)query_int(&query);
		day->expired = (uint64_t)query_int(&query);
	}
	*count = accounts.count;
	*out = rows_keep(&accounts, arena);
	share_days(*out, *count, rows_keep(&days, arena));
	return step == QUERY_END;
}
