#include "store/volumes.h"

#include "base/mem.h"
#include "store/volume_walk.h"

#include <stdlib.h>
#include <string.h>

/* What was added, summed up for those who judge and show it. */

static void read_outcomes(struct query *query, uint64_t by_outcome[OUTCOME_COUNT])
{
	for (size_t i = 0; i < OUTCOME_COUNT; i++)
		by_outcome[i] += (uint64_t)query_int(query);
}

bool volumes_addresses(struct store *store, struct arena *arena, const char *const **address,
		       size_t *count, struct err *err)
{
	static const char sql[] = "SELECT address FROM sender ORDER BY address";
	struct rows rows = {.size = sizeof(const char *)};
	struct query query;
	enum query_step step;

	if (!query_open(&query, store, sql, err))
		return false;
	while ((step = query_next(&query)) == QUERY_ROW)
		*(const char **)rows_add(&rows) = query_text(&query, arena);
	*count = rows.count;
	*address = rows_keep(&rows, arena);
	return step == QUERY_END;
}

/* A place for each day that is asked for. */
struct days {
	struct volume_day *day;
	int64_t first;
};

static void take_day(struct query *query, void *context)
{
	const struct days *const days = context;
	struct volume_day *const row = &days->day[query_int(query) - days->first];
	uint64_t by_outcome[OUTCOME_COUNT] = {0};

	read_outcomes(query, by_outcome);
	row->sent += by_outcome[OUTCOME_SENT];
	row->deferred += by_outcome[OUTCOME_DEFERRED];
	row->bounced += by_outcome[OUTCOME_BOUNCED];
	row->expired += by_outcome[OUTCOME_EXPIRED];
}

bool volumes_days(struct store *store, const struct volume_query *query, struct arena *arena,
		  struct volume_day **out, size_t *count, struct err *err)
{
	static const char sql[] = "SELECT day, sent, deferred, bounced, expired FROM volume_day"
				  " WHERE sender_id = ?1 AND day BETWEEN ?2 AND ?3";
	struct volume_query over = *query;
	struct days days;
	const struct volume_walk walk = {store, sql, take_day, &days};
	size_t span;
	bool ok;

	if (over.first_day < over.last_day - VOLUME_DAYS_KEPT - 1)
		over.first_day = over.last_day - VOLUME_DAYS_KEPT - 1;
	span = over.first_day <= over.last_day ? (size_t)(over.last_day - over.first_day) + 1 : 0;
	days = (struct days){arena_calloc(arena, span, sizeof(*days.day)), over.first_day};
	ok = volume_walk(&walk, &over, err);
	*count = 0;
	*out = days.day;
	for (size_t i = 0; i < span; i++) {
		struct volume_day row = days.day[i];

		row.day = over.first_day + (int64_t)i;
		if (row.sent || row.deferred || row.bounced || row.expired)
			days.day[(*count)++] = row;
	}
	return ok;
}

struct hours {
	struct volume_hours *out;
	int64_t today;
	double sum;
};

static void take_hour(struct query *query, void *context)
{
	struct hours *const hours = context;
	const int64_t day = query_int(query);
	const int64_t hour = query_int(query);
	const int64_t sent = query_int(query);

	if (hour < 0 || hour > 23)
		return;
	if (day == hours->today) {
		hours->out->today[hour] += (uint32_t)sent;
		return;
	}
	hours->out->share[hour] += (double)sent;
	hours->sum += (double)sent;
}

bool volumes_hours(struct store *store, const struct volume_query *query, struct volume_hours *out,
		   struct err *err)
{
	static const char sql[] = "SELECT day, hour, sent FROM volume_hour"
				  " WHERE sender_id = ?1 AND day BETWEEN ?2 AND ?3";
	struct hours hours = {.out = out, .today = query->last_day};
	const struct volume_walk walk = {store, sql, take_hour, &hours};

	*out = (struct volume_hours){0};
	if (!volume_walk(&walk, query, err))
		return false;
	out->has_share = hours.sum > 0;
	for (size_t i = 0; out->has_share && i < COUNT_OF(out->share); i++)
		out->share[i] /= hours.sum;
	return true;
}

static struct receiver_volume *receiver_row(struct volume_kept *kept, const char *receiver)
{
	struct receiver_volume *row = (void *)kept->rows.data;

	for (size_t i = 0; i < kept->rows.count; i++)
		if (strcmp(row[i].receiver, receiver) == 0)
			return &row[i];
	row = rows_add(&kept->rows);
	row->receiver = receiver;
	return row;
}

static void take_receiver(struct query *query, void *context)
{
	struct volume_kept *const kept = context;
	struct receiver_volume *const row = receiver_row(kept, query_text(query, kept->arena));
	int64_t last_sent_at;

	read_outcomes(query, row->by_outcome);
	last_sent_at = query_int(query);
	if (last_sent_at > row->last_sent_at)
		row->last_sent_at = last_sent_at;
}

static int by_receiver(const void *a, const void *b)
{
	return strcmp(((const struct receiver_volume *)a)->receiver,
		      ((const struct receiver_volume *)b)->receiver);
}

bool volumes_receivers(struct store *store, const struct volume_query *query, struct arena *arena,
		       struct receiver_volume **out, size_t *count, struct err *err)
{
	static const char sql[] =
	    "SELECT receiver.name, sum(sent), sum(deferred), sum(bounced), sum(expired),"
	    " max(last_sent_at) FROM receiver_day JOIN receiver ON receiver.id = receiver_id"
	    " WHERE sender_id = ?1 AND day BETWEEN ?2 AND ?3 GROUP BY receiver_id";
	struct volume_kept kept = {{.size = sizeof(struct receiver_volume)}, arena};
	const struct volume_walk walk = {store, sql, take_receiver, &kept};
	const bool ok = volume_walk(&walk, query, err);

	*count = kept.rows.count;
	*out = rows_keep(&kept.rows, arena);
	if (*count)
		qsort(*out, *count, sizeof(**out), by_receiver);
	return ok;
}

static void take_reply(struct query *query, void *context)
{
	struct volume_kept *const kept = context;
	struct reply_volume *const row = rows_add(&kept->rows);

	row->day = query_int(query);
	row->receiver = query_text(query, kept->arena);
	row->cause = (enum reply_cause)query_word(query, reply_cause_parse);
	row->scope = (enum reply_scope)query_word(query, reply_scope_parse);
	row->deferred = (uint64_t)query_int(query);
	row->bounced = (uint64_t)query_int(query);
	row->expired = (uint64_t)query_int(query);
	row->unmatched = (uint64_t)query_int(query);
	row->first_at = query_int(query);
	row->last_at = query_int(query);
	row->words = query_text(query, kept->arena);
}

static int newest_first(const void *a, const void *b)
{
	const struct reply_volume *const x = a;
	const struct reply_volume *const y = b;

	if (x->day != y->day)
		return x->day < y->day ? 1 : -1;
	return (x->last_at < y->last_at) - (x->last_at > y->last_at);
}

bool volumes_replies(struct store *store, const struct volume_query *query, struct arena *arena,
		     struct reply_volume **out, size_t *count, struct err *err)
{
	static const char sql[] =
	    "SELECT day, receiver.name, cause, scope, deferred, bounced, expired, unmatched,"
	    " first_at, last_at, words FROM reply_day JOIN receiver ON receiver.id = receiver_id"
	    " WHERE sender_id = ?1 AND day BETWEEN ?2 AND ?3";
	struct volume_kept kept = {{.size = sizeof(struct reply_volume)}, arena};
	const struct volume_walk walk = {store, sql, take_reply, &kept};
	const bool ok = volume_walk(&walk, query, err);

	*count = kept.rows.count;
	*out = rows_keep(&kept.rows, arena);
	if (*count)
		qsort(*out, *count, sizeof(**out), newest_first);
	return ok;
}

static void take_sum(struct query *query, void *context)
{
	uint64_t *const sum = context;

	*sum += (uint64_t)query_int(query);
}

bool volumes_unmatched(struct store *store, const struct volume_query *query, uint64_t *out,
		       struct err *err)
{
	static const char sql[] = "SELECT sum(unmatched) FROM reply_day"
				  " WHERE sender_id = ?1 AND day BETWEEN ?2 AND ?3";
	const struct volume_walk walk = {store, sql, take_sum, out};

	*out = 0;
	return volume_walk(&walk, query, err);
}
