/* Who took the mail: an area for each of the largest receivers. */
#include "run/graph_parts.h"

#include "base/mem.h"
#include "base/str.h"
#include "render/escape.h"
#include "store/volume_series.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { SHOWN_MAX = PAINT_LAST_OF_MANY - PAINT_FIRST_OF_MANY + 1, NAMES_MAX = 512 };

struct receiver_sum {
	const char *name;
	uint64_t sent;
};

static int most_first(const void *a, const void *b)
{
	const struct receiver_sum *const x = a;
	const struct receiver_sum *const y = b;

	if (x->sent != y->sent)
		return x->sent < y->sent ? 1 : -1;
	return strcmp(x->name, y->name);
}

static size_t sum_up(const struct received_volume *row, size_t rows,
		     struct receiver_sum sum[NAMES_MAX])
{
	size_t count = 0;

	for (size_t i = 0; i < rows; i++) {
		size_t at = 0;

		while (at < count && strcmp(sum[at].name, row[i].receiver) != 0)
			at++;
		if (at == NAMES_MAX)
			continue;
		if (at == count)
			sum[count++] = (struct receiver_sum){row[i].receiver, 0};
		sum[at].sent += row[i].sent;
	}
	qsort(sum, count, sizeof(*sum), most_first);
	return count;
}

/* The place among the shown ones; the last is for all others. */
static size_t place_of(const struct receiver_sum *sum, size_t shown, const char *name)
{
	for (size_t i = 0; i < shown; i++)
		if (strcmp(sum[i].name, name) == 0)
			return i;
	return shown;
}

/* Its steps, to be filled. */
static struct picture_step *add_area(struct graph_grid *grid, size_t number, const char *name)
{
	struct graph *const graph = grid->graph;
	struct picture_step *step = arena_calloc(graph->arena, grid->cells + 1, sizeof(*step));
	struct str text = {0};

	for (size_t i = 0; i <= grid->cells; i++)
		step[i] = (struct picture_step){grid->at[i], 0};
	step[grid->cells].value = NAN;
	escape_terminal(&text, name, strlen(name));
	graph->curve[graph->picture->curves++] = (struct picture_curve){
	    .name = arena_strdup(graph->arena, str_text(&text)),
	    .kind = CURVE_AREA,
	    .paint = (enum paint)(PAINT_FIRST_OF_MANY + number),
	    .step = step,
	    .steps = grid->cells + 1,
	};
	str_release(&text);
	return step;
}

bool graph_add_receivers(struct graph *graph, struct err *err)
{
	struct receiver_sum *sum = arena_calloc(graph->arena, NAMES_MAX, sizeof(*sum));
	struct picture_step *step[SHOWN_MAX];
	struct received_volume *row;
	struct graph_grid grid;
	struct volume_query query;
	size_t rows;
	size_t count;
	size_t shown;

	graph_grid_open(&grid, graph);
	query = graph_grid_query(&grid);
	if (!volume_series_received(graph->source->store, &query, graph->arena, &row, &rows, err))
		return false;
	count = sum_up(row, rows, sum);
	shown = count < SHOWN_MAX ? count : SHOWN_MAX - 1;
	graph->curve = arena_calloc(graph->arena, SHOWN_MAX, sizeof(*graph->curve));
	graph->picture->curve = graph->curve;
	graph->picture->unit = graph_word(graph, "messages a day");
	for (size_t i = 0; i < shown; i++)
		step[i] = add_area(&grid, i, sum[i].name);
	if (count > shown)
		step[shown] = add_area(&grid, shown, graph_word(graph, "others"));
	for (size_t i = 0; i < rows; i++)
		step[place_of(sum, shown, row[i].receiver)][graph_grid_cell(&grid, row[i].day, 0)]
		    .value += (double)row[i].sent;
	return true;
}
