#include "store/traffic.h"

#include "store/query.h"
#include "store/rows.h"

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

static bool save_volume(struct store *store, int64_t address_id,
			const struct volume_verdict *volume, struct err *err)
{
	static const char sql[] =
	    "INSERT OR REPLACE INTO traffic (address_id, level, yesterday, today, projected,"
	    " month_mean, ratio, usual, surprise, is_today, history_days, reason)"
	    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)";
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

	if (!save_volume(store, address_id, &traffic->volume, err) ||
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

/* --- reading: three tables in the same order, joined like zips --- */

struct receiver_row {
	int64_t address_id;
	struct receiver_view view;
};

struct suspect_row {
	int64_t address_id;
	struct suspect suspect;
};

static bool load_volumes(struct store *store, struct arena *arena, struct rows *rows,
			 struct err *err)
{
	static const char sql[] = "SELECT address_id, level, yesterday, today, projected,"
				  " month_mean, ratio, usual, surprise, is_today, history_days,"
				  " reason FROM traffic ORDER BY address_id";
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
		strncpy(volume->reason, query_text(&query, arena), sizeof(volume->reason) - 1);
	}
	return step == QUERY_END;
}

static bool load_receivers(struct store *store, struct arena *arena, struct rows *rows,
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
		struct receiver_row *const row = rows_add(rows);

		row->address_id = query_int(&query);
		row->view.receiver = query_text(&query, arena);
		row->view.sent = (uint64_t)query_int(&query);
		row->view.deferred = (uint64_t)query_int(&query);
		row->view.bounced = (uint64_t)query_int(&query);
		row->view.blocked_since = query_int(&query);
		row->view.refused = (uint64_t)query_int(&query);
		row->view.cause = (enum reply_cause)query_word(&query, reply_cause_parse);
		row->view.scope = (enum reply_scope)query_word(&query, reply_scope_parse);
		row->view.words = query_text(&query, arena);
	}
	return step == QUERY_END;
}

static bool load_suspects(struct store *store, struct arena *arena, struct rows *rows,
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
		struct suspect_row *const row = rows_add(rows);

		row->address_id = query_int(&query);
		row->suspect.account = query_text(&query, arena);
		row->suspect.sent = (uint64_t)query_int(&query);
		row->suspect.usual = query_real(&query);
		row->suspect.factor = query_real(&query);
		row->suspect.share = query_real(&query);
		row->suspect.bounce_share = query_real(&query);
		row->suspect.unknown_share = query_real(&query);
		row->suspect.receivers = (uint32_t)query_int(&query);
		row->suspect.score = query_real(&query);
	}
	return step == QUERY_END;
}

static void join_receivers(struct stored_traffic *out, size_t count, const struct receiver_row *row,
			   size_t rows, struct arena *arena)
{
	size_t at = 0;

	for (size_t i = 0; i < count; i++) {
		struct receiver_view *view;
		size_t first;

		while (at < rows && row[at].address_id < out[i].address_id)
			at++;
		first = at;
		while (at < rows && row[at].address_id == out[i].address_id)
			at++;
		view = arena_calloc(arena, at - first, sizeof(*view));
		for (size_t j = first; j < at; j++)
			view[j - first] = row[j].view;
		out[i].traffic.receiver = view;
		out[i].traffic.receivers = at - first;
	}
}

static void join_suspects(struct stored_traffic *out, size_t count, const struct suspect_row *row,
			  size_t rows, struct arena *arena)
{
	size_t at = 0;

	for (size_t i = 0; i < count; i++) {
		struct suspect *suspect;
		size_t first;

		while (at < rows && row[at].address_id < out[i].address_id)
			at++;
		first = at;
		while (at < rows && row[at].address_id == out[i].address_id)
			at++;
		suspect = arena_calloc(arena, at - first, sizeof(*suspect));
		for (size_t j = first; j < at; j++)
			suspect[j - first] = row[j].suspect;
		out[i].traffic.suspect = suspect;
		out[i].traffic.suspects = at - first;
	}
}

bool traffic_load(struct store *store, struct arena *arena, struct stored_traffic **out,
		  size_t *count, struct err *err)
{
	struct rows volumes = {.size = sizeof(struct stored_traffic)};
	struct rows receivers = {.size = sizeof(struct receiver_row)};
	struct rows suspects = {.size = sizeof(struct suspect_row)};
	const bool ok = load_volumes(store, arena, &volumes, err) &&
			load_receivers(store, arena, &receivers, err) &&
			load_suspects(store, arena, &suspects, err);
	const struct receiver_row *receiver;
	const struct suspect_row *suspect;
	const size_t receiver_rows = receivers.count;
	const size_t suspect_rows = suspects.count;

	*count = volumes.count;
	*out = rows_keep(&volumes, arena);
	receiver = rows_keep(&receivers, arena);
	suspect = rows_keep(&suspects, arena);
	join_receivers(*out, *count, receiver, receiver_rows, arena);
	join_suspects(*out, *count, suspect, suspect_rows, arena);
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
