#ifndef RUN_GRAPH_H
#define RUN_GRAPH_H

#include "base/arena.h"
#include "base/civil.h"
#include "base/err.h"
#include "base/map.h"
#include "conf/conf.h"
#include "render/picture.h"
#include "store/store.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* From what the store has to pictures. Days and bands are those of the store and its journal, exact
 * to the second: an RRD file's days are UTC's and would stand beside the bands. */

enum graph_kind {
	GRAPH_VOLUME, /* of an address or a pool: volume, and all that happened to it in lanes */
	GRAPH_HEAT, /* of a pool: a lane an address, each day in the colour of its grade */
	GRAPH_LISTS, /* when lists were out of order; subject "" */
	GRAPH_RECEIVERS, /* of an address or a pool: who took its mail */
	GRAPH_KIND_COUNT
};
int graph_kind_parse(const char *word);

/* What all pictures of one run share. Opened once, read-only: one commit is seen from beginning to
 * end. */
struct graph_source {
	const struct conf *conf;
	struct store *store;
	const struct zone *zone;
	const char *zone_name;
	int64_t now;
	int64_t open_until; /* what has not ended is drawn up to here; 0: now */
	const char *language; /* of all words */
	struct stored_address *address; /* watched ones */
	size_t addresses;
	struct map *by_text; /* the same, by their text */
};
bool graph_open(struct graph_source *source, struct arena *arena, struct err *err);
void graph_close(struct graph_source *source);

struct graph_request {
	enum graph_kind kind;
	const char *subject; /* an address's text, or a pool's name */
	int64_t from, to;
};
/* Everything in `out` comes from the arena. False: the store failed, or there is no such subject. */
bool graph_make(struct graph_source *source, const struct graph_request *request,
		struct arena *arena, struct picture *out, struct err *err);

#endif
