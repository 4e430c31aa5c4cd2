#ifndef RENDER_PAINT_H
#define RENDER_PAINT_H

#include <stdbool.h>

/* What a colour stands for, so that light and dark, pictures and pages say the same. */
enum paint {
	PAINT_NONE,
	PAINT_PAPER, /* behind everything */
	PAINT_CANVAS,
	PAINT_GRID,
	PAINT_STRIPE, /* every second lane */
	PAINT_TEXT,
	PAINT_FAINT, /* text that matters less */
	PAINT_SENT,
	PAINT_DEFERRED,
	PAINT_BOUNCED,
	PAINT_MEAN,
	PAINT_LIMIT, /* the spike threshold */
	PAINT_PLAN, /* of a warm-up */
	PAINT_CRITICAL,
	PAINT_MAJOR,
	PAINT_MINOR,
	PAINT_INFO,
	PAINT_BLOCK, /* a receiver's own */
	PAINT_EVENT,
	PAINT_BLIND,
	PAINT_GOOD,
	PAINT_NEUTRAL,
	PAINT_POOR,
	PAINT_UNKNOWN,
	PAINT_FIRST_OF_MANY, /* eight that are told apart, for parts without a meaning of their own */
	PAINT_LAST_OF_MANY = PAINT_FIRST_OF_MANY + 7,
	PAINT_COUNT
};

/* "#rrggbb" */
const char *paint_colour(enum paint paint, bool is_dark);

#endif
