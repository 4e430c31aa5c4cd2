#include "store/blocks.h"

#include "store/query.h"
#include "store/rows.h"

bool blocks_load(struct store *store, struct arena *arena, struct stored_block **out, size_t *count,
		 struct err *err)
{
	static const char sql[] =
	    "SELECT address_id, receiver, is_blocked, since, last_at, messages, cause, scope,"
	    " good_streak, words FROM block ORDER BY address_id, receiver";
	struct rows rows = {.size = sizeof(struct stored_block)};
	struct query query;
	enum query_step step;

	if (!query_open(&query, store, sql, err))
		return false;
	while ((step = query_next(&query)) == QUERY_ROW) {
		struct stored_block *const row = rows_add(&rows);

		row->address_id = query_int(&query);
		row->receiver = query_text(&query, arena);
		row->block.is_blocked = query_int(&query) != 0;
		row->block.since = query_int(&query);
		row->block.last_at = query_int(&query);
		row->block.messages = (uint64_t)query_int(&query);
		row->block.cause = (enum reply_cause)query_word(&query, reply_cause_parse);
		row->block.scope = (enum reply_scope)query_word(&query, reply_scope_parse);
		row->block.good_streak = (uint32_t)query_int(&query);
		row->words = query_text(&query, arena);
	}
	*count = rows.count;
	*out = rows_keep(&rows, arena);
	return step == QUERY_END;
}

static bool delete_block(struct store *store, const struct stored_block *block, struct err *err)
{
	static const char sql[] = "DELETE FROM block WHERE address_id = ?1 AND receiver = ?2";
	struct query query;

	if (!query_open(&query, store, sql, err))
		return false;
	query_put_int(&query, block->address_id);
	query_put_text(&query, block->receiver);
	return query_run(&query);
}

bool blocks_save(struct store *store, const struct stored_block *block, struct err *err)
{
	static const char sql[] = "INSERT OR REPLACE INTO block (address_id, receiver, is_blocked,"
				  " since, last_at, messages, cause, scope, good_streak, words)"
				  " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)";
	const struct block *const state = &block->block;
	struct query query;

	if (!state->is_blocked && !state->messages && !state->last_at)
		return delete_block(store, block, err);
	if (!query_open(&query, store, sql, err))
		return false;
	query_put_int(&query, block->address_id);
	query_put_text(&query, block->receiver);
	query_put_int(&query, state->is_blocked);
	query_put_int(&query, state->since);
	query_put_int(&query, state->last_at);
	query_put_int(&query, (int64_t)state->messages);
	query_put_text(&query, reply_cause_name(state->cause));
	query_put_text(&query, reply_scope_name(state->scope));
	query_put_int(&query, state->good_streak);
	query_put_bytes(&query, block->words);
	return query_run(&query);
}

bool warmups_load(struct store *store, struct arena *arena, struct stored_warmup **out,
		  size_t *count, struct err *err)
{
	static const char sql[] = "SELECT address, start, target, growth, first, curve FROM warmup"
				  " ORDER BY address";
	struct rows rows = {.size = sizeof(struct stored_warmup)};
	struct query query;
	enum query_step step;

	if (!query_open(&query, store, sql, err))
		return false;
	while ((step = query_next(&query)) == QUERY_ROW) {
		struct stored_warmup *const row = rows_add(&rows);

		row->address = query_text(&query, arena);
		row->plan.start = query_int(&query);
		row->plan.target = (uint64_t)query_int(&query);
		row->plan.growth = query_real(&query);
		row->plan.first = (uint64_t)query_int(&query);
		row->plan.curve = query_text(&query, arena);
	}
	*count = rows.count;
	*out = rows_keep(&rows, arena);
	return step == QUERY_END;
}

bool warmups_save(struct store *store, const struct stored_warmup *warmup, struct err *err)
{
	static const char sql[] =
	    "INSERT OR REPLACE INTO warmup (address, start, target, growth, first, curve)"
	    " VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
	struct query query;

	if (!query_open(&query, store, sql, err))
		return false;
	query_put_text(&query, warmup->address);
	query_put_int(&query, warmup->plan.start);
	query_put_int(&query, (int64_t)warmup->plan.target);
	query_put_real(&query, warmup->plan.growth);
	query_put_int(&query, (int64_t)warmup->plan.first);
	query_put_text(&query, warmup->plan.curve);
	return query_run(&query);
}

bool warmups_stop(struct store *store, const char *address, bool *was_there, struct err *err)
{
	struct query query;

	if (!query_open(&query, store, "DELETE FROM warmup WHERE address = ?1", err))
		return false;
	query_put_text(&query, address);
	if (!query_run(&query))
		return false;
	*was_there = sqlite3_changes(store->db) > 0;
	return true;
}
