#include "store/addresses.h"

#include "store/bytes.h"
#include "store/rows.h"
#include "store/samples.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

enum { PAIR_BYTES = 8 };

static void read_ptr(struct query *query, struct arena *arena, struct identity *identity)
{
	size_t len;
	const char *bytes = query_blob(query, &len);
	const char *text = len ? arena_strndup(arena, bytes, len) : "";
	const char *end = text + len;

	for (; text < end && identity->ptrs < IDENTITY_PTR_MAX; text += strlen(text) + 1)
		identity->ptr[identity->ptrs++] = text;
}

static void read_pairs(struct query *query, struct arena *arena, struct stored_address *address)
{
	size_t len;
	const uint8_t *bytes = query_blob(query, &len);

	address->pairs = len / PAIR_BYTES;
	address->pair = arena_calloc(arena, address->pairs, sizeof(*address->pair));
	for (size_t i = 0; i < address->pairs; i++) {
		address->pair[i].asked_at = bytes_get_u32(bytes + i * PAIR_BYTES);
		address->pair[i].good_at = bytes_get_u32(bytes + i * PAIR_BYTES + 4);
	}
}

void addresses_read(struct query *query, struct arena *arena, struct stored_address *address)
{
	address->id = query_int(query);
	address->address = query_text(query, arena);
	address->is_watched = query_int(query) != 0;
	address->name = query_text(query, arena);
	address->pool = query_text(query, arena);
	address->helo = query_text(query, arena);
	address->grade = (enum grade_letter)query_word(query, grade_parse);
	address->grade_since = query_int(query);
	address->asked = (size_t)query_int(query);
	address->answered = (size_t)query_int(query);
	address->seen_at = query_int(query);
	address->identity.is_known = query_int(query) != 0;
	address->identity.forward_confirmed = query_int(query) != 0;
	address->identity.generic_ptr = query_int(query) != 0;
	address->identity.helo_resolves = query_int(query) != 0;
	address->identity.helo = query_text(query, arena);
	read_ptr(query, arena, &address->identity);
	read_pairs(query, arena, address);
	address->is_domain = query_int(query) != 0;
}

void addresses_give(struct stored_address *address, size_t count, struct standing_set *set)
{
	size_t at = 0;

	for (size_t i = 0; i < count; i++) {
		while (at < set->count && set->address_id[at] < address[i].id)
			at++;
		address[i].standing = set->standing + at;
		while (at < set->count && set->address_id[at] == address[i].id) {
			at++;
			address[i].standings++;
		}
	}
}

bool store_addresses(struct store *store, const char *address, struct arena *arena,
		     struct stored_address **out, size_t *count, struct err *err)
{
	static const char all[] = "SELECT " ADDRESS_COLUMNS " FROM address WHERE is_watched"
				  " AND NOT is_domain ORDER BY id";
	static const char one[] = "SELECT " ADDRESS_COLUMNS " FROM address WHERE address = ?1";
	struct rows rows = {.size = sizeof(struct stored_address)};
	struct standing_set set;
	struct query query;
	enum query_step step;

	if (!query_open(&query, store, address ? one : all, err))
		return false;
	if (address)
		query_put_text(&query, address);
	while ((step = query_next(&query)) == QUERY_ROW)
		addresses_read(&query, arena, rows_add(&rows));
	*count = rows.count;
	*out = rows_keep(&rows, arena);
	if (step == QUERY_FAILED)
		return false;
	if (*count && !standings_load(store, address ? (*out)->id : 0, arena, &set, err))
		return false;
	if (*count)
		addresses_give(*out, *count, &set);
	return true;
}

/* What a row is made of beside its plain columns, in buffers that live until it is written. */
struct blobs {
	uint8_t *pair;
	size_t pair_bytes;
	char *ptr;
	size_t ptr_bytes;
};

static void make_blobs(const struct stored_address *address, struct blobs *blobs)
{
	const struct identity *identity = &address->identity;
	char *end;

	blobs->pair_bytes = address->pairs * PAIR_BYTES;
	blobs->pair = xcalloc(blobs->pair_bytes, 1);
	for (size_t i = 0; i < address->pairs; i++) {
		bytes_put_u32(blobs->pair + i * PAIR_BYTES, address->pair[i].asked_at);
		bytes_put_u32(blobs->pair + i * PAIR_BYTES + 4, address->pair[i].good_at);
	}
	blobs->ptr_bytes = 0;
	for (size_t i = 0; i < identity->ptrs; i++)
		blobs->ptr_bytes += strlen(identity->ptr[i]) + 1;
	end = blobs->ptr = xcalloc(blobs->ptr_bytes, 1);
	for (size_t i = 0; i < identity->ptrs; i++)
		end = stpcpy(end, identity->ptr[i]) + 1;
}

static bool update_address(struct store *store, const struct stored_address *address,
			   const struct blobs *blobs, struct err *err)
{
	static const char sql[] =
	    "UPDATE address SET is_watched = 1, name = ?1, pool = ?2, helo = ?3, grade = ?4,"
	    " grade_since = ?5, asked = ?6, answered = ?7, seen_at = ?8, is_identity_known = ?9,"
	    " is_forward_confirmed = ?10, is_ptr_generic = ?11, does_helo_resolve = ?12,"
	    " identity_helo = ?13, ptr = ?14, pair = ?15, is_domain = ?16 WHERE id = ?17";
	const struct identity *identity = &address->identity;
	struct query query;

	if (!query_open(&query, store, sql, err))
		return false;
	query_put_text(&query, address->name);
	query_put_text(&query, address->pool);
	query_put_text(&query, address->helo);
	query_put_text(&query, grade_name(address->grade));
	query_put_int(&query, address->grade_since);
	query_put_int(&query, (int64_t)address->asked);
	query_put_int(&query, (int64_t)address->answered);
	query_put_int(&query, address->seen_at);
	query_put_int(&query, identity->is_known);
	query_put_int(&query, identity->forward_confirmed);
	query_put_int(&query, identity->generic_ptr);
	query_put_int(&query, identity->helo_resolves);
	query_put_text(&query, identity->helo);
	query_put_blob(&query, blobs->ptr, blobs->ptr_bytes);
	query_put_blob(&query, blobs->pair, blobs->pair_bytes);
	query_put_int(&query, address->is_domain);
	query_put_int(&query, address->id);
	if (!query_run(&query))
		return false;
	if (sqlite3_changes(store->db) != 1)
		bug("no address has id %lld", (long long)address->id);
	return true;
}

/* An address that was watched before has its row still, and its history with it. */
static bool find_or_make(struct store *store, struct stored_address *address, struct err *err)
{
	static const char make[] = "INSERT OR IGNORE INTO address (address) VALUES (?1)";
	static const char find[] = "SELECT id FROM address WHERE address = ?1";
	struct query query;

	if (!query_open(&query, store, make, err))
		return false;
	query_put_text(&query, address->address);
	if (!query_run(&query) || !query_open(&query, store, find, err))
		return false;
	query_put_text(&query, address->address);
	if (query_next(&query) != QUERY_ROW)
		return false;
	address->id = query_int(&query);
	query_close(&query);
	return true;
}

bool store_save_address(struct store *store, struct stored_address *address, struct err *err)
{
	struct blobs blobs;
	bool ok;

	if (!address->id && !find_or_make(store, address, err))
		return false;
	make_blobs(address, &blobs);
	ok = update_address(store, address, &blobs, err);
	free(blobs.pair);
	free(blobs.ptr);
	return ok;
}

static bool forget(struct store *store, int64_t id, int64_t at, struct err *err)
{
	static const char sql[] = "UPDATE address SET is_watched = 0 WHERE id = ?1";
	struct query query;

	if (!query_open(&query, store, sql, err))
		return false;
	query_put_int(&query, id);
	return query_run(&query) && samples_end(store, id, at, err);
}

bool store_forget_unseen(struct store *store, int64_t at, struct err *err)
{
	static const char sql[] = "SELECT id FROM address WHERE is_watched AND seen_at < ?1";
	struct rows unseen = {.size = sizeof(int64_t)};
	struct query query;
	enum query_step step;
	bool ok;

	if (!query_open(&query, store, sql, err))
		return false;
	query_put_int(&query, at);
	while ((step = query_next(&query)) == QUERY_ROW)
		*(int64_t *)rows_add(&unseen) = query_int(&query);
	ok = step == QUERY_END;
	for (size_t i = 0; ok && i < unseen.count; i++)
		ok = forget(store, ((const int64_t *)(const void *)unseen.data)[i], at, err);
	rows_release(&unseen);
	return ok;
}
