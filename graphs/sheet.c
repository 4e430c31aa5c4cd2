#include "sheet.h"

#include "base/arena.h"
#include "base/mem.h"

#include <jansson.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Everything a sheet borrows from lives as long as it. */
struct owner {
	struct sheet sheet; /* first member */
	json_t *root;
	struct arena *arena;
};

static const char *const kind_word[] = {
    [DRAW_AREA] = "area", [DRAW_LINE] = "line", [DRAW_DASHED] = "dashed", [DRAW_BAND] = "band"};
static const char *const anchor_word[] = {
    [ANCHOR_START] = "start", [ANCHOR_MIDDLE] = "middle", [ANCHOR_END] = "end"};

static int find_word(const char *const *word, size_t count, const char *wanted)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(word[i], wanted) == 0)
			return (int)i;
	return -1;
}

/* It becomes part of an argument of librrd: nothing but #rrggbb may pass. */
static bool is_colour(const char *text)
{
	return strlen(text) == 7 && text[0] == '#' &&
	       strspn(text + 1, "0123456789abcdefABCDEF") == 6;
}

static bool read_steps(struct owner *owner, const json_t *steps, struct sheet_draw *draw)
{
	struct sheet_step *step = arena_calloc(owner->arena, json_array_size(steps), sizeof(*step));
	const json_t *row;
	size_t i;

	json_array_foreach(steps, i, row)
	{
		const json_t *const value = json_array_get(row, 1);

		if (json_array_size(row) != 2 || !json_is_integer(json_array_get(row, 0)) ||
		    !(json_is_number(value) || json_is_null(value)))
			return false;
		step[i].from = json_integer_value(json_array_get(row, 0));
		step[i].value = json_is_number(value) ? json_number_value(value) : NAN;
		if (i && step[i].from < step[i - 1].from)
			return false;
	}
	draw->step = step;
	draw->steps = json_array_size(steps);
	return true;
}

static bool read_spans(struct owner *owner, const json_t *spans, struct sheet_draw *draw)
{
	struct sheet_span *span = arena_calloc(owner->arena, json_array_size(spans), sizeof(*span));
	const json_t *row;
	size_t i;

	json_array_foreach(spans, i, row)
	{
		if (json_array_size(row) != 2 || !json_is_integer(json_array_get(row, 0)) ||
		    !json_is_integer(json_array_get(row, 1)))
			return false;
		span[i].from = json_integer_value(json_array_get(row, 0));
		span[i].to = json_integer_value(json_array_get(row, 1));
	}
	draw->span = span;
	draw->spans = json_array_size(spans);
	return true;
}

static bool read_draw(struct owner *owner, json_t *row, struct sheet_draw *draw)
{
	const char *kind;
	json_t *list = NULL;
	int word;

	if (json_unpack(row, "{s:s, s:s}", "kind", &kind, "colour", &draw->colour) != 0 ||
	    !is_colour(draw->colour))
		return false;
	word = find_word(kind_word, COUNT_OF(kind_word), kind);
	if (word < 0)
		return false;
	draw->kind = (enum draw_kind)word;
	switch (draw->kind) {
	case DRAW_AREA:
	case DRAW_LINE:
	case DRAW_DASHED:
		return json_unpack(row, "{s:o}", "steps", &list) == 0 &&
		       read_steps(owner, list, draw);
	case DRAW_BAND:
		return json_unpack(row, "{s:F, s:F, s:o}", "low", &draw->low, "high", &draw->high,
				   "spans", &list) == 0 &&
		       read_spans(owner, list, draw);
	}
	return false;
}

static bool read_text(json_t *row, struct sheet_text *text)
{
	const char *anchor;
	int bold;
	int word;

	if (json_unpack(row, "{s:F, s:F, s:s, s:i, s:b, s:s, s:s}", "x", &text->x, "y", &text->y,
			"anchor", &anchor, "size", &text->size, "bold", &bold, "colour",
			&text->colour, "text", &text->text) != 0)
		return false;
	word = find_word(anchor_word, COUNT_OF(anchor_word), anchor);
	text->anchor = word < 0 ? ANCHOR_START : (enum anchor)word;
	text->is_bold = bold;
	return word >= 0 && is_colour(text->colour) && text->size > 0 && text->size < 100;
}

static bool read_parts(struct owner *owner, json_t *draws, json_t *boxes, json_t *texts)
{
	struct sheet *const sheet = &owner->sheet;
	struct sheet_draw *draw = arena_calloc(owner->arena, json_array_size(draws), sizeof(*draw));
	struct sheet_box *box = arena_calloc(owner->arena, json_array_size(boxes), sizeof(*box));
	struct sheet_text *text = arena_calloc(owner->arena, json_array_size(texts), sizeof(*text));
	json_t *row;
	size_t i;

	json_array_foreach(draws, i, row) if (!read_draw(owner, row, &draw[i])) return false;
	json_array_foreach(boxes, i,
			   row) if (json_unpack(row, "{s:F, s:F, s:F, s:F, s:s}", "x", &box[i].x,
						"y", &box[i].y, "width", &box[i].width, "height",
						&box[i].height, "colour", &box[i].colour) != 0 ||
				    !is_colour(box[i].colour)) return false;
	json_array_foreach(texts, i, row) if (!read_text(row, &text[i])) return false;
	sheet->draw = draw;
	sheet->draws = json_array_size(draws);
	sheet->box = box;
	sheet->boxes = json_array_size(boxes);
	sheet->text = text;
	sheet->texts = json_array_size(texts);
	return true;
}

static bool read_frame(struct sheet *sheet, json_t *root)
{
	json_int_t from, to;
	const char *format;

	if (json_unpack(root, "{s:s, s:s, s:i, s:i, s:s, s:s, s:s}", "path", &sheet->path, "format",
			&format, "width", &sheet->width, "height", &sheet->height, "background",
			&sheet->background, "title", &sheet->title, "about", &sheet->about) != 0 ||
	    json_unpack(root, "{s:{s:F, s:F, s:i, s:i, s:I, s:I, s:F, s:F, s:s}}", "canvas", "x",
			&sheet->canvas.x, "y", &sheet->canvas.y, "width", &sheet->canvas.width,
			"height", &sheet->canvas.height, "from", &from, "to", &to, "low",
			&sheet->canvas.low, "high", &sheet->canvas.high, "background",
			&sheet->canvas.background) != 0)
		return false;
	sheet->canvas.from = from;
	sheet->canvas.to = to;
	sheet->is_png = strcmp(format, "png") == 0;
	return is_colour(sheet->background) && is_colour(sheet->canvas.background);
}

static bool read_twin(struct owner *owner, json_t *root)
{
	struct sheet_twin *const twin = &owner->sheet.twin;
	json_t *const row = json_object_get(root, "twin");
	struct sheet_colour *colour;
	json_t *colours, *other;
	const char *own;

	if (!row)
		return true;
	if (json_unpack(row, "{s:s, s:o}", "path", &twin->path, "colours", &colours) != 0)
		return false;
	colour = arena_calloc(owner->arena, json_object_size(colours), sizeof(*colour));
	twin->colour = colour;
	json_object_foreach(colours, own, other)
	{
		if (!is_colour(own) || !json_is_string(other) ||
		    !is_colour(json_string_value(other)))
			return false;
		colour[twin->colours++] = (struct sheet_colour){own, json_string_value(other)};
	}
	return true;
}

static void turn(const struct sheet_twin *twin, const char **colour)
{
	for (size_t i = 0; i < twin->colours; i++)
		if (strcmp(twin->colour[i].own, *colour) == 0) {
			*colour = twin->colour[i].other;
			return;
		}
}

void sheet_turn(struct sheet *sheet)
{
	const struct sheet_twin *const twin = &sheet->twin;

	turn(twin, &sheet->background);
	turn(twin, &sheet->canvas.background);
	for (size_t i = 0; i < sheet->draws; i++)
		turn(twin, &sheet->draw[i].colour);
	for (size_t i = 0; i < sheet->boxes; i++)
		turn(twin, &sheet->box[i].colour);
	for (size_t i = 0; i < sheet->texts; i++)
		turn(twin, &sheet->text[i].colour);
	sheet->path = twin->path;
	sheet->twin = (struct sheet_twin){0};
}

static bool is_sane(const struct sheet *sheet)
{
	return sheet->width > 0 && sheet->width <= SHEET_SIDE_MAX && sheet->height > 0 &&
	       sheet->height <= SHEET_SIDE_MAX && sheet->canvas.width > 0 &&
	       sheet->canvas.width <= sheet->width && sheet->canvas.height > 0 &&
	       sheet->canvas.height <= sheet->height && sheet->canvas.from < sheet->canvas.to &&
	       sheet->canvas.low < sheet->canvas.high;
}

struct sheet *sheet_parse(const char *line, size_t len, struct err *err)
{
	struct owner *owner = xcalloc(1, sizeof(*owner));
	json_t *draws = NULL, *boxes = NULL, *texts = NULL;
	json_error_t wrong;

	owner->arena = arena_new();
	owner->root = json_loadb(line, len, 0, &wrong);
	if (!owner->root) {
		err_set(err, "no JSON: %s at byte %d", wrong.text, wrong.position);
	} else if (!read_frame(&owner->sheet, owner->root) || !is_sane(&owner->sheet) ||
		   !read_twin(owner, owner->root) ||
		   json_unpack(owner->root, "{s:o, s:o, s:o}", "draw", &draws, "boxes", &boxes,
			       "texts", &texts) != 0 ||
		   !read_parts(owner, draws, boxes, texts)) {
		err_set(err, "the document describes no picture");
	} else {
		return &owner->sheet;
	}
	sheet_free(&owner->sheet);
	return NULL;
}

void sheet_free(struct sheet *sheet)
{
	struct owner *const owner = (struct owner *)sheet;

	if (!owner)
		return;
	json_decref(owner->root);
	arena_free(owner->arena);
	free(owner);
}
