#include "store/rows.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

enum { ROWS_FIRST = 16 };

void *rows_add(struct rows *rows)
{
	char *row;

	if (rows->count == rows->room) {
		rows->room = rows->room ? rows->room * 2 : ROWS_FIRST;
		rows->data = xrealloc(rows->data, rows->room, rows->size);
	}
	row = rows->data + rows->count++ * rows->size;
	memset(row, 0, rows->size);
	return row;
}

void *rows_keep(struct rows *rows, struct arena *arena)
{
	void *kept = arena_calloc(arena, rows->count, rows->size);

	if (rows->count)
		memcpy(kept, rows->data, rows->count * rows->size);
	rows_release(rows);
	return kept;
}

void rows_release(struct rows *rows)
{
	free(rows->data);
	*rows = (struct rows){.size = rows->size};
}
