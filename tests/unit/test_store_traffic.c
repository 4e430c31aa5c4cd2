#include "folder.h"

#include "base/mem.h"
#include "store/traffic.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

static const struct receiver_view receivers[] = {
    {"gmail", 10, 2, 1, 1795000000, 3, REPLY_RATE_LIMIT, SCOPE_IP, "421 slow \xff down"},
    {"microsoft", 40, 0, 0, 0, 0, REPLY_OTHER, SCOPE_UNKNOWN, ""},
};
static const struct suspect suspects[] = {
    {"a@example.jp", 90, 1.25, 72, 0.9, 0.1, 0, 3, 7.5},
    {"b@example.jp", 5, 5, 1, 0.05, 0, 0, 1, 0.5},
};

static struct traffic full(void)
{
	struct traffic traffic = {
	    .volume = {.level = VOLUME_SPIKE,
		       .yesterday = 53,
		       .today = 20,
		       .projected = 60,
		       .month_mean = 1.0 / 3,
		       .ratio = 159,
		       .usual = NAN,
		       .surprise = 12.5,
		       .history_days = 31},
	    .receiver = receivers,
	    .receivers = COUNT_OF(receivers),
	    .suspect = suspects,
	    .suspects = COUNT_OF(suspects),
	    .unmatched = 4,
	};

	snprintf(traffic.volume.reason, sizeof(traffic.volume.reason), "159 times as much");
	return traffic;
}

static void assert_differs(const struct traffic *kept, struct traffic changed, const char *what)
{
	if (traffic_is_same(kept, &changed))
		fail_msg("%s is no change", what);
}

static void assert_each_change_counts(const struct traffic *kept)
{
#define CHANGED(field, value)                                                                      \
	do {                                                                                       \
		struct traffic changed = full();                                                   \
		struct receiver_view receiver[COUNT_OF(receivers)] = {receivers[0], receivers[1]}; \
		struct suspect suspect[COUNT_OF(suspects)] = {suspects[0], suspects[1]};           \
                                                                                                   \
		changed.receiver = receiver;                                                       \
		changed.suspect = suspect;                                                         \
		field = value;                                                                     \
		assert_differs(kept, changed, #field);                                             \
	} while (0)
	CHANGED(changed.volume.level, VOLUME_NORMAL);
	CHANGED(changed.volume.yesterday, 54);
	CHANGED(changed.volume.today, 21);
	CHANGED(changed.volume.projected, 61);
	CHANGED(changed.volume.month_mean, 0.3);
	CHANGED(changed.volume.ratio, 158);
	CHANGED(changed.volume.usual, 0);
	CHANGED(changed.volume.surprise, 12);
	CHANGED(changed.volume.is_today, true);
	CHANGED(changed.volume.history_days, 30);
	CHANGED(changed.volume.reason[0], '2');
	CHANGED(changed.unmatched, 5);
	CHANGED(changed.receivers, 1);
	CHANGED(receiver[0].receiver, "gmx");
	CHANGED(receiver[0].sent, 11);
	CHANGED(receiver[0].deferred, 1);
	CHANGED(receiver[0].bounced, 2);
	CHANGED(receiver[0].blocked_since, 0);
	CHANGED(receiver[0].refused, 4);
	CHANGED(receiver[0].cause, REPLY_OTHER);
	CHANGED(receiver[0].scope, SCOPE_UNKNOWN);
	CHANGED(receiver[0].words, "421");
	CHANGED(changed.suspects, 1);
	CHANGED(suspect[0].account, "c@example.jp");
	CHANGED(suspect[0].sent, 91);
	CHANGED(suspect[0].usual, 1);
	CHANGED(suspect[0].factor, 71);
	CHANGED(suspect[0].share, 0.8);
	CHANGED(suspect[0].bounce_share, 0.2);
	CHANGED(suspect[0].unknown_share, 0.2);
	CHANGED(suspect[0].receivers, 2);
	CHANGED(suspect[0].score, 7);
	CHANGED(suspect[0], suspects[1]);
#undef CHANGED
}

static void what_is_kept_is_the_same(void **state)
{
	char dir[FOLDER_BYTES];
	struct arena *const arena = arena_new();
	struct stored_address address = {.address = "192.0.2.1"};
	const struct traffic now = full();
	struct stored_traffic *kept;
	struct store *store;
	struct err err;
	size_t count;

	(void)state;
	folder_make(dir);
	store = store_open(dir, STORE_WRITE, &err);
	assert_non_null(store);
	assert_true(store_begin(store, &err) && store_save_address(store, &address, &err) &&
		    traffic_save(store, address.id, &now, &err) && store_commit(store, &err));
	assert_true(traffic_load(store, arena, &kept, &count, &err));
	assert_false(traffic_is_same(traffic_find(kept, count, address.id + 1), &now));
	assert_true(traffic_is_same(traffic_find(kept, count, address.id), &now));
	assert_each_change_counts(traffic_find(kept, count, address.id));
	store_close(store);
	folder_remove(dir);
	arena_free(arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_is_kept_is_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
