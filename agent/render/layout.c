#include "render/layout.h"

#include "base/mem.h"
#include "render/escape.h"
#include "render/utf8.h"

#include <string.h>

/* ECMA-48 "select graphic rendition". */
static const char *const tint_code[] = {
    [TINT_NONE] = "",         [TINT_BAD] = "\033[31m",  [TINT_WARN] = "\033[33m",
    [TINT_GOOD] = "\033[32m", [TINT_FAINT] = "\033[2m", [TINT_STRONG] = "\033[1m",
};
_Static_assert(COUNT_OF(tint_code) == TINT_COUNT, "a code for each tint");

enum { GAP = 2, INDENT = 4, NARROW = 16, NARROWEST = 8 };

void layout_tint(struct str *out, const struct layout *layout, enum tint tint, const char *text)
{
	if (!layout->has_color || tint == TINT_NONE || !text[0]) {
		str_add(out, text);
		return;
	}
	str_add(out, tint_code[tint]);
	str_add(out, text);
	str_add(out, "\033[0m");
}

static void add_break(struct str *out, size_t indent)
{
	str_add_char(out, '\n');
	str_add_fill(out, ' ', indent);
}

void layout_wrap(struct str *out, const struct layout *layout, size_t indent, const char *text)
{
	size_t at = indent, breaks = 0;

	while (*text) {
		const size_t len = strcspn(text, " \n");
		const size_t columns = utf8_text_columns(text, len);

		if (len && breaks) {
			str_add_fill(out, '\n', breaks - 1);
			add_break(out, indent);
			breaks = 0;
		} else if (len && at > indent) {
			if (layout->columns && at + 1 + columns > layout->columns) {
				add_break(out, indent);
				at = indent;
			} else {
				str_add_char(out, ' ');
				at++;
			}
		}
		str_add_bytes(out, text, len);
		at += columns;
		text += len;
		if (*text == '\n') {
			breaks++;
			at = indent;
		}
		text += *text != '\0';
	}
}

void layout_cut(struct str *out, const char *text, size_t columns)
{
	static const char dots[] = "...";
	size_t left = strlen(text), room = columns > 3 ? columns - 3 : 0;

	if (escape_columns(text) <= columns) {
		str_add(out, text);
		return;
	}
	while (left > 0) {
		int32_t point;
		const size_t taken = utf8_next(text, left, &point);

		if (utf8_columns(point) > room)
			break;
		room -= utf8_columns(point);
		str_add_bytes(out, text, taken);
		text += taken;
		left -= taken;
	}
	str_add_bytes(out, dots, columns < 3 ? columns : 3);
}

struct grid {
	const struct layout *layout;
	const struct layout_column *column;
	size_t columns;
	size_t width[LAYOUT_COLUMNS_MAX]; /* 0: left out */
	bool is_below; /* the last column */
};

/* Blanks are owed until text follows, so that no line ends in them. */
static void add_row(struct str *out, const struct grid *grid, const struct layout_cell *cell)
{
	size_t owed = 0;

	for (size_t i = 0; i < grid->columns; i++) {
		const bool is_right = grid->column[i].is_right;
		struct str text = {0};
		size_t padding;

		if (!grid->width[i])
			continue;
		layout_cut(&text, cell[i].text, grid->width[i]);
		padding = grid->width[i] - escape_columns(str_text(&text));
		owed += is_right ? padding : 0;
		if (text.len) {
			str_add_fill(out, ' ', owed);
			layout_tint(out, grid->layout, cell[i].tint, text.text);
			owed = 0;
		}
		owed += GAP + (is_right ? 0 : padding);
		str_release(&text);
	}
	str_add_char(out, '\n');
}

static void add_below(struct str *out, const struct layout *layout, const struct layout_cell *cell)
{
	struct str text = {0};

	if (!cell->text[0])
		return;
	str_add_fill(out, ' ', INDENT);
	layout_wrap(&text, layout, INDENT, cell->text);
	layout_tint(out, layout, cell->tint, str_text(&text));
	str_add_char(out, '\n');
	str_release(&text);
}

/* How wide the table is, or with `cut` how narrow cutting alone can make it in comfort. */
static size_t total_of(const struct grid *grid, bool cut)
{
	size_t total = 0;

	for (size_t i = 0; i < grid->columns; i++) {
		const bool is_cut =
		    cut && grid->column[i].give != LAYOUT_KEEP && grid->width[i] > NARROW;

		total += grid->width[i] ? (is_cut ? NARROW : grid->width[i]) + GAP : 0;
	}
	return total ? total - GAP : 0;
}

static bool leave_one_out(struct grid *grid)
{
	for (size_t i = grid->columns; i-- > 0;)
		if (grid->column[i].give == LAYOUT_SPARE && grid->width[i]) {
			grid->width[i] = 0;
			return true;
		}
	return false;
}

/* The column to cut: the last one as long as it is comfortable, for it says the least urgent
 * things; then the widest. `columns` when none has anything to give. */
static size_t victim(const struct grid *grid)
{
	size_t widest = grid->columns;

	for (size_t i = grid->columns; i-- > 0;) {
		if (grid->column[i].give == LAYOUT_KEEP)
			continue;
		if (widest == grid->columns && grid->width[i] > NARROW)
			return i;
		if (grid->width[i] > NARROWEST &&
		    (widest == grid->columns || grid->width[i] > grid->width[widest]))
			widest = i;
	}
	return widest;
}

static void fit(struct grid *grid)
{
	const size_t last = grid->columns - 1;

	if (grid->column[last].give == LAYOUT_BELOW &&
	    total_of(grid, false) > grid->layout->columns) {
		grid->width[last] = 0;
		grid->is_below = true;
	}
	while (total_of(grid, true) > grid->layout->columns && leave_one_out(grid))
		;
	while (total_of(grid, false) > grid->layout->columns && victim(grid) < grid->columns)
		grid->width[victim(grid)]--;
}

static void measure(struct grid *grid, const struct layout_cell *cell, size_t rows, bool has_head)
{
	for (size_t i = 0; i < rows * grid->columns; i++) {
		const size_t wanted = escape_columns(cell[i].text);

		if (wanted > grid->width[i % grid->columns])
			grid->width[i % grid->columns] = wanted;
	}
	for (size_t i = 0; has_head && i < grid->columns; i++)
		if (grid->width[i] && strlen(grid->column[i].head) > grid->width[i])
			grid->width[i] = strlen(grid->column[i].head);
}

void layout_table(struct str *out, const struct layout *layout, const struct layout_column *column,
		  size_t columns, const struct layout_cell *cell, size_t rows)
{
	struct grid grid = {layout, column, columns, {0}, false};
	struct layout_cell head[LAYOUT_COLUMNS_MAX];

	if (columns > LAYOUT_COLUMNS_MAX)
		bug("a table of %zu columns", columns);
	measure(&grid, cell, rows, column[0].head);
	if (layout->columns)
		fit(&grid);
	for (size_t i = 0; i < columns; i++)
		head[i] = (struct layout_cell){column[i].head, TINT_FAINT};
	if (rows && column[0].head)
		add_row(out, &grid, head);
	for (size_t i = 0; i < rows; i++) {
		add_row(out, &grid, cell + i * columns);
		if (grid.is_below)
			add_below(out, layout, &cell[i * columns + columns - 1]);
	}
}
