/* The canvas through librrd: rrd_graph_v asks for data by names of the form "cb//N", which answers
 * from the sheet at the step of one pixel, so that a band begins and ends where it did. */
#include "sheet.h"

#include "base/mem.h"
#include "base/str.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define RRD_EXPORT_DEPRECATED
#include <rrd.h>

/* Documented in librrd(3), declared in no header of it. */
typedef int fetch_fn(const char *filename, int cf, time_t *start, time_t *end, unsigned long *step,
		     unsigned long *sources, char ***name, rrd_value_t **data);
int rrd_fetch_cb_register(fetch_fn *fetch);

/* librrd's callback takes no context; a process draws one picture at a time. */
static const struct sheet *drawn;

/* The step that holds then, counted from 1; 0: none does. */
static size_t step_at(const struct sheet_draw *draw, int64_t at)
{
	size_t low = 0;
	size_t high = draw->steps;

	while (low < high) {
		const size_t middle = low + (high - low) / 2;

		if (draw->step[middle].from <= at)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static double value_at(const struct sheet_draw *draw, int64_t at)
{
	const size_t step = step_at(draw, at);

	return step ? draw->step[step - 1].value : NAN;
}

/* How high all areas together are. */
static double pile_at(int64_t at)
{
	double pile = 0;

	for (size_t i = 0; i < drawn->draws; i++) {
		const struct sheet_draw *const draw = &drawn->draw[i];
		const double value = draw->kind == DRAW_AREA ? value_at(draw, at) : NAN;

		pile += isnan(value) ? 0 : value;
	}
	return pile;
}

/* Where several steps share a pixel the highest pile is drawn: a single day would else be missed
 * in three years. */
static double area(const struct sheet_draw *draw, int64_t from, int64_t to)
{
	const int64_t middle = from + (to - from) / 2;
	int64_t best = middle;

	for (size_t i = step_at(draw, from); i < draw->steps && draw->step[i].from < to; i++) {
		const int64_t at = draw->step[i].from;
		const bool is_whole = i + 1 < draw->steps && draw->step[i + 1].from <= to;

		if (is_whole && pile_at(at) > pile_at(best))
			best = at;
	}
	return value_at(draw, best);
}

/* What is drawn for (from, to]: a band is seen when it touches the pixel, however short it is. */
static double pixel(const struct sheet_draw *draw, int64_t from, int64_t to)
{
	if (draw->kind == DRAW_AREA)
		return area(draw, from, to);
	if (draw->kind != DRAW_BAND)
		return value_at(draw, from + (to - from) / 2);
	for (size_t i = 0; i < draw->spans; i++)
		if (draw->span[i].from < to && draw->span[i].to > from)
			return draw->high - draw->low;
	return NAN;
}

static int fetch(const char *filename, int cf, time_t *start, time_t *end, unsigned long *step,
		 unsigned long *sources, char ***name, rrd_value_t **data)
{
	const struct sheet_draw *const draw = &drawn->draw[strtoul(filename + 4, NULL, 10)];
	const time_t wide = (time_t)(*step ? *step : 1);
	size_t rows;

	(void)cf;
	*step = (unsigned long)wide;
	*start -= *start % wide;
	*end += wide - *end % wide;
	rows = (size_t)((*end - *start) / wide);
	*sources = 1;
	*name = xcalloc(1, sizeof(**name));
	(*name)[0] = xstrdup("v");
	*data = xcalloc(rows, sizeof(**data));
	for (size_t i = 0; i < rows; i++) {
		const int64_t from = *start + (time_t)i * wide;

		(*data)[i] = pixel(draw, from, from + wide);
	}
	return 0;
}

/* --- the arguments --- */

struct arguments {
	char **text;
	size_t count, room;
};

static void add(struct arguments *arguments, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static void add(struct arguments *arguments, const char *format, ...)
{
	va_list list;
	char *text = NULL;

	va_start(list, format);
	if (vasprintf(&text, format, list) < 0)
		bug("out of memory");
	va_end(list);
	if (arguments->count + 1 >= arguments->room) {
		arguments->room = arguments->room ? 2 * arguments->room : 64;
		arguments->text =
		    xrealloc(arguments->text, arguments->room, sizeof(*arguments->text));
	}
	arguments->text[arguments->count++] = text;
	arguments->text[arguments->count] = NULL;
}

static void arguments_release(struct arguments *arguments)
{
	for (size_t i = 0; i < arguments->count; i++)
		free(arguments->text[i]);
	free(arguments->text);
}

static void add_frame(struct arguments *arguments, const struct sheet *sheet)
{
	add(arguments, "graph");
	add(arguments, "-");
	add(arguments, "--imgformat");
	add(arguments, "%s", sheet->is_png ? "PNG" : "SVG");
	add(arguments, "--only-graph");
	add(arguments, "--start");
	add(arguments, "%lld", (long long)sheet->canvas.from);
	add(arguments, "--end");
	add(arguments, "%lld", (long long)sheet->canvas.to);
	add(arguments, "--width");
	add(arguments, "%d", sheet->canvas.width);
	add(arguments, "--height");
	add(arguments, "%d", sheet->canvas.height);
	add(arguments, "--lower-limit");
	add(arguments, "%.10g", sheet->canvas.low);
	add(arguments, "--upper-limit");
	add(arguments, "%.10g", sheet->canvas.high);
	add(arguments, "--rigid");
	add(arguments, "--x-grid");
	add(arguments, "none");
	add(arguments, "--y-grid");
	add(arguments, "none");
	add(arguments, "--border");
	add(arguments, "0");
	add(arguments, "--color");
	add(arguments, "CANVAS%s", sheet->canvas.background);
	add(arguments, "--color");
	add(arguments, "BACK%s", sheet->background);
	/* Axes and their arrows would lie over the lanes. */
	add(arguments, "--color");
	add(arguments, "AXIS#00000000");
	add(arguments, "--color");
	add(arguments, "ARROW#00000000");
}

/* A band is a pile of two areas, the lower of which has no colour. */
static void add_draw(struct arguments *arguments, const struct sheet_draw *draw, size_t number,
		     bool is_first_area)
{
	switch (draw->kind) {
	case DRAW_AREA:
		add(arguments, "DEF:d%zu=cb//%zu:v:AVERAGE", number, number);
		add(arguments, "AREA:d%zu%s::%s", number, draw->colour,
		    is_first_area ? "skipscale" : "STACK:skipscale");
		break;
	case DRAW_LINE:
		add(arguments, "DEF:d%zu=cb//%zu:v:AVERAGE", number, number);
		add(arguments, "LINE1.5:d%zu%s", number, draw->colour);
		break;
	case DRAW_DASHED:
		add(arguments, "DEF:d%zu=cb//%zu:v:AVERAGE", number, number);
		add(arguments, "LINE1:d%zu%s::dashes=5,3", number, draw->colour);
		break;
	case DRAW_BAND:
		add(arguments, "DEF:d%zu=cb//%zu:v:AVERAGE", number, number);
		add(arguments, "CDEF:l%zu=d%zu,UN,UNKN,%.10g,IF", number, number, draw->low);
		add(arguments, "AREA:l%zu", number);
		add(arguments, "AREA:d%zu%s::STACK", number, draw->colour);
		break;
	}
}

static void add_draws(struct arguments *arguments, const struct sheet *sheet)
{
	bool is_first_area = true;

	for (size_t i = 0; i < sheet->draws; i++) {
		add_draw(arguments, &sheet->draw[i], i, is_first_area);
		if (sheet->draw[i].kind == DRAW_AREA)
			is_first_area = false;
	}
}

static bool take_image(rrd_info_t *info, char **image, size_t *len, struct err *err)
{
	for (const rrd_info_t *row = info; row; row = row->next) {
		if (row->type != RD_I_BLO || strcmp(row->key, "image") != 0)
			continue;
		*len = row->value.u_blo.size;
		*image = xcalloc(1, *len + 1);
		memcpy(*image, row->value.u_blo.ptr, *len);
		return true;
	}
	return err_set(err, "librrd drew nothing");
}

bool canvas_draw(const struct sheet *sheet, char **image, size_t *len, struct err *err)
{
	struct arguments arguments = {0};
	rrd_info_t *info;
	bool ok;

	add_frame(&arguments, sheet);
	add_draws(&arguments, sheet);
	drawn = sheet;
	rrd_fetch_cb_register(fetch);
	rrd_clear_error();
	info = rrd_graph_v((int)arguments.count, arguments.text);
	ok = info ? take_image(info, image, len, err)
		  : err_set(err, "librrd: %s", rrd_test_error() ? rrd_get_error() : "no reason");
	if (info)
		rrd_info_free(info);
	arguments_release(&arguments);
	drawn = NULL;
	return ok;
}
