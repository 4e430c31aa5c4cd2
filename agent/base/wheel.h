#ifndef BASE_WHEEL_H
#define BASE_WHEEL_H

#include <stdint.h>

/* Many timers, set and unset all the time, of which few ever fire. Times are microseconds of a
 * steady clock; a timer fires up to one tick late. `struct wheel_timer` stands in its owner. */
enum { WHEEL_TICK_US = 4096, WHEEL_SLOTS = 2048 }; /* a turn is 8.4 s; later ones go round */

struct wheel_timer {
	struct wheel_timer *next, *prev; /* NULL: not set */
	int64_t due_us;
};

struct wheel {
	struct wheel_timer slot[WHEEL_SLOTS]; /* heads of rings */
	int64_t tick; /* all slots before it have been looked at */
	uint32_t count;
};

void wheel_init(struct wheel *wheel, int64_t now_us);
/* Sets it, or moves one that is set. */
void wheel_set(struct wheel *wheel, struct wheel_timer *timer, int64_t due_us);
void wheel_unset(struct wheel *wheel, struct wheel_timer *timer);
/* One timer that is due, unset; NULL when there is none. */
struct wheel_timer *wheel_due(struct wheel *wheel, int64_t now_us);
/* How long to sleep: no timer is due before now + this; at most `max_us`. */
int64_t wheel_sleep_us(const struct wheel *wheel, int64_t now_us, int64_t max_us);

#endif
