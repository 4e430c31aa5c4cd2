#include "base/map.h"

#include "base/arena.h"
#include "base/mem.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { MAP_FIRST_SLOTS = 64 };

struct slot {
	const char *key;
	void *value;
};

struct map {
	struct arena *keys;
	struct slot *slot;
	size_t slots; /* a power of two */
	size_t count;
};

/* FNV-1a, 64 bits. */
static uint64_t hash(const char *key)
{
	uint64_t sum = 14695981039346656037u;

	for (; *key; key++)
		sum = (sum ^ (uint8_t)*key) * 1099511628211u;
	return sum ^ sum >> 32;
}

struct map *map_new(void)
{
	struct map *map = xcalloc(1, sizeof(*map));

	map->keys = arena_new();
	map->slots = MAP_FIRST_SLOTS;
	map->slot = xcalloc(map->slots, sizeof(*map->slot));
	return map;
}

void map_free(struct map *map)
{
	if (!map)
		return;
	arena_free(map->keys);
	free(map->slot);
	free(map);
}

static struct slot *find(const struct map *map, const char *key)
{
	size_t at = hash(key) & (map->slots - 1);

	while (map->slot[at].key && strcmp(map->slot[at].key, key) != 0)
		at = (at + 1) & (map->slots - 1);
	return &map->slot[at];
}

void *map_get(const struct map *map, const char *key)
{
	return find(map, key)->value;
}

static void grow(struct map *map)
{
	struct slot *const old = map->slot;
	const size_t old_slots = map->slots;

	map->slots *= 2;
	map->slot = xcalloc(map->slots, sizeof(*map->slot));
	for (size_t i = 0; i < old_slots; i++)
		if (old[i].key)
			*find(map, old[i].key) = old[i];
	free(old);
}

void map_put(struct map *map, const char *key, void *value)
{
	struct slot *slot;

	if (!value)
		bug("a map was given no value for '%s'", key);
	if (map->count * 2 >= map->slots)
		grow(map);
	slot = find(map, key);
	if (!slot->key) {
		slot->key = arena_strdup(map->keys, key);
		map->count++;
	}
	slot->value = value;
}

size_t map_count(const struct map *map)
{
	return map->count;
}

const char *map_next(const struct map *map, size_t *at, void **value)
{
	while (*at < map->slots) {
		const struct slot *slot = &map->slot[(*at)++];

		if (slot->key) {
			*value = slot->value;
			return slot->key;
		}
	}
	return NULL;
}
