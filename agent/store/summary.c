#include "store/summary.h"

#include "store/query.h"
#include "store/rows.h"

#include <stdlib.h>
#include <string.h>

#define SCOPE                                                                                      \
	" address.is_watched = 1 AND address.is_domain = ?2 AND (?1 = '' OR address.address = ?1 " \
	"OR address.pool = ?1"                                                                     \
	" OR address.name = ?1)"

static void put_scope(struct query *query, const struct summary_scope *scope)
{
	query_put_text(query, scope->word);
	query_put_int(query, scope->are_domains);
}

bool summary_counts(struct store *store, const struct summary_scope *scope, struct summary *out,
		    struct err *err)
{
	static const char sql[] =
	    "SELECT grade, count(*), sum(asked), sum(answered) FROM address WHERE" SCOPE
	    " GROUP BY grade";
	enum query_step step;
	struct query query;

	*out = (struct summary){0};
	if (!query_open(&query, store, sql, err))
		return false;
	put_scope(&query, scope);
	while ((step = query_next(&query)) == QUERY_ROW) {
		const int letter = query_word(&query, grade_parse);
		const uint64_t count = (uint64_t)query_int(&query);

		if (letter >= 0)
			out->by_grade[letter] += count;
		out->addresses += count;
		out->asked += (uint64_t)query_int(&query);
		out->answered += (uint64_t)query_int(&query);
	}
	return step == QUERY_END;
}

static int worst_first(const void *a, const void *b)
{
	const struct trouble *const x = a;
	const struct trouble *const y = b;
	int order;

	if (x->severity != y->severity)
		return (int)y->severity - (int)x->severity;
	if (x->since != y->since)
		return x->since < y->since ? 1 : -1;
	order = strcmp(x->address, y->address);
	return order ? order : strcmp(x->subject, y->subject);
}

static void take_trouble(struct query *query, struct arena *arena, struct trouble *row)
{
	row->address = query_text(query, arena);
	row->name = query_text(query, arena);
	row->pool = query_text(query, arena);
	row->check = query_text(query, arena);
	row->subject = query_text(query, arena);
	row->belief = (enum finding)query_word(query, finding_parse);
	row->severity = (enum severity)query_word(query, severity_parse);
	row->since = query_int(query);
	row->blind_cause = (enum cause)query_word(query, cause_parse);
	row->means = query_text(query, arena);
	row->text = query_text(query, arena);
}

bool summary_troubles(struct store *store, const struct summary_scope *scope, const char *check,
		      struct arena *arena, struct trouble **out, size_t *count, struct err *err)
{
	static const char sql[] =
	    "SELECT address.address, address.name, address.pool, check_name, subject, belief,"
	    " severity, since, blind_cause, means, text"
	    " FROM standing JOIN address ON address.id = address_id WHERE" SCOPE
	    " AND (?3 = '' OR check_name = ?3) AND belief NOT IN ('blind', 'clear', 'noted')";
	struct rows rows = {.size = sizeof(struct trouble)};
	enum query_step step;
	struct query query;

	if (!query_open(&query, store, sql, err))
		return false;
	put_scope(&query, scope);
	query_put_text(&query, check);
	while ((step = query_next(&query)) == QUERY_ROW)
		take_trouble(&query, arena, rows_add(&rows));
	*count = rows.count;
	*out = rows_keep(&rows, arena);
	if (*count)
		qsort(*out, *count, sizeof(**out), worst_first);
	return step == QUERY_END;
}

bool summary_volumes(struct store *store, const struct summary_scope *scope, struct arena *arena,
		     struct volume_state **out, size_t *count, struct err *err)
{
	static const char sql[] =
	    "SELECT address.address, address.name, level, yesterday, today, projected, month_mean,"
	    " ratio, reason FROM traffic JOIN address ON address.id = address_id WHERE" SCOPE
	    " AND level <> 'no-data' ORDER BY ratio DESC, address.address";
	struct rows rows = {.size = sizeof(struct volume_state)};
	enum query_step step;
	struct query query;

	if (!query_open(&query, store, sql, err))
		return false;
	put_scope(&query, scope);
	while ((step = query_next(&query)) == QUERY_ROW) {
		struct volume_state *const row = rows_add(&rows);

		row->address = query_text(&query, arena);
		row->name = query_text(&query, arena);
		row->level = (enum volume_level)query_word(&query, volume_level_parse);
		row->yesterday = (uint64_t)query_int(&query);
		row->today = (uint64_t)query_int(&query);
		row->projected = (uint64_t)query_int(&query);
		row->month_mean = query_real(&query);
		row->ratio = query_real(&query);
		row->reason = query_text(&query, arena);
	}
	*count = rows.count;
	*out = rows_keep(&rows, arena);
	return step == QUERY_END;
}
