#ifndef RUN_PAINTER_H
#define RUN_PAINTER_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

/* Draws pictures in worker processes, several at once. */

struct painter_calls {
	/* The next sheet (render/picture.h), which the painter frees, and its number; NULL: no more. */
	char *(*next)(void *context, size_t *number);
	/* What came of it; `error` NULL: it is drawn. */
	void (*done)(void *context, size_t number, const char *error);
	void *context;
};

/* `workers` 0: one a processor. False: none could be started, or they die faster than they draw. */
bool painter_run(size_t workers, const struct painter_calls *calls, struct err *err);

#endif
