#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "folder.h"

#include "base/mem.h"
#include "store/removals.h"

#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { AT = 1790000000, DAY = 86400, HOUR = 3600 };
#define ADDRESS "192.0.2.10"
#define ZONE    "bl.example"

struct bench {
	char dir[FOLDER_BYTES];
	struct arena *arena;
	struct store *store;
	int64_t address_id;
	struct err err;
};

static void run_sql(const struct bench *bench, const char *sql)
{
	char path[96];
	sqlite3 *db;

	snprintf(path, sizeof(path), "%s/repwatch.db", bench->dir);
	assert_int_equal(sqlite3_open(path, &db), SQLITE_OK);
	assert_int_equal(sqlite3_exec(db, sql, NULL, NULL, NULL), SQLITE_OK);
	sqlite3_close(db);
}

static void must(struct bench *bench, bool ok)
{
	if (!ok)
		fail_msg("%s", bench->err.text);
}

static int set_up(void **state)
{
	struct stored_address address = {.address = ADDRESS, .seen_at = AT};
	struct bench *bench = xcalloc(1, sizeof(*bench));

	folder_make(bench->dir);
	bench->arena = arena_new();
	bench->store = store_open(bench->dir, STORE_WRITE, &bench->err);
	must(bench, bench->store != NULL);
	must(bench, store_begin(bench->store, &bench->err));
	must(bench, store_save_address(bench->store, &address, &bench->err));
	bench->address_id = address.id;
	*state = bench;
	return 0;
}

static int tear_down(void **state)
{
	struct bench *bench = *state;

	store_close(bench->store);
	folder_remove(bench->dir);
	arena_free(bench->arena);
	free(bench);
	return 0;
}

static const struct removal asked = {
    .address = ADDRESS,
    .check = "dnsbl",
    .subject = ZONE,
    .was = FINDING_LISTED,
    .listed_since = AT - DAY,
    .asked_at = AT,
    .last_asked_at = AT + HOUR,
    .times = 2,
    .ticket = "T-\xff\x1b",
    .note = "by phone",
    .answered_at = AT + 2 * HOUR,
    .answer = "soon",
};

static struct removal *load(struct bench *bench, size_t *count)
{
	struct removal *row;

	must(bench, removals_load(bench->store, bench->arena, &row, count, &bench->err));
	return row;
}

static struct removal load_one(struct bench *bench)
{
	size_t count;
	const struct removal *const row = load(bench, &count);

	assert_int_equal(count, 1);
	return *row;
}

static void keeps_every_field(void **state)
{
	struct bench *bench = *state;
	struct removal row = asked;
	struct removal got;
	size_t count;

	must(bench, removals_save(bench->store, &row, &bench->err));
	assert_true(row.id > 0);
	got = load_one(bench);
	assert_int_equal(got.id, row.id);
	assert_string_equal(got.address, ADDRESS);
	assert_string_equal(got.check, "dnsbl");
	assert_string_equal(got.subject, ZONE);
	assert_int_equal(got.was, FINDING_LISTED);
	assert_int_equal(got.listed_since, AT - DAY);
	assert_int_equal(got.asked_at, AT);
	assert_int_equal(got.last_asked_at, AT + HOUR);
	assert_int_equal(got.times, 2);
	assert_string_equal(got.ticket, "T-\xff\x1b");
	assert_string_equal(got.note, "by phone");
	assert_int_equal(got.answered_at, AT + 2 * HOUR);
	assert_string_equal(got.answer, "soon");
	assert_int_equal(got.cleared_at, 0);
	assert_int_equal(got.relisted_at, 0);

	got.cleared_at = AT + DAY;
	must(bench, removals_save(bench->store, &got, &bench->err));
	assert_int_equal(load_one(bench).cleared_at, AT + DAY);
	must(bench, removals_drop(bench->store, got.id, &bench->err));
	load(bench, &count);
	assert_int_equal(count, 0);
}

static void believe(struct bench *bench, const char *check, const char *subject,
		    enum finding belief)
{
	const struct standing standing = {
	    .check = check,
	    .subject = subject,
	    .belief = belief,
	    .means = "",
	    .text = "",
	    .fix = "",
	    .since = AT - HOUR,
	};

	must(bench, store_save_standing(bench->store, bench->address_id, &standing,
					belief == FINDING_CLEAR, &bench->err));
}

/* C clear, L listed, N noted, B blind and never known; a letter a pass. */
static enum finding finding_of(char letter)
{
	switch (letter) {
	case 'L':
		return FINDING_LISTED;
	case 'N':
		return FINDING_NOTED;
	case 'B':
		return FINDING_BLIND;
	}
	return FINDING_CLEAR;
}

/* The state behind each pass: o asked, c cleared, r relisted. */
static const struct {
	const char *what;
	enum finding was;
	const char *passes, *states;
} row[] = {
    {"listed as long as it is believed", FINDING_LISTED, "LLL", "ooo"},
    {"cleared once, and it stays so", FINDING_LISTED, "LLCCC", "ooccc"},
    {"comes back", FINDING_LISTED, "LCLL", "ocrr"},
    {"goes again: the request is that of the first time", FINDING_LISTED, "LCLCL", "ocrrr"},
    {"of a listing only a note is left", FINDING_LISTED, "LNNN", "occc"},
    {"a note gone is a note cleared", FINDING_NOTED, "NNC", "ooc"},
    {"a note that grew is not cleared", FINDING_NOTED, "NLC", "ooc"},
    {"a note comes back", FINDING_NOTED, "NCN", "ocr"},
    {"what was never seen is never seen to end", FINDING_CLEAR, "CCC", "ooo"},
    {"what is seen later ends as others do", FINDING_CLEAR, "CLC", "ooc"},
};

static char letter_of(const struct removal *removal)
{
	switch (removal_state_of(removal)) {
	case REMOVAL_ASKED:
		return 'o';
	case REMOVAL_CLEARED:
		return 'c';
	case REMOVAL_RELISTED:
		return 'r';
	case REMOVAL_OPEN:
	case REMOVAL_ANSWERED:
	case REMOVAL_STATE_COUNT:
		break;
	}
	return '?';
}

static void follow(struct bench *bench, const char *check, size_t at)
{
	struct removal request = asked;
	char states[8] = "";
	struct removal got;

	request.check = check;
	request.was = row[at].was;
	request.answered_at = 0;
	must(bench, removals_save(bench->store, &request, &bench->err));
	for (size_t i = 0; row[at].passes[i]; i++) {
		believe(bench, check, ZONE, finding_of(row[at].passes[i]));
		must(bench, removals_follow(bench->store, AT + DAY * (int64_t)i, &bench->err));
		got = load_one(bench);
		states[i] = letter_of(&got);
	}
	if (strcmp(states, row[at].states) != 0)
		fail_msg("%s: %s, not %s", row[at].what, states, row[at].states);
	believe(bench, check, ZONE, FINDING_CLEAR);
	must(bench, removals_drop(bench->store, request.id, &bench->err));
}

static void follows_the_beliefs(void **state)
{
	for (size_t i = 0; i < COUNT_OF(row); i++) {
		follow(*state, "dnsbl", i);
		follow(*state, "receiver", i);
	}
}

static void notes_when(void **state)
{
	struct bench *bench = *state;
	struct removal request = asked;

	request.was = FINDING_CLEAR;
	request.listed_since = 0;
	must(bench, removals_save(bench->store, &request, &bench->err));
	believe(bench, "dnsbl", ZONE, FINDING_LISTED);
	believe(bench, "dnsbl", "other.example", FINDING_LISTED);
	must(bench, removals_follow(bench->store, AT + DAY, &bench->err));
	assert_int_equal(load_one(bench).was, FINDING_LISTED);
	assert_int_equal(load_one(bench).listed_since, AT - HOUR);
	believe(bench, "dnsbl", ZONE, FINDING_CLEAR);
	must(bench, removals_follow(bench->store, AT + 2 * DAY, &bench->err));
	assert_int_equal(load_one(bench).cleared_at, AT + 2 * DAY);
	believe(bench, "dnsbl", ZONE, FINDING_LISTED);
	must(bench, removals_follow(bench->store, AT + 9 * DAY, &bench->err));
	assert_int_equal(load_one(bench).cleared_at, AT + 2 * DAY);
	assert_int_equal(load_one(bench).relisted_at, AT + 9 * DAY);
}

/* Nobody looks at it: what was listed may be so still. */
static void an_address_that_is_not_watched_stays_as_it_is(void **state)
{
	struct bench *bench = *state;
	struct removal request = asked;

	must(bench, removals_save(bench->store, &request, &bench->err));
	must(bench, store_forget_unseen(bench->store, AT + 1, &bench->err));
	must(bench, removals_follow(bench->store, AT + DAY, &bench->err));
	assert_int_equal(load_one(bench).cleared_at, 0);
}

static void counts_what_came_back(void **state)
{
	static const struct {
		int64_t at;
		const char *address, *check, *subject;
		enum change change;
	} told[] = {
	    {AT - 9 * DAY, ADDRESS, "dnsbl", ZONE, CHANGE_RAISED}, /* too old */
	    {AT, ADDRESS, "dnsbl", ZONE, CHANGE_RAISED},
	    {AT, ADDRESS, "dnsbl", ZONE, CHANGE_CLEARED},
	    {AT + 1, ADDRESS, "dnsbl", ZONE, CHANGE_RAISED},
	    {AT + 2, ADDRESS, "dnsbl", ZONE, CHANGE_RAISED},
	    {AT, ADDRESS, "dnsbl", "once.example", CHANGE_RAISED},
	    {AT, ADDRESS, "receiver", "gmail", CHANGE_RAISED},
	    {AT + 1, ADDRESS, "receiver", "gmail", CHANGE_RAISED},
	    {AT, ADDRESS, "ptr", "", CHANGE_RAISED},
	    {AT + 1, ADDRESS, "ptr", "", CHANGE_RAISED},
	};
	struct bench *bench = *state;
	struct relisting *got;
	size_t count;

	for (size_t i = 0; i < COUNT_OF(told); i++) {
		struct event event = {.at = told[i].at,
				      .address = told[i].address,
				      .check = told[i].check,
				      .subject = told[i].subject,
				      .change = told[i].change,
				      .from = "clear",
				      .to = "listed",
				      .text = ""};

		must(bench, store_add_event(bench->store, &event, &bench->err));
	}
	must(bench,
	     removals_relistings(bench->store, AT - DAY, bench->arena, &got, &count, &bench->err));
	assert_int_equal(count, 2);
	assert_string_equal(got[0].subject, ZONE);
	assert_int_equal(got[0].times, 2);
	assert_string_equal(got[1].check, "receiver");
	assert_int_equal(got[1].times, 1);
}

/* However they ended: a thief's mail is refused more often than taken. */
static void counts_attempts_by_hours(void **state)
{
	static const struct {
		const char *address;
		int64_t first, last;
		uint64_t attempts;
	} cases[] = {
	    {ADDRESS, 100 * 24 + 22, 101 * 24 + 1, 1 + 10 + 100 + 1000 + 20000},
	    {ADDRESS, 101 * 24, 101 * 24, 20000},
	    {ADDRESS, 101 * 24 + 1, 101 * 24 + 1, 0},
	    {ADDRESS, 0, 200 * 24, 1 + 10 + 100 + 1000 + 20000 + 300000},
	    {"192.0.2.99", 0, 200 * 24, 0},
	};
	struct bench *bench = *state;
	uint64_t attempts;

	must(bench, store_commit(bench->store, &bench->err));
	run_sql(bench, "INSERT INTO sender VALUES (7, '" ADDRESS "', 101), (8, '192.0.2.98', 101);"
		       "INSERT INTO volume_hour VALUES (7, 100, 23, 1, 10, 100, 1000),"
		       " (7, 101, 0, 20000, 0, 0, 0), (7, 101, 2, 300000, 0, 0, 0),"
		       " (8, 101, 0, 5, 0, 0, 0)");
	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		must(bench, removals_attempts(bench->store, cases[i].address, cases[i].first,
					      cases[i].last, &attempts, &bench->err));
		assert_int_equal(attempts, cases[i].attempts);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(keeps_every_field, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(follows_the_beliefs, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(notes_when, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(an_address_that_is_not_watched_stays_as_it_is, set_up,
					    tear_down),
	    cmocka_unit_test_setup_teardown(counts_what_came_back, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(counts_attempts_by_hours, set_up, tear_down),
	};

	return cmocka_run_group_tests_name("the ledger of removal requests", tests, NULL, NULL);
}
