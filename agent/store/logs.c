#include "store/volumes.h"

#include "base/hash.h"
#include "store/query.h"

/* Where logs were left, and what was counted of which file. */

bool volumes_log(struct store *store, const char *path, struct arena *arena, struct stored_log *out,
		 bool *is_found, struct err *err)
{
	static const char sql[] = "SELECT device, inode, offset, head_hash, head_bytes, tail_hash,"
				  " read_at, format, open_ids, cursor FROM log_position"
				  " WHERE path = ?1";
	struct query query;
	enum query_step step;

	*is_found = false;
	if (!query_open(&query, store, sql, err))
		return false;
	query_put_text(&query, path);
	while ((step = query_next(&query)) == QUERY_ROW) {
		size_t len;
		const char *bytes;

		*is_found = true;
		out->path = path;
		out->position.device = (uint64_t)query_int(&query);
		out->position.inode = (uint64_t)query_int(&query);
		out->position.offset = (uint64_t)query_int(&query);
		out->position.head_hash = (uint64_t)query_int(&query);
		out->position.head_bytes = (uint32_t)query_int(&query);
		out->position.tail_hash = (uint64_t)query_int(&query);
		out->position.read_at = query_int(&query);
		out->format = (enum log_format)query_word(&query, log_format_parse);
		bytes = query_blob(&query, &len);
		out->open_ids = len ? arena_strndup(arena, bytes, len) : "";
		out->open_ids_len = len;
		out->cursor = query_text(&query, arena);
	}
	return step == QUERY_END;
}

bool volumes_save_log(struct store *store, const struct stored_log *log, struct err *err)
{
	static const char sql[] =
	    "INSERT OR REPLACE INTO log_position (path, device, inode, offset, head_hash,"
	    " head_bytes, tail_hash, read_at, format, open_ids, cursor)"
	    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
	const struct log_position *const at = &log->position;
	struct query query;

	if (!query_open(&query, store, sql, err))
		return false;
	query_put_text(&query, log->path);
	query_put_int(&query, (int64_t)at->device);
	query_put_int(&query, (int64_t)at->inode);
	query_put_int(&query, (int64_t)at->offset);
	query_put_int(&query, (int64_t)at->head_hash);
	query_put_int(&query, at->head_bytes);
	query_put_int(&query, (int64_t)at->tail_hash);
	query_put_int(&query, at->read_at);
	query_put_text(&query, log_format_name(log->format));
	query_put_blob(&query, log->open_ids, log->open_ids_len);
	query_put_text(&query, log->cursor);
	return query_run(&query);
}

/* Most files are known by a whole head. One that was shorter when it was counted may have grown
 * since: its row then covers a part of the bytes at hand. The longest that fits is the one. */
bool volumes_find_file(struct store *store, struct slice head, struct arena *arena,
		       struct counted_file *out, bool *is_found, struct err *err)
{
	static const char lengths[] =
	    "SELECT head_bytes FROM log_file WHERE head_bytes BETWEEN 1 AND ?1"
	    " GROUP BY head_bytes ORDER BY head_bytes DESC";
	static const char one[] = "SELECT bytes, tail_hash, counted_at, path FROM log_file"
				  " WHERE head_bytes = ?1 AND head_hash = ?2";
	uint32_t length[LOG_HEAD_BYTES + 1];
	size_t count = 0;
	struct query query;
	enum query_step step;

	*is_found = false;
	if (!query_open(&query, store, lengths, err))
		return false;
	query_put_int(&query, (int64_t)head.len);
	while ((step = query_next(&query)) == QUERY_ROW)
		if (count <= LOG_HEAD_BYTES)
			length[count++] = (uint32_t)query_int(&query);
	for (size_t i = 0; step == QUERY_END && !*is_found && i < count; i++) {
		if (!query_open(&query, store, one, err))
			return false;
		query_put_int(&query, length[i]);
		query_put_int(&query, (int64_t)hash_bytes(head.at, length[i]));
		while ((step = query_next(&query)) == QUERY_ROW) {
			*is_found = true;
			out->head_bytes = length[i];
			out->bytes = (uint64_t)query_int(&query);
			out->tail_hash = (uint64_t)query_int(&query);
			out->counted_at = query_int(&query);
			out->path = query_text(&query, arena);
		}
	}
	return step == QUERY_END;
}

static bool put_file(struct store *store, const char *sql, const struct log_position *position,
		     const char *path, struct err *err)
{
	struct query query;

	if (!query_open(&query, store, sql, err))
		return false;
	query_put_int(&query, position->head_bytes);
	query_put_int(&query, (int64_t)position->head_hash);
	query_put_int(&query, (int64_t)position->offset);
	query_put_int(&query, (int64_t)position->tail_hash);
	query_put_int(&query, position->read_at);
	query_put_text(&query, path);
	return query_run(&query);
}

bool volumes_save_file(struct store *store, const struct log_position *position, const char *path,
		       struct err *err)
{
	static const char sql[] =
	    "INSERT OR REPLACE INTO log_file (head_bytes, head_hash, bytes, tail_hash, counted_at,"
	    " path) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";

	/* Nothing to know it by, or nothing that counted. */
	if (!position->head_bytes || !position->offset)
		return true;
	return put_file(store, sql, position, path, err);
}

bool volumes_note_file(struct store *store, const struct log_position *position, const char *path,
		       struct err *err)
{
	static const char sql[] =
	    "INSERT OR IGNORE INTO log_file (head_bytes, head_hash, bytes, tail_hash, counted_at,"
	    " path) VALUES (?1, ?2, ?3, ?4, ?5, ?6)";

	return put_file(store, sql, position, path, err);
}
