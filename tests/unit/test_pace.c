#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "dns/pace.h"

static void nothing_measured_means_patience(void **state)
{
	const struct round_trip trip = {0};

	(void)state;
	assert_int_equal(round_trip_resend_us(&trip), PACE_UNKNOWN_US);
	assert_int_equal(round_trip_straggle_us(&trip), PACE_UNKNOWN_US);
}

/* Round trips in milliseconds, and the bounds of the time to send again. */
static const struct {
	const char *what;
	int64_t sample_ms[6];
	int64_t least_ms, most_ms;
} trip_case[] = {
    {"a near server is not asked sooner than politeness allows", {1, 1, 1, 1, 1, 1}, 100, 100},
    {"a steady far one a little above its round trip", {300, 300, 300, 300, 300, 300}, 300, 600},
    {"a jumpy one gets more room", {50, 250, 50, 250, 50, 250}, 300, 900},
};

static void resending_follows_what_was_measured(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(trip_case); i++) {
		struct round_trip trip = {0};
		int64_t resend_ms;

		for (size_t j = 0; j < COUNT_OF(trip_case[i].sample_ms); j++)
			round_trip_add(&trip, trip_case[i].sample_ms[j] * 1000);
		resend_ms = round_trip_resend_us(&trip) / 1000;
		if (resend_ms < trip_case[i].least_ms || resend_ms > trip_case[i].most_ms)
			fail_msg("%s: %lld ms", trip_case[i].what, (long long)resend_ms);
	}
}

/* Plays a server that answers after `trip_us`, but at most one every `service_us`: the
 * window it ends up with after so many answers. */
static uint32_t play(int64_t trip_us, int64_t service_us, uint32_t max, int answers)
{
	const struct round_trip trip = {.smoothed_us = trip_us};
	struct window window = window_of(max);
	int64_t now_us = 1000000;

	window_send(&window, now_us);
	for (int i = 0; i < answers; i++) {
		/* A full window brings one answer every trip/window, or as the server can. */
		const int64_t gap_us = trip_us / window.size;

		now_us += gap_us > service_us ? gap_us : service_us;
		window.was_full = true;
		window_answer(&window, &trip, now_us);
	}
	return window.size;
}

static void a_window_grows_while_growing_pays(void **state)
{
	(void)state;
	/* 25 ms away and fast: only the window limits it. */
	assert_int_equal(play(25000, 1, 1000, 20000), 1000);
	/* Next door: the server is the limit, a wide window would only fill its buffer. */
	assert_int_equal(play(100, 5, 1000, 20000), WINDOW_FIRST);
	/* Far, but slow. */
	assert_int_equal(play(5000, 100, 1000, 20000), WINDOW_FIRST);
	/* Never more than the operator allows. */
	assert_int_equal(play(25000, 1, 50, 20000), 50);
}

static void a_window_that_was_never_full_learns_nothing(void **state)
{
	const struct round_trip far = {.smoothed_us = 25000};
	struct window window = window_of(1000);

	(void)state;
	window_send(&window, 1000);
	for (int i = 0; i < 10000; i++)
		window_answer(&window, &far, 1000 + i * 100);
	assert_int_equal(window.size, WINDOW_FIRST);
}

static void a_bucket_keeps_its_rate_with_small_bursts(void **state)
{
	struct bucket bucket = bucket_of(10);
	int64_t now_us = 1000000;
	int taken = 0;

	(void)state;
	for (int tick = 0; tick < 1000; tick++, now_us += 10000)
		while (bucket_due_us(&bucket) <= now_us) {
			bucket_take(&bucket, now_us);
			taken++;
		}
	/* Ten seconds at ten a second, and the burst at the start. */
	assert_in_range(taken, 100, 100 + BUCKET_BURST + 1);
	bucket = bucket_of(0);
	bucket_take(&bucket, now_us);
	assert_int_equal(bucket_due_us(&bucket), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(nothing_measured_means_patience),
	    cmocka_unit_test(resending_follows_what_was_measured),
	    cmocka_unit_test(a_window_grows_while_growing_pays),
	    cmocka_unit_test(a_window_that_was_never_full_learns_nothing),
	    cmocka_unit_test(a_bucket_keeps_its_rate_with_small_bursts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
