/* The operator's days and hours as stretches of time. */
#include "run/graph_parts.h"

enum {
	HOUR_S = 3600,
	QUARTER_S = HOUR_S / 4, /* no zone's offset changes by less */
	DAY_S = 86400,
	HOURS_OF_DAY = 24,
	HOURLY_UP_TO_S = 4 * DAY_S /* longer spans show days */
};

size_t graph_grid_cell(const struct graph_grid *grid, int64_t day, uint32_t hour)
{
	const int64_t ahead = day - grid->first_day;

	return (size_t)(grid->is_hourly ? ahead * HOURS_OF_DAY + hour : ahead);
}

int64_t graph_grid_day(const struct graph_grid *grid, size_t cell)
{
	return grid->first_day + (int64_t)(grid->is_hourly ? cell / HOURS_OF_DAY : cell);
}

struct volume_query graph_grid_query(const struct graph_grid *grid)
{
	return (struct volume_query){grid->graph->text, grid->graph->members, grid->first_day,
				     grid->last_day};
}

/* Hours are those of the clock: one that daylight saving repeats is twice as long, one it skips has
 * no width. */
static void place_hours(struct graph_grid *grid, int64_t day, size_t cell)
{
	const struct zone *const zone = grid->graph->source->zone;
	const int64_t end = civil_day_start(zone, civil_from_days(day + 1));
	int64_t at = civil_day_start(zone, civil_from_days(day));

	for (int64_t hour = 0; hour < HOURS_OF_DAY; hour++) {
		const int64_t clock = day * DAY_S + hour * HOUR_S;

		while (at < end && at + zone_offset_s(zone, at) < clock)
			at += QUARTER_S;
		grid->at[cell + (size_t)hour] = at;
	}
}

void graph_grid_open(struct graph_grid *grid, struct graph *graph)
{
	const struct graph_request *const request = graph->request;
	const struct zone *const zone = graph->source->zone;
	size_t days;

	*grid = (struct graph_grid){.graph = graph};
	grid->first_day = civil_days(civil_date_at(zone, request->from));
	grid->last_day = civil_days(civil_date_at(zone, request->to));
	grid->is_hourly =
	    request->kind == GRAPH_VOLUME && request->to - request->from <= HOURLY_UP_TO_S;
	days = (size_t)(grid->last_day - grid->first_day + 1);
	grid->cells = grid->is_hourly ? days * HOURS_OF_DAY : days;
	grid->at = arena_calloc(graph->arena, grid->cells + 1, sizeof(*grid->at));
	for (int64_t day = grid->first_day; day <= grid->last_day; day++) {
		const size_t cell = graph_grid_cell(grid, day, 0);

		if (grid->is_hourly)
			place_hours(grid, day, cell);
		else
			grid->at[cell] = civil_day_start(zone, civil_from_days(day));
	}
	grid->at[grid->cells] = civil_day_start(zone, civil_from_days(grid->last_day + 1));
}
