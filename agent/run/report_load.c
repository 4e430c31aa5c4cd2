#include "run/report_parts.h"

#include "base/mem.h"
#include "run/domain_view.h"
#include "run/removal.h"

#include <stdlib.h>
#include <string.h>

/* What the pages show, read once. */

static const int grade_place[] = {
    [GRADE_POOR] = 0, [GRADE_UNKNOWN] = 1, [GRADE_NEUTRAL] = 2, [GRADE_GOOD] = 3};
_Static_assert(COUNT_OF(grade_place) == GRADE_COUNT, "a place for each grade");

/* The worst first, else in the order of the configuration, which is that of their places in
 * memory. */
static int worst_first(const void *a, const void *b)
{
	const struct address_view *const x = *(const struct address_view *const *)a;
	const struct address_view *const y = *(const struct address_view *const *)b;
	const struct reason *const of_x = x->grade.reasons ? x->grade.reason : NULL;
	const struct reason *const of_y = y->grade.reasons ? y->grade.reason : NULL;

	if (x->grade.letter != y->grade.letter)
		return grade_place[x->grade.letter] - grade_place[y->grade.letter];
	if (of_x && of_y && of_x->severity != of_y->severity)
		return (int)of_y->severity - (int)of_x->severity;
	if (x->grade.reasons != y->grade.reasons)
		return x->grade.reasons > y->grade.reasons ? -1 : 1;
	return (x > y) - (x < y);
}

static void sort_views(struct report *report)
{
	const size_t views = report->status.views;

	report->view = arena_calloc(report->arena, views, sizeof(*report->view));
	for (size_t i = 0; i < views; i++)
		report->view[i] = &report->status.view[i];
	if (views)
		qsort(report->view, views, sizeof(*report->view), worst_first);
}

/* --- pools --- */

static void add_to_pool(struct report_pool *pool, const struct address_view *view)
{
	const struct traffic *const traffic = view->traffic;

	pool->views++;
	pool->by_grade[view->grade.letter]++;
	if (!traffic)
		return;
	pool->yesterday += traffic->volume.yesterday;
	pool->month_mean += traffic->volume.month_mean;
}

static int by_trouble(const void *a, const void *b)
{
	const struct report_pool *const x = a;
	const struct report_pool *const y = b;

	if (x->by_grade[GRADE_POOR] != y->by_grade[GRADE_POOR])
		return x->by_grade[GRADE_POOR] > y->by_grade[GRADE_POOR] ? -1 : 1;
	return strcmp(x->name, y->name);
}

static void fill_pools(struct report *report, struct map *by_name)
{
	const size_t views = report->status.views;

	for (size_t i = 0; i < report->pools; i++) {
		struct report_pool *const pool = &report->pool[i];

		pool->view = arena_calloc(report->arena, pool->views, sizeof(*pool->view));
		pool->views = 0;
		map_put(by_name, pool->name, pool);
	}
	for (size_t i = 0; i < views; i++) {
		struct report_pool *const pool = map_get(by_name, report->view[i]->pool);

		pool->view[pool->views++] = report->view[i];
	}
}

static void make_pools(struct report *report)
{
	struct map *by_name = map_new();

	report->pool = arena_calloc(report->arena, report->status.views, sizeof(*report->pool));
	for (size_t i = 0; i < report->status.views; i++) {
		const struct address_view *const view = report->view[i];
		struct report_pool *pool = map_get(by_name, view->pool);

		if (!pool) {
			pool = &report->pool[report->pools++];
			pool->name = view->pool;
			map_put(by_name, view->pool, pool);
		}
		add_to_pool(pool, view);
	}
	if (report->pools)
		qsort(report->pool, report->pools, sizeof(*report->pool), by_trouble);
	fill_pools(report, by_name);
	map_free(by_name);
}

/* --- the rest: all of it tells of the moment at which the store was opened --- */

static bool load_events(struct report *report, struct err *err)
{
	const struct event_filter filter = {.since = report->from};

	if (!store_events(report->source.store, &filter, report->arena, &report->event,
			  &report->events, err))
		return false;
	for (size_t i = 0; i < report->events / 2; i++) {
		const struct event swapped = report->event[i];

		report->event[i] = report->event[report->events - 1 - i];
		report->event[report->events - 1 - i] = swapped;
	}
	return true;
}

static struct look_source source_of(const struct report *report)
{
	return (struct look_source){report->request->conf, report->source.store};
}

static bool load_status(struct report *report, struct err *err)
{
	const struct look_source source = source_of(report);

	return look_at_status(&source, NULL, 0, report->request->now, report->arena,
			      &report->status, err) &&
	       look_at_lists(&source, false, report->arena, &report->list, &report->lists, err);
}

static bool load_removals(struct report *report, struct err *err)
{
	const struct look_source source = source_of(report);
	const struct removal_choice choice = {.now = report->request->now,
					      .zone = report->request->zone,
					      .receivers = report->request->receivers};
	int64_t pass_at;

	return removal_look(&source, &choice, report->arena, &report->removals, &pass_at, err);
}

static bool load_domains(struct report *report, struct err *err)
{
	const struct look_source source = source_of(report);
	const struct domains_choice choice = {.zone = report->request->zone,
					      .now = report->request->now};
	struct domains domains;

	if (!look_at_domains(&source, &choice, report->arena, &domains, err))
		return false;
	report->domain = domains.view;
	report->domains = domains.views;
	return true;
}

static bool open_source(struct report *report, struct err *err)
{
	const struct report_request *const request = report->request;

	report->source = (struct graph_source){
	    .conf = request->conf,
	    .zone = request->zone,
	    .zone_name = request->conf->timezone,
	    .now = request->now,
	    .open_until = report->to,
	    .language = request->conf->language,
	};
	return graph_open(&report->source, report->arena, err);
}

bool report_load(struct report *report, struct err *err)
{
	const struct report_request *const request = report->request;
	const struct zone *const zone = request->zone;

	report->today = civil_days(civil_date_at(zone, request->now));
	report->first_day = report->today - request->days + 1;
	report->from = civil_day_start(zone, civil_from_days(report->first_day));
	report->to = civil_day_start(zone, civil_from_days(report->today + 1)) - 1;
	if (!open_source(report, err) || !load_status(report, err) || !load_removals(report, err) ||
	    !load_domains(report, err))
		return false;
	sort_views(report);
	make_pools(report);
	return load_events(report, err);
}
