#include "base/wheel.h"

#include <stddef.h>

static struct wheel_timer *slot_of(struct wheel *wheel, int64_t tick)
{
	return &wheel->slot[(uint64_t)tick % WHEEL_SLOTS];
}

void wheel_init(struct wheel *wheel, int64_t now_us)
{
	for (size_t i = 0; i < WHEEL_SLOTS; i++)
		wheel->slot[i].next = wheel->slot[i].prev = &wheel->slot[i];
	wheel->tick = now_us / WHEEL_TICK_US;
	wheel->count = 0;
}

void wheel_unset(struct wheel *wheel, struct wheel_timer *timer)
{
	if (!timer->next)
		return;
	timer->next->prev = timer->prev;
	timer->prev->next = timer->next;
	timer->next = timer->prev = NULL;
	wheel->count--;
}

void wheel_set(struct wheel *wheel, struct wheel_timer *timer, int64_t due_us)
{
	int64_t tick = due_us / WHEEL_TICK_US + 1;
	struct wheel_timer *head;

	wheel_unset(wheel, timer);
	if (tick < wheel->tick)
		tick = wheel->tick;
	head = slot_of(wheel, tick);
	timer->due_us = due_us;
	timer->next = head;
	timer->prev = head->prev;
	head->prev->next = timer;
	head->prev = timer;
	wheel->count++;
}

struct wheel_timer *wheel_due(struct wheel *wheel, int64_t now_us)
{
	const int64_t now_tick = now_us / WHEEL_TICK_US;

	if (wheel->count == 0)
		wheel->tick = now_tick;
	for (; wheel->tick <= now_tick; wheel->tick++) {
		struct wheel_timer *const head = slot_of(wheel, wheel->tick);

		for (struct wheel_timer *timer = head->next; timer != head; timer = timer->next)
			if (timer->due_us <= now_us) {
				wheel_unset(wheel, timer);
				return timer;
			}
		if (wheel->tick == now_tick)
			break;
	}
	return NULL;
}

int64_t wheel_sleep_us(const struct wheel *wheel, int64_t now_us, int64_t max_us)
{
	const int64_t last = (now_us + max_us) / WHEEL_TICK_US;

	if (wheel->count == 0)
		return max_us;
	for (int64_t tick = wheel->tick; tick <= last && tick < wheel->tick + WHEEL_SLOTS; tick++) {
		const struct wheel_timer *const head = &wheel->slot[(uint64_t)tick % WHEEL_SLOTS];

		if (head->next != head) {
			const int64_t sleep_us = tick * WHEEL_TICK_US - now_us;

			return sleep_us < 0 ? 0 : sleep_us;
		}
	}
	return max_us;
}
