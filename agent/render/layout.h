#ifndef RENDER_LAYOUT_H
#define RENDER_LAYOUT_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>

/* Columns, wrapped sentences and colour for a terminal. Text that comes in is escaped already;
 * widths are terminal columns. A width of 0 means that nothing is wrapped or cut. */

/* Colour underlines what the words say already; it is never the only sign. */
enum tint { TINT_NONE, TINT_BAD, TINT_WARN, TINT_GOOD, TINT_FAINT, TINT_STRONG, TINT_COUNT };

struct layout {
	bool has_color;
	size_t columns;
};

void layout_tint(struct str *out, const struct layout *layout, enum tint tint, const char *text);

/* The text, broken at blanks so that it ends before `columns`; lines behind the first begin
 * with `indent` blanks. The first begins where the output stands, which is taken to be column
 * `indent`. Words longer than a line (URLs) are left whole. No line end at the end. */
void layout_wrap(struct str *out, const struct layout *layout, size_t indent, const char *text);

/* The text, or as much as fits `columns` with "..." at its end. */
void layout_cut(struct str *out, const char *text, size_t columns);

/* What a column gives when the terminal is too narrow. */
enum layout_give {
	LAYOUT_KEEP, /* nothing */
	LAYOUT_CUT, /* its texts may be cut */
	LAYOUT_SPARE, /* that, and it is left out when cutting is not enough */
	LAYOUT_BELOW /* the last column: its texts stand whole below their rows */
};

enum { LAYOUT_COLUMNS_MAX = 10 };
struct layout_column {
	const char *head; /* NULL in the first column: no line of heads */
	bool is_right;
	enum layout_give give;
};
struct layout_cell {
	const char *text;
	enum tint tint;
};

/* `cell` holds rows * columns cells, row by row. Two blanks between columns, none at the end of
 * a line; a column without any text is left out. */
void layout_table(struct str *out, const struct layout *layout, const struct layout_column *column,
		  size_t columns, const struct layout_cell *cell, size_t rows);

#endif
