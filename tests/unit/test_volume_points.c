#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "folder.h"

#include "run/volume_points.h"

#include "base/mem.h"
#include "base/str.h"
#include "store/volumes.h"

#include <math.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define ADDRESS "198.18.0.1"
#define OTHER   "198.18.0.2"

enum { HOUR_S = 3600, DAY_S = 86400, MAILS_MAX = 8 };

struct bench {
	char dir[FOLDER_BYTES];
	char db[96];
	struct arena *arena;
	struct store *store;
	struct err err;
};

static const struct zone utc = {0};
static const struct zone_change berlin_change[] = {
    {1743296400, 7200}, {1761440400, 3600}, {1774746000, 7200}, {1792890000, 3600}};
static const struct zone berlin = {berlin_change, COUNT_OF(berlin_change)};
static const struct zone_change one_offset[] = {{0, 19800}, {0, 50400}, {0, -39600}};
static const struct zone kolkata = {&one_offset[0], 1};
static const struct zone kiritimati = {&one_offset[1], 1};
static const struct zone pago_pago = {&one_offset[2], 1};
/* Santiago: 24:00 of a Saturday becomes 23:00, and 00:00 of another becomes 01:00. */
static const struct zone_change santiago_change[] = {
    {1757217600, -10800}, {1775358000, -14400}, {1788667200, -10800}};
static const struct zone santiago = {santiago_change, COUNT_OF(santiago_change)};

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
	*state = bench;
	return 0;
}

static void close_store(struct bench *bench)
{
	store_close(bench->store);
	bench->store = NULL;
	folder_remove(bench->dir);
}

static int tear_down(void **state)
{
	struct bench *bench = *state;

	close_store(bench);
	arena_free(bench->arena);
	free(bench);
	return 0;
}

/* "2026-10-25 01:30" of UTC. */
static int64_t moment(const char *text)
{
	char date[11] = {0};
	struct civil_date day;

	memcpy(date, text, 10);
	assert_true(civil_date_parse(date, &day));
	return civil_days(day) * DAY_S + strtol(text + 11, NULL, 10) * HOUR_S +
	       strtol(text + 14, NULL, 10) * 60;
}

struct mail {
	const char *at; /* UTC */
	enum outcome outcome;
	unsigned times;
	const char *address; /* NULL: ADDRESS */
};

static void record(struct bench *bench, const struct zone *zone, int64_t now,
		   const struct mail *mail)
{
	const int64_t today = civil_days(civil_date_at(zone, now));
	struct tally *tally = tally_new(zone, NULL);

	for (size_t i = 0; i < MAILS_MAX && mail[i].at; i++) {
		struct delivery delivery = {.at = moment(mail[i].at), .outcome = mail[i].outcome};

		assert_true(
		    ip_parse(mail[i].address ? mail[i].address : ADDRESS, &delivery.address));
		for (unsigned k = 0; k < mail[i].times; k++)
			tally_add(tally, &delivery);
	}
	must(bench, store_begin(bench->store, &bench->err));
	must(bench, volumes_add(bench->store, tally, today, &bench->err));
	must(bench, store_commit(bench->store, &bench->err));
	tally_free(tally);
}

static void open_store(struct bench *bench)
{
	assert_true(access(bench->dir, F_OK) == 0 || mkdir(bench->dir, 0700) == 0);
	bench->store = store_open(bench->dir, STORE_WRITE, &bench->err);
	must(bench, bench->store != NULL);
}

static struct volume_points points_for(struct bench *bench, const struct zone *zone, int64_t now)
{
	return (struct volume_points){bench->store, ADDRESS, zone, now, bench->arena, NULL, 0};
}

/* One line for each point that is not all zero, and their number. */
static const char *points_text(const struct volume_points *points, size_t sources, int64_t step_s,
			       struct str *text)
{
	text->len = 0;
	for (size_t i = 0; i < points->points; i++) {
		const struct series_point *const point = &points->point[i];
		char begin[CIVIL_TEXT_BYTES];
		bool is_zero = true;

		if (i)
			assert_int_equal(point->at, point[-1].at + step_s);
		for (size_t k = 0; k < sources; k++)
			is_zero &= point->value[k] <= 0;
		if (is_zero)
			continue;
		str_add(text, civil_minute(&utc, point->at - step_s, begin));
		for (size_t k = 0; k < sources; k++)
			if (isnan(point->value[k]))
				str_add(text, " ?");
			else
				str_addf(text, " %.0f", point->value[k]);
		str_add(text, "\n");
	}
	str_addf(text, "%zu", points->points);
	return str_text(text);
}

#define SENT     OUTCOME_SENT
#define DEFERRED OUTCOME_DEFERRED
#define BOUNCED  OUTCOME_BOUNCED
#define EXPIRED  OUTCOME_EXPIRED

/* hours: volume, deferred, bounced of the hour of UTC that begins then; days: the same, blocked. */
static const struct {
	const char *what;
	const struct zone *zone;
	const char *now; /* UTC */
	struct mail mail[MAILS_MAX];
	const char *hours, *days;
} cases[] = {
    {"no mail, no points", &utc, "2026-11-21 12:10", {{0}}, "0", "0"},
    {"mail of others is no mail",
     &utc,
     "2026-11-21 12:10",
     {{"2026-11-20 09:00", SENT, 3, OTHER}},
     "0",
     "0"},
    {"attempts of every outcome are volume; what is not over is left out",
     &utc,
     "2026-11-21 12:10",
     {{"2026-11-20 09:00", SENT, 7, NULL},
      {"2026-11-20 09:59", DEFERRED, 3, NULL},
      {"2026-11-20 10:00", BOUNCED, 2, NULL},
      {"2026-11-20 10:00", EXPIRED, 1, NULL},
      {"2026-11-21 11:59", SENT, 5, NULL},
      {"2026-11-21 12:05", SENT, 9, NULL}},
     "2026-11-20 09:00 10 3 0\n2026-11-20 10:00 3 0 2\n2026-11-21 11:00 5 0 0\n27",
     "2026-11-20 00:00 13 3 2 0\n1"},
    {"a day without mail is a zero",
     &utc,
     "2026-11-21 00:00",
     {{"2026-11-17 23:30", SENT, 1, NULL}, {"2026-11-19 00:30", SENT, 2, NULL}},
     "2026-11-17 23:00 1 0 0\n2026-11-19 00:00 2 0 0\n73",
     "2026-11-17 00:00 1 0 0 0\n2026-11-19 00:00 2 0 0 0\n4"},
    {"Berlin, the day of 25 hours: the hour that comes twice is one",
     &berlin,
     "2026-10-26 12:00",
     {{"2026-10-24 21:59", SENT, 1, NULL}, /* 23:59 of the 24th */
      {"2026-10-24 22:00", SENT, 2, NULL}, /* 00:00 of the 25th */
      {"2026-10-25 00:30", SENT, 4, NULL}, /* 02:30 */
      {"2026-10-25 01:30", SENT, 8, NULL}, /* 02:30 again */
      {"2026-10-25 02:30", SENT, 16, NULL}, /* 03:30 */
      {"2026-10-25 22:59", SENT, 32, NULL}, /* 23:59 */
      {"2026-10-25 23:00", SENT, 64, NULL}}, /* 00:00 of the 26th */
     "2026-10-24 21:00 1 0 0\n2026-10-24 22:00 2 0 0\n2026-10-25 00:00 12 0 0\n"
     "2026-10-25 01:00 ? ? ?\n2026-10-25 02:00 16 0 0\n2026-10-25 22:00 32 0 0\n"
     "2026-10-25 23:00 64 0 0\n39",
     "2026-10-24 00:00 1 0 0 0\n2026-10-25 00:00 62 0 0 0\n2"},
    {"Berlin, the day of 23 hours",
     &berlin,
     "2026-03-30 12:00",
     {{"2026-03-28 23:00", SENT, 1, NULL}, /* 00:00 of the 29th */
      {"2026-03-29 00:59", SENT, 2, NULL}, /* 01:59 */
      {"2026-03-29 01:00", SENT, 4, NULL}, /* 03:00 */
      {"2026-03-29 21:59", SENT, 8, NULL}, /* 23:59 */
      {"2026-03-29 22:00", SENT, 16, NULL}},
     "2026-03-28 23:00 1 0 0\n2026-03-29 00:00 2 0 0\n2026-03-29 01:00 4 0 0\n"
     "2026-03-29 21:00 8 0 0\n2026-03-29 22:00 16 0 0\n37",
     "2026-03-29 00:00 15 0 0 0\n1"},
    {"Santiago: the last hour of a day comes twice",
     &santiago,
     "2026-04-06 12:00",
     {{"2026-04-05 02:30", SENT, 1, NULL}, /* 23:30 of the 4th */
      {"2026-04-05 03:30", SENT, 2, NULL}, /* again */
      {"2026-04-05 04:00", SENT, 4, NULL}}, /* 00:00 of the 5th */
     "2026-04-05 02:00 3 0 0\n2026-04-05 03:00 ? ? ?\n2026-04-05 04:00 4 0 0\n34",
     "2026-04-04 00:00 3 0 0 0\n2026-04-05 00:00 4 0 0 0\n2"},
    {"Santiago: a day without its first hour",
     &santiago,
     "2026-09-08 12:00",
     {{"2026-09-06 03:59", SENT, 1, NULL}, /* 23:59 of the 5th */
      {"2026-09-06 04:00", SENT, 2, NULL}}, /* 01:00 of the 6th */
     "2026-09-06 03:00 1 0 0\n2026-09-06 04:00 2 0 0\n57",
     "2026-09-05 00:00 1 0 0 0\n2026-09-06 00:00 2 0 0 0\n3"},
    {"half an hour ahead: a local hour stands where it begins",
     &kolkata,
     "2026-11-21 12:00",
     {{"2026-11-20 04:30", SENT, 1, NULL}, {"2026-11-20 05:29", SENT, 2, NULL}},
     "2026-11-20 04:00 3 0 0\n32",
     "2026-11-20 00:00 3 0 0 0\n1"},
    {"far ahead: the day is over before UTC's",
     &kiritimati,
     "2026-11-21 10:00", /* 00:00 of the 22nd */
     {{"2026-11-20 10:00", SENT, 1, NULL}, {"2026-11-21 09:59", SENT, 2, NULL}},
     "2026-11-20 10:00 1 0 0\n2026-11-21 09:00 2 0 0\n24",
     "2026-11-21 00:00 3 0 0 0\n1"},
    {"far behind: the day is not over with UTC's",
     &pago_pago,
     "2026-11-21 10:59", /* 23:59 of the 20th */
     {{"2026-11-20 10:59", SENT, 1, NULL}, {"2026-11-20 11:00", SENT, 2, NULL}},
     "2026-11-20 10:00 1 0 0\n2026-11-20 11:00 2 0 0\n24",
     "2026-11-19 00:00 1 0 0 0\n1"},
};

static void test_points(void **state)
{
	struct bench *bench = *state;
	struct str text = {0};

	for (size_t i = 0; i < COUNT_OF(cases); i++) {
		const int64_t now = moment(cases[i].now);
		struct volume_points points;

		open_store(bench);
		record(bench, cases[i].zone, now, cases[i].mail);
		points = points_for(bench, cases[i].zone, now);
		must(bench, volume_points_hours(&points, &bench->err));
		points_text(&points, SERIES_BLOCKED, HOUR_S, &text);
		if (strcmp(str_text(&text), cases[i].hours) != 0)
			fail_msg("%s: hours\n%s", cases[i].what, str_text(&text));
		must(bench, volume_points_days(&points, &bench->err));
		points_text(&points, SERIES_VOLUME_COUNT, DAY_S, &text);
		if (strcmp(str_text(&text), cases[i].days) != 0)
			fail_msg("%s: days\n%s", cases[i].what, str_text(&text));
		close_store(bench);
	}
	str_release(&text);
}

/* What receivers said, put straight into the tables: rules are not the subject here. */
static void add_reply(struct bench *bench, int64_t day, const char *cause, const char *scope,
		      int times)
{
	static const char format[] =
	    "INSERT OR IGNORE INTO receiver (name) VALUES ('gmail');"
	    "INSERT INTO reply_day SELECT sender.id, %lld, receiver.id, '%s', '%s', %d, 1, 1, 0, 1,"
	    " 1, x'' FROM sender, receiver WHERE address = '" ADDRESS "' AND name = 'gmail'";
	struct str sql = {0};
	sqlite3 *db;

	str_addf(&sql, format, (long long)day, cause, scope, times);
	assert_int_equal(sqlite3_open(bench->db, &db), SQLITE_OK);
	if (sqlite3_exec(db, sql.text, NULL, NULL, NULL) != SQLITE_OK)
		fail_msg("%s", sqlite3_errmsg(db));
	sqlite3_close(db);
	str_release(&sql);
}

static void test_blocked_is_what_speaks_against_the_address(void **state)
{
	static const struct mail mail[MAILS_MAX] = {{"2026-09-10 09:00", SENT, 1, NULL},
						    {"2026-11-18 09:00", DEFERRED, 50, NULL}};
	const int64_t now = moment("2026-11-21 12:00");
	const int64_t today = now / DAY_S;
	struct bench *bench = *state;
	struct volume_points points;
	struct str text = {0};

	open_store(bench);
	record(bench, &utc, now, mail);
	add_reply(bench, today - 3, "ip-block", "ip", 10);
	add_reply(bench, today - 3, "blocklist", "unknown", 5);
	add_reply(bench, today - 3, "rate-limit", "ip", 3);
	add_reply(bench, today - 3, "rate-limit", "domain", 7);
	add_reply(bench, today - 3, "recipient-unknown", "recipient", 9);
	add_reply(bench, today, "ip-block", "ip", 10);
	add_reply(bench, today - VOLUME_DETAIL_DAYS_KEPT, "ip-block", "ip", 10);
	points = points_for(bench, &utc, now);
	must(bench, volume_points_days(&points, &bench->err));
	assert_int_equal(points.points, 72);
	/* Replies are forgotten after VOLUME_DETAIL_DAYS_KEPT. */
	for (size_t i = 0; i < points.points; i++)
		if (today - (int64_t)(points.points - i) <= today - VOLUME_DETAIL_DAYS_KEPT)
			assert_true(isnan(points.point[i].value[SERIES_BLOCKED]));
		else
			assert_true(points.point[i].value[SERIES_BLOCKED] == (i == 69 ? 24 : 0));
	must(bench, volume_points_hours(&points, &bench->err));
	assert_string_equal(points_text(&points, SERIES_BLOCKED, HOUR_S, &text),
			    "2026-11-18 09:00 50 50 0\n1476");
	str_release(&text);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_points),
	    TEST(test_blocked_is_what_speaks_against_the_address),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
