#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "folder.h"

#include "store/volumes.h"

#include "base/hash.h"
#include "base/mem.h"
#include "base/str.h"

#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { TODAY = 20778, DAY_S = 86400 }; /* 2026-11-21 */

struct bench {
	char dir[FOLDER_BYTES];
	char db[96];
	struct arena *arena;
	struct store *store;
	struct tally *tally;
	struct err err;
};

static const struct zone utc = {0};

static void must(struct bench *bench, bool ok)
{
	if (!ok)
		fail_msg("%s", bench->err.text);
}

static int set_up(void **state)
{
	struct bench *bench = xcalloc(1, sizeof(*bench));

	folder_make(bench->dir);
	snprintf(bench->db, sizeof(bench->db), "%s/repwatch.db", bench->dir);
	bench->arena = arena_new();
	bench->store = store_open(bench->dir, STORE_WRITE, &bench->err);
	must(bench, bench->store != NULL);
	bench->tally = tally_new(&utc, NULL);
	*state = bench;
	return 0;
}

static int tear_down(void **state)
{
	struct bench *bench = *state;

	tally_free(bench->tally);
	store_close(bench->store);
	arena_free(bench->arena);
	folder_remove(bench->dir);
	free(bench);
	return 0;
}

struct mail {
	int day; /* from TODAY */
	int hour;
	const char *ip, *account, *domain;
	enum outcome outcome;
	unsigned times;
};

static void add(struct tally *tally, const struct mail *mail)
{
	struct delivery delivery = {
	    .at = (int64_t)(TODAY + mail->day) * DAY_S + mail->hour * 3600,
	    .account = slice_text(mail->account),
	    .sender_domain = slice_text(mail->domain),
	    .mx = slice_text("mx.example.net"),
	    .outcome = mail->outcome,
	    .reply = slice_text(mail->outcome == OUTCOME_SENT ? "" : "no, thanks"),
	};

	if (mail->ip)
		assert_true(ip_parse(mail->ip, &delivery.address));
	for (unsigned i = 0; i < mail->times; i++)
		tally_add(tally, &delivery);
}

/* One pass over these, with its transaction. */
static void record(struct bench *bench, const struct mail *mail, size_t mails)
{
	tally_clear(bench->tally);
	for (size_t i = 0; i < mails; i++)
		add(bench->tally, &mail[i]);
	must(bench, store_begin(bench->store, &bench->err));
	must(bench, volumes_add(bench->store, bench->tally, TODAY, &bench->err));
	must(bench, volumes_trim(bench->store, TODAY, mails, &bench->err));
	must(bench, store_commit(bench->store, &bench->err));
}

#define A "198.18.0.1"
#define B "2001:db8::b"

static const struct mail week[] = {
    {-2, 9, A, "eva", "a.example", OUTCOME_SENT, 30},
    {-2, 9, A, "max", "b.example", OUTCOME_SENT, 10},
    {-1, 9, A, "eva", "a.example", OUTCOME_SENT, 20},
    {-1, 15, A, "eva", "a.example", OUTCOME_DEFERRED, 5},
    {0, 10, A, "eva", "a.example", OUTCOME_SENT, 7},
    {0, 11, A, "bob", "b.example", OUTCOME_BOUNCED, 2},
    {0, 11, B, "bob", "b.example", OUTCOME_EXPIRED, 1},
    {0, 12, NULL, "", "", OUTCOME_SENT, 4},
};

static void assert_days(struct bench *bench, const struct volume_query *query, const char *expected)
{
	struct volume_day *day;
	struct str text = {0};
	size_t count;

	must(bench, volumes_days(bench->store, query, bench->arena, &day, &count, &bench->err));
	for (size_t i = 0; i < count; i++)
		str_addf(&text, "%d: %u %u %u %u\n", (int)(day[i].day - TODAY),
			 (unsigned)day[i].sent, (unsigned)day[i].deferred, (unsigned)day[i].bounced,
			 (unsigned)day[i].expired);
	assert_string_equal(str_text(&text), expected);
	str_release(&text);
}

static const char *const just_a[] = {A};
static const char *const pool[] = {A, B};
static const char *const nowhere[] = {""};
static const char *const stranger[] = {"198.18.9.9"};

static void days_add_up(void **state)
{
	struct bench *bench = *state;
	struct volume_query query = {just_a, 1, TODAY - 10, TODAY};

	record(bench, week, COUNT_OF(week));
	assert_days(bench, &query, "-2: 40 0 0 0\n-1: 20 5 0 0\n0: 7 0 2 0\n");
	record(bench, week, COUNT_OF(week));
	assert_days(bench, &query, "-2: 80 0 0 0\n-1: 40 10 0 0\n0: 14 0 4 0\n");
	query.first_day = TODAY;
	assert_days(bench, &query, "0: 14 0 4 0\n");
	query = (struct volume_query){pool, 2, TODAY - 1, TODAY};
	assert_days(bench, &query, "-1: 40 10 0 0\n0: 14 0 4 2\n");
	query = (struct volume_query){nowhere, 1, TODAY - 1, TODAY};
	assert_days(bench, &query, "0: 8 0 0 0\n");
	query = (struct volume_query){stranger, 1, TODAY - 1, TODAY};
	assert_days(bench, &query, "");
}

static void every_address_is_known(void **state)
{
	struct bench *bench = *state;
	const char *const *address;
	size_t count;

	record(bench, week, COUNT_OF(week));
	must(bench, volumes_addresses(bench->store, bench->arena, &address, &count, &bench->err));
	assert_int_equal(count, 3);
	assert_string_equal(address[0], "");
	assert_string_equal(address[1], A);
	assert_string_equal(address[2], B);
}

static void hours_tell_today_and_the_usual_day(void **state)
{
	struct bench *bench = *state;
	const struct volume_query query = {just_a, 1, TODAY - 30, TODAY};
	const struct volume_query new_one = {stranger, 1, TODAY - 30, TODAY};
	struct volume_hours hours;

	record(bench, week, COUNT_OF(week));
	must(bench, volumes_hours(bench->store, &query, &hours, &bench->err));
	assert_int_equal(hours.today[10], 7);
	assert_int_equal(hours.today[11], 0);
	assert_true(hours.has_share);
	assert_true(hours.share[9] > 0.999 && hours.share[10] == 0);
	must(bench, volumes_hours(bench->store, &new_one, &hours, &bench->err));
	assert_false(hours.has_share);
}

/* All zeros when there is none. */
static struct account_volume find(const struct account_volume *account, size_t count,
				  const char *name)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(account[i].account, name) == 0)
			return account[i];
	return (struct account_volume){0};
}

static void accounts_have_their_usual(void **state)
{
	struct bench *bench = *state;
	const struct account_query query = {A, TODAY - 30, TODAY, TODAY, 1};
	struct account_volume *account;
	size_t count;

	record(bench, week, COUNT_OF(week));
	must(bench,
	     volumes_accounts(bench->store, &query, bench->arena, &account, &count, &bench->err));
	assert_int_equal(count, 2);
	assert_int_equal(find(account, count, "eva").recent, 7);
	/* 55 on two days with mail, for one day */
	assert_true(find(account, count, "eva").usual > 27.4 &&
		    find(account, count, "eva").usual < 27.6);
	assert_int_equal(find(account, count, "eva").receivers, 1);
	assert_int_equal(find(account, count, "bob").recent, 2);
	assert_int_equal(find(account, count, "bob").bounced, 2);
	assert_true(find(account, count, "bob").usual == 0);
}

/* Recent are -3 to 0. */
static const struct mail weekly[] = {
    {-22, 9, A, "news", "a.example", OUTCOME_SENT, 70}, /* of the weekday of -1 */
    {-15, 9, A, "news", "a.example", OUTCOME_SENT, 70},
    {-8, 9, A, "news", "a.example", OUTCOME_SENT, 70},
    {-11, 9, A, "early", "a.example", OUTCOME_SENT, 90}, /* of no recent weekday */
    {-4, 9, A, "early", "a.example", OUTCOME_SENT, 90},
    {-10, 9, A, "edge", "a.example", OUTCOME_SENT, 20}, /* of the weekday of -3 */
    {-7, 9, A, "edge", "a.example", OUTCOME_SENT, 20}, /* of the weekday of 0 */
    {-1, 9, A, "news", "a.example", OUTCOME_SENT, 70},
    {-1, 9, A, "early", "a.example", OUTCOME_SENT, 1},
    {-1, 9, A, "edge", "a.example", OUTCOME_SENT, 1},
};

static void the_usual_is_that_of_the_same_weekdays(void **state)
{
	struct bench *bench = *state;
	/* Of seven days with mail before four are of the weekdays of -3 to -1, one of that of 0. */
	static const struct {
		const char *account;
		double last_part; /* of day 0 that has gone by */
		int usual;
	} row[] = {
	    {"news", 1, 3 * 210 / 4},       {"early", 1, 4 * 180 / 7},
	    {"edge", 1, 3 * 20 / 4 + 20},   {"news", 0, 3 * 210 / 4},
	    {"early", 0, 3 * 180 / 7},      {"edge", 0, 3 * 40 / 7},
	    {"news", 0.5, 3 * 210 / 4},     {"early", 0.5, 7 * 180 / 14},
	    {"edge", 0.5, 3 * 20 / 4 + 10},
	};

	record(bench, weekly, COUNT_OF(weekly));
	for (size_t i = 0; i < COUNT_OF(row); i++) {
		const struct account_query query = {A, TODAY - 30, TODAY - 3, TODAY,
						    row[i].last_part};
		struct account_volume *account;
		size_t count;

		must(bench, volumes_accounts(bench->store, &query, bench->arena, &account, &count,
					     &bench->err));
		assert_int_equal(count, 3);
		assert_int_equal((int)find(account, count, row[i].account).usual, row[i].usual);
	}
}

static void receivers_and_replies_add_up(void **state)
{
	struct bench *bench = *state;
	const struct volume_query query = {pool, 2, TODAY - 30, TODAY};
	struct receiver_volume *receiver;
	struct reply_volume *reply;
	uint64_t expected = 0, unmatched;
	size_t count;

	record(bench, week, COUNT_OF(week));
	record(bench, week, COUNT_OF(week));
	must(bench,
	     volumes_receivers(bench->store, &query, bench->arena, &receiver, &count, &bench->err));
	assert_int_equal(count, 1);
	assert_string_equal(receiver->receiver, "other");
	assert_int_equal(receiver->by_outcome[OUTCOME_SENT], 134);
	assert_int_equal(receiver->by_outcome[OUTCOME_EXPIRED], 2);
	assert_int_equal(receiver->last_sent_at, (int64_t)TODAY * DAY_S + 10 * 3600);

	must(bench,
	     volumes_replies(bench->store, &query, bench->arena, &reply, &count, &bench->err));
	assert_int_equal(count, 3);
	assert_int_equal(reply[0].day, TODAY);
	assert_int_equal(reply[0].bounced + reply[1].bounced, 4);
	assert_int_equal(reply[2].deferred, 10);
	assert_int_equal(reply[2].unmatched, 10);
	assert_int_equal(reply[2].cause, REPLY_OTHER);
	assert_string_equal(reply[2].words, "no, thanks");
	for (size_t i = 0; i < count; i++)
		expected += reply[i].unmatched;
	must(bench, volumes_unmatched(bench->store, &query, &unmatched, &bench->err));
	assert_int_equal(unmatched, expected);
}

static int64_t ask_number(const char *path, const char *sql)
{
	sqlite3 *db;
	sqlite3_stmt *stmt;
	int64_t number = -1;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK);
	if (sqlite3_step(stmt) == SQLITE_ROW)
		number = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	sqlite3_close(db);
	return number;
}

/* --- what is too old, or from the future --- */

static const struct age_case {
	const char *about;
	int day;
	bool has_day, has_detail;
} ages[] = {
    {"today", 0, true, true},
    {"an hour ahead in another zone", 1, true, true},
    {"a clock that was wrong", 2, false, false},
    {"the oldest detail", -VOLUME_DETAIL_DAYS_KEPT, true, true},
    {"older than details", -VOLUME_DETAIL_DAYS_KEPT - 1, true, false},
    {"the oldest day", -VOLUME_DAYS_KEPT, true, false},
    {"older than anything", -VOLUME_DAYS_KEPT - 1, false, false},
};

static void what_is_too_old_is_not_added(void **state)
{
	struct bench *bench = *state;

	for (size_t i = 0; i < COUNT_OF(ages); i++) {
		char sql[128];
		const struct mail mail = {ages[i].day, 3, A, "eva", "a.example", OUTCOME_SENT, 1};

		record(bench, &mail, 1);
		snprintf(sql, sizeof(sql), "SELECT count(*) FROM volume_day WHERE day = %d",
			 TODAY + ages[i].day);
		if (ask_number(bench->db, sql) != ages[i].has_day)
			fail_msg("%s: the day", ages[i].about);
		snprintf(sql, sizeof(sql), "SELECT count(*) FROM account_day WHERE day = %d",
			 TODAY + ages[i].day);
		if (ask_number(bench->db, sql) != ages[i].has_detail)
			fail_msg("%s: its details", ages[i].about);
	}
}

static void what_became_too_old_is_dropped(void **state)
{
	static const char *const table[] = {"volume_hour", "volume_day",   "receiver_day",
					    "reply_day",   "account_day",  "domain_day",
					    "account",     "sender_domain"};
	struct bench *bench = *state;
	const int64_t later = TODAY + VOLUME_DAYS_KEPT + 1;
	char sql[64];

	record(bench, week, COUNT_OF(week));
	must(bench, store_begin(bench->store, &bench->err));
	for (int64_t day = TODAY + 1; day <= later; day++) {
		const struct mail mail = {(int)(day - TODAY), 1, A, "new", "n.example",
					  OUTCOME_SENT,       1};

		if (day < later - 2)
			continue;
		tally_clear(bench->tally);
		add(bench->tally, &mail);
		must(bench, volumes_add(bench->store, bench->tally, day, &bench->err));
		must(bench, volumes_trim(bench->store, day, 1, &bench->err));
	}
	must(bench, store_commit(bench->store, &bench->err));
	for (size_t i = 0; i < COUNT_OF(table); i++) {
		const int64_t left = i < 6 ? i == 3 ? 0 : 3 : 1;

		snprintf(sql, sizeof(sql), "SELECT count(*) FROM %s%s", table[i],
			 i == 1 ? " WHERE sender_id = 1" : "");
		if (i != 0 && i != 1 && ask_number(bench->db, sql) != left)
			fail_msg("%s has %d rows", table[i], (int)ask_number(bench->db, sql));
	}
	assert_int_equal(ask_number(bench->db, "SELECT count(*) FROM volume_hour JOIN sender ON"
					       " sender.id = sender_id WHERE address = '" A "'"),
			 3);
}

static void a_clock_ahead_drops_nothing_yet(void **state)
{
	struct bench *bench = *state;
	const struct stored_pass pass = {.at = (int64_t)TODAY * DAY_S};

	record(bench, week, COUNT_OF(week));
	must(bench, store_begin(bench->store, &bench->err));
	must(bench, store_add_pass(bench->store, &pass, &bench->err));
	must(bench, volumes_trim(bench->store, TODAY + 4000, 1, &bench->err));
	must(bench, store_commit(bench->store, &bench->err));
	assert_int_equal(ask_number(bench->db, "SELECT count(*) FROM account_day"), 6);
}

/* --- where logs were left --- */

static void a_position_comes_back_as_it_was(void **state)
{
	struct bench *bench = *state;
	const struct stored_log log = {
	    .path = "/var/log/mail.log",
	    .position = {~UINT64_C(0), 1u << 31, UINT64_C(1) << 40, ~UINT64_C(1), 256, ~UINT64_C(2),
			 1795219200},
	    .format = LOG_EXIM,
	    .open_ids = "a\0b",
	    .open_ids_len = 3,
	    .cursor = "s=1;i=2",
	};
	struct stored_log got;
	bool is_found;

	must(bench,
	     volumes_log(bench->store, log.path, bench->arena, &got, &is_found, &bench->err));
	assert_false(is_found);
	for (int i = 0; i < 2; i++) {
		must(bench, store_begin(bench->store, &bench->err));
		must(bench, volumes_save_log(bench->store, &log, &bench->err));
		must(bench, store_commit(bench->store, &bench->err));
	}
	must(bench,
	     volumes_log(bench->store, log.path, bench->arena, &got, &is_found, &bench->err));
	assert_true(is_found);
	assert_int_equal(got.position.device, log.position.device);
	assert_int_equal(got.position.inode, log.position.inode);
	assert_int_equal(got.position.offset, log.position.offset);
	assert_int_equal(got.position.head_hash, log.position.head_hash);
	assert_int_equal(got.position.head_bytes, log.position.head_bytes);
	assert_true(got.position.tail_hash == log.position.tail_hash);
	assert_int_equal(got.position.read_at, log.position.read_at);
	assert_int_equal(got.format, LOG_EXIM);
	assert_int_equal(got.open_ids_len, 3);
	assert_memory_equal(got.open_ids, "a\0b", 3);
	assert_string_equal(got.cursor, "s=1;i=2");
}

static const struct file_case {
	const char *about, *counted, *asked;
	bool is_found;
} files[] = {
    {"the same", "one line of a log", "one line of a log", true},
    {"it grew", "one line", "one line and another", true},
    {"it was cut", "one line and another", "one line", false},
    {"another", "one line", "two lines", false},
    {"nothing of it was counted", "", "one line", false},
};

static void a_file_is_known_by_its_beginning(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(files); i++) {
		void *fresh = NULL;
		struct bench *bench;
		struct log_position at = {.offset = 8, .read_at = 5};
		struct counted_file file;
		bool is_found;

		set_up(&fresh);
		bench = fresh;
		at.head_bytes = (uint32_t)strlen(files[i].counted);
		at.head_hash = hash_bytes(files[i].counted, at.head_bytes);
		must(bench, store_begin(bench->store, &bench->err));
		must(bench, volumes_save_file(bench->store, &at, "/some/log", &bench->err));
		must(bench, store_commit(bench->store, &bench->err));
		must(bench, volumes_find_file(bench->store, slice_text(files[i].asked),
					      bench->arena, &file, &is_found, &bench->err));
		if (is_found != files[i].is_found)
			fail_msg("%s", files[i].about);
		if (is_found) {
			assert_int_equal(file.bytes, 8);
			assert_string_equal(file.path, "/some/log");
		}
		tear_down(&fresh);
	}
}

static void a_note_takes_no_count_away(void **state)
{
	struct bench *bench = *state;
	struct log_position at = {.offset = 700, .head_bytes = 4, .tail_hash = UINT64_MAX - 6};
	struct counted_file file;
	bool is_found;

	at.head_hash = hash_bytes("line", 4);
	must(bench, store_begin(bench->store, &bench->err));
	must(bench, volumes_save_file(bench->store, &at, "/some/log", &bench->err));
	at.offset = 0;
	at.tail_hash = 0;
	must(bench, volumes_note_file(bench->store, &at, "", &bench->err));
	at.head_bytes = 5;
	at.head_hash = hash_bytes("other", 5);
	must(bench, volumes_note_file(bench->store, &at, "", &bench->err));
	must(bench, store_commit(bench->store, &bench->err));
	must(bench, volumes_find_file(bench->store, slice_text("lines"), bench->arena, &file,
				      &is_found, &bench->err));
	assert_true(is_found && file.head_bytes == 4 && file.bytes == 700);
	assert_true(file.tail_hash == UINT64_MAX - 6);
	must(bench, volumes_find_file(bench->store, slice_text("other"), bench->arena, &file,
				      &is_found, &bench->err));
	assert_true(is_found && file.bytes == 0);
}

/* --- killed at any moment --- */

enum { KILLS = 200, STEP_MAILS = 500 };

/* Reads on where the position says, a step a transaction, until it is killed. */
static void ingest_for_ever(const char *dir)
{
	struct err err;
	struct arena *arena = arena_new();
	struct store *store = store_open(dir, STORE_WRITE, &err);
	struct tally *tally = tally_new(&utc, NULL);

	if (!store)
		_exit(2);
	for (;;) {
		struct stored_log log = {.path = "log", .open_ids = "", .cursor = ""};
		bool is_found;
		bool ok = store_begin(store, &err) &&
			  volumes_log(store, "log", arena, &log, &is_found, &err);

		tally_clear(tally);
		for (uint64_t i = 0; i < STEP_MAILS; i++) {
			char account[16];
			const uint64_t number = log.position.offset + i;
			struct mail mail = {-(int)(number / 50000 % 60),
					    (int)(number % 24),
					    A,
					    account,
					    "a.example",
					    OUTCOME_SENT,
					    1};

			snprintf(account, sizeof(account), "u%u", (unsigned)(number % 997));
			add(tally, &mail);
		}
		log.position.offset += STEP_MAILS;
		log.path = "log";
		ok = ok && volumes_add(store, tally, TODAY, &err) &&
		     volumes_trim(store, TODAY, STEP_MAILS, &err) &&
		     volumes_save_log(store, &log, &err) && store_commit(store, &err);
		if (!ok)
			_exit(3);
	}
}

static void assert_all_counted(struct bench *bench, int64_t read)
{
	static const char *const table[] = {"volume_day", "volume_hour", "account_day"};
	char sql[96];

	for (size_t i = 0; i < COUNT_OF(table); i++) {
		snprintf(sql, sizeof(sql), "SELECT coalesce(sum(sent), 0) FROM %s", table[i]);
		assert_int_equal(ask_number(bench->db, sql), read);
	}
}

/* A machine that is slow or busy gives its children longer, until they get somewhere. */
static void kills_lose_and_double_nothing(void **state)
{
	struct bench *bench = *state;
	int64_t before = 0;
	long window_ns = 10000000;

	store_close(bench->store);
	bench->store = NULL;
	srand(20261121);
	for (int i = 0; i < KILLS; i++) {
		const struct timespec wait = {.tv_nsec = rand() % window_ns};
		const pid_t child = fork();
		int status;
		int64_t read;

		assert_true(child >= 0);
		if (child == 0)
			ingest_for_ever(bench->dir);
		nanosleep(&wait, NULL);
		kill(child, SIGKILL);
		assert_int_equal(waitpid(child, &status, 0), child);
		assert_true(WIFSIGNALED(status));
		if (i % 10)
			continue;
		read = ask_number(bench->db, "SELECT coalesce(max(offset), 0) FROM log_position");
		assert_all_counted(bench, read);
		if (read < before + STEP_MAILS && window_ns < 500000000)
			window_ns *= 2;
		before = read;
	}
	assert_true(before > 5 * STEP_MAILS);
	assert_int_equal(ask_number(bench->db, "SELECT count(*) FROM pragma_integrity_check"
					       " WHERE integrity_check = 'ok'"),
			 1);
}

/* --- many accounts --- */

static void many_accounts_stay_compact(void **state)
{
	enum { ACCOUNTS = 20000, DAYS = 10 };
	struct bench *bench = *state;
	struct stat st;

	for (int day = -DAYS + 1; day <= 0; day++) {
		must(bench, store_begin(bench->store, &bench->err));
		tally_clear(bench->tally);
		for (int i = 0; i < ACCOUNTS; i++) {
			char account[48];
			const struct mail mail = {day,
						  i % 24,
						  A,
						  account,
						  "a.example",
						  OUTCOME_SENT,
						  (unsigned)i % 5 + 1};

			snprintf(account, sizeof(account), "user%05d@customer%04d.example", i,
				 i / 7);
			add(bench->tally, &mail);
		}
		must(bench, volumes_add(bench->store, bench->tally, TODAY, &bench->err));
		must(bench, store_commit(bench->store, &bench->err));
	}
	store_close(bench->store);
	bench->store = NULL;
	assert_int_equal(stat(bench->db, &st), 0);
	/* What 100,000 accounts take in 60 days then stays below 200 MB. */
	assert_in_range(st.st_size, 1, (off_t)ACCOUNTS * DAYS * 32 + (off_t)ACCOUNTS * 110);
}

#define IN_A_FOLDER(f) cmocka_unit_test_setup_teardown(f, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    IN_A_FOLDER(days_add_up),
	    IN_A_FOLDER(every_address_is_known),
	    IN_A_FOLDER(hours_tell_today_and_the_usual_day),
	    IN_A_FOLDER(accounts_have_their_usual),
	    IN_A_FOLDER(the_usual_is_that_of_the_same_weekdays),
	    IN_A_FOLDER(receivers_and_replies_add_up),
	    IN_A_FOLDER(what_is_too_old_is_not_added),
	    IN_A_FOLDER(what_became_too_old_is_dropped),
	    IN_A_FOLDER(a_clock_ahead_drops_nothing_yet),
	    IN_A_FOLDER(a_position_comes_back_as_it_was),
	    cmocka_unit_test(a_file_is_known_by_its_beginning),
	    cmocka_unit_test_setup_teardown(a_note_takes_no_count_away, set_up, tear_down),
	    IN_A_FOLDER(kills_lose_and_double_nothing),
	    IN_A_FOLDER(many_accounts_stay_compact),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
