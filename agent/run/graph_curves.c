/* The values of a picture: what was sent in each hour or on each of the operator's days, what was
 * usual, and from where on it is a spike. */
#include "run/graph_parts.h"

#include "base/parse.h"
#include "base/str.h"
#include "judge/warmup.h"
#include "render/tr.h"
#include "store/blocks.h"
#include "store/volume_series.h"

#include <math.h>
#include <string.h>

enum {
	HOURS_OF_DAY = 24,
	MONTH_DAYS = 31,
	MEAN_DAYS_MIN = 7, /* a mean of fewer days is none */
	CURVES_MAX = 8
};

/* What the cells count, and each day's mail from two months before them on, for the means. */
struct counted {
	struct graph_grid grid;
	uint64_t (*count)[OUTCOME_COUNT];
	int64_t history_from; /* day */
	double *sent;
	int64_t known_from; /* the first day with mail */
};

static bool count_hours(struct counted *counted, struct err *err)
{
	const struct volume_query query = graph_grid_query(&counted->grid);
	struct graph *const graph = counted->grid.graph;
	struct volume_hour *hour;
	size_t hours;

	if (!volume_series_hours(graph->source->store, &query, graph->arena, &hour, &hours, err))
		return false;
	for (size_t i = 0; i < hours; i++) {
		const size_t cell = graph_grid_cell(&counted->grid, hour[i].day, hour[i].hour);

		for (size_t j = 0; j < OUTCOME_COUNT; j++)
			counted->count[cell][j] += hour[i].by_outcome[j];
	}
	return true;
}

static void count_day(struct counted *counted, const struct volume_day *day)
{
	const uint64_t by_outcome[OUTCOME_COUNT] = {
	    [OUTCOME_SENT] = day->sent,
	    [OUTCOME_DEFERRED] = day->deferred,
	    [OUTCOME_BOUNCED] = day->bounced,
	    [OUTCOME_EXPIRED] = day->expired,
	};

	counted->sent[day->day - counted->history_from] += (double)day->sent;
	if (!counted->grid.is_hourly && day->day >= counted->grid.first_day)
		memcpy(counted->count[graph_grid_cell(&counted->grid, day->day, 0)], by_outcome,
		       sizeof(by_outcome));
}

static bool count_all(struct counted *counted, struct err *err)
{
	struct graph *const graph = counted->grid.graph;
	struct volume_query query = graph_grid_query(&counted->grid);
	struct volume_day *day;
	size_t days;

	query.first_day -= 2 * MONTH_DAYS;
	if (!volumes_days(graph->source->store, &query, graph->arena, &day, &days, err))
		return false;
	counted->history_from = query.first_day;
	counted->known_from = days ? day[0].day : INT64_MAX;
	counted->sent = arena_calloc(graph->arena, (size_t)(query.last_day - query.first_day + 1),
				     sizeof(*counted->sent));
	counted->count = arena_calloc(graph->arena, counted->grid.cells, sizeof(*counted->count));
	for (size_t i = 0; i < days; i++)
		count_day(counted, &day[i]);
	return !counted->grid.is_hourly || count_hours(counted, err);
}

/* Of the calendar month before the day's; NAN where too little of it is known. */
static double month_mean(const struct counted *counted, int64_t day)
{
	const int64_t end = day - (civil_from_days(day).day - 1);
	const int64_t begin = end - civil_from_days(end - 1).day;
	double all = 0;
	int days = 0;

	for (int64_t i = begin; i < end; i++)
		if (i >= counted->known_from && i >= counted->history_from) {
			all += counted->sent[i - counted->history_from];
			days++;
		}
	return days >= MEAN_DAYS_MIN ? all / days : NAN;
}

/* --- curves --- */

typedef double value_fn(const struct counted *counted, size_t cell);

static double sent(const struct counted *counted, size_t cell)
{
	return (double)counted->count[cell][OUTCOME_SENT];
}

static double deferred(const struct counted *counted, size_t cell)
{
	return (double)counted->count[cell][OUTCOME_DEFERRED];
}

static double bounced(const struct counted *counted, size_t cell)
{
	return (double)(counted->count[cell][OUTCOME_BOUNCED] +
			counted->count[cell][OUTCOME_EXPIRED]);
}

static double mean(const struct counted *counted, size_t cell)
{
	const double day = month_mean(counted, graph_grid_day(&counted->grid, cell));

	return counted->grid.is_hourly ? day / HOURS_OF_DAY : day;
}

static double limit(const struct counted *counted, size_t cell)
{
	const struct conf *const conf = counted->grid.graph->source->conf;
	const double usual = month_mean(counted, graph_grid_day(&counted->grid, cell));

	return isnan(usual) ? NAN
			    : fmax(usual * conf->volume.spike_ratio, (double)conf->volume.floor);
}

/* Nothing is known of what is to come, and of the time before the first log. */
static bool is_known(const struct counted *counted, size_t cell)
{
	return counted->grid.at[cell] < counted->grid.graph->source->now &&
	       graph_grid_day(&counted->grid, cell) >= counted->known_from;
}

static struct picture_curve *add_curve(const struct counted *counted, value_fn *value,
				       enum curve_kind kind, enum paint paint)
{
	const struct graph_grid *const grid = &counted->grid;
	struct graph *const graph = grid->graph;
	struct picture_step *step = arena_calloc(graph->arena, grid->cells + 1, sizeof(*step));
	struct picture_curve *const curve = &graph->curve[graph->picture->curves++];

	for (size_t i = 0; i < grid->cells; i++)
		step[i] = (struct picture_step){grid->at[i],
						is_known(counted, i) ? value(counted, i) : NAN};
	step[grid->cells] = (struct picture_step){grid->at[grid->cells], NAN};
	*curve = (struct picture_curve){
	    .kind = kind, .paint = paint, .step = step, .steps = grid->cells + 1};
	return curve;
}

/* A line that is named with its newest value, the place of the sentence; none, when it has none. */
static void add_line(const struct counted *counted, value_fn *value, enum curve_kind kind,
		     enum paint paint, const char *english)
{
	struct graph *const graph = counted->grid.graph;
	struct picture_curve *const curve = add_curve(counted, value, kind, paint);
	char number[GROUPED_BYTES];
	struct str name = {0};

	for (size_t i = curve->steps; i-- > 0;) {
		const double newest = curve->step[i].value;

		if (isnan(newest))
			continue;
		tr_fill(&name, graph->source->language, english,
			(const char *const[]){grouped_text((uint64_t)(newest + 0.5), number)});
		curve->name = arena_strdup(graph->arena, str_text(&name));
		str_release(&name);
		if (kind == CURVE_DASHED && newest * 1.2 > graph->picture->ceiling)
			graph->picture->ceiling = newest * 1.2;
		return;
	}
	graph->picture->curves--;
}

static double planned(const struct warmup_plan *plan, int64_t day)
{
	return day < plan->start ? NAN : (double)warmup_allowed(plan, day);
}

static void add_plan(const struct counted *counted, const struct warmup_plan *plan)
{
	const struct graph_grid *const grid = &counted->grid;
	struct graph *const graph = grid->graph;
	struct picture_step *step = arena_calloc(graph->arena, grid->cells + 1, sizeof(*step));

	for (size_t i = 0; i <= grid->cells; i++)
		step[i] = (struct picture_step){
		    grid->at[i], i < grid->cells ? planned(plan, graph_grid_day(grid, i)) : NAN};
	graph->curve[graph->picture->curves++] =
	    (struct picture_curve){.name = graph_word(graph, "warm-up plan"),
				   .kind = CURVE_LINE,
				   .paint = PAINT_PLAN,
				   .step = step,
				   .steps = grid->cells + 1};
}

static bool find_plan(const struct counted *counted, struct err *err)
{
	struct graph *const graph = counted->grid.graph;
	struct stored_warmup *warmup;
	size_t warmups;

	if (counted->grid.is_hourly || graph->request->kind != GRAPH_VOLUME || graph->members != 1)
		return true;
	if (!warmups_load(graph->source->store, graph->arena, &warmup, &warmups, err))
		return false;
	for (size_t i = 0; i < warmups; i++)
		if (strcmp(warmup[i].address, graph->text[0]) == 0)
			add_plan(counted, &warmup[i].plan);
	return true;
}

bool graph_add_volume(struct graph *graph, struct err *err)
{
	struct counted counted = {0};
	bool is_hourly;

	graph_grid_open(&counted.grid, graph);
	is_hourly = counted.grid.is_hourly;
	if (!count_all(&counted, err))
		return false;
	graph->curve = arena_calloc(graph->arena, CURVES_MAX, sizeof(*graph->curve));
	graph->picture->curve = graph->curve;
	graph->picture->unit =
	    is_hourly ? graph_word(graph, "messages an hour") : graph_word(graph, "messages a day");
	add_curve(&counted, sent, CURVE_AREA, PAINT_SENT)->name = graph_word(graph, "sent");
	add_curve(&counted, deferred, CURVE_AREA, PAINT_DEFERRED)->name =
	    graph_word(graph, "deferred");
	add_curve(&counted, bounced, CURVE_AREA, PAINT_BOUNCED)->name =
	    graph_word(graph, "bounced");
	add_line(&counted, mean, CURVE_DASHED, PAINT_MEAN, TR_LATER("last month's mean: %s"));
	/* The threshold may stand far above all there is: its number is in the legend all the same. */
	if (!is_hourly)
		add_line(&counted, limit, CURVE_LINE, PAINT_LIMIT, TR_LATER("spike from %s"));
	return find_plan(&counted, err);
}
