#ifndef STORE_ROWS_H
#define STORE_ROWS_H

#include "base/arena.h"

#include <stddef.h>

/* Rows of one size, collected while nobody knows how many will come. */
struct rows {
	char *data;
	size_t size; /* of one row, set by the caller; the rest starts as 0 */
	size_t count;
	size_t room;
};

/* A zeroed row, valid until the next one is added. */
void *rows_add(struct rows *rows);
/* The rows as one array of the arena; `rows` is empty afterwards. */
void *rows_keep(struct rows *rows, struct arena *arena);
void rows_release(struct rows *rows);

#endif
