#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "folder.h"

#include "base/mem.h"
#include "store/incidents.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { AT = 1790000000, DAY = 86400 };

struct bench {
	char dir[FOLDER_BYTES];
	struct arena *arena;
	struct store *store;
	struct err err;
};

static void must(struct bench *bench, bool ok)
{
	if (!ok)
		fail_msg("%s", bench->err.text);
}

static int set_up(void **state)
{
	struct bench *bench = xcalloc(1, sizeof(*bench));

	folder_make(bench->dir);
	bench->arena = arena_new();
	bench->store = store_open(bench->dir, STORE_WRITE, &bench->err);
	must(bench, bench->store != NULL);
	must(bench, store_begin(bench->store, &bench->err));
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

static const struct incident_item items[] = {
    {.address = "192.0.2.10",
     .name = "www1",
     .pool = "shared-a",
     .check = "dnsbl",
     .subject = "bl.example",
     .to = "listed",
     .severity = SEVERITY_CRITICAL,
     .since = AT,
     .text = "it says: \x1b[31m"},
    {.address = "192.0.2.10",
     .name = "www1",
     .pool = "shared-a",
     .check = "ptr",
     .subject = "",
     .to = "broken",
     .severity = SEVERITY_MAJOR,
     .since = AT + 1,
     .ended_at = AT + 2,
     .is_muted = true,
     .text = ""},
};

static struct incident sample(const char *uid)
{
	return (struct incident){
	    .uid = uid,
	    .kind = INCIDENT_ADDRESS,
	    .subject = "192.0.2.10",
	    .pool = "shared-a",
	    .severity = SEVERITY_CRITICAL,
	    .opened_at = AT,
	    .told_at = AT + 3,
	    .reminders = 2,
	    .seq = 4,
	    .flaps = 1,
	    .is_baseline = true,
	    .told_severity = SEVERITY_MAJOR,
	    .told_items = 7,
	    .item = items,
	    .items = COUNT_OF(items),
	};
}

static void load(struct bench *bench, int64_t since, struct incident **out, size_t *count)
{
	must(bench, incidents_load(bench->store, since, bench->arena, out, count, &bench->err));
}

static void what_is_saved_comes_back(void **state)
{
	struct bench *const bench = *state;
	struct incident saved = sample("a");
	struct incident *seen;
	size_t count;

	must(bench, incidents_save(bench->store, &saved, &bench->err));
	assert_int_equal(saved.id, 1);
	saved.seq = 5;
	must(bench, incidents_save(bench->store, &saved, &bench->err));
	load(bench, 0, &seen, &count);
	assert_int_equal(count, 1);
	assert_int_equal(seen->id, 1);
	assert_string_equal(seen->uid, "a");
	assert_string_equal(seen->subject, "192.0.2.10");
	assert_string_equal(seen->pool, "shared-a");
	assert_int_equal(seen->severity, SEVERITY_CRITICAL);
	assert_int_equal(seen->opened_at, AT);
	assert_int_equal(seen->told_at, AT + 3);
	assert_int_equal(seen->reminders, 2);
	assert_int_equal(seen->seq, 5);
	assert_int_equal(seen->flaps, 1);
	assert_true(seen->is_baseline);
	assert_false(seen->is_told);
	assert_int_equal(seen->told_severity, SEVERITY_MAJOR);
	assert_int_equal(seen->told_items, 7);
	assert_int_equal(seen->items, 2);
	assert_string_equal(seen->item[0].text, items[0].text);
	assert_string_equal(seen->item[0].name, "www1");
	assert_string_equal(seen->item[0].to, "listed");
	assert_string_equal(seen->item[1].check, "ptr");
	assert_int_equal(seen->item[1].ended_at, AT + 2);
	assert_int_equal(seen->item[1].since, AT + 1);
	assert_true(seen->item[1].is_muted);
	assert_null(seen->item[0].list);
}

static void what_may_still_matter_is_loaded(void **state)
{
	static const struct {
		const char *uid;
		int64_t ended_at;
		bool is_told, is_loaded;
	} row[] = {
	    {"open", 0, true, true},
	    {"just ended", AT - DAY + 1, false, true},
	    {"long ended", AT - DAY, false, false},
	    {"its end was not told", AT - 3 * DAY, true, true},
	};
	struct bench *const bench = *state;
	struct incident *seen;
	size_t count;
	size_t at = 0;

	for (size_t i = 0; i < COUNT_OF(row); i++) {
		struct incident incident = sample(row[i].uid);

		incident.ended_at = row[i].ended_at;
		incident.is_told = row[i].is_told;
		must(bench, incidents_save(bench->store, &incident, &bench->err));
	}
	load(bench, AT - DAY, &seen, &count);
	for (size_t i = 0; i < COUNT_OF(row); i++)
		if (row[i].is_loaded)
			assert_string_equal(seen[at++].uid, row[i].uid);
	assert_int_equal(count, at);
}

static void old_ones_are_dropped_with_their_items(void **state)
{
	struct bench *const bench = *state;
	struct incident old = sample("old");
	struct incident open = sample("open");
	struct incident *seen;
	size_t count;
	int64_t opened, ended;

	old.ended_at = AT;
	open.opened_at = AT + 5 * DAY;
	must(bench, incidents_save(bench->store, &old, &bench->err));
	must(bench, incidents_save(bench->store, &open, &bench->err));
	must(bench, incidents_count(bench->store, AT, &opened, &ended, &bench->err));
	assert_int_equal(opened, 2);
	assert_int_equal(ended, 1);
	must(bench, incidents_count(bench->store, AT + DAY, &opened, &ended, &bench->err));
	assert_int_equal(opened, 1);
	assert_int_equal(ended, 0);
	must(bench, incidents_trim(bench->store, AT + 4LL * 366 * DAY, &bench->err));
	load(bench, 0, &seen, &count);
	assert_int_equal(count, 1);
	assert_string_equal(seen->uid, "open");
}

static void mutes_last_until_their_end(void **state)
{
	struct bench *const bench = *state;
	struct mute first = {.address = "192.0.2.10",
			     .subject = "bl.example",
			     .from = AT,
			     .until = AT + DAY,
			     .reason = "moving",
			     .made_at = AT};
	struct mute second = {.address = "shared-a",
			      .subject = "",
			      .from = AT + DAY,
			      .until = AT + 2 * DAY,
			      .reason = "window",
			      .made_at = AT};
	struct mute *seen;
	size_t count;
	bool was_there;

	must(bench, mutes_add(bench->store, &first, &bench->err));
	must(bench, mutes_add(bench->store, &second, &bench->err));
	must(bench, mutes_load(bench->store, AT, bench->arena, &seen, &count, &bench->err));
	assert_int_equal(count, 2);
	assert_string_equal(seen[0].subject, "bl.example");
	assert_string_equal(seen[0].reason, "moving");
	assert_int_equal(seen[1].from, AT + DAY);
	must(bench, mutes_end(bench->store, second.id, AT + 1, &was_there, &bench->err));
	assert_true(was_there);
	must(bench, mutes_end(bench->store, second.id, AT + 1, &was_there, &bench->err));
	assert_false(was_there);
	must(bench, mutes_end(bench->store, 99, AT, &was_there, &bench->err));
	assert_false(was_there);
	must(bench, mutes_load(bench->store, AT + 2, bench->arena, &seen, &count, &bench->err));
	assert_int_equal(count, 1);
	assert_int_equal(seen->id, first.id);
	must(bench, mutes_load(bench->store, AT + DAY, bench->arena, &seen, &count, &bench->err));
	assert_int_equal(count, 0);
}

static void how_far_alerts_have_come(void **state)
{
	struct bench *const bench = *state;
	struct alerting seen;

	must(bench, alerting_load(bench->store, &seen, &bench->err));
	assert_int_equal(seen.began_at, 0);
	must(bench, alerting_save(bench->store, &(struct alerting){AT, AT}, &bench->err));
	must(bench, alerting_save(bench->store, &(struct alerting){AT, AT + 1}, &bench->err));
	must(bench, alerting_load(bench->store, &seen, &bench->err));
	assert_int_equal(seen.began_at, AT);
	assert_int_equal(seen.weekly_at, AT + 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(what_is_saved_comes_back, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(what_may_still_matter_is_loaded, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(old_ones_are_dropped_with_their_items, set_up,
					    tear_down),
	    cmocka_unit_test_setup_teardown(mutes_last_until_their_end, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(how_far_alerts_have_come, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
