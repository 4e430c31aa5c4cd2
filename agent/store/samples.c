#include "store/samples.h"

#include "store/query.h"
#include "store/rows.h"

#include <math.h>

/* What an address showed from one pass on. */
struct change_point {
	int64_t pass_id;
	bool is_known;
	struct sample sample; /* without at and latency_s, which come from the passes */
};

/* The pass that a sample of time `at` belongs to: the newest, or the one about to be added. */
static bool find_pass(struct store *store, int64_t at, int64_t *id, struct err *err)
{
	static const char sql[] = "SELECT id, at FROM pass ORDER BY id DESC LIMIT 1";
	struct query query;
	enum query_step step;

	if (!query_open(&query, store, sql, err))
		return false;
	*id = 1;
	while ((step = query_next(&query)) == QUERY_ROW) {
		*id = query_int(&query);
		if (query_int(&query) != at)
			++*id;
	}
	return step == QUERY_END;
}

static void read_change(struct query *query, struct change_point *change)
{
	change->pass_id = query_int(query);
	change->is_known = query_int(query) != 0;
	change->sample.listings = query_real(query);
	change->sample.blind = query_real(query);
	change->sample.coverage = query_real(query);
}

/* `*last` stays as it is, not known, when there is none. */
static bool find_last(struct store *store, int64_t address_id, struct change_point *last,
		      struct err *err)
{
	static const char sql[] = "SELECT pass_id, is_known, listings, blind, coverage FROM sample"
				  " WHERE address_id = ?1 ORDER BY pass_id DESC LIMIT 1";
	struct query query;
	enum query_step step;

	if (!query_open(&query, store, sql, err))
		return false;
	query_put_int(&query, address_id);
	while ((step = query_next(&query)) == QUERY_ROW)
		read_change(&query, last);
	return step == QUERY_END;
}

bool samples_newest(struct store *store, int64_t address_id, int64_t *pass_id, struct err *err)
{
	struct change_point last = {0};

	if (!find_last(store, address_id, &last, err))
		return false;
	*pass_id = last.pass_id;
	return true;
}

/* Drops what is older than the oldest pass, but for the row that holds at that pass. Done when a
 * row is added: an address that does not change does not grow. */
static bool trim(struct store *store, int64_t address_id, struct err *err)
{
	static const char sql[] = "DELETE FROM sample WHERE address_id = ?1 AND pass_id <"
				  " (SELECT max(pass_id) FROM sample WHERE address_id = ?1"
				  "  AND pass_id <= (SELECT min(id) FROM pass))";
	struct query query;

	if (!query_open(&query, store, sql, err))
		return false;
	query_put_int(&query, address_id);
	return query_run(&query);
}

static bool add_change(struct store *store, int64_t address_id, const struct change_point *change,
		       struct err *err)
{
	static const char sql[] = "INSERT OR REPLACE INTO sample"
				  " (address_id, pass_id, is_known, listings, blind, coverage)"
				  " VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
	struct query query;

	if (!query_open(&query, store, sql, err))
		return false;
	query_put_int(&query, address_id);
	query_put_int(&query, change->pass_id);
	query_put_int(&query, change->is_known);
	query_put_real(&query, change->sample.listings);
	query_put_real(&query, change->sample.blind);
	query_put_real(&query, change->sample.coverage);
	return query_run(&query) && trim(store, address_id, err);
}

static bool is_same(double a, double b)
{
	return a == b || (isnan(a) && isnan(b));
}

bool store_add_sample(struct store *store, int64_t address_id, const struct sample *sample,
		      struct err *err)
{
	struct change_point change = {.is_known = true, .sample = *sample};
	struct change_point last = {0};

	if (!find_last(store, address_id, &last, err))
		return false;
	if (last.is_known && is_same(last.sample.listings, sample->listings) &&
	    is_same(last.sample.blind, sample->blind) &&
	    is_same(last.sample.coverage, sample->coverage))
		return true;
	return find_pass(store, sample->at, &change.pass_id, err) &&
	       add_change(store, address_id, &change, err);
}

bool samples_end(struct store *store, int64_t address_id, int64_t at, struct err *err)
{
	struct change_point change = {.is_known = false};

	return find_pass(store, at, &change.pass_id, err) &&
	       add_change(store, address_id, &change, err);
}

static bool load_changes(struct store *store, int64_t address_id, struct rows *changes,
			 struct err *err)
{
	static const char sql[] = "SELECT pass_id, is_known, listings, blind, coverage FROM sample"
				  " WHERE address_id = ?1 ORDER BY pass_id";
	struct query query;
	enum query_step step;

	if (!query_open(&query, store, sql, err))
		return false;
	query_put_int(&query, address_id);
	while ((step = query_next(&query)) == QUERY_ROW)
		read_change(&query, rows_add(changes));
	return step == QUERY_END;
}

/* The change point in force at a pass, or NULL before the first. */
static const struct change_point *in_force(const struct change_point *change, size_t count,
					   int64_t pass_id)
{
	size_t low = 0;
	size_t high = count;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (change[middle].pass_id <= pass_id)
			low = middle + 1;
		else
			high = middle;
	}
	return low ? &change[low - 1] : NULL;
}

/* Adds the row of one pass, unless the address showed nothing then. */
static void expand(struct query *query, const struct rows *changes, struct rows *samples)
{
	const struct change_point *change =
	    in_force((const void *)changes->data, changes->count, query_int(query));
	struct sample *sample;

	if (!change || !change->is_known)
		return;
	sample = rows_add(samples);
	*sample = change->sample;
	sample->at = query_int(query);
	sample->latency_s = query_real(query);
	if (isnan(sample->latency_s))
		sample->latency_s = -1;
}

bool store_samples(struct store *store, int64_t address_id, int64_t since, struct arena *arena,
		   struct sample **out, size_t *count, struct err *err)
{
	/* A pass stamped later than the newest one ran while the clock was ahead. */
	static const char sql[] = "SELECT id, at, latency_s FROM pass WHERE at >= ?1"
				  " AND at <= (SELECT at FROM pass ORDER BY id DESC LIMIT 1)"
				  " ORDER BY at, id";
	struct rows changes = {.size = sizeof(struct change_point)};
	struct rows samples = {.size = sizeof(struct sample)};
	struct query query;
	enum query_step step = QUERY_FAILED;

	if (load_changes(store, address_id, &changes, err) && query_open(&query, store, sql, err)) {
		query_put_int(&query, since);
		while ((step = query_next(&query)) == QUERY_ROW)
			expand(&query, &changes, &samples);
	}
	*count = samples.count;
	*out = rows_keep(&samples, arena);
	rows_release(&changes);
	return step == QUERY_END;
}
