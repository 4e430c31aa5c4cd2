/* Where everything of a picture stands. librrd draws what lies on the canvas, in units of the value
 * axis; words, boxes and the room around it are in pixels. The lanes stand below zero, where no
 * number is written. */
#include "render/picture.h"

#include "base/mem.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
	TITLE_SIZE = 15,
	TEXT_SIZE = 11,
	MARGIN = 14,
	TITLE_AT = 24, /* base lines */
	SUBTITLE_AT = 42,
	TOP = 54, /* of the canvas */
	DATES = 24, /* between values and lanes, for the words of the time axis */
	LANE = 18,
	BAND = 10,
	KEY = 18, /* a line of the legend */
	SWATCH = 10,
	LINE_SWATCH = 3,
	GUTTER_MIN = 58, /* left of the canvas */
	GUTTER_MAX = 210,
	LANES_OF_ONE_AXIS = 10, /* with more of them the dates stand below too */
	WHOLE_MAX = 1000 * 1000 * 1000,
};
static const double headroom = 1.04; /* what is largest does not touch the edge */

struct layout {
	const struct picture *picture;
	const struct picture_style *style;
	struct arena *arena;
	double left, width; /* of the canvas */
	double values; /* pixels of the values' part */
	double height; /* of the canvas */
	double bottom; /* of what is laid out so far */
	double high; /* the value axis */
	double a_pixel; /* in units of the value axis */
	struct tick value[TICKS_MAX], moment[TICKS_MAX];
	size_t values_ticks, moments;
	json_t *draw, *box, *text;
};

static const char *colour(const struct layout *layout, enum paint paint)
{
	return paint_colour(paint, layout->style->is_dark);
}

/* --- what stands on the paper --- */

struct words {
	double x, y;
	const char *anchor; /* "start", "middle", "end" */
	int size;
	enum paint paint;
	bool is_bold;
};

static void put_text(struct layout *layout, const struct words *words, const char *text)
{
	if (!text[0])
		return;
	json_array_append_new(layout->text,
			      json_pack("{s:f, s:f, s:s, s:i, s:s, s:b, s:s}", "x", words->x, "y",
					words->y, "anchor", words->anchor, "size", words->size,
					"colour", colour(layout, words->paint), "bold",
					words->is_bold, "text", text));
}

static void put_swatch(struct layout *layout, double x, double height, enum paint paint)
{
	const double middle = layout->bottom - SWATCH / 2.0 + 1;

	json_array_append_new(layout->box,
			      json_pack("{s:f, s:f, s:f, s:f, s:s}", "x", x, "y",
					middle - height / 2, "width", (double)SWATCH, "height",
					height, "colour", colour(layout, paint)));
}

/* --- what stands on the canvas --- */

/* A band from `top` pixels below the canvas's upper edge on. */
static json_t *band(struct layout *layout, double top, double height, enum paint paint,
		    json_t *spans)
{
	const double high = layout->high - top * layout->a_pixel;

	return json_pack("{s:s, s:f, s:f, s:s, s:o}", "kind", "band", "low",
			 high - height * layout->a_pixel, "high", high, "colour",
			 colour(layout, paint), "spans", spans);
}

static json_t *span(int64_t from, int64_t to)
{
	return json_pack("[I, I]", (json_int_t)from, (json_int_t)to);
}

/* Counts are whole, and whole numbers are written and read in a fraction of the time. */
static json_t *number(double value)
{
	if (isnan(value))
		return json_null();
	return fabs(value) < WHOLE_MAX && value == floor(value) ? json_integer((json_int_t)value)
								: json_real(value);
}

static json_t *curve(struct layout *layout, const struct picture_curve *curve)
{
	static const char *const kind[] = {
	    [CURVE_AREA] = "area", [CURVE_LINE] = "line", [CURVE_DASHED] = "dashed"};
	json_t *steps = json_array();

	for (size_t i = 0; i < curve->steps; i++) {
		json_t *step = json_array();

		json_array_append_new(step, json_integer((json_int_t)curve->step[i].from));
		json_array_append_new(step, number(curve->step[i].value));
		json_array_append_new(steps, step);
	}
	return json_pack("{s:s, s:s, s:o}", "kind", kind[curve->kind], "colour",
			 colour(layout, curve->paint), "steps", steps);
}

/* --- the parts --- */

/* Whether a curve's step is seen at all. */
static bool is_inside(const struct picture *picture, const struct picture_curve *curve, size_t step)
{
	const bool is_over = step + 1 < curve->steps && curve->step[step + 1].from <= picture->from;

	return !is_over && curve->step[step].from < picture->to;
}

/* The tallest pile of areas. All areas of a picture share their steps. */
static double tallest(const struct picture *picture)
{
	double most = 0;

	for (size_t i = 0;; i++) {
		double pile = 0;
		bool has_step = false;

		for (size_t j = 0; j < picture->curves; j++) {
			const struct picture_curve *const curve = &picture->curve[j];

			if (curve->kind != CURVE_AREA || i >= curve->steps)
				continue;
			has_step = true;
			if (is_inside(picture, curve, i) && !isnan(curve->step[i].value))
				pile += curve->step[i].value;
		}
		if (!has_step)
			return most;
		most = pile > most ? pile : most;
	}
}

static void measure_gutter(struct layout *layout)
{
	double need = GUTTER_MIN;

	for (size_t i = 0; i < layout->picture->lanes; i++) {
		const double name = picture_text_width(layout->picture->lane[i].name, TEXT_SIZE);

		need = fmax(need, name + MARGIN + 8);
	}
	layout->left = ceil(fmin(need, fmin(GUTTER_MAX, layout->style->width / 3.0)));
	layout->width = floor(layout->style->width - layout->left - MARGIN - 4);
}

static void measure(struct layout *layout)
{
	const struct picture *const picture = layout->picture;
	const double lanes = (double)picture->lanes * LANE;
	const double top = fmax(tallest(picture) * headroom, picture->ceiling);

	measure_gutter(layout);
	layout->values = !picture->unit          ? 0
			 : layout->style->height ? layout->style->height
						 : PICTURE_HEIGHT;
	layout->height = layout->values + DATES + lanes;
	layout->values_ticks =
	    picture_value_ticks(top, layout->values < 120 ? 2 : 4, layout->value);
	layout->high = picture->unit ? layout->value[layout->values_ticks - 1].value : 1;
	/* Without values the upper edge is zero and one unit a pixel will do. */
	if (!picture->unit)
		layout->high = 0;
	layout->a_pixel = picture->unit ? layout->high / layout->values : 1;
	layout->moments = picture_time_ticks(picture, layout->width, layout->moment);
}

static void put_head(struct layout *layout)
{
	const struct picture *const picture = layout->picture;
	const double room = layout->style->width - 2 * MARGIN;
	struct words words = {MARGIN, TITLE_AT, "start", TITLE_SIZE, PAINT_TEXT, true};

	put_text(layout, &words,
		 picture_text_fit(picture->title, TITLE_SIZE, room / 1.1, layout->arena));
	words = (struct words){MARGIN, SUBTITLE_AT, "start", TEXT_SIZE, PAINT_FAINT, false};
	put_text(layout, &words,
		 picture_text_fit(picture->subtitle, TEXT_SIZE, room, layout->arena));
}

static double x_of(const struct layout *layout, double at)
{
	const struct picture *const picture = layout->picture;

	return layout->left +
	       (at - (double)picture->from) / (double)(picture->to - picture->from) * layout->width;
}

/* A word that would reach over the edge is left out; its line stays. */
static void put_moments(struct layout *layout, double y)
{
	struct words words = {0, y, "middle", TEXT_SIZE, PAINT_FAINT, false};

	for (size_t i = 0; i < layout->moments; i++) {
		const double half = picture_text_width(layout->moment[i].text, TEXT_SIZE) / 2;

		words.x = x_of(layout, layout->moment[i].value);
		if (words.x - half > layout->left - 30 && words.x + half < layout->style->width)
			put_text(layout, &words, layout->moment[i].text);
	}
}

/* Lines are bands a pixel wide, because librrd draws its rules over everything. */
static void put_values(struct layout *layout)
{
	struct words words = {layout->left - 6, 0, "end", TEXT_SIZE, PAINT_FAINT, false};

	if (!layout->picture->unit)
		return;
	for (size_t i = 0; i < layout->values_ticks; i++) {
		const double below = layout->values - layout->value[i].value / layout->a_pixel;
		json_t *spans = json_array();

		json_array_append_new(spans, span(layout->picture->from, layout->picture->to));
		json_array_append_new(layout->draw, band(layout, below, 1, PAINT_GRID, spans));
		words.y = TOP + below + 4;
		put_text(layout, &words, layout->value[i].text);
	}
}

static void put_moment_lines(struct layout *layout)
{
	json_t *spans = json_array();

	for (size_t i = 0; i < layout->moments; i++) {
		const int64_t at = (int64_t)layout->moment[i].value;

		json_array_append_new(spans, span(at, at + 1));
	}
	json_array_append_new(layout->draw, band(layout, 0, layout->height, PAINT_GRID, spans));
}

static void put_curves(struct layout *layout)
{
	const struct picture *const picture = layout->picture;

	for (size_t i = 0; i < picture->curves; i++)
		json_array_append_new(layout->draw, curve(layout, &picture->curve[i]));
}

static void put_stripes(struct layout *layout)
{
	const struct picture *const picture = layout->picture;

	for (size_t i = 0; i < picture->lanes; i += 2) {
		json_t *spans = json_array();

		json_array_append_new(spans, span(picture->from, picture->to));
		json_array_append_new(layout->draw,
				      band(layout, layout->values + DATES + (double)i * LANE, LANE,
					   PAINT_STRIPE, spans));
	}
}

/* A lane's spans of one colour are one band; colours in the order of their first span. */
static void put_lane(struct layout *layout, size_t number)
{
	const struct picture_lane *const lane = &layout->picture->lane[number];
	const double top = layout->values + DATES + (double)number * LANE + (LANE - BAND) / 2.0;
	const struct words words = {layout->left - 6, TOP + top + BAND - 1, "end",
				    TEXT_SIZE,        PAINT_TEXT,           false};
	bool is_done[PAINT_COUNT] = {false};

	put_text(layout, &words,
		 picture_text_fit(lane->name, TEXT_SIZE, layout->left - MARGIN, layout->arena));
	for (size_t i = 0; i < lane->spans; i++) {
		json_t *spans;

		if (is_done[lane->span[i].paint])
			continue;
		is_done[lane->span[i].paint] = true;
		spans = json_array();
		for (size_t j = i; j < lane->spans; j++)
			if (lane->span[j].paint == lane->span[i].paint)
				json_array_append_new(spans,
						      span(lane->span[j].from, lane->span[j].to));
		json_array_append_new(layout->draw,
				      band(layout, top, BAND, lane->span[i].paint, spans));
	}
}

/* Puts one entry and says where the next may begin. */
static double put_key(struct layout *layout, double x, const char *name, enum paint paint,
		      bool is_line)
{
	const double width = SWATCH + 6 + picture_text_width(name, TEXT_SIZE);
	struct words at = {0, 0, "start", TEXT_SIZE, PAINT_TEXT, false};

	if (x > MARGIN && x + width > layout->style->width - MARGIN) {
		x = MARGIN;
		layout->bottom += KEY;
	}
	put_swatch(layout, x, is_line ? LINE_SWATCH : SWATCH, paint);
	at.x = x + SWATCH + 6;
	at.y = layout->bottom;
	put_text(
	    layout, &at,
	    picture_text_fit(name, TEXT_SIZE, layout->style->width - 3 * MARGIN, layout->arena));
	return x + width + 18;
}

static void put_legend(struct layout *layout)
{
	const struct picture *const picture = layout->picture;
	double x = MARGIN;

	layout->bottom = TOP + layout->height + MARGIN + 8;
	if (picture->lanes > LANES_OF_ONE_AXIS) {
		put_moments(layout, TOP + layout->height + 16);
		layout->bottom += DATES - 6;
	}
	for (size_t i = 0; i < picture->curves; i++)
		x = put_key(layout, x, picture->curve[i].name, picture->curve[i].paint,
			    picture->curve[i].kind != CURVE_AREA);
	for (size_t i = 0; i < picture->keys; i++)
		x = put_key(layout, x, picture->key[i].name, picture->key[i].paint, false);
	if (!picture->curves && !picture->keys)
		layout->bottom -= KEY;
}

static void put_all(struct layout *layout)
{
	const struct picture *const picture = layout->picture;

	put_head(layout);
	put_stripes(layout);
	put_values(layout);
	put_moment_lines(layout);
	put_curves(layout);
	for (size_t i = 0; i < picture->lanes; i++)
		put_lane(layout, i);
	put_moments(layout, TOP + layout->values + 16);
	put_legend(layout);
}

static json_t *sheet_of(struct layout *layout)
{
	const struct picture *const picture = layout->picture;
	const struct picture_style *const style = layout->style;

	return json_pack(
	    "{s:s, s:s, s:i, s:i, s:s, s:s, s:s, s:{s:f, s:f, s:i, s:i, s:I, s:I, s:f, s:f, s:s}, "
	    "s:o, s:o, s:o}",
	    "path", style->path, "format", style->is_png ? "png" : "svg", "width",
	    (int)style->width, "height", (int)ceil(layout->bottom + MARGIN), "background",
	    colour(layout, PAINT_PAPER), "title", picture->title, "about", picture->about, "canvas",
	    "x", layout->left, "y", (double)TOP, "width", (int)layout->width, "height",
	    (int)layout->height, "from", (json_int_t)picture->from, "to", (json_int_t)picture->to,
	    "low", layout->high - layout->height * layout->a_pixel, "high", layout->high,
	    "background", colour(layout, PAINT_CANVAS), "draw", layout->draw, "boxes", layout->box,
	    "texts", layout->text);
}

/* The colours of the other theme, and where the picture goes in them. */
static json_t *twin_of(const struct picture_style *style)
{
	json_t *colours = json_object();

	for (enum paint paint = 0; paint < PAINT_COUNT; paint++)
		json_object_set_new_nocheck(colours, paint_colour(paint, style->is_dark),
					    json_string(paint_colour(paint, true)));
	return json_pack("{s:s, s:o}", "path", style->dark_path, "colours", colours);
}

char *picture_sheet(const struct picture *picture, const struct picture_style *style)
{
	struct layout layout = {.picture = picture,
				.style = style,
				.arena = arena_new(),
				.draw = json_array(),
				.box = json_array(),
				.text = json_array()};
	json_t *sheet;
	char *line;

	measure(&layout);
	put_all(&layout);
	sheet = sheet_of(&layout);
	if (!sheet)
		bug("a picture that is no JSON: '%s'", picture->title);
	if (style->dark_path)
		json_object_set_new(sheet, "twin", twin_of(style));
	line = json_dumps(sheet, JSON_COMPACT | JSON_REAL_PRECISION(12));
	json_decref(sheet);
	arena_free(layout.arena);
	if (!line)
		bug("a picture that cannot be written: '%s'", picture->title);
	return line;
}
