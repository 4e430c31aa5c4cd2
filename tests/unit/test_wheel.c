#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <stdlib.h>

#include "base/mem.h"
#include "base/wheel.h"

enum { TURN_US = WHEEL_TICK_US * WHEEL_SLOTS };

static const struct {
	const char *what;
	int64_t due_us, before_us, after_us; /* not yet at `before`, fired at `after` */
} fire_case[] = {
    {"soon", 5000, 4999, 5000 + 2 * WHEEL_TICK_US},
    {"at once", 0, -1, WHEEL_TICK_US * 2},
    {"after a whole turn of the wheel", TURN_US + 5000, TURN_US,
     TURN_US + 5000 + 2 * WHEEL_TICK_US},
    {"after three turns", 3 * (int64_t)TURN_US + 1, TURN_US + 50000,
     3 * (int64_t)TURN_US + 1 + 2 * WHEEL_TICK_US},
};

static void a_timer_fires_when_due_and_never_before(void **state)
{
	const int64_t start_us = 123456789;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(fire_case); i++) {
		struct wheel *wheel = xcalloc(1, sizeof(*wheel));
		struct wheel_timer timer = {0};

		wheel_init(wheel, start_us);
		wheel_set(wheel, &timer, start_us + fire_case[i].due_us);
		if (fire_case[i].before_us >= 0 &&
		    wheel_due(wheel, start_us + fire_case[i].before_us))
			fail_msg("%s: too early", fire_case[i].what);
		if (wheel_due(wheel, start_us + fire_case[i].after_us) != &timer)
			fail_msg("%s: not fired", fire_case[i].what);
		assert_null(wheel_due(wheel, start_us + fire_case[i].after_us));
		assert_int_equal(wheel->count, 0);
		free(wheel);
	}
}

static void what_was_unset_or_moved_does_not_fire(void **state)
{
	struct wheel *wheel = xcalloc(1, sizeof(*wheel));
	struct wheel_timer timer = {0};

	(void)state;
	wheel_init(wheel, 0);
	wheel_set(wheel, &timer, 10000);
	wheel_unset(wheel, &timer);
	wheel_unset(wheel, &timer);
	assert_null(wheel_due(wheel, 100000));
	wheel_set(wheel, &timer, 200000);
	wheel_set(wheel, &timer, 400000);
	assert_null(wheel_due(wheel, 300000));
	assert_ptr_equal(wheel_due(wheel, 500000), &timer);
	free(wheel);
}

/* Many timers, against the plain truth. */
static void thousands_fire_each_once(void **state)
{
	enum { TIMERS = 5000 };
	struct wheel *wheel = xcalloc(1, sizeof(*wheel));
	struct wheel_timer *timer = xcalloc(TIMERS, sizeof(*timer));
	uint64_t seed = 88172645463325252u;
	int fired = 0;

	(void)state;
	wheel_init(wheel, 0);
	for (int i = 0; i < TIMERS; i++) {
		seed ^= seed << 13;
		seed ^= seed >> 7;
		seed ^= seed << 17;
		wheel_set(wheel, &timer[i], (int64_t)(seed % 20000000));
	}
	for (int64_t now_us = 0; now_us < 20100000;) {
		struct wheel_timer *due;

		while ((due = wheel_due(wheel, now_us))) {
			assert_true(due->due_us <= now_us);
			assert_true(now_us - due->due_us <= 3 * WHEEL_TICK_US);
			fired++;
		}
		now_us += wheel_sleep_us(wheel, now_us, WHEEL_TICK_US) + 1;
	}
	assert_int_equal(fired, TIMERS);
	free(timer);
	free(wheel);
}

static void sleep_ends_before_the_next_is_due(void **state)
{
	struct wheel *wheel = xcalloc(1, sizeof(*wheel));
	struct wheel_timer timer = {0};

	(void)state;
	wheel_init(wheel, 0);
	assert_int_equal(wheel_sleep_us(wheel, 0, 250000), 250000);
	wheel_set(wheel, &timer, 100000);
	assert_in_range(wheel_sleep_us(wheel, 0, 250000), 100000 - WHEEL_TICK_US,
			100000 + WHEEL_TICK_US);
	assert_int_equal(wheel_sleep_us(wheel, 0, 50000), 50000);
	free(wheel);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_timer_fires_when_due_and_never_before),
	    cmocka_unit_test(what_was_unset_or_moved_does_not_fire),
	    cmocka_unit_test(thousands_fire_each_once),
	    cmocka_unit_test(sleep_ends_before_the_next_is_due),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
