#ifndef BASE_ARENA_H
#define BASE_ARENA_H

#include <stddef.h>

/* Memory that is given back all at once. Allocation cannot fail; results are zeroed and
 * aligned for any type. Nothing taken from an arena is freed on its own. An arena starts small
 * and grows with its use. */
struct arena;

struct arena *arena_new(void);
void arena_free(struct arena *arena);
/* Gives everything back but the first block, which is zeroed and kept for the next use. */
void arena_reset(struct arena *arena);
void *arena_calloc(struct arena *arena, size_t count, size_t size);
char *arena_strdup(struct arena *arena, const char *text);
/* A copy of `len` bytes with a NUL behind them; the bytes may hold NULs. */
char *arena_strndup(struct arena *arena, const char *text, size_t len);
char *arena_printf(struct arena *arena, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
