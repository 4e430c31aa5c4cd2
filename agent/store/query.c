#include "store/query.h"

#include "base/mem.h"

#include <errno.h>
#include <math.h>
#include <string.h>
#include <sys/statvfs.h>

/* SQLite does not always tell ENOSPC apart from a broken disk (making the -shm file, say). */
static bool is_disk_full(const struct store *store)
{
	const int why = sqlite3_system_errno(store->db);
	struct statvfs disk;

	if (why == ENOSPC || why == EDQUOT)
		return true;
	return statvfs(store->path, &disk) == 0 && disk.f_bavail == 0;
}

/* What the operating system said, or else what SQLite says. Older errors of the system linger,
 * so it is asked only where it is the cause. */
static const char *reason(const struct store *store, int code)
{
	const int why = sqlite3_system_errno(store->db);

	switch (code & 0xff) {
	case SQLITE_FULL:
		return "the disk is full";
	case SQLITE_IOERR:
		if (is_disk_full(store))
			return "the disk is full";
		return why ? strerror(why) : sqlite3_errstr(code);
	case SQLITE_CANTOPEN:
		return why ? strerror(why) : sqlite3_errstr(code);
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return "another program holds it";
	default:
		return sqlite3_errmsg(store->db);
	}
}

bool query_fail(struct store *store, int code, struct err *err)
{
	switch (code & 0xff) {
	case SQLITE_ERROR: /* our SQL is right, so the tables are not */
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		err_set(err,
			"'%s' is damaged (%s): run \"sqlite3 '%s' .recover\" to save what is "
			"left, or move it away for a fresh start",
			store->path, reason(store, code), store->path);
		break;
	default:
		err_set(err, "cannot %s '%s': %s", store->is_reader ? "read" : "write", store->path,
			reason(store, code));
	}
	if (store->is_open && !store->is_broken) {
		store->is_broken = true;
		store->broken = *err;
	}
	return false;
}

bool query_script(struct store *store, const char *sql, struct err *err)
{
	const int code = sqlite3_exec(store->db, sql, NULL, NULL, NULL);

	return code == SQLITE_OK || query_fail(store, code, err);
}

/* The cache is searched by address: each text is one constant of the program. */
static bool prepare(struct query *query, const char *sql)
{
	struct store *store = query->store;
	int code;

	for (size_t i = 0; i < store->cached; i++)
		if (store->cache[i].sql == sql) {
			query->stmt = store->cache[i].stmt;
			sqlite3_reset(query->stmt);
			return true;
		}
	if (store->cached == STORE_STATEMENTS_MAX)
		bug("more than %d statements", STORE_STATEMENTS_MAX);
	code =
	    sqlite3_prepare_v3(store->db, sql, -1, SQLITE_PREPARE_PERSISTENT, &query->stmt, NULL);
	if (code != SQLITE_OK)
		return query_fail(store, code, query->err);
	store->cache[store->cached].sql = sql;
	store->cache[store->cached++].stmt = query->stmt;
	return true;
}

bool query_open(struct query *query, struct store *store, const char *sql, struct err *err)
{
	*query = (struct query){.store = store, .err = err};
	if (store->is_broken) {
		*err = store->broken;
		return false;
	}
	return prepare(query, sql);
}

static void must_bind(int code)
{
	if (code != SQLITE_OK)
		bug("a parameter cannot be bound: %s", sqlite3_errstr(code));
}

void query_put_int(struct query *query, int64_t value)
{
	must_bind(sqlite3_bind_int64(query->stmt, ++query->put, value));
}

void query_put_real(struct query *query, double value)
{
	must_bind(sqlite3_bind_double(query->stmt, ++query->put, value));
}

void query_put_slice(struct query *query, struct slice text)
{
	/* A NULL pointer would become NULL, not the empty text. */
	must_bind(sqlite3_bind_text64(query->stmt, ++query->put, text.len ? text.at : "", text.len,
				      SQLITE_STATIC, SQLITE_UTF8));
}

void query_put_text(struct query *query, const char *text)
{
	query_put_slice(query, slice_text(text ? text : ""));
}

void query_put_blob(struct query *query, const void *bytes, size_t len)
{
	/* A NULL pointer would become NULL, not an empty BLOB. */
	must_bind(
	    sqlite3_bind_blob64(query->stmt, ++query->put, len ? bytes : "", len, SQLITE_STATIC));
}

void query_put_bytes(struct query *query, const char *text)
{
	query_put_blob(query, text, text ? strlen(text) : 0);
}

void query_close(struct query *query)
{
	sqlite3_reset(query->stmt);
}

enum query_step query_next(struct query *query)
{
	int code;

	if (query->is_garbled) {
		query_close(query);
		err_set(query->err, "'%s' is damaged: it holds a word that means nothing here",
			query->store->path);
		return QUERY_FAILED;
	}
	query->got = 0;
	code = sqlite3_step(query->stmt);
	if (code == SQLITE_ROW)
		return QUERY_ROW;
	if (code != SQLITE_DONE)
		query_fail(query->store, code, query->err);
	query_close(query);
	return code == SQLITE_DONE ? QUERY_END : QUERY_FAILED;
}

bool query_run(struct query *query)
{
	enum query_step step = query_next(query);

	if (step == QUERY_ROW)
		step = query_next(query);
	return step == QUERY_END;
}

int64_t query_int(struct query *query)
{
	return sqlite3_column_int64(query->stmt, query->got++);
}

bool query_is_null(struct query *query)
{
	return sqlite3_column_type(query->stmt, query->got) == SQLITE_NULL;
}

double query_real(struct query *query)
{
	if (query_is_null(query)) {
		query->got++;
		return NAN;
	}
	return sqlite3_column_double(query->stmt, query->got++);
}

const void *query_blob(struct query *query, size_t *len)
{
	const void *bytes = sqlite3_column_blob(query->stmt, query->got);

	*len = (size_t)sqlite3_column_bytes(query->stmt, query->got++);
	return bytes;
}

const char *query_text(struct query *query, struct arena *arena)
{
	size_t len;
	const char *bytes = query_blob(query, &len);

	return len ? arena_strndup(arena, bytes, len) : "";
}

int query_word(struct query *query, int (*parse)(const char *word))
{
	const unsigned char *word = sqlite3_column_text(query->stmt, query->got++);
	const int value = word ? parse((const char *)word) : -1;

	if (value < 0)
		query->is_garbled = true;
	return value < 0 ? 0 : value;
}

bool query_number(struct store *store, const char *sql, int64_t *number, struct err *err)
{
	struct query query;
	enum query_step step;

	*number = 0;
	if (!query_open(&query, store, sql, err))
		return false;
	while ((step = query_next(&query)) == QUERY_ROW)
		*number = query_int(&query);
	return step == QUERY_END;
}
