#include "store/traffic.h"

#include "base/hash.h"
#include "base/mem.h"
#include "store/query.h"
#include "store/rows.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool clear(struct store *store, const char *sql, int64_t address_id, struct err *err)
{
	struct query query;

	if (!query_open(&query, store, sql, err))
		return false;
	query_put_int(&query, address_id);
	return query_run(&query);
}

static bool save_volume(struct store *store, int64_t address_id, const struct traffic *traffic,
			struct err *err)
{
	static const char sql[] =
	    "INSERT OR REPLACE INTO traffic (address_id, level, yesterday, today, projected,"
	    " month_mean, ratio, usual, surprise, is_today, history_days, reason, unmatched)"
	    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)";
	const struct volume_verdict *const volume = &traffic->volume;
	struct query query;

	if (!query_open(&query, store, sql, err))
		return false;
	query_put_int(&query, address_id);
	query_put_text(&query, volume_level_name(volume->level));
	query_put_int(&query, (int64_t)volume->yesterday);
	query_put_int(&query, (int64_t)volume->today);
	query_put_int(&query, (int64_t)volume->projected);
	query_put_real(&query, volume->month_mean);
	query_put_real(&query, volume->ratio);
	query_put_real(&query, volume->usual);
	query_put_real(&query, volume->surprise);
	query_put_int(&query, volume->is_today);
	query_put_int(&query, volume->history_days);
	query_put_bytes(&query, volume->reason);
	query_put_int(&query, (int64_t)traffic->unmatched);
	return query_run(&query);
}

static bool save_receiver(struct store *store, int64_t address_id,
			  const struct receiver_view *receiver, struct err *err)
{
	static const char sql[] =
	    "INSERT INTO traffic_receiver (address_id, receiver, sent, deferred, bounced,"
	    " blocked_since, refused, cause, scope, words)"
	    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
	struct query query;

	if (!query_open(&query, store, sql, err))
		return false;
	query_put_int(&query, address_id);
	query_put_text(&query, receiver->receiver);
	query_put_int(&query, (int64_t)receiver->sent);
	query_put_int(&query, (int64_t)receiver->deferred);
	query_put_int(&query, (int64_t)receiver->bounced);
	query_put_int(&query, receiver->blocked_since);
	query_put_int(&query, (int64_t)receiver->refused);
	query_put_text(&query, reply_cause_name(receiver->cause));
	query_put_text(&query, reply_scope_name(receiver->scope));
	query_put_bytes(&query, receiver->words);
	return query_run(&query);
}

static bool save_suspect(struct store *store, int64_t address_id, size_t rank,
			 const struct suspect *suspect, struct err *err)
{
	static const char sql[] =
	    "INSERT INTO traffic_suspect (address_id, rank, account, sent, usual, factor, share,"
	    " bounce_share, unknown_share, receivers, score)"
	    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
	struct query query;

	if (!query_open(&query, store, sql, err))
		return false;
	query_put_int(&query, address_id);
	query_put_int(&query, (int64_t)rank);
	query_put_bytes(&query, suspect->account);
	query_put_int(&query, (int64_t)suspect->sent);
	query_put_real(&query, suspect->usual);
	query_put_real(&query, suspect->factor);
	query_put_real(&query, suspect->share);
	query_put_real(&query, suspect->bounce_share);
	query_put_real(&query, suspect->unknown_share);
	query_put_int(&query, suspect->receivers);
	query_put_real(&query, suspect->score);
	return query_run(&query);
}

bool traffic_save(struct store *store, int64_t address_id, const struct traffic *traffic,
		  struct err *err)
{
	static const char no_receivers[] = "DELETE FROM traffic_receiver WHERE address_id = ?1";
	static const char no_suspects[] = "DELETE FROM traffic_suspect WHERE address_id = ?1";

	if (!save_volume(store, address_id, traffic, err) ||
	    !clear(store, no_receivers, address_id, err) ||
	    !clear(store, no_suspects, address_id, err))
		return false;
	for (size_t i = 0; i < traffic->receivers; i++)
		if (!save_receiver(store, address_id, &traffic->receiver[i], err))
			return false;
	for (size_t i = 0; i < traffic->suspects; i++)
		if (!save_suspect(store, address_id, i, &traffic->suspect[i], err))
			return false;
	return true;
}

/* --- is it the same? --- */

/* SQLite keeps what is no number as NULL. */
static uint64_t add_real(uint64_t sum, double value)
{
	uint64_t bits = UINT64_MAX;

	_Static_assert(sizeof(bits) == sizeof(value), "as many bits");
	if (!isnan(value))
		memcpy(&bits, &value, sizeof(bits));
	return hash_step(sum, bits);
}

static uint64_t add_text(uint64_t sum, const char *text)
{
	return hash_seeded(sum, text, text ? strlen(text) : 0);
}

static uint64_t digest_volume(const struct volume_verdict *volume)
{
	const uint64_t number[] = {(uint64_t)volume->level, volume->yesterday,
				   volume->today,           volume->projected,
				   volume->is_today,        volume->history_days};
	const double real[] = {volume->month_mean, volume->ratio, volume->usual, volume->surprise};
	uint64_t sum = add_text(0, volume->reason);

	for (size_t i = 0; i < COUNT_OF(number); i++)
		sum = hash_step(sum, number[i]);
	for (size_t i = 0; i < COUNT_OF(real); i++)
		sum = add_real(sum, real[i]);
	return sum;
}

static uint64_t digest_receiver(const struct receiver_view *receiver)
{
	const uint64_t number[] = {receiver->sent,           receiver->deferred,
				   receiver->bounced,        (uint64_t)receiver->blocked_since,
				   receiver->refused,        (uint64_t)receiver->cause,
				   (uint64_t)receiver->scope};
	uint64_t sum = add_text(add_text(0, receiver->receiver), receiver->words);

	for (size_t i = 0; i < COUNT_OF(number); i++)
		sum = hash_step(sum, number[i]);
	return sum;
}

static uint64_t digest_suspect(uint64_t sum, const struct suspect *suspect)
{
	const double real[] = {suspect->usual,        suspect->factor,        suspect->share,
			       suspect->bounce_share, suspect->unknown_share, suspect->score};

	sum = hash_step(hash_step(add_text(sum, suspect->account), suspect->sent),
			suspect->receivers);
	for (size_t i = 0; i < COUNT_OF(real); i++)
		sum = add_real(sum, real[i]);
	return sum;
}

/* Receivers are kept without an order, suspects by rank. */
static uint64_t digest(const struct traffic *traffic)
{
	uint64_t receivers = traffic->receivers;
	uint64_t sum = hash_step(digest_volume(&traffic->volume), traffic->unmatched);

	for (size_t i = 0; i < traffic->receivers; i++)
		receivers += digest_receiver(&traffic->receiver[i]);
	for (size_t i = 0; i < traffic->suspects; i++)
		sum = digest_suspect(sum, &traffic->suspect[i]);
	return hash_step(hash_step(sum, traffic->suspects), receivers);
}

bool traffic_is_same(const struct traffic *before, const struct traffic *now)
{
	return before && digest(before) == digest(now);
}

/* --- reading: three tables in the same order, joined like zips --- */

/* Rows of a table, and beside each the address it is about. */
struct owned {
	struct rows rows;
	struct rows owners; /* int64_t */
};

static void *add_owned(struct owned *owned, int64_t address_id)
{
	*(int64_t *)rows_add(&owned->owners) = address_id;
	return rows_add(&owned->rows);
}

static bool load_volumes(struct store *store, struct arena *arena, struct rows *rows,
			 struct err *err)
{
	static const char sql[] = "SELECT address_id, level, yesterday, today, projected,"
				  " month_mean, ratio, usual, surprise, is_today, history_days,"
				  " reason, unmatched FROM traffic ORDER BY address_id";
	struct query query;
	enum query_step step;

	if (!query_open(&query, store, sql, err))
		return false;
	while ((step = query_next(&query)) == QUERY_ROW) {
		struct stored_traffic *const row = rows_add(rows);
		struct volume_verdict *const volume = &row->traffic.volume;

		row->address_id = query_int(&query);
		volume->level = (enum volume_level)query_word(&query, volume_level_parse);
		volume->yesterday = (uint64_t)query_int(&query);
		volume->today = (uint64_t)query_int(&query);
		volume->projected = (uint64_t)query_int(&query);
		volume->month_mean = query_real(&query);
		volume->ratio = query_real(&query);
		volume->usual = query_real(&query);
		volume->surprise = query_real(&query);
		volume->is_today = query_int(&query) != 0;
		volume->history_days = (uint32_t)query_int(&query);
		snprintf(volume->reason, sizeof(volume->reason), "%s", query_text(&query, arena));
		row->traffic.unmatched = (uint64_t)query_int(&query);
	}
	return step == QUERY_END;
}

static bool load_receivers(struct store *store, struct arena *arena, struct owned *owned,
			   struct err *err)
{
	static const char sql[] =
	    "SELECT address_id, receiver, sent, deferred, bounced, blocked_since, refused, cause,"
	    " scope, words FROM traffic_receiver"
	    " ORDER BY address_id, blocked_since = 0, sent + deferred + bounced DESC, receiver";
	struct query query;
	enum query_step step;

	if (!query_open(&query, store, sql, err))
		return false;
	while ((step = query_next(&query)) == QUERY_ROW) {
		struct receiver_view *const row = add_owned(owned, query_int(&query));

		row->receiver = query_text(&query, arena);
		row->sent = (uint64_t)query_int(&query);
		row->deferred = (uint64_t)query_int(&query);
		row->bounced = (uint64_t)query_int(&query);
		row->blocked_since = query_int(&query);
		row->refused = (uint64_t)query_int(&query);
		row->cause = (enum reply_cause)query_word(&query, reply_cause_parse);
		row->scope = (enum reply_scope)query_word(&query, reply_scope_parse);
		row->words = query_text(&query, arena);
	}
	return step == QUERY_END;
}

static bool load_suspects(struct store *store, struct arena *arena, struct owned *owned,
			  struct err *err)
{
	static const char sql[] = "SELECT address_id, account, sent, usual, factor, share,"
				  " bounce_share, unknown_share, receivers, score"
				  " FROM traffic_suspect ORDER BY address_id, rank";
	struct query query;
	enum query_step step;

	if (!query_open(&query, store, sql, err))
		return false;
	while ((step = query_next(&query)) == QUERY_ROW) {
		struct suspect *const row = add_owned(owned, query_int(&query));

		row->account = query_text(&query, arena);
		row->sent = (uint64_t)query_int(&query);
		row->usual = query_real(&query);
		row->factor = query_real(&query);
		row->share = query_real(&query);
		row->bounce_share = query_real(&query);
		row->unknown_share = query_real(&query);
		row->receivers = (uint32_t)query_int(&query);
		row->score = query_real(&query);
	}
	return step == QUERY_END;
}

/* How many rows from `*at` on are of the address; moves behind them. `*at` passes over those of
 * addresses before it. */
static size_t take(const int64_t *owner, size_t owners, int64_t address_id, size_t *at)
{
	size_t first;

	while (*at < owners && owner[*at] < address_id)
		(*at)++;
	first = *at;
	while (*at < owners && owner[*at] == address_id)
		(*at)++;
	return *at - first;
}

bool traffic_load(struct store *store, struct arena *arena, struct stored_traffic **out,
		  size_t *count, struct err *err)
{
	struct rows volumes = {.size = sizeof(struct stored_traffic)};
	struct owned receivers = {{.size = sizeof(struct receiver_view)},
				  {.size = sizeof(int64_t)}};
	struct owned suspects = {{.size = sizeof(struct suspect)}, {.size = sizeof(int64_t)}};
	const bool ok = load_volumes(store, arena, &volumes, err) &&
			load_receivers(store, arena, &receivers, err) &&
			load_suspects(store, arena, &suspects, err);
	const size_t receiver_rows = receivers.rows.count;
	const size_t suspect_rows = suspects.rows.count;
	const int64_t *const of_receiver = rows_keep(&receivers.owners, arena);
	const int64_t *const of_suspect = rows_keep(&suspects.owners, arena);
	const struct receiver_view *const receiver = rows_keep(&receivers.rows, arena);
	const struct suspect *const suspect = rows_keep(&suspects.rows, arena);
	size_t receiver_at = 0;
	size_t suspect_at = 0;

	*count = volumes.count;
	*out = rows_keep(&volumes, arena);
	for (size_t i = 0; i < *count; i++) {
		struct traffic *const traffic = &(*out)[i].traffic;
		const int64_t id = (*out)[i].address_id;

		traffic->receivers = take(of_receiver, receiver_rows, id, &receiver_at);
		traffic->receiver = receiver + receiver_at - traffic->receivers;
		traffic->suspects = take(of_suspect, suspect_rows, id, &suspect_at);
		traffic->suspect = suspect + suspect_at - traffic->suspects;
	}
	return ok;
}

static int by_id(const void *key, const void *row)
{
	const int64_t id = *(const int64_t *)key;
	const int64_t other = ((const struct stored_traffic *)row)->address_id;

	return id < other ? -1 : id > other;
}

const struct traffic *traffic_find(const struct stored_traffic *row, size_t rows,
				   int64_t address_id)
{
	const struct stored_traffic *const found =
	    rows ? bsearch(&address_id, row, rows, sizeof(*row), by_id) : NULL;

	return found ? &found->traffic : NULL;
}
