#ifndef RENDER_PICTURE_H
#define RENDER_PICTURE_H

#include "base/arena.h"
#include "base/civil.h"
#include "render/paint.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A picture before it is laid out: values over time and, on the same axis, lanes of bands. Times are
 * UTC seconds. Strings are UTF-8 without control characters; what was foreign is escaped already. */

/* Holds from `from` until the next step; NAN is unknown. Ascending. */
struct picture_step {
	int64_t from;
	double value;
};

enum curve_kind { CURVE_AREA /* on top of the areas before it */, CURVE_LINE, CURVE_DASHED };

struct picture_curve {
	const char *name; /* of the legend */
	enum curve_kind kind;
	enum paint paint;
	const struct picture_step *step;
	size_t steps;
};

struct picture_span {
	int64_t from, to;
	enum paint paint;
};

struct picture_lane {
	const char *name;
	const struct picture_span *span; /* later ones are drawn over earlier ones */
	size_t spans;
};

struct picture_key { /* a colour of the lanes, for the legend */
	const char *name;
	enum paint paint;
};

struct picture {
	const char *title, *subtitle;
	const char *about; /* the text alternative: what the picture says, in sentences */
	const char *unit; /* of the values; NULL: no values, lanes only */
	int64_t from, to;
	const struct zone *zone;
	const char *language; /* as tr() knows it: of dates */
	const struct picture_curve *curve;
	size_t curves;
	double ceiling; /* values at least drawn up to here, where it is more than the areas need */
	const struct picture_lane *lane;
	size_t lanes;
	const struct picture_key *key;
	size_t keys;
};

struct picture_style {
	uint32_t width; /* pixels of the whole picture */
	uint32_t height; /* of the values; 0: the default */
	bool is_dark;
	bool is_png; /* else SVG */
	const char *path; /* where it is written */
	const char *dark_path; /* the same once more in dark, for little; NULL: not needed */
};

enum { PICTURE_WIDTH_MIN = 400, PICTURE_WIDTH_MAX = 4000, PICTURE_WIDTH = 800 };
enum { PICTURE_HEIGHT_MIN = 60, PICTURE_HEIGHT_MAX = 3000, PICTURE_HEIGHT = 220 };

/* The picture laid out: one line of JSON, which `repwatch-draw` reads (graphs/README). The caller
 * frees it. */
char *picture_sheet(const struct picture *picture, const struct picture_style *style);

/* --- picture_scale.c --- */
enum { TICKS_MAX = 64, TICK_BYTES = 24 };
struct tick {
	double value; /* or UTC seconds */
	char text[TICK_BYTES]; /* "" for a line without words */
};
/* Round values from 0 to the first that is `top` or more; about `wanted` of them. */
size_t picture_value_ticks(double top, size_t wanted, struct tick tick[TICKS_MAX]);
/* Places on the time axis where the operator's days, weeks, months or hours begin; `width` pixels
 * are there for their words. */
size_t picture_time_ticks(const struct picture *picture, double width, struct tick tick[TICKS_MAX]);
/* How wide a text is drawn, about, in pixels, for a font of `size` pixels. */
double picture_text_width(const char *text, double size);
/* The text, or what fits of it with "…" behind it. */
const char *picture_text_fit(const char *text, double size, double width, struct arena *arena);

#endif
