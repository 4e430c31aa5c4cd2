#include "run/route.h"

#include <string.h>

static bool has_pool(const struct conf_channel *channel, const char *pool)
{
	for (size_t i = 0; i < channel->pools; i++)
		if (strcmp(channel->pool[i], pool) == 0)
			return true;
	return false;
}

bool route_concerns(const struct conf_channel *channel, const struct incident *incident)
{
	bool touches_any = false;

	if (!channel->pools)
		return true;
	for (size_t i = 0; i < incident->items; i++) {
		if (has_pool(channel, incident->item[i].pool))
			return true;
		touches_any |= *incident->item[i].pool != '\0';
	}
	return !touches_any;
}

struct incident route_part(const struct conf_channel *channel, const struct incident *incident,
			   struct arena *arena)
{
	struct incident_item *item = arena_calloc(arena, incident->items + 1, sizeof(*item));
	struct incident part = *incident;

	part.items = 0;
	for (size_t i = 0; i < incident->items; i++) {
		const char *const pool = incident->item[i].pool;

		if (!channel->pools || !*pool || has_pool(channel, pool))
			item[part.items++] = incident->item[i];
	}
	part.item = item;
	return part;
}
