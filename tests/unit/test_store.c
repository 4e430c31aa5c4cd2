#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "folder.h"

#include "store/store.h"

#include "base/mem.h"
#include "store/query.h"

#include <fcntl.h>
#include <math.h>
#include <sched.h>
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

enum { NOBODY = 65534, AT = 1790000000, DAY = 86400 };

struct bench {
	char dir[FOLDER_BYTES];
	char db[96];
	struct arena *arena;
	struct err err;
};

static int set_up(void **state)
{
	struct bench *bench = xcalloc(1, sizeof(*bench));

	folder_make(bench->dir);
	snprintf(bench->db, sizeof(bench->db), "%s/repwatch.db", bench->dir);
	bench->arena = arena_new();
	*state = bench;
	return 0;
}

static int tear_down(void **state)
{
	struct bench *bench = *state;

	folder_remove(bench->dir);
	arena_free(bench->arena);
	free(bench);
	return 0;
}

static struct store *open_or_fail(struct bench *bench, enum store_mode mode)
{
	struct store *store = store_open(bench->dir, mode, &bench->err);

	if (!store)
		fail_msg("%s", bench->err.text);
	return store;
}

/* Fails with the sentence. */
static void must(struct bench *bench, bool ok)
{
	if (!ok)
		fail_msg("%s", bench->err.text);
}

static void assert_says(const struct bench *bench, const char *words)
{
	if (!strstr(bench->err.text, words))
		fail_msg("\"%s\" does not say \"%s\"", bench->err.text, words);
}

static int64_t ask_number(const char *path, const char *sql)
{
	sqlite3 *db;
	sqlite3_stmt *stmt;
	int64_t number = -1;

	assert_int_equal(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, sql, -1, &stmt, NULL), SQLITE_OK);
	if (sqlite3_step(stmt) == SQLITE_ROW)
		number = sqlite3_column_int64(stmt, 0);
	sqlite3_finalize(stmt);
	sqlite3_close(db);
	return number;
}

static void run_sql(const char *path, const char *sql)
{
	sqlite3 *db;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static void assert_sound(const char *path)
{
	sqlite3 *db;
	sqlite3_stmt *stmt;

	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_prepare_v2(db, "PRAGMA integrity_check", -1, &stmt, NULL),
			 SQLITE_OK);
	assert_int_equal(sqlite3_step(stmt), SQLITE_ROW);
	assert_string_equal((const char *)sqlite3_column_text(stmt, 0), "ok");
	sqlite3_finalize(stmt);
	sqlite3_close(db);
}

static int64_t save_address(struct bench *bench, struct store *store, const char *text)
{
	struct stored_address address = {.address = text, .seen_at = AT};

	must(bench, store_save_address(store, &address, &bench->err));
	return address.id;
}

static size_t count_addresses(struct bench *bench, struct store *store)
{
	struct stored_address *address;
	size_t count;

	must(bench, store_addresses(store, NULL, bench->arena, &address, &count, &bench->err));
	return count;
}

/* A database that holds one committed address. */
static void make_database(struct bench *bench)
{
	struct store *store = open_or_fail(bench, STORE_WRITE);

	must(bench, store_begin(store, &bench->err));
	save_address(bench, store, "192.0.2.1");
	must(bench, store_commit(store, &bench->err));
	store_close(store);
}

/* --- what is written comes back --- */

static void test_begins_empty_and_opens_again(void **state)
{
	struct bench *bench = *state;
	struct stored_pass pass;
	struct stat st;

	for (int i = 0; i < 2; i++) {
		struct store *store = open_or_fail(bench, STORE_WRITE);

		assert_int_equal(count_addresses(bench, store), 0);
		assert_false(store_last_pass(store, &pass, &bench->err));
		assert_string_equal(bench->err.text, "");
		store_close(store);
	}
	assert_true(ask_number(bench->db, "PRAGMA user_version") >= 1);
	assert_int_equal(stat(bench->db, &st), 0);
	assert_int_equal(st.st_mode & 07777 & ~0640U, 0);
	assert_sound(bench->db);
}

static void test_lists(void **state)
{
	struct bench *bench = *state;
	struct store *store = open_or_fail(bench, STORE_WRITE);
	struct stored_list saved = {
	    .has_health = true,
	    .health = HEALTH_SICK,
	    .cause = CAUSE_NOT_127,
	    .text = "2.0.0.127 answers \xff\x80",
	    .health_since = AT,
	    .last_ok = AT - 5,
	    .asked_at = AT + 1,
	    .day = 20000,
	    .asked_today = 123456789012,
	};
	struct stored_list *list;
	size_t count;

	must(bench, store_begin(store, &bench->err));
	assert_int_equal(store_list_slot(store, "a.example", &bench->err), 1);
	assert_int_equal(store_list_slot(store, "b.example", &bench->err), 2);
	assert_int_equal(store_list_slot(store, "a.example", &bench->err), 1);
	saved.slot = 2;
	must(bench, store_save_list(store, &saved, &bench->err));
	must(bench, store_commit(store, &bench->err));
	store_close(store);

	store = open_or_fail(bench, STORE_READ);
	must(bench, store_lists(store, bench->arena, &list, &count, &bench->err));
	store_close(store);
	assert_int_equal(count, 2);
	assert_string_equal(list[0].zone, "a.example");
	assert_false(list[0].has_health);
	assert_string_equal(list[1].zone, "b.example");
	assert_true(list[1].has_health);
	assert_int_equal(list[1].health, HEALTH_SICK);
	assert_int_equal(list[1].cause, CAUSE_NOT_127);
	assert_string_equal(list[1].text, saved.text);
	assert_int_equal(list[1].health_since, saved.health_since);
	assert_int_equal(list[1].last_ok, saved.last_ok);
	assert_int_equal(list[1].asked_at, saved.asked_at);
	assert_int_equal(list[1].day, saved.day);
	assert_int_equal(list[1].asked_today, saved.asked_today);
}

static struct stored_address full_address(struct stored_pair *pair, size_t pairs)
{
	for (size_t i = 0; i < pairs; i++)
		pair[i] = (struct stored_pair){0xfffffff0U - (uint32_t)i, (uint32_t)i};
	return (struct stored_address){
	    .address = "2001:db8::1",
	    .name = "www1",
	    .pool = "shared-a",
	    .helo = "www1.example.jp",
	    .grade = GRADE_POOR,
	    .grade_since = AT - 1,
	    .asked = 50,
	    .answered = 49,
	    .seen_at = AT,
	    .identity = {.is_known = true,
			 .ptr = {"a.example.jp", "", "b.example.jp"},
			 .ptrs = 3,
			 .forward_confirmed = true,
			 .helo = "www1.example.jp",
			 .helo_resolves = true},
	    .pair = pair,
	    .pairs = pairs,
	};
}

static void assert_same_address(const struct stored_address *a, const struct stored_address *b)
{
	assert_string_equal(a->address, b->address);
	assert_string_equal(a->name, b->name);
	assert_string_equal(a->pool, b->pool);
	assert_string_equal(a->helo, b->helo);
	assert_int_equal(a->grade, b->grade);
	assert_int_equal(a->grade_since, b->grade_since);
	assert_int_equal(a->asked, b->asked);
	assert_int_equal(a->answered, b->answered);
	assert_int_equal(a->seen_at, b->seen_at);
	assert_int_equal(a->identity.is_known, b->identity.is_known);
	assert_int_equal(a->identity.forward_confirmed, b->identity.forward_confirmed);
	assert_int_equal(a->identity.generic_ptr, b->identity.generic_ptr);
	assert_int_equal(a->identity.helo_resolves, b->identity.helo_resolves);
	assert_string_equal(a->identity.helo, b->identity.helo);
	assert_int_equal(a->identity.ptrs, b->identity.ptrs);
	for (size_t i = 0; i < a->identity.ptrs; i++)
		assert_string_equal(a->identity.ptr[i], b->identity.ptr[i]);
	assert_int_equal(a->pairs, b->pairs);
	for (size_t i = 0; i < a->pairs; i++) {
		assert_int_equal(a->pair[i].asked_at, b->pair[i].asked_at);
		assert_int_equal(a->pair[i].good_at, b->pair[i].good_at);
	}
}

static void test_an_address_and_its_growing_pairs(void **state)
{
	struct bench *bench = *state;
	const size_t sizes[] = {0, 1, 51, 400};
	struct stored_pair pair[400];
	int64_t id = 0;

	for (size_t i = 0; i < COUNT_OF(sizes); i++) {
		struct stored_address saved = full_address(pair, sizes[i]);
		struct store *store = open_or_fail(bench, STORE_WRITE);
		struct stored_address *loaded;
		size_t count;

		saved.id = id;
		must(bench, store_begin(store, &bench->err));
		must(bench, store_save_address(store, &saved, &bench->err));
		must(bench, store_commit(store, &bench->err));
		store_close(store);
		assert_true(saved.id > 0 && (!id || id == saved.id));
		id = saved.id;

		store = open_or_fail(bench, STORE_READ);
		must(bench,
		     store_addresses(store, NULL, bench->arena, &loaded, &count, &bench->err));
		store_close(store);
		assert_int_equal(count, 1);
		assert_int_equal(loaded[0].id, id);
		assert_true(loaded[0].is_watched);
		assert_same_address(&loaded[0], &saved);
	}
}

static struct standing full_standing(const char *check, const char *subject)
{
	struct standing standing = {
	    .check = check,
	    .subject = subject,
	    .belief = FINDING_LISTED,
	    .severity = SEVERITY_CRITICAL,
	    .codes = OBSERVATION_CODES_MAX,
	    .means = "SBL, XBL",
	    .text = "https://example.org/?192.0.2.1",
	    .fix = "",
	    .since = AT - 100,
	    .last_good = AT,
	    .hint = FINDING_CLEAR,
	    .streak = 1,
	    .held = 2,
	    .blind_cause = CAUSE_MASS_CHANGE,
	    .blind_since = AT - 1,
	};

	for (size_t i = 0; i < standing.codes; i++)
		standing.code[i] = 0x7f000002U + (uint32_t)i;
	return standing;
}

static void assert_same_standing(const struct standing *a, const struct standing *b)
{
	assert_string_equal(a->check, b->check);
	assert_string_equal(a->subject, b->subject);
	assert_int_equal(a->belief, b->belief);
	assert_int_equal(a->severity, b->severity);
	assert_int_equal(a->codes, b->codes);
	assert_memory_equal(a->code, b->code, sizeof(a->code));
	assert_string_equal(a->means, b->means);
	assert_string_equal(a->text, b->text);
	assert_string_equal(a->fix, b->fix);
	assert_int_equal(a->since, b->since);
	assert_int_equal(a->last_good, b->last_good);
	assert_int_equal(a->hint, b->hint);
	assert_int_equal(a->streak, b->streak);
	assert_int_equal(a->held, b->held);
	assert_int_equal(a->blind_cause, b->blind_cause);
	assert_int_equal(a->blind_since, b->blind_since);
}

/* Each field by itself is a change. */
static void assert_only_changes_are_written(struct bench *bench, struct store *store, int64_t id,
					    struct standing as_read)
{
	struct standing changed[14];
	const int before = sqlite3_total_changes(store->db);

	must(bench, store_save_standing(store, id, &as_read, false, &bench->err));
	assert_int_equal(sqlite3_total_changes(store->db), before);
	for (size_t i = 0; i < COUNT_OF(changed); i++)
		changed[i] = as_read;
	changed[0].belief = FINDING_NOTED;
	changed[1].severity = SEVERITY_INFO;
	changed[2].since++;
	changed[3].last_good++;
	changed[4].hint = FINDING_NOTED;
	changed[5].streak++;
	changed[6].held++;
	changed[7].blind_cause = CAUSE_GARBLED;
	changed[8].blind_since++;
	changed[9].codes = 1;
	changed[10].means = "other";
	changed[11].text = "other";
	changed[12].fix = "other";
	changed[13].codes = 1;
	changed[13].code[0] = 1;
	for (size_t i = 0; i < COUNT_OF(changed); i++) {
		must(bench, store_save_standing(store, id, &changed[i], false, &bench->err));
		if (sqlite3_total_changes(store->db) != before + (int)i + 1)
			fail_msg("change %zu was not written", i);
	}
}

/* Every address gets its own standings, whatever the others have. */
static void test_standings(void **state)
{
	struct bench *bench = *state;
	struct store *store = open_or_fail(bench, STORE_WRITE);
	const char *const text[] = {"192.0.2.1", "192.0.2.2", "192.0.2.3", "192.0.2.4"};
	const size_t has[] = {2, 0, 1, 0};
	const struct standing first = full_standing("dnsbl", "a.example");
	const struct standing second = full_standing("ptr", "");
	struct stored_address *address;
	struct standing changed = first;
	int64_t id[COUNT_OF(text)];
	size_t count;

	must(bench, store_begin(store, &bench->err));
	for (size_t i = 0; i < COUNT_OF(text); i++)
		id[i] = save_address(bench, store, text[i]);
	must(bench, store_save_standing(store, id[0], &second, false, &bench->err));
	must(bench, store_save_standing(store, id[0], &first, false, &bench->err));
	must(bench, store_save_standing(store, id[2], &first, false, &bench->err));
	must(bench, store_save_standing(store, id[3], &first, false, &bench->err));
	must(bench, store_save_standing(store, id[3], &first, true, &bench->err));
	must(bench, store_commit(store, &bench->err));

	must(bench, store_addresses(store, NULL, bench->arena, &address, &count, &bench->err));
	assert_int_equal(count, COUNT_OF(text));
	for (size_t i = 0; i < count; i++) {
		assert_string_equal(address[i].address, text[i]);
		assert_int_equal(address[i].standings, has[i]);
	}
	assert_same_standing(&address[0].standing[0], &first);
	assert_same_standing(&address[0].standing[1], &second);
	assert_same_standing(&address[2].standing[0], &first);

	changed.belief = FINDING_CLEAR;
	changed.codes = 0;
	memset(changed.code, 0, sizeof(changed.code));
	must(bench, store_save_standing(store, id[2], &changed, false, &bench->err));
	must(bench, store_addresses(store, text[2], bench->arena, &address, &count, &bench->err));
	assert_int_equal(count, 1);
	assert_int_equal(address[0].standings, 1);
	assert_same_standing(&address[0].standing[0], &changed);
	assert_only_changes_are_written(bench, store, id[2], address[0].standing[0]);
	must(bench,
	     store_addresses(store, "192.0.2.9", bench->arena, &address, &count, &bench->err));
	assert_int_equal(count, 0);
	store_close(store);
}

static void test_forgotten_addresses_keep_their_history(void **state)
{
	struct bench *bench = *state;
	struct store *store = open_or_fail(bench, STORE_WRITE);
	const struct standing standing = full_standing("dnsbl", "a.example");
	struct stored_address old = {.address = "192.0.2.1", .seen_at = AT};
	struct stored_address current = {.address = "192.0.2.2", .seen_at = AT + 60};
	struct stored_address again = {.address = "192.0.2.1", .seen_at = AT + 120};
	struct stored_address *address;
	size_t count;

	must(bench, store_save_address(store, &old, &bench->err));
	must(bench, store_save_standing(store, old.id, &standing, false, &bench->err));
	must(bench, store_save_address(store, &current, &bench->err));
	must(bench, store_forget_unseen(store, AT + 60, &bench->err));

	must(bench, store_addresses(store, NULL, bench->arena, &address, &count, &bench->err));
	assert_int_equal(count, 1);
	assert_string_equal(address[0].address, "192.0.2.2");
	assert_int_equal(address[0].standings, 0);
	must(bench,
	     store_addresses(store, old.address, bench->arena, &address, &count, &bench->err));
	assert_int_equal(count, 1);
	assert_false(address[0].is_watched);

	must(bench, store_save_address(store, &again, &bench->err));
	assert_int_equal(again.id, old.id);
	must(bench, store_addresses(store, NULL, bench->arena, &address, &count, &bench->err));
	assert_int_equal(count, 2);
	assert_int_equal(address[0].standings, 1);
	store_close(store);
}

/* Foreign text comes back byte for byte and is never SQL. */
static void test_hostile_bytes(void **state)
{
	struct bench *bench = *state;
	char every[256] = {0};
	char longest[FOREIGN_TEXT_MAX_BYTES + 1] = {0};
	const char *const hostile[] = {
	    "",
	    "'); DROP TABLE address; --",
	    "\xff\xfe\x80\xc0\xaf",
	    "\xed\xa0\x80 a lone surrogate",
	    "\xf0\x9f\x92",
	    "\x1b[31m \xc2\x9b \r\n\t",
	    "NULL",
	    "12345678901234567890",
	    every,
	    longest,
	};
	struct store *store = open_or_fail(bench, STORE_WRITE);

	for (size_t i = 1; i < sizeof(every); i++)
		every[i - 1] = (char)i;
	memset(longest, 0xe2, FOREIGN_TEXT_MAX_BYTES);
	for (size_t i = 0; i < COUNT_OF(hostile); i++) {
		const char *text = hostile[i];
		struct stored_address saved = {
		    .address = "192.0.2.1",
		    .name = text,
		    .pool = text,
		    .helo = text,
		    .identity = {.ptr = {text, text}, .ptrs = 2, .helo = text},
		};
		struct standing standing = full_standing("dnsbl", text);
		struct event event = {.address = "192.0.2.1",
				      .check = "dnsbl",
				      .subject = text,
				      .from = text,
				      .to = text,
				      .text = text};
		const struct event_filter filter = {0};
		struct stored_address *address;
		struct event *events;
		size_t count;

		standing.means = standing.text = standing.fix = text;
		must(bench, store_save_address(store, &saved, &bench->err));
		must(bench, store_save_standing(store, saved.id, &standing, false, &bench->err));
		must(bench, store_add_event(store, &event, &bench->err));
		must(bench,
		     store_addresses(store, NULL, bench->arena, &address, &count, &bench->err));
		assert_int_equal(count, 1);
		assert_same_address(&address[0], &saved);
		assert_int_equal(address[0].standings, 1);
		assert_same_standing(&address[0].standing[0], &standing);
		must(bench, store_save_standing(store, saved.id, &standing, true, &bench->err));
		must(bench,
		     store_events(store, &filter, bench->arena, &events, &count, &bench->err));
		assert_int_equal(count, i + 1);
		assert_string_equal(events[i].subject, text);
		assert_string_equal(events[i].from, text);
		assert_string_equal(events[i].to, text);
		assert_string_equal(events[i].text, text);
	}
	store_close(store);
}

/* --- the journal --- */

static const struct {
	int64_t since;
	const char *address[3];
	const char *expected; /* the last digits of the events' text */
} filters[] = {
    {0, {NULL}, "12345"},
    {AT + 20, {NULL}, "345"},
    {AT + 99, {NULL}, ""},
    {0, {"192.0.2.1"}, "14"},
    {AT + 20, {"192.0.2.1"}, "4"},
    {0, {"192.0.2.2", "192.0.2.1"}, "1245"},
    {0, {"192.0.2.1", "192.0.2.1"}, "14"},
    {0, {""}, "3"},
    {0, {"192.0.2.9"}, ""},
};

static void test_events(void **state)
{
	struct bench *bench = *state;
	struct store *store = open_or_fail(bench, STORE_WRITE);
	struct event added[] = {
	    {.at = AT, .address = "192.0.2.1", .text = "1", .change = CHANGE_RAISED},
	    {.at = AT + 10, .address = "192.0.2.2", .text = "2", .change = CHANGE_CLEARED},
	    {.at = AT + 20, .address = "", .text = "3", .change = CHANGE_LIST_SICK},
	    {.at = AT + 30, .address = "192.0.2.1", .text = "4", .severity = SEVERITY_MAJOR},
	    {.at = AT + 40, .address = "192.0.2.2", .text = "5", .severity = SEVERITY_MINOR},
	};

	for (size_t i = 0; i < COUNT_OF(added); i++) {
		must(bench, store_add_event(store, &added[i], &bench->err));
		assert_true(added[i].id > (i ? added[i - 1].id : 0));
	}
	for (size_t i = 0; i < COUNT_OF(filters); i++) {
		struct event_filter filter = {filters[i].since, filters[i].address, 0};
		struct event *event;
		size_t count;

		while (filters[i].address[filter.addresses])
			filter.addresses++;
		must(bench,
		     store_events(store, &filter, bench->arena, &event, &count, &bench->err));
		assert_int_equal(count, strlen(filters[i].expected));
		for (size_t k = 0; k < count; k++) {
			const struct event *twin = &added[filters[i].expected[k] - '1'];

			assert_int_equal(event[k].id, twin->id);
			assert_int_equal(event[k].at, twin->at);
			assert_string_equal(event[k].address, twin->address);
			assert_int_equal(event[k].change, twin->change);
			assert_int_equal(event[k].severity, twin->severity);
			assert_string_equal(event[k].text, twin->text);
		}
	}
	store_close(store);
}

/* --- passes and samples --- */

static void add_pass(struct bench *bench, struct store *store, int64_t at)
{
	const struct stored_pass pass = {.at = at, .latency_s = -1, .is_complete = true};

	must(bench, store_add_pass(store, &pass, &bench->err));
}

static void test_the_newest_pass(void **state)
{
	struct bench *bench = *state;
	struct store *store = open_or_fail(bench, STORE_WRITE);
	const struct stored_pass pass = {
	    .at = AT - 999, /* the clock was set back: the newest is the one added last */
	    .seconds = 1.25,
	    .latency_s = 0.0213,
	    .queries = UINT64_C(5000000000),
	    .answered = 49999,
	    .listed = 3,
	    .blind = 1,
	    .is_complete = true,
	};
	struct stored_pass last;

	add_pass(bench, store, AT);
	must(bench, store_last_pass(store, &last, &bench->err));
	assert_true(last.latency_s < 0);
	must(bench, store_add_pass(store, &pass, &bench->err));
	must(bench, store_last_pass(store, &last, &bench->err));
	assert_int_equal(last.at, pass.at);
	assert_true(last.seconds == pass.seconds);
	assert_true(last.latency_s == pass.latency_s);
	assert_int_equal(last.queries, pass.queries);
	assert_int_equal(last.answered, pass.answered);
	assert_int_equal(last.listed, pass.listed);
	assert_int_equal(last.blind, pass.blind);
	assert_true(last.is_complete);
	store_close(store);
}

/* Each letter is what an address shows in one pass: a value, a digit; '-' not known; '.' it is
 * not watched; '!' the process died before the commit. The rows stored are the change points. */
static const struct {
	const char *what;
	const char *passes;
	int64_t rows;
} histories[] = {
    {"nothing changes", "1111111", 1},    {"everything changes", "1234567", 7},
    {"back and forth", "1122211", 3},     {"it is added later", "...1112", 2},
    {"it is forgotten", "11...", 2},      {"it is forgotten and comes back the same", "11..11", 3},
    {"values may be unknown", "1--1", 3}, {"a pass that died leaves nothing", "11!!22", 2},
};

static struct sample sample_of(char letter, int64_t at)
{
	const double value = letter == '-' ? (double)NAN : letter - '0';

	return (struct sample){.at = at, .listings = value, .blind = value / 3, .coverage = 0.3};
}

static void play_pass(struct bench *bench, char letter, int64_t at, bool is_pass_first)
{
	struct stored_address address = {.address = "192.0.2.1", .seen_at = at};
	const struct sample sample = sample_of(letter, at);
	struct store *store = open_or_fail(bench, STORE_WRITE);

	must(bench, store_begin(store, &bench->err));
	if (is_pass_first)
		add_pass(bench, store, at);
	if (letter != '.') {
		must(bench, store_save_address(store, &address, &bench->err));
		must(bench, store_add_sample(store, address.id, &sample, &bench->err));
	}
	if (!is_pass_first)
		add_pass(bench, store, at);
	must(bench, store_forget_unseen(store, at, &bench->err));
	if (letter != '!')
		must(bench, store_commit(store, &bench->err));
	store_close(store);
}

static void check_history(struct bench *bench, size_t row, int64_t since)
{
	struct store *store = open_or_fail(bench, STORE_READ);
	struct sample *sample;
	size_t count;
	size_t at = 0;

	must(bench, store_samples(store, 1, since, bench->arena, &sample, &count, &bench->err));
	for (int i = 0; histories[row].passes[i]; i++) {
		const char letter = histories[row].passes[i];
		const struct sample expected = sample_of(letter, AT + i * 300);

		if (letter == '.' || letter == '!' || expected.at < since)
			continue;
		assert_true(at < count);
		assert_int_equal(sample[at].at, expected.at);
		assert_true(sample[at].listings == expected.listings ||
			    (isnan(sample[at].listings) && isnan(expected.listings)));
		assert_true(sample[at].blind == expected.blind || isnan(expected.blind));
		assert_true(sample[at].coverage == expected.coverage);
		assert_true(sample[at].latency_s < 0);
		at++;
	}
	assert_int_equal(at, count);
	store_close(store);
}

static void test_samples_expand_exactly(void **state)
{
	struct bench *bench = *state;

	for (size_t i = 0; i < COUNT_OF(histories) * 2; i++) {
		const size_t row = i / 2;

		for (int k = 0; histories[row].passes[k]; k++)
			play_pass(bench, histories[row].passes[k], AT + k * 300, i % 2 == 0);
		for (int k = 0; k < 8; k++)
			check_history(bench, row, AT + k * 300 - 1);
		assert_int_equal(ask_number(bench->db, "SELECT count(*) FROM sample"),
				 histories[row].rows);
		unlink(bench->db);
	}
}

/* What a clock that was wrong for a pass leaves in the series. */
static void test_samples_and_a_clock_that_jumps(void **state)
{
	struct bench *bench = *state;
	struct store *store = open_or_fail(bench, STORE_WRITE);
	const int64_t clock[] = {AT, AT + 300, AT + 10 * 365 * DAY, AT + 600, AT + 900};
	const int64_t expected[] = {AT, AT + 300, AT + 600, AT + 900};
	const double shown[] = {0, 1, 3, 4};
	const int64_t id = save_address(bench, store, "192.0.2.1");
	struct sample *sample;
	size_t count;

	for (size_t i = 0; i < COUNT_OF(clock); i++) {
		const struct sample added = {.at = clock[i], .listings = (double)i};

		must(bench, store_add_sample(store, id, &added, &bench->err));
		add_pass(bench, store, clock[i]);
	}
	must(bench, store_samples(store, id, 0, bench->arena, &sample, &count, &bench->err));
	assert_int_equal(count, COUNT_OF(expected));
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(sample[i].at, expected[i]);
		assert_true(sample[i].listings == shown[i]);
	}
	store_close(store);
}

static void test_what_is_three_years_old_is_dropped(void **state)
{
	struct bench *bench = *state;
	struct store *store = open_or_fail(bench, STORE_WRITE);
	enum { PASSES = 1300 };
	const int64_t steady = save_address(bench, store, "192.0.2.1");
	const int64_t busy = save_address(bench, store, "192.0.2.2");
	struct sample *sample;
	size_t count;

	must(bench, store_begin(store, &bench->err));
	for (int i = 0; i < PASSES; i++) {
		const int64_t at = AT + (int64_t)i * DAY;
		struct event event = {.at = at, .address = "", .text = ""};
		const struct sample one = {.at = at, .listings = 7};
		const struct sample other = {.at = at, .listings = i};

		must(bench, store_add_sample(store, steady, &one, &bench->err));
		must(bench, store_add_sample(store, busy, &other, &bench->err));
		must(bench, store_add_event(store, &event, &bench->err));
		add_pass(bench, store, at);
	}
	must(bench, store_commit(store, &bench->err));
	must(bench, store_samples(store, steady, 0, bench->arena, &sample, &count, &bench->err));
	assert_in_range(count, 3 * 365, 3 * 366 + 3);
	assert_true(sample[0].listings == 7);
	must(bench, store_samples(store, busy, 0, bench->arena, &sample, &count, &bench->err));
	assert_in_range(count, 3 * 365, 3 * 366 + 3);
	assert_true(sample[0].listings == (double)(PASSES - count));
	must(bench, store_forget_unseen(store, AT + PASSES * DAY, &bench->err));
	add_pass(bench, store, AT + PASSES * DAY);
	add_pass(bench, store, AT + PASSES * DAY);
	store_close(store);
	assert_in_range(ask_number(bench->db, "SELECT count(*) FROM event"), 3 * 365, 3 * 366 + 3);
	assert_int_equal(ask_number(bench->db, "SELECT count(*) FROM address"), 0);
	assert_int_equal(ask_number(bench->db, "SELECT count(*) FROM sample"), 0);
}

/* --- what stands in the place of the database --- */

enum { KEEP_SIZE = -1, SYMLINK = -2, FOLDER = -3, MISSING = -4, FOREIGN = -5, NEWER = -6 };
static const struct {
	const char *what;
	int shape; /* or the size the file is cut to */
	int zero_from, zero_bytes; /* what is overwritten by zeros */
	const char *reader, *writer; /* what they say; NULL: they work */
} places[] = {
    {"sound", KEEP_SIZE, 0, 0, NULL, NULL},
    {"missing", MISSING, 0, 0, "run 'repwatch run' first", NULL},
    {"empty", 0, 0, 0, "run 'repwatch run' first", NULL},
    {"half a header", 50, 0, 0, "is damaged", "is damaged"},
    {"one page", 4096, 0, 0, "is damaged", "is damaged"},
    {"half a page too little", 30000, 0, 0, "is damaged", "is damaged"},
    {"zeros", KEEP_SIZE, 0, 1 << 20, "is damaged", "is damaged"},
    {"no magic", KEEP_SIZE, 0, 16, "is damaged", "is damaged"},
    {"tables of zeros", KEEP_SIZE, 100, 3996, "is damaged", "is damaged"},
    {"of another program", FOREIGN, 0, 0, "another program", "another program"},
    {"of a newer version", NEWER, 0, 0, "newer repwatch", "newer repwatch"},
    {"a folder", FOLDER, 0, 0, "cannot read", "not a regular file"},
    {"a symbolic link", SYMLINK, 0, 0, NULL, "not a regular file"},
};

static void take_shape(struct bench *bench, size_t row)
{
	static const char zeros[1 << 20];
	char aside[128];
	struct stat st;
	int fd;

	snprintf(aside, sizeof(aside), "%s/aside.db", bench->dir);
	switch (places[row].shape) {
	case MISSING:
		return;
	case FOLDER:
		assert_int_equal(mkdir(bench->db, 0700), 0);
		return;
	case FOREIGN:
		run_sql(bench->db, "CREATE TABLE moz_places (id INTEGER)");
		return;
	}
	make_database(bench);
	/* Into the one file: what the log held could heal it. */
	run_sql(bench->db, "PRAGMA journal_mode = DELETE");
	if (places[row].shape == NEWER)
		run_sql(bench->db, "PRAGMA user_version = 4711");
	if (places[row].shape == SYMLINK) {
		assert_int_equal(rename(bench->db, aside), 0);
		assert_int_equal(symlink(aside, bench->db), 0);
	}
	if (places[row].shape >= 0)
		assert_int_equal(truncate(bench->db, places[row].shape), 0);
	fd = open(bench->db, O_RDWR);
	assert_int_equal(fstat(fd, &st), 0);
	for (int at = places[row].zero_from, left = places[row].zero_bytes; left > 0;
	     at += 512, left -= 512)
		if (at < st.st_size)
			assert_true(pwrite(fd, zeros, left < 512 ? (size_t)left : 512, at) > 0);
	close(fd);
}

static void clear_place(struct bench *bench)
{
	folder_remove(bench->dir);
	assert_int_equal(mkdir(bench->dir, 0700), 0);
}

/* Opens and looks around; damage may show only when a table is read. */
static bool look_around(struct bench *bench, enum store_mode mode)
{
	struct store *store = store_open(bench->dir, mode, &bench->err);
	struct stored_address *address;
	struct stored_list *list;
	size_t count;
	bool ok;

	if (!store)
		return false;
	ok = store_addresses(store, NULL, bench->arena, &address, &count, &bench->err) &&
	     store_lists(store, bench->arena, &list, &count, &bench->err);
	store_close(store);
	return ok;
}

static void test_what_stands_in_its_place(void **state)
{
	struct bench *bench = *state;

	for (size_t i = 0; i < COUNT_OF(places); i++)
		for (enum store_mode mode = STORE_READ; mode <= STORE_WRITE; mode++) {
			const char *expected =
			    mode == STORE_READ ? places[i].reader : places[i].writer;
			bool ok;

			clear_place(bench);
			take_shape(bench, i);
			ok = look_around(bench, mode);
			if (ok != !expected || (expected && !strstr(bench->err.text, expected)))
				fail_msg("%s, mode %d: \"%s\" is not about \"%s\"", places[i].what,
					 (int)mode, ok ? "works" : bench->err.text,
					 expected ? expected : "works");
		}
}

static void test_a_word_nobody_knows_is_damage(void **state)
{
	struct bench *bench = *state;

	make_database(bench);
	run_sql(bench->db, "UPDATE address SET grade = 'SPLENDID'");
	assert_false(look_around(bench, STORE_READ));
	assert_says(bench, "is damaged");
}

/* --- readers --- */

/* Runs in a child: a reader who may read the folder and not write it. */
static int read_as_nobody(struct bench *bench)
{
	struct store *store;
	int count = 100;

	if (setgid(NOBODY) != 0 || setuid(NOBODY) != 0)
		return 101;
	store = store_open(bench->dir, STORE_READ, &bench->err);
	if (store)
		count = (int)count_addresses(bench, store);
	else
		fprintf(stderr, "%s\n", bench->err.text);
	store_close(store);
	return count;
}

static int in_child(struct bench *bench, int (*body)(struct bench *bench))
{
	const pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (pid == 0)
		_exit(body(bench));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void open_to_all(struct bench *bench)
{
	static const char *const file[] = {"", "/repwatch.db", "/repwatch.db-wal",
					   "/repwatch.db-shm"};
	char path[128];

	for (size_t i = 0; i < COUNT_OF(file); i++) {
		snprintf(path, sizeof(path), "%s%s", bench->dir, file[i]);
		chmod(path, i ? 0644 : 0755);
	}
}

static size_t lists_of(struct bench *bench, struct store *store)
{
	struct stored_list *list;
	size_t count;

	must(bench, store_lists(store, bench->arena, &list, &count, &bench->err));
	return count;
}

static void add_list(struct bench *bench, struct store *store, const char *zone)
{
	must(bench, store_begin(store, &bench->err));
	assert_true(store_list_slot(store, zone, &bench->err) >= 0);
	must(bench, store_commit(store, &bench->err));
}

static void test_a_trial_leaves_nothing(void **state)
{
	struct bench *bench = *state;
	struct store *trial = open_or_fail(bench, STORE_TRIAL);
	struct store *store;
	size_t fresh;

	fresh = lists_of(bench, trial);
	add_list(bench, trial, "a.example");
	assert_int_equal(lists_of(bench, trial), fresh + 1);
	store_close(trial);
	assert_null(store_open(bench->dir, STORE_READ, &bench->err));

	store = open_or_fail(bench, STORE_WRITE);
	add_list(bench, store, "b.example");
	trial = open_or_fail(bench, STORE_TRIAL);
	add_list(bench, trial, "c.example");
	assert_int_equal(lists_of(bench, trial), fresh + 2);
	add_list(bench, store, "d.example"); /* it holds no writer up */
	store_close(trial);
	store_close(store);
	store = open_or_fail(bench, STORE_READ);
	assert_int_equal(lists_of(bench, store), fresh + 2);
	store_close(store);
}

static void test_readers_beside_a_writer(void **state)
{
	struct bench *bench = *state;
	struct store *writer;
	struct store *before;
	struct store *after;

	make_database(bench);
	before = open_or_fail(bench, STORE_READ);
	writer = open_or_fail(bench, STORE_WRITE);
	must(bench, store_begin(writer, &bench->err));
	save_address(bench, writer, "192.0.2.2");
	after = open_or_fail(bench, STORE_READ);
	assert_int_equal(count_addresses(bench, before), 1);
	assert_int_equal(count_addresses(bench, after), 1);
	must(bench, store_commit(writer, &bench->err));
	/* Each keeps the commit it began with. */
	assert_int_equal(count_addresses(bench, after), 1);
	store_close(after);
	after = open_or_fail(bench, STORE_READ);
	assert_int_equal(count_addresses(bench, after), 2);
	store_close(after);
	store_close(before);
	store_close(writer);
}

static void test_readers_without_rights(void **state)
{
	struct bench *bench = *state;
	struct store *writer;
	char shm[128];
	char wal[128];

	if (geteuid() != 0)
		skip();
	snprintf(shm, sizeof(shm), "%s-shm", bench->db);
	snprintf(wal, sizeof(wal), "%s-wal", bench->db);
	make_database(bench);
	open_to_all(bench);
	/* The writer is gone. */
	assert_int_equal(in_child(bench, read_as_nobody), 1);
	/* It is in the middle of a transaction. */
	writer = open_or_fail(bench, STORE_WRITE);
	must(bench, store_begin(writer, &bench->err));
	save_address(bench, writer, "192.0.2.2");
	assert_int_equal(in_child(bench, read_as_nobody), 1);
	must(bench, store_commit(writer, &bench->err));
	assert_int_equal(in_child(bench, read_as_nobody), 2);
	store_close(writer);
	assert_int_equal(in_child(bench, read_as_nobody), 2);
	/* The one file, as a copy has it. */
	assert_int_equal(unlink(shm), 0);
	assert_int_equal(unlink(wal), 0);
	assert_int_equal(in_child(bench, read_as_nobody), 2);
}

static int die_in_a_transaction(struct bench *bench)
{
	struct store *store = open_or_fail(bench, STORE_WRITE);

	must(bench, store_begin(store, &bench->err));
	save_address(bench, store, "192.0.2.2");
	must(bench, store_commit(store, &bench->err));
	must(bench, store_begin(store, &bench->err));
	save_address(bench, store, "192.0.2.3");
	return 0; /* without closing: the log holds the commit */
}

/* What a dead writer left in the log is read, and never passed over. */
static void test_readers_after_a_crash(void **state)
{
	struct bench *bench = *state;
	char shm[128];

	if (geteuid() != 0)
		skip();
	make_database(bench);
	assert_int_equal(in_child(bench, die_in_a_transaction), 0);
	open_to_all(bench);
	assert_int_equal(in_child(bench, read_as_nobody), 2);
	snprintf(shm, sizeof(shm), "%s-shm", bench->db);
	assert_int_equal(unlink(shm), 0);
	assert_int_equal(in_child(bench, read_as_nobody), 100);
	assert_true(look_around(bench, STORE_READ));
}

/* --- failing and dying --- */

/* Saves until it fails; then nothing of it may be there. */
static void fail_to_save(struct bench *bench, struct store *store, const char *words)
{
	static char big[4096];
	const int64_t id = save_address(bench, store, "192.0.2.7");
	struct standing standing = full_standing("dnsbl", "");
	char subject[16];
	bool ok = true;

	memset(big, 'x', sizeof(big) - 1);
	standing.text = big;
	standing.subject = subject;
	for (int i = 0; ok && i < 5000; i++) {
		snprintf(subject, sizeof(subject), "%d", i);
		ok = store_save_standing(store, id, &standing, false, &bench->err);
	}
	if (!ok) {
		assert_says(bench, words);
		assert_false(store_forget_unseen(store, 1, &bench->err));
		assert_says(bench, words);
	}
	assert_false(store_commit(store, &bench->err));
	assert_says(bench, words);
}

static void test_a_write_that_fails_leaves_nothing(void **state)
{
	struct bench *bench = *state;
	const struct rlimit small = {400000, RLIM_INFINITY};
	struct rlimit before;
	struct store *store;

	make_database(bench);
	store = open_or_fail(bench, STORE_WRITE);
	signal(SIGXFSZ, SIG_IGN);
	assert_int_equal(getrlimit(RLIMIT_FSIZE, &before), 0);
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &small), 0);
	must(bench, store_begin(store, &bench->err));
	fail_to_save(bench, store, "cannot write");
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &before), 0);
	/* The same store goes on, and so does the next one. */
	assert_int_equal(count_addresses(bench, store), 1);
	must(bench, store_begin(store, &bench->err));
	save_address(bench, store, "192.0.2.8");
	must(bench, store_commit(store, &bench->err));
	store_close(store);
	store = open_or_fail(bench, STORE_WRITE);
	assert_int_equal(count_addresses(bench, store), 2);
	store_close(store);
	assert_sound(bench->db);
}

static void fill_disk(const char *path, const char *dir)
{
	static const char block[1024];
	struct statvfs disk;
	const int fd = open(path, O_WRONLY | O_CREAT, 0600);

	assert_true(fd >= 0);
	while (write(fd, block, sizeof(block)) > 0)
		;
	assert_int_equal(statvfs(dir, &disk), 0);
	assert_int_equal(disk.f_bavail, 0);
	close(fd);
}

/* In a child, whose mounts are its own. */
static int use_a_full_disk(struct bench *bench)
{
	char filler[128];
	struct store *store;

	if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
	    mount("none", bench->dir, "tmpfs", 0, "size=1200k") != 0)
		return 77;
	snprintf(filler, sizeof(filler), "%s/filler", bench->dir);
	fill_disk(filler, bench->dir);
	assert_null(store_open(bench->dir, STORE_WRITE, &bench->err));
	assert_says(bench, "disk is full");
	assert_null(store_open(bench->dir, STORE_READ, &bench->err));
	assert_says(bench, "run 'repwatch run' first");

	unlink(filler);
	make_database(bench);
	store = open_or_fail(bench, STORE_WRITE);
	must(bench, store_begin(store, &bench->err));
	fail_to_save(bench, store, "disk is full");
	assert_int_equal(count_addresses(bench, store), 1);
	fill_disk(filler, bench->dir);
	assert_true(look_around(bench, STORE_READ));
	store_close(store);
	assert_true(look_around(bench, STORE_READ));

	unlink(filler);
	store = open_or_fail(bench, STORE_WRITE);
	must(bench, store_begin(store, &bench->err));
	save_address(bench, store, "192.0.2.8");
	must(bench, store_commit(store, &bench->err));
	assert_int_equal(count_addresses(bench, store), 2);
	store_close(store);
	assert_sound(bench->db);
	return 0;
}

static void test_a_full_disk(void **state)
{
	struct bench *bench = *state;
	int status;

	if (geteuid() != 0)
		skip();
	status = in_child(bench, use_a_full_disk);
	if (status == 77)
		skip();
	assert_int_equal(status, 0);
}

/* Commits one event after the other and tells its number once it is safe. */
static void write_until_killed(struct bench *bench, int report)
{
	struct store *store = open_or_fail(bench, STORE_WRITE);

	for (;;) {
		struct event event = {.at = AT, .address = "192.0.2.1", .text = "x"};
		char name[32];

		if (!store_begin(store, &bench->err) ||
		    !store_add_event(store, &event, &bench->err))
			_exit(1);
		snprintf(name, sizeof(name), "192.0.2.%d", (int)(event.id % 200));
		save_address(bench, store, name);
		add_pass(bench, store, AT + event.id);
		if (!store_commit(store, &bench->err) ||
		    write(report, &event.id, sizeof(event.id)) != sizeof(event.id))
			_exit(1);
	}
}

static int64_t run_and_kill(struct bench *bench, unsigned delay_us)
{
	int64_t acknowledged = 0;
	int64_t id;
	int report[2];
	int status;
	pid_t pid;

	assert_int_equal(pipe(report), 0);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		close(report[0]);
		write_until_killed(bench, report[1]);
	}
	close(report[1]);
	usleep(delay_us);
	kill(pid, SIGKILL);
	while (read(report[0], &id, sizeof(id)) == sizeof(id))
		acknowledged = id;
	close(report[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFSIGNALED(status));
	return acknowledged;
}

static void test_kill_9_loses_nothing_acknowledged(void **state)
{
	struct bench *bench = *state;
	int64_t acknowledged = 0;
	unsigned seed = 20261121;

	for (int i = 0; i < 200; i++) {
		seed = seed * 1103515245U + 12345U;
		const int64_t id = run_and_kill(bench, (seed >> 16) % 16000);

		acknowledged = id ? id : acknowledged;
		if (i % 10 == 9)
			assert_sound(bench->db);
	}
	assert_true(acknowledged > 0);
	make_database(bench);
	/* None is missing, and a transaction is there in full or not at all. */
	assert_true(ask_number(bench->db, "SELECT max(id) FROM event") >= acknowledged);
	assert_int_equal(ask_number(bench->db, "SELECT count(*) FROM event"),
			 ask_number(bench->db, "SELECT max(id) FROM event"));
	assert_int_equal(ask_number(bench->db, "SELECT count(*) FROM event"),
			 ask_number(bench->db, "SELECT count(*) FROM pass"));
	assert_sound(bench->db);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_begins_empty_and_opens_again),
	    TEST(test_lists),
	    TEST(test_an_address_and_its_growing_pairs),
	    TEST(test_standings),
	    TEST(test_forgotten_addresses_keep_their_history),
	    TEST(test_hostile_bytes),
	    TEST(test_events),
	    TEST(test_the_newest_pass),
	    TEST(test_samples_expand_exactly),
	    TEST(test_samples_and_a_clock_that_jumps),
	    TEST(test_what_is_three_years_old_is_dropped),
	    TEST(test_what_stands_in_its_place),
	    TEST(test_a_word_nobody_knows_is_damage),
	    TEST(test_a_trial_leaves_nothing),
	    TEST(test_readers_beside_a_writer),
	    TEST(test_readers_without_rights),
	    TEST(test_readers_after_a_crash),
	    TEST(test_a_write_that_fails_leaves_nothing),
	    TEST(test_a_full_disk),
	    TEST(test_kill_9_loses_nothing_acknowledged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
