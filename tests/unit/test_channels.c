#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "folder.h"

#include "base/mem.h"
#include "store/channels.h"
#include "store/incidents.h"
#include "store/outbox.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { AT = 1790000000 };

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

static const char *joined(struct bench *bench, const char **text, size_t count)
{
	const char *all = "";

	for (size_t i = 0; i < count; i++)
		all = arena_printf(bench->arena, "%s%s%s", all, i ? " " : "", text[i]);
	return all;
}

static const char *begun(struct bench *bench)
{
	const char **name;
	size_t count;

	must(bench, channels_load(bench->store, bench->arena, &name, &count, &bench->err));
	return joined(bench, name, count);
}

static void a_channel_begins_once(void **state)
{
	struct bench *bench = *state;

	assert_string_equal(begun(bench), "");
	must(bench, channels_begin(bench->store, "noc", AT, &bench->err));
	must(bench, channels_begin(bench->store, "chat", AT, &bench->err));
	must(bench, channels_begin(bench->store, "noc", AT + 1, &bench->err));
	assert_string_equal(begun(bench), "chat noc");
	must(bench, channels_forget(bench->store, "chat", &bench->err));
	must(bench, channels_forget(bench->store, "chat", &bench->err));
	assert_string_equal(begun(bench), "noc");
}

/* Alarms as "CHANNEL UID incident...", incidents by number: those from 1 to 3 go on, 4 has ended and
 * its end is not told yet, from 5 on all is over. */
static const struct {
	const char *why;
	const char *channel, *uid;
	int incident[3];
	bool is_over;
} alarms[] = {
    {"one that goes on", "pager", "a", {1}, false},
    {"one that ended", "pager", "b", {5}, true},
    {"one whose end is told later", "pager", "c", {4}, false},
    {"a digest of which one goes on", "pager", "d", {5, 2, 6}, false},
    {"a digest of what ended", "pager", "e", {5, 6, 7}, true},
    {"another channel's", "other", "f", {5}, false},
    {"another channel's of the same incident", "other", "b", {5}, false},
};

static int64_t add_incident(struct bench *bench, int number)
{
	struct incident incident = {
	    .uid = arena_printf(bench->arena, "%020d", number),
	    .subject = "192.0.2.1",
	    .pool = "",
	    .opened_at = AT,
	    .ended_at = number > 3 ? AT + 60 : 0,
	    .is_told = number <= 4,
	};

	must(bench, incidents_save(bench->store, &incident, &bench->err));
	return incident.id;
}

static const char *over(struct bench *bench)
{
	const char **uid;
	size_t count;

	must(bench, alarms_over(bench->store, "pager", bench->arena, &uid, &count, &bench->err));
	return joined(bench, uid, count);
}

static void an_alarm_is_over_when_all_it_stands_for_is(void **state)
{
	struct bench *bench = *state;
	int64_t id[8] = {0};

	for (int i = 1; i < 8; i++)
		id[i] = add_incident(bench, i);
	for (size_t i = 0; i < COUNT_OF(alarms); i++)
		for (size_t j = 0; j < 3 && alarms[i].incident[j]; j++)
			must(bench, alarms_raise(bench->store, alarms[i].channel, alarms[i].uid,
						 id[alarms[i].incident[j]], &bench->err));
	/* Told again, it is still one. */
	must(bench, alarms_raise(bench->store, "pager", "b", id[5], &bench->err));
	for (size_t i = 0; i < COUNT_OF(alarms); i++) {
		const bool is_over = strcmp(alarms[i].channel, "pager") == 0 &&
				     strstr(over(bench), alarms[i].uid) != NULL;

		if (is_over != alarms[i].is_over)
			fail_msg("%s", alarms[i].why);
	}
	must(bench, alarms_drop(bench->store, "pager", "b", &bench->err));
	assert_string_equal(over(bench), "e");
}

static void add_letter(struct bench *bench, const char *channel, const char *uid,
		       enum outbox_state state)
{
	struct outbox_letter letter = {
	    .key = arena_printf(bench->arena, "%s.1.%s%d", uid, channel, (int)state),
	    .uid = uid,
	    .channel = channel,
	    .kind = "opened",
	    .severity = "major",
	    .content_type = "",
	    .subject = "",
	    .body = "",
	    .created_at = AT,
	    .error = "",
	    .state = state,
	};

	must(bench, outbox_add(bench->store, &letter, &bench->err));
}

static void what_was_not_taken_goes_with_its_alarm(void **state)
{
	struct bench *bench = *state;
	struct outbox_letter *letter;
	struct outbox_counts counts;
	size_t letters;

	add_letter(bench, "pager", "a", OUTBOX_PENDING);
	add_letter(bench, "pager", "a", OUTBOX_SENT);
	add_letter(bench, "pager", "a", OUTBOX_DEAD);
	add_letter(bench, "pager", "b", OUTBOX_PENDING);
	add_letter(bench, "other", "a", OUTBOX_PENDING);
	must(bench, alarms_drop(bench->store, "pager", "a", &bench->err));
	must(bench, outbox_list(bench->store, OUTBOX_PENDING, bench->arena, &letter, &letters,
				&bench->err));
	assert_int_equal(letters, 2);
	assert_string_equal(letter[0].uid, "b");
	assert_string_equal(letter[1].channel, "other");
	must(bench, outbox_counts(bench->store, &counts, &bench->err));
	assert_int_equal(counts.dead, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(a_channel_begins_once, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(an_alarm_is_over_when_all_it_stands_for_is, set_up,
					    tear_down),
	    cmocka_unit_test_setup_teardown(what_was_not_taken_goes_with_its_alarm, set_up,
					    tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
