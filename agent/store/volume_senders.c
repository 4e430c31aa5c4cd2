#include "store/volumes.h"

#include "base/mem.h"
#include "store/query.h"
#include "store/rows.h"
#include "store/volume_names.h"

#include <stdlib.h>
#include <string.h>

/* Accounts: a table in which the day comes first, read day by day. */

struct account_sum {
	int64_t account_id;
	uint64_t recent, bounced, unknown_user, blocked;
	uint64_t before, alike_whole, alike_last;
	uint64_t receivers; /* bits */
};

struct accounts {
	struct store *store;
	int64_t sender;
	struct rows rows; /* of struct account_sum */
	uint32_t *row_of; /* row + 1 by account id; 0: did not send lately */
	int64_t ids;
	/* Before the recent days and with any mail: all, on a weekday of the recent days that are
	 * whole, and on that of the last one. */
	int64_t days_before, days_whole, days_last;
};

enum day_kind { DAY_RECENT, DAY_BEFORE, DAY_ALIKE_WHOLE, DAY_ALIKE_LAST };

static enum day_kind kind_of(const struct account_query *query, int64_t day)
{
	if (day >= query->first_day)
		return DAY_RECENT;
	if ((query->last_day - day) % 7 == 0)
		return DAY_ALIKE_LAST;
	/* Whole weeks before one of the recent days. */
	return 6 - (query->first_day - day - 1) % 7 < query->last_day - query->first_day
		   ? DAY_ALIKE_WHOLE
		   : DAY_BEFORE;
}

static bool count_ids(struct accounts *accounts, struct err *err)
{
	static const char sql[] = "SELECT coalesce(max(id), 0) FROM account";
	struct query query;
	enum query_step step;

	if (!query_open(&query, accounts->store, sql, err))
		return false;
	while ((step = query_next(&query)) == QUERY_ROW)
		accounts->ids = query_int(&query);
	accounts->row_of = xcalloc((size_t)accounts->ids + 1, sizeof(*accounts->row_of));
	return step == QUERY_END;
}

static struct account_sum *sum_of(struct accounts *accounts, int64_t id, bool may_add)
{
	struct account_sum *row;

	if (id < 0 || id > accounts->ids)
		return NULL;
	if (accounts->row_of[id])
		return (struct account_sum *)(void *)accounts->rows.data + accounts->row_of[id] - 1;
	if (!may_add)
		return NULL;
	row = rows_add(&accounts->rows);
	row->account_id = id;
	accounts->row_of[id] = (uint32_t)accounts->rows.count;
	return row;
}

static void take(struct accounts *accounts, struct query *query, enum day_kind kind)
{
	struct account_sum *const row = sum_of(accounts, query_int(query), kind == DAY_RECENT);
	const uint64_t all = (uint64_t)query_int(query);

	if (!row)
		return;
	if (kind != DAY_RECENT) {
		row->before += all;
		row->alike_whole += kind == DAY_ALIKE_WHOLE ? all : 0;
		row->alike_last += kind == DAY_ALIKE_LAST ? all : 0;
		return;
	}
	row->recent += all;
	row->bounced += (uint64_t)query_int(query);
	row->unknown_user += (uint64_t)query_int(query);
	row->blocked += (uint64_t)query_int(query);
	row->receivers |= (uint64_t)query_int(query);
}

static bool read_day(struct accounts *accounts, int64_t day, enum day_kind kind, struct err *err)
{
	static const char sql[] =
	    "SELECT account_id, sent + deferred + bounced + expired, bounced, unknown_user,"
	    " blocked, receivers FROM account_day WHERE day = ?1 AND sender_id = ?2";
	struct query query;
	enum query_step step;
	bool is_empty = true;

	if (!query_open(&query, accounts->store, sql, err))
		return false;
	query_put_int(&query, day);
	query_put_int(&query, accounts->sender);
	while ((step = query_next(&query)) == QUERY_ROW) {
		is_empty = false;
		take(accounts, &query, kind);
	}
	accounts->days_before += kind != DAY_RECENT && !is_empty;
	accounts->days_whole += kind == DAY_ALIKE_WHOLE && !is_empty;
	accounts->days_last += kind == DAY_ALIKE_LAST && !is_empty;
	return step == QUERY_END;
}

static bool name_of(struct accounts *accounts, int64_t id, struct arena *arena, const char **name,
		    struct err *err)
{
	static const char sql[] = "SELECT name FROM account WHERE id = ?1";
	struct query query;
	enum query_step step;

	*name = "";
	if (!query_open(&query, accounts->store, sql, err))
		return false;
	query_put_int(&query, id);
	while ((step = query_next(&query)) == QUERY_ROW)
		*name = query_text(&query, arena);
	return step == QUERY_END;
}

static double per_day(uint64_t all, int64_t days)
{
	return days ? (double)all / (double)days : 0;
}

/* What goes out every Tuesday is usual where there is a Tuesday, more than a mean day tells. */
static double usual_of(const struct accounts *accounts, const struct account_sum *sum,
		       const struct account_query *query)
{
	const double whole_days = (double)(query->last_day - query->first_day);
	const double mean =
	    per_day(sum->before, accounts->days_before) * (whole_days + query->last_part);
	const double alike = per_day(sum->alike_whole, accounts->days_whole) * whole_days +
			     per_day(sum->alike_last, accounts->days_last) * query->last_part;

	return alike > mean ? alike : mean;
}

static bool hand_over(struct accounts *accounts, const struct account_query *query,
		      struct arena *arena, struct account_volume *out, struct err *err)
{
	const struct account_sum *const sum = (const void *)accounts->rows.data;

	for (size_t i = 0; i < accounts->rows.count; i++) {
		out[i].recent = sum[i].recent;
		out[i].bounced = sum[i].bounced;
		out[i].unknown_user = sum[i].unknown_user;
		out[i].blocked = sum[i].blocked;
		out[i].receivers = (uint32_t)__builtin_popcountll(sum[i].receivers);
		out[i].usual = usual_of(accounts, &sum[i], query);
		if (!name_of(accounts, sum[i].account_id, arena, &out[i].account, err))
			return false;
	}
	return true;
}

bool volumes_accounts(struct store *store, const struct account_query *query, struct arena *arena,
		      struct account_volume **out, size_t *count, struct err *err)
{
	struct accounts accounts = {.store = store, .rows = {.size = sizeof(struct account_sum)}};
	bool ok = volume_names_sender(store, query->address, &accounts.sender, err) &&
		  count_ids(&accounts, err);

	for (int64_t day = query->last_day; ok && day >= query->usual_from; day--)
		ok = read_day(&accounts, day, kind_of(query, day), err);
	*count = accounts.rows.count;
	*out = arena_calloc(arena, *count, sizeof(**out));
	ok = ok && hand_over(&accounts, query, arena, *out, err);
	rows_release(&accounts.rows);
	free(accounts.row_of);
	return ok;
}
