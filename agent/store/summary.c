#include "store/summary.h"

#include "store/query.h"
#include "store/rows.h"

#include <stdlib.h>
#include <string.h>

/* Each question in three wordings: what is asked most must not walk over what it leaves out. The last
 * compares word by word, so a pool may bear a name. */
#define WATCHED  " address.is_watched = 1 AND address.is_domain = ?1"
#define IS_ONE   " AND address.id = (SELECT id FROM address WHERE address = ?2)"
#define IS_NAMED " AND (address.pool = ?2 OR address.name = ?2)"
/* Word for word that of the index standing_trouble, or SQLite would not use it. */
#define TROUBLE " belief NOT IN ('blind', 'clear', 'noted')"

enum width { WIDTH_ALL, WIDTH_ONE, WIDTH_NAMED, WIDTH_COUNT };

static bool open_scope(struct query *query, struct store *store, const struct summary_scope *scope,
		       const char *const sql[WIDTH_COUNT], struct err *err)
{
	static const char known[] = "SELECT count(*) FROM address WHERE address = ?1";
	enum width width = WIDTH_ALL;

	if (scope->word[0]) {
		if (!query_open(query, store, known, err))
			return false;
		query_put_text(query, scope->word);
		if (query_next(query) != QUERY_ROW)
			return false;
		width = query_int(query) ? WIDTH_ONE : WIDTH_NAMED;
		query_close(query);
	}
	if (!query_open(query, store, sql[width], err))
		return false;
	query_put_int(query, scope->are_domains);
	if (width != WIDTH_ALL)
		query_put_text(query, scope->word);
	return true;
}

bool summary_counts(struct store *store, const struct summary_scope *scope, struct summary *out,
		    struct err *err)
{
#define COUNTS "SELECT grade, count(*), sum(asked), sum(answered) FROM address WHERE" WATCHED
	static const char *const sql[] = {COUNTS " GROUP BY grade", COUNTS IS_ONE " GROUP BY grade",
					  COUNTS IS_NAMED " GROUP BY grade"};
	enum query_step step;
	struct query query;

	*out = (struct summary){0};
	if (!open_scope(&query, store, scope, sql, err))
		return false;
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

void summary_sort(struct trouble *trouble, size_t troubles)
{
	if (troubles)
		qsort(trouble, troubles, sizeof(*trouble), worst_first);
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

bool summary_troubles(struct store *store, const struct summary_scope *scope, struct arena *arena,
		      struct trouble **out, size_t *count, struct err *err)
{
#define TROUBLES                                                                                   \
	"SELECT address.address, address.name, address.pool, check_name, subject, belief,"         \
	" severity, since, blind_cause, means, text"                                               \
	" FROM standing CROSS JOIN address ON address.id = address_id WHERE" TROUBLE               \
	" AND" WATCHED
	static const char *const sql[] = {TROUBLES, TROUBLES IS_ONE, TROUBLES IS_NAMED};
	struct rows rows = {.size = sizeof(struct trouble)};
	enum query_step step;
	struct query query;

	if (!open_scope(&query, store, scope, sql, err))
		return false;
	while ((step = query_next(&query)) == QUERY_ROW)
		take_trouble(&query, arena, rows_add(&rows));
	*count = rows.count;
	*out = rows_keep(&rows, arena);
	summary_sort(*out, *count);
	return step == QUERY_END;
}

bool summary_volume(struct store *store, const struct summary_scope *scope, struct arena *arena,
		    struct volume_summary *out, struct err *err)
{
/* SQLite takes a column beside max() from the row that has it. */
#define VOLUME                                                                                     \
	"SELECT count(*), ifnull(sum(yesterday), 0), ifnull(sum(today), 0),"                       \
	" ifnull(max(ratio), 0),"                                                                  \
	" (SELECT ifnull(max(named.address), '') FROM address AS named WHERE named.id = "          \
	"address_id)"                                                                              \
	" FROM "
#define KNOWN    " WHERE level <> 'no-data' AND"
#define OF_SCOPE "address CROSS JOIN traffic ON address.id = address_id" KNOWN WATCHED
	/* Domains have no volume, and few addresses are no longer watched. */
	static const char *const sql[] = {VOLUME "traffic" KNOWN " ?1 = 0 AND address_id NOT IN"
						 " (SELECT id FROM address WHERE is_watched = 0)",
					  VOLUME OF_SCOPE IS_ONE, VOLUME OF_SCOPE IS_NAMED};
	struct query query;

	if (!open_scope(&query, store, scope, sql, err))
		return false;
	if (query_next(&query) != QUERY_ROW)
		return false;
	out->addresses = (uint64_t)query_int(&query);
	out->yesterday = (uint64_t)query_int(&query);
	out->today = (uint64_t)query_int(&query);
	out->largest_ratio = query_real(&query);
	out->address = query_text(&query, arena);
	query_close(&query);
	return true;
}

bool summary_suspect(struct store *store, const char *address, struct arena *arena,
		     struct suspect *out, bool *is_found, struct err *err)
{
	static const char sql[] = "SELECT account, sent, usual FROM traffic_suspect"
				  " WHERE address_id = (SELECT id FROM address WHERE address = ?1)"
				  " ORDER BY rank LIMIT 1";
	enum query_step step;
	struct query query;

	*is_found = false;
	if (!query_open(&query, store, sql, err))
		return false;
	query_put_text(&query, address);
	while ((step = query_next(&query)) == QUERY_ROW) {
		*is_found = true;
		*out = (struct suspect){.account = query_text(&query, arena)};
		out->sent = (uint64_t)query_int(&query);
		out->usual = query_real(&query);
	}
	return step == QUERY_END;
}
