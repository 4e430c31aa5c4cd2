#ifndef STORE_QUERY_H
#define STORE_QUERY_H

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"
#include "store/store.h"

#include <sqlite3.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Inside store/ only: statements that are prepared once and values that go in and come out in
 * the order they are written. Text is always bound, never formatted into SQL. */

enum { STORE_STATEMENTS_MAX = 192 };

struct store {
	sqlite3 *db;
	char *path;
	bool is_reader;
	bool is_open; /* between store_begin and store_commit */
	/* A statement of the open transaction failed. SQLite may have rolled back by itself, and
	 * what followed would be committed on its own: nothing runs until store_begin. */
	bool is_broken;
	struct err broken;
	struct {
		const char *sql;
		sqlite3_stmt *stmt;
	} cache[STORE_STATEMENTS_MAX];
	size_t cached;
};

struct query {
	struct store *store;
	sqlite3_stmt *stmt;
	struct err *err;
	int put; /* parameters bound so far */
	int got; /* columns of the row taken so far */
	bool is_garbled; /* a column held a word nobody knows */
};

enum query_step { QUERY_ROW, QUERY_END, QUERY_FAILED };

/* `sql` lives as long as the program; it is prepared at its first use. */
bool query_open(struct query *query, struct store *store, const char *sql, struct err *err);

/* The next parameter. Text and bytes are borrowed until the next step; NULL counts as "". */
void query_put_int(struct query *query, int64_t value);
void query_put_real(struct query *query, double value); /* NAN becomes NULL */
void query_put_text(struct query *query, const char *text); /* words and names of ours */
void query_put_slice(struct query *query, struct slice text); /* the same */
void query_put_bytes(struct query *query, const char *text); /* foreign text, a BLOB */
void query_put_blob(struct query *query, const void *bytes, size_t len);

/* After END and FAILED the query is over; one left earlier is closed. */
enum query_step query_next(struct query *query);
void query_close(struct query *query);
/* For statements that return no rows, and for at most one row. */
bool query_run(struct query *query);
/* The one number a statement without parameters selects; 0 where there is no row. */
bool query_number(struct store *store, const char *sql, int64_t *number, struct err *err);

/* The next column. */
int64_t query_int(struct query *query);
double query_real(struct query *query); /* NULL becomes NAN */
const char *query_text(struct query *query, struct arena *arena); /* text or BLOB */
const void *query_blob(struct query *query, size_t *len); /* borrowed until the next step */
bool query_is_null(struct query *query); /* looks without taking */
/* A word through one of the parsers of model/names.h; an unknown one fails the next step. */
int query_word(struct query *query, int (*parse)(const char *word));

/* Sets `err` for what SQLite returned, and marks an open transaction as broken. */
bool query_fail(struct store *store, int code, struct err *err);
/* SQL of our own without parameters; several statements are allowed. */
bool query_script(struct store *store, const char *sql, struct err *err);

#endif
