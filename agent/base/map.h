#ifndef BASE_MAP_H
#define BASE_MAP_H

#include <stddef.h>

/* Pointers by name. Keys are copied; values are borrowed and never NULL. */
struct map;

struct map *map_new(void);
void map_free(struct map *map);
/* NULL when there is none. */
void *map_get(const struct map *map, const char *key);
/* Replaces what was there. */
void map_put(struct map *map, const char *key, void *value);
size_t map_count(const struct map *map);
/* Every pair, in no order: start with `*at = 0`, ends with NULL (`*value` untouched). */
const char *map_next(const struct map *map, size_t *at, void **value);

#endif
