#ifndef CONF_PROBLEMS_H
#define CONF_PROBLEMS_H

#include "base/arena.h"
#include "base/str.h"

#include <stddef.h>

/* A place in a file as the operator knows it. Line 0: the file as a whole. */
struct where {
	const char *file;
	unsigned line;
	size_t order; /* of files, in the order they were read */
};

/* Sentences about places, collected in any order. */
struct problems {
	struct arena *arena; /* borrowed: holds the sentences */
	struct problem *item;
	size_t count;
};

void problems_release(struct problems *problems);
void problems_add(struct problems *problems, struct where where, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* By file and line. */
void problems_sort(struct problems *problems);
/* "FILE:LINE: sentence". */
const char *problems_line(const struct problems *problems, size_t index, struct arena *arena);

/* What the operator wrote, between single quotes and cut when long; not escaped. */
enum { QUOTE_MAX_BYTES = 64 };
const char *quote(struct arena *arena, const char *text);

/* Room for one more item at the end of `items`, which holds `count` of them and is freed with
 * free(). Grows by doubling. */
void *array_grow(void *items, size_t count, size_t item_bytes);

#endif
