#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "folder.h"

#include "io/rrdcached.h"
#include "io/series.h"
#include "io/series_layout.h"

#include "base/mem.h"

#include <fcntl.h>
#include <locale.h>
#include <math.h>
#include <rrd.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define ADDRESS   "192.0.2.1"
#define RRDCACHED "/usr/bin/rrdcached"

enum { AT = 1790000123, STEP = 300, DAY = 86400, SKIP = 77 };

struct bench {
	char dir[FOLDER_BYTES];
	char file[96]; /* of ADDRESS */
	struct series *series;
	struct err err;
};

static void open_series(struct bench *bench, const char *rrdcached)
{
	bench->series = series_open(bench->dir, rrdcached, &bench->err);
	if (!bench->series)
		fail_msg("%s", bench->err.text);
}

static int set_up(void **state)
{
	struct bench *bench = xcalloc(1, sizeof(*bench));

	folder_make(bench->dir);
	snprintf(bench->file, sizeof(bench->file), "%s/rrd/%s.rrd", bench->dir, ADDRESS);
	*state = bench;
	return 0;
}

static int tear_down(void **state)
{
	struct bench *bench = *state;

	series_close(bench->series);
	folder_remove(bench->dir);
	free(bench);
	return 0;
}

static struct series_name reputation(const char *address)
{
	return (struct series_name){SERIES_REPUTATION, address};
}

static struct series_point point_at(int64_t at)
{
	return (struct series_point){at, {1, 2, 0.5, 0.0213}};
}

static void rebuild(struct bench *bench, const struct series_point *point, size_t points)
{
	if (series_rebuild(bench->series, reputation(ADDRESS), point, points, &bench->err) !=
	    SERIES_OK)
		fail_msg("%s", bench->err.text);
}

static enum series_result append_one(struct bench *bench, int64_t at)
{
	const struct series_point point = point_at(at);

	return series_append(bench->series, reputation(ADDRESS), &point, 1, &bench->err);
}

/* When ADDRESS's file was updated last; 0: there is none that could be. */
static int64_t last_of(const struct bench *bench)
{
	int64_t last;

	return layout_look(layout_of(SERIES_REPUTATION), bench->file, &last) ? last : 0;
}

static void assert_nothing_unfinished(const struct bench *bench)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/rrd/.new", bench->dir);
	assert_int_equal(rmdir(path), 0);
	assert_int_equal(mkdir(path, 0700), 0);
}

/* --- what librrd reads from a file --- */

struct fetched {
	rrd_value_t *value;
	size_t rows;
	unsigned long step;
};

static struct fetched fetch(const char *path, const char *function, time_t start, time_t end,
			    unsigned long step)
{
	struct fetched fetched = {.step = step};
	unsigned long sources;
	char **name;

	rrd_clear_error();
	if (rrd_fetch_r(path, function, &start, &end, &fetched.step, &sources, &name,
			&fetched.value) != 0)
		fail_msg("%s: %s", path, rrd_get_error());
	assert_int_equal(sources, SERIES_COUNT);
	fetched.rows = (size_t)(end - start) / fetched.step;
	for (size_t i = 0; i < sources; i++)
		rrd_freemem(name[i]);
	rrd_freemem(name);
	return fetched;
}

static const struct {
	const char *function;
	unsigned long step;
} archives[] = {
    {"AVERAGE", 300}, {"AVERAGE", 3600}, {"AVERAGE", 86400}, {"MAX", 3600}, {"MAX", 86400},
};

/* Returns how many known values both hold. */
static size_t assert_same_pictures(const char *a, const char *b, time_t start, time_t end)
{
	size_t known = 0;

	for (size_t i = 0; i < COUNT_OF(archives); i++) {
		struct fetched one = fetch(a, archives[i].function, start, end, archives[i].step);
		struct fetched other = fetch(b, archives[i].function, start, end, archives[i].step);

		assert_int_equal(one.rows, other.rows);
		assert_int_equal(one.step, other.step);
		for (size_t k = 0; k < one.rows * SERIES_COUNT; k++) {
			if (isnan(one.value[k]) && isnan(other.value[k]))
				continue;
			if (one.value[k] != other.value[k])
				fail_msg("%s %lu s, row %zu: %g and %g", archives[i].function,
					 archives[i].step, k / SERIES_COUNT, one.value[k],
					 other.value[k]);
			known++;
		}
		rrd_freemem(one.value);
		rrd_freemem(other.value);
	}
	return known;
}

/* --- appending and rebuilding --- */

static void test_a_first_point(void **state)
{
	struct bench *bench = *state;
	struct series_point point = point_at(AT);
	struct fetched fetched;
	struct stat st;
	size_t known = 0;

	open_series(bench, "");
	assert_int_equal(last_of(bench), 0);
	assert_int_equal(append_one(bench, AT), SERIES_REBUILD);
	rebuild(bench, &point, 1);
	assert_int_equal(stat(bench->file, &st), 0);
	assert_int_equal(st.st_mode & 07777 & ~0640U, 0);
	assert_int_equal(last_of(bench), AT);
	assert_nothing_unfinished(bench);
	assert_int_equal(append_one(bench, AT + STEP), SERIES_OK);

	/* Both count for the step before them, and for no time before that. */
	fetched = fetch(bench->file, "AVERAGE", AT - DAY, AT + 2 * STEP, STEP);
	for (size_t i = 0; i < fetched.rows; i++)
		if (!isnan(fetched.value[i * SERIES_COUNT])) {
			assert_true(fetched.value[i * SERIES_COUNT + SERIES_LISTINGS] == 1);
			assert_true(fetched.value[i * SERIES_COUNT + SERIES_BLIND] == 2);
			assert_true(fetched.value[i * SERIES_COUNT + SERIES_COVERAGE] == 0.5);
			known++;
		}
	assert_in_range(known, 1, 2);
	rrd_freemem(fetched.value);
	rebuild(bench, NULL, 0); /* nothing known: nothing changes */
	assert_int_equal(last_of(bench), AT + STEP);
}

static void test_names_of_files(void **state)
{
	struct bench *bench = *state;
	const struct series_point point = point_at(AT);
	char path[128];

	open_series(bench, "");
	assert_int_equal(
	    series_rebuild(bench->series, reputation("2001:db8::1"), &point, 1, &bench->err),
	    SERIES_OK);
	snprintf(path, sizeof(path), "%s/rrd/2001-db8--1.rrd", bench->dir);
	assert_int_equal(access(path, F_OK), 0);
}

static void test_what_is_there(void **state)
{
	struct bench *bench = *state;
	const struct series_point point = point_at(AT);
	struct stat st;

	open_series(bench, "");
	assert_false(series_is_there(bench->series, reputation(ADDRESS)));
	rebuild(bench, &point, 1);
	assert_true(series_is_there(bench->series, reputation(ADDRESS)));
	assert_int_equal(stat(bench->file, &st), 0);
	assert_int_equal(truncate(bench->file, st.st_size - 1), 0);
	assert_false(series_is_there(bench->series, reputation(ADDRESS)));
	assert_int_equal(unlink(bench->file), 0);
	assert_int_equal(mkdir(bench->file, 0700), 0);
	assert_false(series_is_there(bench->series, reputation(ADDRESS)));
	assert_int_equal(rmdir(bench->file), 0);
}

static void test_old_points_are_skipped(void **state)
{
	struct bench *bench = *state;
	const struct series_point point[] = {point_at(AT - STEP), point_at(AT), point_at(AT + 60),
					     point_at(AT + STEP)};

	open_series(bench, "");
	rebuild(bench, point, 2);
	assert_int_equal(series_append(bench->series, reputation(ADDRESS), point, 2, &bench->err),
			 SERIES_OK);
	assert_int_equal(last_of(bench), AT);
	assert_int_equal(series_append(bench->series, reputation(ADDRESS), point, 4, &bench->err),
			 SERIES_OK);
	assert_int_equal(last_of(bench), AT + STEP);
	assert_int_equal(series_append(bench->series, reputation(ADDRESS), point, 0, &bench->err),
			 SERIES_OK);
}

/* Irregular, with gaps longer than the heartbeat and with values that are not known. */
static void make_history(struct series_point *point, size_t points)
{
	uint32_t seed = 42;
	int64_t at = AT;

	for (size_t i = 0; i < points; i++) {
		seed = seed * 1103515245U + 12345U;
		at += i % 50 == 49 ? 4 * 3600 : 120 + (seed >> 16) % 1800;
		point[i] = (struct series_point){
		    at, {(seed >> 8) % 9, (seed >> 12) % 3, 1 - (seed >> 20) % 7 / 8.0, NAN}};
		if ((seed >> 24) % 4)
			point[i].value[SERIES_LATENCY] = (seed >> 16) % 4096 / 65536.0;
		if (i % 70 == 0)
			point[i].value[SERIES_LISTINGS] = NAN;
	}
}

/* As librrd does it alone: created for the first point, then one update a point. */
static void write_by_librrd(const char *path, const struct series_point *point, size_t points)
{
	const char *argv[] = {
	    "DS:listings:GAUGE:9000:0:U", "DS:blind:GAUGE:9000:0:U", "DS:coverage:GAUGE:9000:0:U",
	    "DS:latency:GAUGE:9000:0:U",  "RRA:AVERAGE:0.5:1:576",   "RRA:AVERAGE:0.5:12:1440",
	    "RRA:AVERAGE:0.5:288:1095",   "RRA:MAX:0.5:12:1440",     "RRA:MAX:0.5:288:1095"};
	char text[160];
	const char *update = text;

	assert_int_equal(rrd_create_r(path, STEP, point[0].at - STEP, (int)COUNT_OF(argv), argv),
			 0);
	for (size_t i = 0; i < points; i++) {
		int len = snprintf(text, sizeof(text), "%lld", (long long)point[i].at);

		for (size_t k = 0; k < SERIES_COUNT; k++)
			len += isnan(point[i].value[k])
				   ? snprintf(text + len, sizeof(text) - (size_t)len, ":U")
				   : snprintf(text + len, sizeof(text) - (size_t)len, ":%.9g",
					      point[i].value[k]);
		assert_int_equal(rrd_update_r(path, NULL, 1, &update), 0);
	}
}

static void test_rebuilt_equals_appended(void **state)
{
	enum { POINTS = 3000 };
	struct bench *bench = *state;
	static struct series_point point[POINTS];
	char plain[128];
	char rebuilt[128];
	time_t end;

	make_history(point, POINTS);
	end = point[POINTS - 1].at;
	open_series(bench, "");
	rebuild(bench, point, 1);
	for (size_t at = 1; at < POINTS; at++)
		assert_int_equal(
		    series_append(bench->series, reputation(ADDRESS), &point[at], 1, &bench->err),
		    SERIES_OK);
	assert_int_equal(
	    series_rebuild(bench->series, reputation("192.0.2.2"), point, POINTS, &bench->err),
	    SERIES_OK);
	snprintf(rebuilt, sizeof(rebuilt), "%s/rrd/192.0.2.2.rrd", bench->dir);
	snprintf(plain, sizeof(plain), "%s/plain.rrd", bench->dir);
	write_by_librrd(plain, point, POINTS);
	assert_true(assert_same_pictures(bench->file, rebuilt, AT - DAY, end) > POINTS);
	assert_true(assert_same_pictures(bench->file, plain, AT - DAY, end) > POINTS);
}

/* A decimal comma in the operator's language changes nothing. */
static void test_other_languages(void **state)
{
	static const char *const language[] = {"de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8",
					       "fr_FR.utf8", "de_DE"};
	struct bench *bench = *state;
	struct series_point point = point_at(AT);
	struct fetched fetched;
	bool is_set = false;

	for (size_t i = 0; !is_set && i < COUNT_OF(language); i++)
		is_set = setlocale(LC_ALL, language[i]);
	if (!is_set)
		skip();
	open_series(bench, "");
	rebuild(bench, &point, 1);
	assert_int_equal(append_one(bench, AT + 2 * STEP), SERIES_OK);
	assert_string_equal(localeconv()->decimal_point, ",");
	setlocale(LC_ALL, "C");
	fetched = fetch(bench->file, "AVERAGE", AT, AT + STEP, STEP);
	assert_true(fetched.value[SERIES_COVERAGE] == 0.5);
	rrd_freemem(fetched.value);
}

/* --- damaged files --- */

enum damage {
	CUT, /* to `bytes` */
	GROWN, /* by `bytes` */
	ZEROED, /* `bytes` from `at` */
	FILLED, /* likewise, with ones */
	DELETED,
	OTHER_LAYOUT,
	AHEAD, /* by `bytes` seconds */
	IN_PLACE_A_FOLDER,
	IN_PLACE_A_PIPE,
	IN_PLACE_A_LINK
};

static const struct {
	const char *what;
	enum damage damage;
	long at, bytes; /* negative: from the end */
	enum series_result expected;
} damages[] = {
    {"missing", DELETED, 0, 0, SERIES_REBUILD},
    {"empty", CUT, 0, 0, SERIES_REBUILD},
    {"one byte", CUT, 0, 1, SERIES_REBUILD},
    {"cut in the first structure", CUT, 0, 100, SERIES_REBUILD},
    {"cut in the header", CUT, 0, 2000, SERIES_REBUILD},
    {"cut behind the header", CUT, 0, 4096, SERIES_REBUILD},
    {"cut in the middle", CUT, 0, 90000, SERIES_REBUILD},
    {"the last byte is missing", CUT, 0, -1, SERIES_REBUILD},
    {"a byte too many", GROWN, 0, 1, SERIES_REBUILD},
    {"all zeros", ZEROED, 0, 1 << 20, SERIES_REBUILD},
    {"the first page is zeros", ZEROED, 0, 4096, SERIES_REBUILD},
    {"all ones", FILLED, 0, 1 << 20, SERIES_REBUILD},
    {"no magic", ZEROED, 0, 4, SERIES_REBUILD},
    {"another count of sources", ZEROED, 24, 8, SERIES_REBUILD},
    {"row numbers beyond the archives", FILLED, 3240, 40, SERIES_REBUILD},
    {"sources and archives of another layout", OTHER_LAYOUT, 0, 0, SERIES_REBUILD},
    {"a year ahead", AHEAD, 0, 365 * DAY, SERIES_REBUILD},
    {"a little more than a step ahead", AHEAD, 0, STEP + 1, SERIES_REBUILD},
    {"a step ahead", AHEAD, 0, STEP, SERIES_OK},
    {"a folder", IN_PLACE_A_FOLDER, 0, 0, SERIES_REBUILD},
    {"a pipe", IN_PLACE_A_PIPE, 0, 0, SERIES_REBUILD},
    {"a symbolic link", IN_PLACE_A_LINK, 0, 0, SERIES_REBUILD},
};

static void overwrite(const char *path, char byte, long at, long bytes)
{
	const int fd = open(path, O_RDWR);
	struct stat st;

	assert_int_equal(fstat(fd, &st), 0);
	for (; bytes-- && at < st.st_size; at++)
		assert_int_equal(pwrite(fd, &byte, 1, at), 1);
	close(fd);
}

static void make_other_layout(const char *path)
{
	const char *argv[] = {"DS:listed:GAUGE:900:0:U", "RRA:AVERAGE:0.5:1:10"};

	assert_int_equal(rrd_create_r(path, STEP, AT - DAY, 2, argv), 0);
}

static void do_damage(struct bench *bench, size_t row)
{
	const long bytes = damages[row].bytes;
	char aside[128];
	struct stat st;

	snprintf(aside, sizeof(aside), "%s/aside.rrd", bench->dir);
	assert_int_equal(stat(bench->file, &st), 0);
	switch (damages[row].damage) {
	case CUT:
		assert_int_equal(truncate(bench->file, bytes < 0 ? st.st_size + bytes : bytes), 0);
		return;
	case GROWN:
		assert_int_equal(truncate(bench->file, st.st_size + bytes), 0);
		return;
	case ZEROED:
		overwrite(bench->file, 0, damages[row].at, bytes);
		return;
	case FILLED:
		overwrite(bench->file, (char)0xff, damages[row].at, bytes);
		return;
	case AHEAD:
		assert_int_equal(append_one(bench, AT + STEP + bytes), SERIES_OK);
		return;
	case IN_PLACE_A_LINK:
		assert_int_equal(rename(bench->file, aside), 0);
		assert_int_equal(symlink(aside, bench->file), 0);
		return;
	case DELETED:
	case OTHER_LAYOUT:
	case IN_PLACE_A_FOLDER:
	case IN_PLACE_A_PIPE:
		assert_int_equal(unlink(bench->file), 0);
	}
	if (damages[row].damage == OTHER_LAYOUT)
		make_other_layout(bench->file);
	if (damages[row].damage == IN_PLACE_A_FOLDER)
		assert_int_equal(mkdir(bench->file, 0700), 0);
	if (damages[row].damage == IN_PLACE_A_PIPE)
		assert_int_equal(mkfifo(bench->file, 0600), 0);
}

static void test_damaged_files(void **state)
{
	struct bench *bench = *state;
	const struct series_point point[] = {point_at(AT - STEP), point_at(AT),
					     point_at(AT + STEP)};

	open_series(bench, "");
	for (size_t i = 0; i < COUNT_OF(damages); i++) {
		enum series_result result;

		rebuild(bench, point, 2);
		do_damage(bench, i);
		result = append_one(bench, AT + STEP);
		if (result != damages[i].expected)
			fail_msg("%s: %d, %s", damages[i].what, (int)result, bench->err.text);
		if (damages[i].damage == IN_PLACE_A_FOLDER) {
			assert_int_equal(series_rebuild(bench->series, reputation(ADDRESS), point,
							3, &bench->err),
					 SERIES_FAILED);
			assert_non_null(strstr(bench->err.text, bench->file));
			assert_int_equal(rmdir(bench->file), 0);
		}
		rebuild(bench, point, 3);
		assert_int_equal(append_one(bench, AT + 2 * STEP), SERIES_OK);
		assert_nothing_unfinished(bench);
		unlink(bench->file);
	}
}

static void test_the_beginning_of_1970(void **state)
{
	struct bench *bench = *state;
	const struct series_point early = point_at(STEP);
	const struct series_point late = point_at(STEP + 1);

	open_series(bench, "");
	assert_int_equal(series_rebuild(bench->series, reputation(ADDRESS), &early, 1, &bench->err),
			 SERIES_FAILED);
	assert_non_null(strstr(bench->err.text, "1970"));
	rebuild(bench, &late, 1);
}

/* What a killed pass left unfinished is gone at the next opening. */
static void test_the_workshop_is_cleaned(void **state)
{
	struct bench *bench = *state;
	char path[128];

	open_series(bench, "");
	series_close(bench->series);
	snprintf(path, sizeof(path), "%s/rrd/.new/192.0.2.9.rrd", bench->dir);
	assert_true(close(open(path, O_WRONLY | O_CREAT, 0600)) == 0);
	open_series(bench, "");
	assert_nothing_unfinished(bench);
}

static void rebuild_until_killed(struct bench *bench)
{
	static struct series_point point[500];

	make_history(point, COUNT_OF(point));
	for (;;) {
		open_series(bench, "");
		rebuild(bench, point, COUNT_OF(point));
		series_close(bench->series);
	}
}

/* The file in its place is always a whole one. */
static void test_killed_while_rebuilding(void **state)
{
	struct bench *bench = *state;
	const struct series_point point = point_at(AT);
	unsigned seed = 20261121;

	open_series(bench, "");
	rebuild(bench, &point, 1);
	for (int i = 0; i < 50; i++) {
		const pid_t pid = fork();

		assert_true(pid >= 0);
		if (pid == 0)
			rebuild_until_killed(bench);
		seed = seed * 1103515245U + 12345U;
		usleep((seed >> 16) % 8000);
		kill(pid, SIGKILL);
		assert_int_equal(waitpid(pid, NULL, 0), pid);
		series_close(bench->series);
		open_series(bench, "");
		assert_true(last_of(bench) >= AT);
		assert_nothing_unfinished(bench);
	}
}

static void test_no_folder(void **state)
{
	struct bench *bench = *state;

	assert_null(series_open("/nonexistent", "", &bench->err));
	assert_non_null(strstr(bench->err.text, "cannot make '/nonexistent/rrd'"));
}

/* --- counts --- */

enum { COUNTS = 2000, MIDNIGHT = 1789948800 };

static const struct {
	enum series_kind kind;
	const char *suffix;
	size_t sources;
	int64_t step, rows;
} count_kinds[] = {
    {SERIES_HOURS, "-volume-hours", 3, 3600, 62 * 24},
    {SERIES_DAYS, "-volume-days", 4, DAY, 3 * 366},
};

static void make_counts(struct series_point *point, int64_t step)
{
	uint32_t seed = 7;

	for (int64_t i = 0; i < COUNTS; i++) {
		point[i].at = MIDNIGHT - (COUNTS - 1 - i) * step;
		for (size_t k = 0; k < SERIES_COUNT; k++) {
			seed = seed * 1103515245U + 12345U;
			point[i].value[k] = i % 37 == 5 ? NAN : (double)((seed >> 8) % 1000003);
		}
	}
}

/* librrd reads the points, and nothing else, from the file. */
static void assert_holds(const char *path, size_t kind, const struct series_point *point,
			 size_t points)
{
	const size_t sources = count_kinds[kind].sources;
	const int64_t step = count_kinds[kind].step;
	time_t start = point[0].at - step;
	time_t end = point[points - 1].at - step; /* librrd adds a row */
	unsigned long fetched_step = (unsigned long)step;
	unsigned long fetched_sources;
	rrd_value_t *value;
	char **name;

	assert_int_equal(rrd_fetch_r(path, "AVERAGE", &start, &end, &fetched_step, &fetched_sources,
				     &name, &value),
			 0);
	assert_int_equal(fetched_sources, sources);
	assert_int_equal(fetched_step, step);
	assert_int_equal(start, point[0].at - step);
	for (size_t i = 0; i < points; i++)
		for (size_t k = 0; k < sources; k++) {
			const double got = value[i * sources + k];

			if (isnan(got) != isnan(point[i].value[k]) ||
			    (!isnan(got) && got != point[i].value[k]))
				fail_msg("point %zu: %g, not %g", i, got, point[i].value[k]);
		}
	for (size_t i = 0; i < sources; i++)
		rrd_freemem(name[i]);
	rrd_freemem(name);
	rrd_freemem(value);
}

/* As a pass does it; returns whether the file was written anew. */
static bool keep_counts(struct bench *bench, size_t kind, const struct series_point *point,
			size_t points)
{
	const struct series_name name = {count_kinds[kind].kind, ADDRESS};
	struct series_point *copy = xcalloc(points, sizeof(*copy));
	enum series_result result;

	memcpy(copy, point, points * sizeof(*copy));
	result = series_update(bench->series, name, copy, points, &bench->err);
	if (result == SERIES_REBUILD)
		assert_int_equal(series_rebuild(bench->series, name, copy, points, &bench->err),
				 SERIES_OK);
	else
		assert_int_equal(result, SERIES_OK);
	free(copy);
	return result == SERIES_REBUILD;
}

static void keep_one_kind(struct bench *bench, size_t kind, struct series_point *point)
{
	const struct series_point *const kept = point + COUNTS - count_kinds[kind].rows;
	const size_t rows = (size_t)count_kinds[kind].rows;
	char path[128];

	make_counts(point, count_kinds[kind].step);
	snprintf(path, sizeof(path), "%s/rrd/%s%s.rrd", bench->dir, ADDRESS,
		 count_kinds[kind].suffix);
	assert_true(keep_counts(bench, kind, point, 1)); /* missing */
	assert_holds(path, kind, point, 1);
	for (size_t points = 2; points < COUNTS - 9; points += points % 7 + 1)
		assert_false(keep_counts(bench, kind, point, points));
	assert_false(keep_counts(bench, kind, kept, rows - 9));
	assert_false(keep_counts(bench, kind, kept, rows)); /* several at once */
	assert_false(keep_counts(bench, kind, kept, rows)); /* nothing new */
	assert_holds(path, kind, kept, rows);
	point[COUNTS - rows].value[0] = 4; /* the oldest one */
	assert_true(keep_counts(bench, kind, kept, rows));
	assert_holds(path, kind, kept, rows);
	point[COUNTS - 2].value[count_kinds[kind].sources - 1] += 1;
	assert_true(keep_counts(bench, kind, kept, rows));
	assert_holds(path, kind, kept, rows);
	/* The clock was set back by days. */
	assert_true(keep_counts(bench, kind, kept, rows - 20));
	assert_holds(path, kind, kept, rows - 20);
	/* Much later than the file's end. */
	assert_true(keep_counts(bench, kind, kept + rows - 10, 10));
	assert_holds(path, kind, kept + rows - 10, 10);
	overwrite(path, 0, 0, 100);
	assert_true(keep_counts(bench, kind, kept, rows));
	assert_holds(path, kind, kept, rows);
}

static void test_counts_are_kept(void **state)
{
	static struct series_point point[COUNTS];
	struct bench *bench = *state;

	open_series(bench, "");
	for (size_t i = 0; i < COUNT_OF(count_kinds); i++)
		keep_one_kind(bench, i, point);
	assert_int_equal(access(bench->file, F_OK), -1);
	assert_nothing_unfinished(bench);
}

/* What the store has forgotten stays in the file, also in one that is written anew. */
static void test_unknown_counts_stay_what_they_were(void **state)
{
	enum { DAYS = 1 }; /* in count_kinds */
	static struct series_point point[COUNTS];
	struct bench *bench = *state;
	struct series_point now[5];
	char path[128];

	open_series(bench, "");
	make_counts(point, DAY);
	snprintf(path, sizeof(path), "%s/rrd/%s-volume-days.rrd", bench->dir, ADDRESS);
	assert_true(keep_counts(bench, DAYS, point + 10, 4));
	memcpy(now, point + 10, sizeof(now));
	now[0].value[SERIES_BLOCKED] = now[1].value[SERIES_BLOCKED] = NAN;
	assert_false(keep_counts(bench, DAYS, now, 4));
	point[13].value[SERIES_VOLUME] = now[3].value[SERIES_VOLUME] = 5;
	assert_true(keep_counts(bench, DAYS, now, 5));
	assert_holds(path, DAYS, point + 10, 5);
}

/* --- a full disk --- */

static void fill_disk(const char *path)
{
	static const char block[1024];
	const int fd = open(path, O_WRONLY | O_CREAT, 0600);

	while (write(fd, block, sizeof(block)) > 0)
		;
	close(fd);
}

/* In a child, whose mounts are its own. The room is less than one file, or than two. */
static int use_a_full_disk(struct bench *bench)
{
	const struct series_point point[] = {point_at(AT), point_at(AT + STEP)};
	char filler[128];

	if (unshare(CLONE_NEWNS) != 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0 ||
	    mount("none", bench->dir, "tmpfs", 0, "size=500k") != 0)
		return SKIP;
	snprintf(filler, sizeof(filler), "%s/filler", bench->dir);
	open_series(bench, "");
	rebuild(bench, point, 1);
	fill_disk(filler);
	/* Files that are there go on. */
	assert_int_equal(append_one(bench, AT + STEP), SERIES_OK);
	assert_int_equal(
	    series_rebuild(bench->series, reputation("192.0.2.2"), point, 2, &bench->err),
	    SERIES_FAILED);
	assert_non_null(strstr(bench->err.text, "No space left"));
	assert_nothing_unfinished(bench);
	series_close(bench->series);
	/* One that has to make its blank on the full disk. */
	open_series(bench, "");
	assert_int_equal(append_one(bench, AT + 2 * STEP), SERIES_OK);
	assert_int_equal(series_rebuild(bench->series, reputation(ADDRESS), point, 2, &bench->err),
			 SERIES_FAILED);
	assert_non_null(strstr(bench->err.text, "the disk is full"));
	assert_nothing_unfinished(bench);
	assert_int_equal(last_of(bench), AT + 2 * STEP);
	unlink(filler);
	assert_int_equal(series_rebuild(bench->series, reputation(ADDRESS), point, 2, &bench->err),
			 SERIES_OK);
	series_close(bench->series);
	bench->series = NULL;
	return 0;
}

static void test_a_full_disk(void **state)
{
	struct bench *bench = *state;
	int status;
	pid_t pid;

	if (geteuid() != 0)
		skip();
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0)
		_exit(use_a_full_disk(bench));
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == SKIP)
		skip();
	assert_int_equal(WEXITSTATUS(status), 0);
}

/* --- rrdcached --- */

struct daemon {
	char address[96];
	pid_t pid;
};

static void start_daemon(const struct bench *bench, const char *base, struct daemon *daemon)
{
	char pid_file[96];
	struct err why;
	struct rrdcached *caller = NULL;

	snprintf(daemon->address, sizeof(daemon->address), "unix:%s/d.sock", bench->dir);
	snprintf(pid_file, sizeof(pid_file), "%s/d.pid", bench->dir);
	daemon->pid = fork();
	assert_true(daemon->pid >= 0);
	if (daemon->pid == 0) {
		execl(RRDCACHED, RRDCACHED, "-g", "-p", pid_file, "-l", daemon->address, "-b", base,
		      "-B", "-w", "3600", "-f", "7200", (char *)NULL);
		_exit(127);
	}
	while (!caller && waitpid(daemon->pid, NULL, WNOHANG) == 0) {
		caller = rrdcached_open(daemon->address, &why);
		sched_yield();
	}
	assert_non_null(caller);
	rrdcached_close(caller);
}

/* SIGTERM makes it write what it holds. */
static void end_daemon(const struct daemon *daemon, int signal_number)
{
	assert_int_equal(kill(daemon->pid, signal_number), 0);
	assert_int_equal(waitpid(daemon->pid, NULL, 0), daemon->pid);
}

static void test_through_the_daemon(void **state)
{
	struct bench *bench = *state;
	const struct series_point point[] = {point_at(AT), point_at(AT + STEP),
					     point_at(AT + 2 * STEP)};
	struct daemon daemon;

	if (access(RRDCACHED, X_OK) != 0)
		skip();
	start_daemon(bench, bench->dir, &daemon);
	open_series(bench, daemon.address);
	rebuild(bench, point, 1);
	assert_int_equal(series_append(bench->series, reputation(ADDRESS), point, 2, &bench->err),
			 SERIES_OK);
	/* Sent again: what the daemon holds is not in the file yet. */
	assert_int_equal(last_of(bench), AT);
	assert_int_equal(series_append(bench->series, reputation(ADDRESS), point, 3, &bench->err),
			 SERIES_OK);
	assert_string_equal(series_notice(bench->series), "");
	end_daemon(&daemon, SIGTERM);
	assert_int_equal(last_of(bench), AT + 2 * STEP);
}

/* What it held is dropped with the old file, and it takes the new one from there. */
static void test_the_daemon_and_a_rebuilt_file(void **state)
{
	struct bench *bench = *state;
	const struct series_point point[] = {point_at(AT), point_at(AT + STEP)};
	struct daemon daemon;

	if (access(RRDCACHED, X_OK) != 0)
		skip();
	start_daemon(bench, bench->dir, &daemon);
	open_series(bench, daemon.address);
	rebuild(bench, point, 1);
	assert_int_equal(append_one(bench, AT + DAY), SERIES_OK);
	rebuild(bench, point, 1);
	assert_int_equal(series_append(bench->series, reputation(ADDRESS), point, 2, &bench->err),
			 SERIES_OK);
	assert_string_equal(series_notice(bench->series), "");
	end_daemon(&daemon, SIGTERM);
	assert_int_equal(last_of(bench), AT + STEP);
}

/* A count that changes while the daemon still has the old one: the file ends up with the new. */
static void test_the_daemon_and_counts(void **state)
{
	static struct series_point point[COUNTS];
	struct bench *bench = *state;
	struct daemon daemon;
	char path[128];

	if (access(RRDCACHED, X_OK) != 0)
		skip();
	start_daemon(bench, bench->dir, &daemon);
	open_series(bench, daemon.address);
	make_counts(point, count_kinds[0].step);
	snprintf(path, sizeof(path), "%s/rrd/%s-volume-hours.rrd", bench->dir, ADDRESS);
	assert_true(keep_counts(bench, 0, point, 2));
	assert_false(keep_counts(bench, 0, point, 4));
	point[3].value[SERIES_VOLUME] += 1;
	assert_false(keep_counts(bench, 0, point, 5));
	end_daemon(&daemon, SIGTERM);
	series_close(bench->series);
	open_series(bench, "");
	assert_true(keep_counts(bench, 0, point, 5));
	assert_holds(path, 0, point, 5);
}

static void test_the_daemon_dies(void **state)
{
	struct bench *bench = *state;
	const struct series_point point[] = {point_at(AT), point_at(AT + STEP),
					     point_at(AT + 2 * STEP)};
	struct daemon daemon;

	if (access(RRDCACHED, X_OK) != 0)
		skip();
	start_daemon(bench, bench->dir, &daemon);
	open_series(bench, daemon.address);
	rebuild(bench, point, 1);
	assert_int_equal(series_append(bench->series, reputation(ADDRESS), point, 2, &bench->err),
			 SERIES_OK);
	end_daemon(&daemon, SIGKILL);
	/* With the points since the file's last update the lost one is back. */
	assert_int_equal(series_append(bench->series, reputation(ADDRESS), point, 3, &bench->err),
			 SERIES_OK);
	assert_non_null(strstr(series_notice(bench->series), "written directly"));
	assert_int_equal(last_of(bench), AT + 2 * STEP);
}

static void test_the_daemon_refuses_the_folder(void **state)
{
	struct bench *bench = *state;
	const struct series_point point = point_at(AT);
	struct daemon daemon;

	if (access(RRDCACHED, X_OK) != 0)
		skip();
	start_daemon(bench, "/var/lib", &daemon);
	open_series(bench, daemon.address);
	rebuild(bench, &point, 1);
	assert_int_equal(append_one(bench, AT + STEP), SERIES_OK);
	assert_non_null(strstr(series_notice(bench->series), "written directly"));
	assert_int_equal(last_of(bench), AT + STEP);
	end_daemon(&daemon, SIGTERM);
}

static const struct {
	const char *address;
	const char *notice;
} unreachable[] = {
    {"unix:/nonexistent.sock", "No such file"},
    {"/nonexistent.sock", "No such file"},
    {"127.0.0.1:42217", "not the path of a local"},
    {"unix:relative.sock", "not the path of a local"},
    {"/0123456789012345678901234567890123456789012345678901234567890123456789"
     "012345678901234567890123456789012345678901234567890",
     "name too long"},
};

static void test_no_daemon(void **state)
{
	struct bench *bench = *state;
	const struct series_point point = point_at(AT);

	for (size_t i = 0; i < COUNT_OF(unreachable); i++) {
		open_series(bench, unreachable[i].address);
		rebuild(bench, &point, 1);
		assert_int_equal(append_one(bench, AT + STEP), SERIES_OK);
		if (!strstr(series_notice(bench->series), unreachable[i].notice))
			fail_msg("%s: %s", unreachable[i].address, series_notice(bench->series));
		series_close(bench->series);
	}
	bench->series = NULL;
}

/* A stopped daemon: the kernel still takes its connections. It costs its limit once. */
static void test_a_silent_daemon(void **state)
{
	struct bench *bench = *state;
	const struct series_point point = point_at(AT);
	struct sockaddr_un at = {.sun_family = AF_UNIX};
	const int listener = socket(AF_UNIX, SOCK_STREAM, 0);
	struct timespec before;
	struct timespec after;

	snprintf(at.sun_path, sizeof(at.sun_path), "%s/d.sock", bench->dir);
	assert_int_equal(bind(listener, (const struct sockaddr *)&at, sizeof(at)), 0);
	assert_int_equal(listen(listener, 1), 0);
	clock_gettime(CLOCK_MONOTONIC, &before);
	open_series(bench, at.sun_path);
	rebuild(bench, &point, 1);
	for (int i = 1; i < 10; i++)
		assert_int_equal(append_one(bench, AT + i * STEP), SERIES_OK);
	clock_gettime(CLOCK_MONOTONIC, &after);
	assert_in_range(after.tv_sec - before.tv_sec, 0, 2 * RRDCACHED_LIMIT_MS / 1000);
	assert_non_null(strstr(series_notice(bench->series), "does not answer"));
	close(listener);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
	const struct CMUnitTest tests[] = {
	    TEST(test_a_first_point),
	    TEST(test_names_of_files),
	    TEST(test_what_is_there),
	    TEST(test_old_points_are_skipped),
	    TEST(test_rebuilt_equals_appended),
	    TEST(test_other_languages),
	    TEST(test_damaged_files),
	    TEST(test_the_beginning_of_1970),
	    TEST(test_the_workshop_is_cleaned),
	    TEST(test_killed_while_rebuilding),
	    TEST(test_no_folder),
	    TEST(test_counts_are_kept),
	    TEST(test_unknown_counts_stay_what_they_were),
	    TEST(test_a_full_disk),
	    TEST(test_through_the_daemon),
	    TEST(test_the_daemon_and_a_rebuilt_file),
	    TEST(test_the_daemon_and_counts),
	    TEST(test_the_daemon_dies),
	    TEST(test_the_daemon_refuses_the_folder),
	    TEST(test_no_daemon),
	    TEST(test_a_silent_daemon),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
