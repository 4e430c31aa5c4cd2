#ifndef GRAPHS_SHEET_H
#define GRAPHS_SHEET_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

/* A picture as the agent laid it out (agent/render/picture_layout.c): what librrd draws on the canvas,
 * and the words and boxes around it. Read from one line of JSON; strings are valid UTF-8. */

struct sheet_step {
	int64_t from;
	double value; /* NAN: unknown */
};
struct sheet_span {
	int64_t from, to;
};

enum draw_kind { DRAW_AREA, DRAW_LINE, DRAW_DASHED, DRAW_BAND };
struct sheet_draw {
	enum draw_kind kind;
	const char *colour; /* "#rrggbb" */
	const struct sheet_step *step; /* areas and lines */
	size_t steps;
	double low, high; /* of a band */
	const struct sheet_span *span; /* where it is drawn */
	size_t spans;
};

struct sheet_box {
	double x, y, width, height;
	const char *colour;
};

enum anchor { ANCHOR_START, ANCHOR_MIDDLE, ANCHOR_END };
struct sheet_text {
	double x, y; /* of the base line */
	enum anchor anchor;
	int size; /* pixels */
	bool is_bold;
	const char *colour, *text;
};

/* A colour of the sheet and of its twin, which is the same picture in other colours. */
struct sheet_colour {
	const char *own, *other;
};

struct sheet_twin {
	const char *path; /* NULL: there is none */
	const struct sheet_colour *colour;
	size_t colours;
};

struct sheet {
	const char *path, *background, *title, *about;
	struct sheet_twin twin;
	bool is_png;
	int width, height;
	struct {
		double x, y;
		int width, height;
		int64_t from, to;
		double low, high;
		const char *background;
	} canvas;
	struct sheet_draw *draw;
	size_t draws;
	struct sheet_box *box;
	size_t boxes;
	struct sheet_text *text;
	size_t texts;
};

enum { SHEET_SIDE_MAX = 8000 };

/* NULL with err when the line is no sheet. */
struct sheet *sheet_parse(const char *line, size_t len, struct err *err);
/* The sheet becomes its twin. */
void sheet_turn(struct sheet *sheet);
void sheet_free(struct sheet *sheet);

/* canvas.c: what librrd draws, as an SVG document or a PNG file in memory; the caller frees it. */
bool canvas_draw(const struct sheet *sheet, char **image, size_t *len, struct err *err);
/* recolour.c: the same SVG document in the colours of the twin, before the sheet is turned. False: it
 * has a colour that the sheet does not know, and must be drawn anew. */
bool canvas_recolour(const struct sheet_twin *twin, const char *canvas, size_t len, char **image,
		     size_t *image_len);

/* svg.c, png.c: the whole picture, likewise. */
bool svg_make(const struct sheet *sheet, const char *canvas, size_t canvas_len, char **image,
	      size_t *len, struct err *err);
bool png_make(const struct sheet *sheet, const char *canvas, size_t canvas_len, char **image,
	      size_t *len, struct err *err);

#endif
