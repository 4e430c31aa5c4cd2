#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "folder.h"

#include "run/ingest.h"

#include "base/mem.h"
#include "base/str.h"
#include "store/volumes.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* A server that sends mail and logs it, passes that read the log, and imports of files. */

struct bench {
	char dir[FOLDER_BYTES];
	char log[96], db[96];
	struct conf conf;
	struct conf_maillog maillog[2];
	struct zone zone;
	struct arena *arena;
	struct store *store;
	struct ingest_report report;
	struct err err;
	unsigned queue_id;
	unsigned sent; /* deliveries written to the log */
};

static const struct zone utc = {0};
#define SENDER "198.18.0.1"

static void must(struct bench *bench, bool ok)
{
	if (!ok)
		fail_msg("%s", bench->err.text);
}

static int set_up(void **state)
{
	struct bench *bench = xcalloc(1, sizeof(*bench));

	folder_make(bench->dir);
	snprintf(bench->log, sizeof(bench->log), "%s/mail.log", bench->dir);
	snprintf(bench->db, sizeof(bench->db), "%s/repwatch.db", bench->dir);
	bench->maillog[0] =
	    (struct conf_maillog){.path = bench->log, .format = "postfix", .timezone = ""};
	assert_true(ip_parse(SENDER, &bench->maillog[0].ip));
	bench->conf.maillog = bench->maillog;
	bench->conf.maillogs = 1;
	bench->zone = utc;
	bench->arena = arena_new();
	bench->store = store_open(bench->dir, STORE_WRITE, &bench->err);
	must(bench, bench->store != NULL);
	*state = bench;
	return 0;
}

static int tear_down(void **state)
{
	struct bench *bench = *state;

	store_close(bench->store);
	arena_free(bench->arena);
	folder_remove(bench->dir);
	free(bench);
	return 0;
}

static void append(const char *path, const struct str *text)
{
	const int fd = open(path, O_WRONLY | O_CREAT | O_APPEND, 0644);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, str_text(text), text->len), (ssize_t)text->len);
	close(fd);
}

static void add_stamp(struct str *text, const char *program)
{
	char stamp[CIVIL_TEXT_BYTES];

	str_addf(text, "%s mx1 postfix/%s[99]: ", civil_rfc3339(&utc, time(NULL), stamp), program);
}

/* The first half of a message's lines: who sends it. */
static void begin_message(struct bench *bench, struct str *text, const char *account)
{
	bench->queue_id++;
	add_stamp(text, "smtpd");
	str_addf(text, "%X0000: client=c.example[192.0.2.9], sasl_method=PLAIN, sasl_username=%s\n",
		 0xA0000 + bench->queue_id, account);
	add_stamp(text, "qmgr");
	str_addf(text, "%X0000: from=<%s@a.example>, size=512, nrcpt=1 (queue active)\n",
		 0xA0000 + bench->queue_id, account);
}

/* The second: that it was taken. */
static void end_message(struct bench *bench, struct str *text)
{
	bench->sent++;
	add_stamp(text, "smtp");
	str_addf(text,
		 "%X0000: to=<x@example.net>, relay=mx.example.net[203.0.113.5]:25, delay=0.5, "
		 "delays=0.1/0/0.2/0.2, dsn=2.0.0, status=sent (250 2.0.0 Ok)\n",
		 0xA0000 + bench->queue_id);
	add_stamp(text, "qmgr");
	str_addf(text, "%X0000: removed\n", 0xA0000 + bench->queue_id);
}

static void send_mail(struct bench *bench, const char *account, unsigned times)
{
	struct str text = {0};

	for (unsigned i = 0; i < times; i++) {
		begin_message(bench, &text, account);
		end_message(bench, &text);
	}
	append(bench->log, &text);
	str_release(&text);
}

static struct ingest ingest_of(struct bench *bench)
{
	return (struct ingest){
	    .conf = &bench->conf,
	    .zone = &bench->zone,
	    .now = time(NULL),
	    .store = bench->store,
	};
}

/* `is_kept` false: the pass dies before it commits. */
static void pass_over(struct bench *bench, bool is_kept)
{
	const struct ingest ingest = ingest_of(bench);

	bench->report = (struct ingest_report){0};
	must(bench, store_begin(bench->store, &bench->err));
	must(bench, ingest_logs(&ingest, bench->arena, &bench->report, &bench->err));
	if (is_kept)
		must(bench, store_commit(bench->store, &bench->err));
}

static bool try_import(struct bench *bench, const struct ingest_source *source)
{
	const struct ingest ingest = ingest_of(bench);

	bench->report = (struct ingest_report){0};
	must(bench, store_begin(bench->store, &bench->err));
	return ingest_file(&ingest, source, bench->arena, &bench->report, &bench->err) &&
	       store_commit(bench->store, &bench->err);
}

static void import(struct bench *bench, const char *path)
{
	const struct ingest_source source = {.path = path};

	must(bench, try_import(bench, &source));
}

static int64_t ask_number(struct bench *bench, const char *sql)
{
	sqlite3 *db;
	sqlite3_stmt *stmt;
	int64_t number = -1;

	assert_int_equal(sqlite3_open(bench->db, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK);
	if (sqlite3_step(stmt) == SQLITE_ROW)
		number = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	sqlite3_close(db);
	return number;
}

static void assert_counted(struct bench *bench, unsigned sent)
{
	assert_int_equal(ask_number(bench, "SELECT coalesce(sum(sent), 0) FROM volume_day"), sent);
	assert_int_equal(ask_number(bench, "SELECT coalesce(sum(sent), 0) FROM account_day"), sent);
}

static void assert_notice(const struct bench *bench, const char *words)
{
	for (size_t i = 0; i < bench->report.notices; i++)
		if (strstr(bench->report.notice[i], words))
			return;
	fail_msg("no notice says \"%s\"; the first of %zu: %s", words, bench->report.notices,
		 bench->report.notices ? bench->report.notice[0] : "");
}

/* --- passes --- */

static void a_pass_counts_what_is_new(void **state)
{
	struct bench *bench = *state;

	send_mail(bench, "eva", 3);
	pass_over(bench, true);
	assert_counted(bench, 3);
	assert_int_equal(bench->report.counts.deliveries, 3);
	pass_over(bench, true);
	assert_counted(bench, 3);
	assert_int_equal(bench->report.counts.lines, 0);
	send_mail(bench, "eva", 2);
	pass_over(bench, true);
	assert_counted(bench, 5);
	assert_int_equal(bench->report.notices, 0);
}

static void open_queue_ids_outlive_a_pass(void **state)
{
	struct bench *bench = *state;
	struct str text = {0};

	begin_message(bench, &text, "eva");
	append(bench->log, &text);
	pass_over(bench, true);
	str_clear(&text);
	end_message(bench, &text);
	append(bench->log, &text);
	pass_over(bench, true);
	assert_counted(bench, 1);
	assert_int_equal(ask_number(bench, "SELECT sum(sent) FROM account_day JOIN account ON"
					   " id = account_id WHERE name = x'657661'"),
			 1);
	str_release(&text);
}

static void open_queue_ids_outlive_a_rotation(void **state)
{
	struct bench *bench = *state;
	struct str text = {0};
	char old[128];

	begin_message(bench, &text, "eva");
	append(bench->log, &text);
	pass_over(bench, true);
	snprintf(old, sizeof(old), "%s.1", bench->log);
	rename(bench->log, old);
	str_clear(&text);
	end_message(bench, &text);
	append(bench->log, &text);
	pass_over(bench, true);
	assert_counted(bench, 1);
	str_release(&text);
}

static void a_pass_that_dies_counts_nothing(void **state)
{
	struct bench *bench = *state;

	send_mail(bench, "eva", 3);
	pass_over(bench, false);
	assert_counted(bench, 0);
	pass_over(bench, true);
	assert_counted(bench, 3);
}

static void one_log_that_fails_is_its_own_trouble(void **state)
{
	struct bench *bench = *state;

	bench->maillog[1] = bench->maillog[0];
	bench->maillog[0].path = "/nowhere/mail.log";
	bench->conf.maillogs = 2;
	send_mail(bench, "eva", 3);
	pass_over(bench, true);
	assert_counted(bench, 3);
	assert_int_equal(bench->report.failed, 1);
	assert_notice(bench, "'/nowhere/mail.log'");
}

static void what_is_odd_is_said(void **state)
{
	struct bench *bench = *state;
	struct str text = {0};

	str_add(&text, "this is no log\nnor is this\n");
	append(bench->log, &text);
	pass_over(bench, true);
	assert_notice(bench, "is that its format?");
	bench->maillog[0].ip.family = 0;
	send_mail(bench, "eva", 3);
	pass_over(bench, true);
	assert_notice(bench, "3 deliveries");
	assert_int_equal(bench->report.unaddressed, 3);
	assert_int_equal(truncate(bench->log, 0), 0);
	pass_over(bench, true);
	assert_notice(bench, "lost");
	str_release(&text);
}

static void a_dry_pass_writes_nothing(void **state)
{
	struct bench *bench = *state;
	struct ingest ingest = ingest_of(bench);

	ingest.is_dry = true;
	send_mail(bench, "eva", 3);
	must(bench, ingest_logs(&ingest, bench->arena, &bench->report, &bench->err));
	assert_int_equal(bench->report.counts.deliveries, 3);
	pass_over(bench, true);
	assert_counted(bench, 3);
}

static void collect(void *context, const struct tally *tally)
{
	size_t count;
	const struct tally_receiver *row = tally_receivers(tally, &count);

	for (size_t i = 0; i < count; i++)
		*(uint64_t *)context += row[i].by_outcome[OUTCOME_SENT];
}

static void the_caller_sees_what_is_stored(void **state)
{
	struct bench *bench = *state;
	struct ingest ingest = ingest_of(bench);
	uint64_t sent = 0;

	ingest.counted = collect;
	ingest.context = &sent;
	send_mail(bench, "eva", 3);
	must(bench, store_begin(bench->store, &bench->err));
	must(bench, ingest_logs(&ingest, bench->arena, &bench->report, &bench->err));
	assert_int_equal(sent, 3);
}

/* --- imports --- */

static void a_file_counts_once(void **state)
{
	struct bench *bench = *state;

	send_mail(bench, "eva", 3);
	import(bench, bench->log);
	assert_counted(bench, 3);
	import(bench, bench->log);
	assert_counted(bench, 3);
	assert_notice(bench, "counted already");
	send_mail(bench, "eva", 2);
	import(bench, bench->log);
	assert_counted(bench, 5);
	assert_notice(bench, "only the rest");
}

static void a_file_counts_again_when_told_so(void **state)
{
	struct bench *bench = *state;
	const struct ingest_source source = {.path = bench->log, .is_again = true};

	send_mail(bench, "eva", 3);
	must(bench, try_import(bench, &source));
	must(bench, try_import(bench, &source));
	assert_counted(bench, 6);
}

static void passes_and_imports_do_not_double(void **state)
{
	struct bench *bench = *state;
	char old[128];

	send_mail(bench, "eva", 3);
	pass_over(bench, true);
	import(bench, bench->log); /* read by the pass */
	assert_counted(bench, 3);
	send_mail(bench, "eva", 2);
	import(bench, bench->log); /* ahead of the pass */
	assert_counted(bench, 5);
	pass_over(bench, true);
	assert_counted(bench, 5);
	send_mail(bench, "eva", 1);
	snprintf(old, sizeof(old), "%s.1", bench->log);
	rename(bench->log, old);
	import(bench, old); /* rotated away before the pass saw its end */
	assert_counted(bench, 6);
	send_mail(bench, "eva", 1);
	pass_over(bench, true);
	assert_counted(bench, 7);
	import(bench, old);
	assert_counted(bench, 7);
}

static void a_first_pass_knows_what_was_imported(void **state)
{
	struct bench *bench = *state;

	send_mail(bench, "eva", 3);
	import(bench, bench->log);
	send_mail(bench, "eva", 1);
	pass_over(bench, true);
	assert_counted(bench, 4);
}

static void the_entry_of_a_rotated_name_is_found(void **state)
{
	struct bench *bench = *state;
	char old[128];

	send_mail(bench, "eva", 3);
	bench->maillog[1] = bench->maillog[0];
	bench->maillog[1].path = arena_strdup(bench->arena, bench->log);
	bench->maillog[0].path = "/elsewhere/mail.log";
	assert_true(ip_parse("198.18.0.9", &bench->maillog[0].ip));
	bench->conf.maillogs = 2;
	snprintf(old, sizeof(old), "%s-20261120", bench->log);
	rename(bench->log, old);
	import(bench, old);
	assert_int_equal(ask_number(bench, "SELECT sum(sent) FROM volume_day JOIN sender ON"
					   " id = sender_id WHERE address = '" SENDER "'"),
			 3);
	/* One that belongs to no entry is taken for the first of its format. */
	snprintf(bench->log, sizeof(bench->log), "%s/saved", bench->dir);
	send_mail(bench, "max", 2);
	import(bench, bench->log);
	assert_int_equal(ask_number(bench, "SELECT sum(sent) FROM volume_day JOIN sender ON"
					   " id = sender_id WHERE address = '198.18.0.9'"),
			 2);
}

static void a_file_that_ends_early_counts_nothing(void **state)
{
	struct bench *bench = *state;
	const struct ingest_source source = {.path = bench->log};
	struct str text = {0};

	/* gzip's magic and nothing of what should follow */
	str_add_bytes(&text, "\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03\x4b\x4c", 12);
	append(bench->log, &text);
	assert_false(try_import(bench, &source));
	assert_non_null(strstr(bench->err.text, bench->log));
	assert_counted(bench, 0);
	str_release(&text);
}

/* --- all of it together --- */

static void rotate(struct bench *bench)
{
	char from[128];
	char to[128];

	for (int i = 4; i >= 0; i--) {
		snprintf(from, sizeof(from), i ? "%s.%d" : "%s", bench->log, i);
		snprintf(to, sizeof(to), "%s.%d", bench->log, i + 1);
		rename(from, to);
	}
}

/* Passes that live and die, imports of any file, rotations: each delivery counts once. */
static void any_order_counts_each_delivery_once(void **state)
{
	struct bench *bench = *state;
	int rotations = 0;

	srand(20261121);
	send_mail(bench, "eva", 1);
	for (int turn = 0; turn < 1500; turn++) {
		const int what = rand() % 100;
		char path[128];

		snprintf(path, sizeof(path), rand() % 2 ? "%s" : "%s.%d", bench->log,
			 1 + rand() % 3);
		if (what < 40) {
			send_mail(bench, rand() % 2 ? "eva" : "max", 1 + (unsigned)rand() % 4);
		} else if (what < 50 && rotations < 3) {
			rotate(bench);
			send_mail(bench, "eva", 1);
			rotations++;
		} else if (what < 65 && access(path, F_OK) == 0) {
			import(bench, path);
		} else if (what < 80) {
			pass_over(bench, false);
		} else {
			pass_over(bench, true);
			rotations = 0;
			assert_counted(bench, bench->sent);
		}
		arena_reset(bench->arena);
	}
	pass_over(bench, true);
	assert_counted(bench, bench->sent);
	assert_true(bench->sent > 1000);
}

#define IN_A_FOLDER(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    IN_A_FOLDER(a_pass_counts_what_is_new),
	    IN_A_FOLDER(open_queue_ids_outlive_a_pass),
	    IN_A_FOLDER(open_queue_ids_outlive_a_rotation),
	    IN_A_FOLDER(a_pass_that_dies_counts_nothing),
	    IN_A_FOLDER(one_log_that_fails_is_its_own_trouble),
	    IN_A_FOLDER(what_is_odd_is_said),
	    IN_A_FOLDER(a_dry_pass_writes_nothing),
	    IN_A_FOLDER(the_caller_sees_what_is_stored),
	    IN_A_FOLDER(a_file_counts_once),
	    IN_A_FOLDER(a_file_counts_again_when_told_so),
	    IN_A_FOLDER(passes_and_imports_do_not_double),
	    IN_A_FOLDER(a_first_pass_knows_what_was_imported),
	    IN_A_FOLDER(the_entry_of_a_rotated_name_is_found),
	    IN_A_FOLDER(a_file_that_ends_early_counts_nothing),
	    IN_A_FOLDER(any_order_counts_each_delivery_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
