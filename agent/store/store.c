#include "store/store.h"

#include "base/mem.h"
#include "base/str.h"
#include "store/query.h"
#include "store/schema.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* The writer keeps the -wal and -shm files when it closes (PERSIST_WAL), because a reader who may
 * not write the folder cannot make them; SQLite gives them the database's owner and mode. */

enum { DATABASE_MODE = 0640, BUSY_MS = 5000 };

static const char writer_settings[] =
    "PRAGMA foreign_keys = ON;"
    "PRAGMA synchronous = FULL;"
    "PRAGMA cell_size_check = ON;"
    /* Together with PERSIST_WAL: the log is emptied at the end and does not stay large. */
    "PRAGMA journal_size_limit = 1048576;";

static char *join(const char *folder, const char *name)
{
	struct str path = {0};

	str_addf(&path, "%s/%s", folder, name);
	return path.text;
}

/* SQLite would follow a symbolic link and would make the file readable for all. Opening a file
 * that is there is left to SQLite: closing a second descriptor of it drops its locks. */
static bool make_file(const char *path, struct err *err)
{
	struct stat st;
	const int fd =
	    open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, DATABASE_MODE);

	if (fd >= 0) {
		close(fd);
		return true;
	}
	if (errno != EEXIST)
		return err_set(err, "cannot make '%s': %s", path, strerror(errno));
	if (lstat(path, &st) != 0 || !S_ISREG(st.st_mode))
		return err_set(err, "'%s' is not a regular file", path);
	return true;
}

static bool connect_file(struct store *store, const char *name, int flags, struct err *err)
{
	int code;

	/* Nobody asks how much memory SQLite has, and counting it takes a lock at each piece. Refused,
	 * and of no matter, once there was a connection. */
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
	code = sqlite3_open_v2(name, &store->db, flags, NULL);
	if (code != SQLITE_OK)
		return query_fail(store, code, err);
	sqlite3_extended_result_codes(store->db, 1);
	sqlite3_busy_timeout(store->db, BUSY_MS);
	return true;
}

static void disconnect(struct store *store)
{
	for (size_t i = 0; i < store->cached; i++)
		sqlite3_finalize(store->cache[i].stmt);
	store->cached = 0;
	if (sqlite3_close(store->db) != SQLITE_OK)
		bug("a statement outlived its cache");
	store->db = NULL;
}

static bool use_wal(struct store *store, struct err *err)
{
	struct query query;
	bool is_wal;

	if (!query_open(&query, store, "PRAGMA journal_mode = WAL", err) ||
	    query_next(&query) != QUERY_ROW)
		return false;
	is_wal = sqlite3_stricmp((const char *)sqlite3_column_text(query.stmt, 0), "wal") == 0;
	query_close(&query);
	if (!is_wal)
		return err_set(err,
			       "'%s' is on a file system that cannot share memory: put "
			       "state_dir on a local disk",
			       store->path);
	return true;
}

static bool open_writer(struct store *store, struct err *err)
{
	int on = 1;

	if (!make_file(store->path, err) ||
	    !connect_file(store, store->path, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, err))
		return false;
	sqlite3_file_control(store->db, "main", SQLITE_FCNTL_PERSIST_WAL, &on);
	return schema_is_known(store, err) && query_script(store, writer_settings, err) &&
	       use_wal(store, err) && schema_migrate(store, err);
}

/* A file: name for SQLite, in which '?', '#' and '%' have meanings. */
static char *uri_of(const char *path, const char *options)
{
	static const char plain[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/._-";
	struct str uri = {0};

	str_add(&uri, "file:");
	for (const char *c = path; *c; c++)
		if (strchr(plain, *c))
			str_add_char(&uri, *c);
		else
			str_addf(&uri, "%%%02X", (unsigned char)*c);
	str_add(&uri, options);
	return uri.text;
}

static bool has_log(const char *path)
{
	struct str log = {0};
	struct stat st;
	bool has;

	str_addf(&log, "%s-wal", path);
	has = stat(log.text, &st) == 0 ? st.st_size > 0 : errno != ENOENT;
	str_release(&log);
	return has;
}

/* The ways to read, tried in turn. */
static const struct way {
	const char *options;
	bool ignores_log;
} ways[] = {
    /* Without rights to write it the -shm file is only read; without one it is made. */
    {"", false},
    /* On a full disk the -shm file, which SQLite begins anew, cannot grow. Not the first way: a
     * writer in the same process would share the read-only mapping. */
    {"?readonly_shm=1", false},
    /* A lone copy in a folder that cannot be written. Never beside a log, which holds what was
     * committed last. */
    {"?immutable=1", true},
};

/* The transaction stays open until the end, so that every answer is of one commit. */
static bool try_way(struct store *store, const struct way *way, struct err *err)
{
	char *uri = uri_of(store->path, way->options);
	const int flags = SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX;
	const bool ok = connect_file(store, uri, flags, err) &&
			query_script(store, "BEGIN; SELECT count(*) FROM sqlite_master", err);

	free(uri);
	return ok;
}

/* Whether another way may help: the file could not be reached, which is not the same as bad. */
static bool is_barred(int code)
{
	return code == SQLITE_CANTOPEN || code == SQLITE_IOERR || code == SQLITE_READONLY ||
	       code == SQLITE_PERM;
}

static bool open_reader(struct store *store, struct err *err)
{
	struct stat st;
	int why = SQLITE_OK;

	if (stat(store->path, &st) != 0 && errno == ENOENT)
		return err_set(err, "there is no '%s': run 'repwatch run' first", store->path);
	for (size_t i = 0; i < COUNT_OF(ways); i++) {
		struct err later;

		if (ways[i].ignores_log && has_log(store->path))
			break;
		if (try_way(store, &ways[i], i ? &later : err))
			return schema_is_current(store, err);
		if (!i)
			why = sqlite3_errcode(store->db) & 0xff;
		if (!is_barred(why))
			return false;
		disconnect(store);
	}
	if (why == SQLITE_CANTOPEN && has_log(store->path) && access(store->path, R_OK) == 0)
		err_set(err,
			"cannot read '%s' with the -wal file beside it: run 'repwatch run' once",
			store->path);
	return false;
}

static bool open_copy(struct store *store, struct err *err)
{
	/* No name: a file of SQLite's own, in memory while it is small, that nobody else sees. */
	return connect_file(store, "", SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, err) &&
	       query_script(store, "PRAGMA foreign_keys = ON; PRAGMA synchronous = OFF", err);
}

static bool copy_from(struct store *store, struct store *source, struct err *err)
{
	sqlite3_backup *backup = sqlite3_backup_init(store->db, "main", source->db, "main");
	int code;

	if (!backup)
		return query_fail(store, sqlite3_errcode(store->db), err);
	sqlite3_backup_step(backup, -1);
	code = sqlite3_backup_finish(backup);
	return code == SQLITE_OK || query_fail(store, code, err);
}

static bool open_trial(struct store *store, const char *state_dir, struct err *err)
{
	struct stat st;
	struct store *source;
	bool ok;

	if (stat(store->path, &st) != 0 && errno == ENOENT)
		return open_copy(store, err) && schema_migrate(store, err);
	source = store_open(state_dir, STORE_READ, err);
	ok = source && open_copy(store, err) && copy_from(store, source, err);
	store_close(source);
	return ok;
}

static bool open_as(struct store *store, const char *state_dir, enum store_mode mode,
		    struct err *err)
{
	switch (mode) {
	case STORE_READ:
		return open_reader(store, err);
	case STORE_WRITE:
		return open_writer(store, err);
	case STORE_TRIAL:
		break;
	}
	return open_trial(store, state_dir, err);
}

struct store *store_open(const char *state_dir, enum store_mode mode, struct err *err)
{
	struct store *store = xcalloc(1, sizeof(*store));

	store->path = join(state_dir, "repwatch.db");
	store->is_reader = mode == STORE_READ;
	if (open_as(store, state_dir, mode, err))
		return store;
	store_close(store);
	return NULL;
}

void store_close(struct store *store)
{
	if (!store)
		return;
	disconnect(store);
	free(store->path);
	free(store);
}

static void roll_back(struct store *store)
{
	/* SQLite rolls back on its own when the disk is full. */
	if (!sqlite3_get_autocommit(store->db))
		sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
	store->is_open = false;
	store->is_broken = false;
}

bool store_begin(struct store *store, struct err *err)
{
	if (store->is_reader)
		bug("a reader begins to write");
	roll_back(store);
	if (!query_script(store, "BEGIN IMMEDIATE", err))
		return false;
	store->is_open = true;
	return true;
}

bool store_commit(struct store *store, struct err *err)
{
	bool ok;

	if (!store->is_open)
		bug("a commit without a begin");
	if (store->is_broken)
		*err = store->broken;
	ok = !store->is_broken && query_script(store, "COMMIT", err);
	roll_back(store);
	return ok;
}
