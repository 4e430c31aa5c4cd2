#ifndef RUN_GRAPH_PARTS_H
#define RUN_GRAPH_PARTS_H

/* Between graph.c, which says what a picture shows, graph_curves.c (volumes) and graph_lanes.c (what
 * happened). Nobody else includes it. */

#include "run/graph.h"
#include "store/volumes.h"

/* A picture being made. */
struct graph {
	struct graph_source *source;
	const struct graph_request *request;
	struct arena *arena;
	struct picture *picture;
	struct picture_curve *curve; /* picture->curve, being filled */
	const struct stored_address *const *member; /* the address, or those of the pool */
	size_t members;
	const char *const *text; /* their texts */
};

/* The words in the picture's language. */
const char *graph_word(const struct graph *graph, const char *english)
    __attribute__((format_arg(2)));
/* A sentence of po/, from the arena; every argument is a const char *. */
const char *graph_said(const struct graph *graph, const char *english, ...)
    __attribute__((format(printf, 2, 3)));

/* graph_curves.c: volume with its mean, threshold and plan. graph_receivers.c: who took it. */
bool graph_add_volume(struct graph *graph, struct err *err);
bool graph_add_receivers(struct graph *graph, struct err *err);

/* graph_lanes.c: listings, receivers' blocks, identity, volume, blindness. */
bool graph_add_lanes(struct graph *graph, struct err *err);
/* graph_heat.c: lanes of whole days or of lists. */
bool graph_add_heat(struct graph *graph, struct err *err);
bool graph_add_lists(struct graph *graph, struct err *err);

/* --- days and hours: graph_grid.c --- */
/* The cells of a picture: where each begins, and what it counts. */
struct graph_grid {
	struct graph *graph;
	int64_t first_day, last_day;
	bool is_hourly; /* short spans */
	int64_t *at; /* cells + 1 of them, ascending */
	size_t cells;
};
void graph_grid_open(struct graph_grid *grid, struct graph *graph);
size_t graph_grid_cell(const struct graph_grid *grid, int64_t day, uint32_t hour);
int64_t graph_grid_day(const struct graph_grid *grid, size_t cell);
struct volume_query graph_grid_query(const struct graph_grid *grid);

/* --- what happened, from the journal: graph_story.c --- */
/* A belief from the time it was raised until it was cleared, or until now. */
struct episode {
	const char *address, *check, *subject;
	const char *word; /* what it became: "listed", "spike", ... */
	enum severity severity; /* the worst it had */
	int64_t from, to;
	bool is_open;
};
/* Of the members, in the order of their begin; those that ended before the picture are left out. */
bool graph_story(struct graph *graph, struct episode **out, size_t *count, struct err *err);

#endif
