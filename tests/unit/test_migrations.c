#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "folder.h"

#include "base/mem.h"
#include "store/incidents.h"
#include "store/migrations.h"
#include "store/outbox.h"
#include "store/query.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* A database of each version there was, with rows in it, is brought to the newest one: whatever ends
 * that half-way leaves a database from which it goes on. */

enum { LETTERS = 200, KILLS = 25 };

struct bench {
	char dir[FOLDER_BYTES];
	char path[96];
	struct err err;
};

static int set_up(void **state)
{
	struct bench *bench = xcalloc(1, sizeof(*bench));

	folder_make(bench->dir);
	snprintf(bench->path, sizeof(bench->path), "%s/repwatch.db", bench->dir);
	*state = bench;
	return 0;
}

static void empty(const struct bench *bench)
{
	folder_remove(bench->dir);
	assert_int_equal(mkdir(bench->dir, 0700), 0);
}

static int tear_down(void **state)
{
	struct bench *bench = *state;

	folder_remove(bench->dir);
	free(bench);
	return 0;
}

static void run_sql(sqlite3 *db, const char *sql)
{
	char *why = NULL;

	if (sqlite3_exec(db, sql, NULL, NULL, &why) != SQLITE_OK)
		fail_msg("%s: %s", why, sql);
}

static int64_t number(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *statement;
	int64_t found;

	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
	found = sqlite3_column_int64(statement, 0);
	sqlite3_finalize(statement);
	return found;
}

static bool has_table(sqlite3 *db, const char *name)
{
	char sql[160];

	snprintf(sql, sizeof(sql),
		 "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = '%s'", name);
	return number(db, sql) > 0;
}

/* Rows as a pass of that time left them, in the tables that it had. */
static void fill(sqlite3 *db)
{
	static const struct {
		const char *table, *sql;
	} row[] = {
	    {"letter",
	     "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200)"
	     " INSERT INTO letter (key, uid, seq, channel, kind, severity, content_type, subject,"
	     " created_at, next_at, attempts, error, state, ended_at, body)"
	     " SELECT printf('u%d.1.%s', i, iif(i % 2, 'noc', 'pager')), printf('u%d', i), 1,"
	     " iif(i % 2, 'noc', 'pager'), 'opened', 'critical', 'text/plain', x'41', 1790000000,"
	     " 1790000000, 0, x'', iif(i % 4 = 0, 'sent', 'pending'), 0, zeroblob(2000) FROM n"},
	    {"incident",
	     "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 200)"
	     " INSERT INTO incident (uid, kind, subject, pool, severity, opened_at, ended_at,"
	     " told_at, reminders, seq, flaps, is_baseline, is_told, told_severity, told_items)"
	     " SELECT printf('u%d', i), 'address', CAST(printf('192.0.2.%d', i) AS BLOB), 'a',"
	     " 'critical', 1790000000, 0, 1790000000, 0, 1, 0, 0, 1, 'critical', 1 FROM n"},
	    {"mute", "INSERT INTO mute (address, subject, begins, until, reason, made_at)"
		     " VALUES ('192.0.2.1', '', 0, 1900000000, x'61', 1790000000)"},
	};

	run_sql(db, "BEGIN");
	for (size_t i = 0; i < COUNT_OF(row); i++)
		if (has_table(db, row[i].table))
			run_sql(db, row[i].sql);
	run_sql(db, "COMMIT");
}

static void make_version(const struct bench *bench, size_t version)
{
	char mark[64];
	sqlite3 *db;

	assert_int_equal(sqlite3_open(bench->path, &db), SQLITE_OK);
	assert_int_equal(chmod(bench->path, 0640), 0);
	run_sql(db, "PRAGMA journal_mode = WAL");
	for (size_t i = 0; i < version; i++)
		run_sql(db, migrations_text(i));
	snprintf(mark, sizeof(mark), "PRAGMA user_version = %zu", version);
	run_sql(db, mark);
	fill(db);
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

/* "type name sql" of all there is, in one text. */
static char *schema_of(const struct bench *bench)
{
	static const char sql[] = "SELECT group_concat(type || name || coalesce(sql, ''), x'0a')"
				  " FROM (SELECT * FROM sqlite_master ORDER BY type, name)";
	sqlite3_stmt *statement;
	sqlite3 *db;
	char *text;

	assert_int_equal(sqlite3_open(bench->path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &statement, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
	text = xstrdup((const char *)sqlite3_column_text(statement, 0));
	sqlite3_finalize(statement);
	sqlite3_close(db);
	return text;
}

static bool migrate(struct bench *bench)
{
	struct store *const store = store_open(bench->dir, STORE_WRITE, &bench->err);

	store_close(store);
	return store != NULL;
}

/* The version that has the table first. */
static size_t version_with(const char *table)
{
	char text[64];

	snprintf(text, sizeof(text), "CREATE TABLE %s (", table);
	for (size_t i = 0; i < migrations_count(); i++)
		if (strstr(migrations_text(i), text))
			return i + 1;
	bug("no version has '%s'", table);
}

static void check(struct bench *bench, size_t from, const char *schema, const char *why)
{
	char *const now = schema_of(bench);
	sqlite3 *db;

	if (strcmp(now, schema) != 0)
		fail_msg("%s, from version %zu: another schema than a new one's", why, from);
	free(now);
	assert_int_equal(sqlite3_open(bench->path, &db), SQLITE_OK);
	assert_int_equal(number(db, "PRAGMA user_version"), migrations_count());
	assert_int_equal(number(db, "SELECT count(*) FROM pragma_integrity_check"
				    " WHERE integrity_check <> 'ok'"),
			 0);
	assert_int_equal(number(db, "SELECT count(*) FROM pragma_foreign_key_check"), 0);
	assert_int_equal(number(db, "SELECT count(*) IN (0, 200) FROM letter"), 1);
	/* Each that was opened and not ended stands at its channel, and no channel is new. */
	if (from >= version_with("incident") && from < version_with("alarm")) {
		assert_int_equal(number(db, "SELECT count(*) FROM alarm"), LETTERS);
		assert_int_equal(number(db, "SELECT count(*) FROM channel_begun"), 2);
		assert_int_equal(number(db, "SELECT count(*) FROM mute"), 1);
	}
	assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

static char *new_schema(struct bench *bench)
{
	char *schema;

	if (!migrate(bench))
		fail_msg("%s", bench->err.text);
	schema = schema_of(bench);
	empty(bench);
	return schema;
}

static void each_version_becomes_the_newest(void **state)
{
	struct bench *bench = *state;
	char *const schema = new_schema(bench);

	for (size_t from = 1; from <= migrations_count(); from++) {
		make_version(bench, from);
		if (from < migrations_count()) {
			assert_null(store_open(bench->dir, STORE_READ, &bench->err));
			assert_non_null(strstr(bench->err.text, "older repwatch"));
		}
		if (!migrate(bench))
			fail_msg("from version %zu: %s", from, bench->err.text);
		if (from < migrations_count())
			check(bench, from, schema, "upgraded");
		empty(bench);
	}
	free(schema);
}

/* --- ended half-way --- */

static void a_kill_leaves_what_the_next_one_finishes(void **state)
{
	struct bench *bench = *state;
	char *const schema = new_schema(bench);
	const size_t from = version_with("incident");
	size_t kills = 0;

	for (int i = 0; i < KILLS; i++) {
		pid_t pid;
		int status;

		make_version(bench, from);
		pid = fork();
		if (!pid)
			_exit(migrate(bench) ? 0 : 1);
		nanosleep(&(struct timespec){.tv_nsec = i * 1500000L}, NULL);
		kill(pid, SIGKILL);
		assert_int_equal(waitpid(pid, &status, 0), pid);
		kills += WIFSIGNALED(status);
		if (!migrate(bench))
			fail_msg("after kill %d: %s", i, bench->err.text);
		check(bench, from, schema, "killed");
		empty(bench);
	}
	printf("# %zu of %d upgrades killed, each finished by the next one\n", kills, KILLS);
	assert_true(kills > 0);
	free(schema);
}

/* On a file system of its own; the exit status says how it went. */
static int migrate_on_full_disk(struct bench *bench, size_t from)
{
	char filler[96];
	static const char zeros[4096];
	int fd;

	if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
	    mount("tmpfs", bench->dir, "tmpfs", 0, "size=4m,mode=0700") != 0)
		return 77;
	make_version(bench, from);
	snprintf(filler, sizeof(filler), "%s/filler", bench->dir);
	fd = open(filler, O_WRONLY | O_CREAT, 0600);
	while (write(fd, zeros, sizeof(zeros)) > 0)
		;
	close(fd);
	if (migrate(bench) || !strstr(bench->err.text, "the disk is full"))
		return 1;
	unlink(filler);
	return migrate(bench) ? 0 : 2;
}

static void a_full_disk_leaves_it_as_it_was(void **state)
{
	struct bench *bench = *state;
	const pid_t pid = fork();
	int status;

	if (!pid)
		_exit(migrate_on_full_disk(bench, version_with("incident")));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 77)
		skip();
	assert_int_equal(WEXITSTATUS(status), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(each_version_becomes_the_newest, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(a_kill_leaves_what_the_next_one_finishes, set_up,
					    tear_down),
	    cmocka_unit_test_setup_teardown(a_full_disk_leaves_it_as_it_was, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
