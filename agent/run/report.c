#include "run/report_parts.h"

#include "base/hash.h"
#include "base/mem.h"

#include <string.h>

/* Pages first, which is quick and finds a full disk; then the pictures that have changed; then all of
 * it takes the place of what was there. */

/* What every picture shows or depends on. */
static uint64_t seed_of(const struct report *report)
{
	const struct conf *const conf = report->request->conf;
	const double limit[] = {conf->volume.spike_ratio, (double)conf->volume.floor};
	uint64_t seed = hash_text(0, PACKAGE_VERSION);

	seed = hash_text(hash_text(seed, conf->language), conf->timezone);
	seed = hash_seeded(seed, limit, sizeof(limit));
	return hash_step(hash_step(seed, (uint64_t)report->from), (uint64_t)report->to);
}

static uint64_t digest_lists(const struct report *report)
{
	uint64_t sum = report->seed;

	for (size_t i = 0; i < report->events; i++)
		if (!report->event[i].address[0])
			sum = hash_step(sum, (uint64_t)report->event[i].id);
	for (size_t i = 0; i < report->lists; i++) {
		sum = hash_text(sum, report->list[i].list->zone);
		sum = hash_step(sum, report->list[i].health);
	}
	return sum;
}

/* A pool's pictures change when one of its addresses' does. */
static void plan_pool(struct report *report, struct report_pool *pool, uint64_t digest)
{
	struct str file = {0};
	const char *path;

	report_pool_file(&file, pool->name);
	path = arena_printf(report->arena, "p/%s", str_text(&file));
	str_release(&file);
	report_add_shot(report, GRAPH_VOLUME, pool->name, path)->digest = digest;
	report_add_shot(report, GRAPH_HEAT, pool->name, arena_printf(report->arena, "%s=g", path))
	    ->digest = digest;
	pool->has_volume = true;
	pool->has_grades = true;
}

struct pool_sum {
	uint64_t digest;
	bool is_known; /* a pass has seen one of its addresses in it */
};

static void add_to_pool(const struct report *report, size_t at, struct pool_sum *sum)
{
	const struct address_view *const view = report->view[at];
	const struct stored_address *const stored = map_get(report->source.by_text, view->address);

	sum->digest = hash_text(sum->digest, view->address);
	if (report->of_view[at])
		sum->digest = hash_step(sum->digest, report->of_view[at]->digest);
	sum->is_known |= stored && strcmp(stored->pool, view->pool) == 0;
}

static void plan_pools(struct report *report)
{
	struct pool_sum *sum = arena_calloc(report->arena, report->pools, sizeof(*sum));
	struct map *by_name = map_new();

	for (size_t i = 0; i < report->pools; i++) {
		sum[i].digest = hash_text(report->seed, report->pool[i].name);
		map_put(by_name, report->pool[i].name, &sum[i]);
	}
	for (size_t i = 0; i < report->status.views; i++)
		add_to_pool(report, i, map_get(by_name, report->view[i]->pool));
	map_free(by_name);
	/* "" is no word that a picture can be asked for. */
	for (size_t i = 0; i < report->pools; i++)
		if (report->pool[i].name[0] && sum[i].is_known)
			plan_pool(report, &report->pool[i], sum[i].digest);
}

/* What the picture of the lists would show. */
static bool was_any_out_of_order(const struct report *report)
{
	for (size_t i = 0; i < report->events; i++)
		if (report->event[i].change == CHANGE_LIST_SICK ||
		    report->event[i].change == CHANGE_LIST_WELL)
			return true;
	for (size_t i = 0; i < report->lists; i++) {
		const struct list_view *const list = &report->list[i];

		if (list->list->is_enabled && list->has_health && list->health != HEALTH_OK &&
		    list->health != HEALTH_UNPROVEN)
			return true;
	}
	return false;
}

static void plan_lists(struct report *report)
{
	if (!was_any_out_of_order(report))
		return;
	report->of_lists = report_add_shot(report, GRAPH_LISTS, "", "lists");
	report->of_lists->digest = digest_lists(report);
}

static bool has_failed(const struct report_shot *shot)
{
	return shot && shot->has_failed;
}

/* Whoever has no picture after all must not point to one. */
static bool mend_pages(struct report *report, struct err *err)
{
	struct arena *arena;
	bool ok = true;

	if (!report->outcome->failed)
		return true;
	arena = arena_new();
	for (size_t i = 0; ok && i < report->status.views; i++)
		if (has_failed(report->of_view[i]) || has_failed(report->of_hours[i])) {
			ok = report_write_address(report, i, arena, err);
			arena_reset(arena);
		}
	arena_free(arena);
	for (size_t i = 0; i < report->shots; i++)
		for (size_t j = 0; report->shot[i].has_failed && j < report->pools; j++) {
			struct report_pool *const pool = &report->pool[j];

			if (report->shot[i].subject != pool->name)
				continue;
			pool->has_volume &= report->shot[i].kind != GRAPH_VOLUME;
			pool->has_grades &= report->shot[i].kind != GRAPH_HEAT;
		}
	return ok;
}

static bool build(struct report *report, struct err *err)
{
	report->seed = seed_of(report);
	report->shot = arena_calloc(report->arena, 2 * report->status.views + 2 * report->pools + 1,
				    sizeof(*report->shot));
	if (!report_write_addresses(report, err))
		return false;
	plan_pools(report);
	plan_lists(report);
	return report_draw(report, err) && mend_pages(report, err) &&
	       report_write_others(report, err) && report_remember(report, err);
}

bool report_make(const struct report_request *request, struct arena *arena,
		 struct report_outcome *out, struct err *err)
{
	struct report report = {
	    .request = request, .outcome = out, .arena = arena, .site = {.fd = -1}};
	bool ok;

	*out = (struct report_outcome){0};
	ok = report_load(&report, err) && site_open(&report.site, request->dir, arena, err) &&
	     build(&report, err) && site_publish(&report.site, err);
	site_close(&report.site);
	graph_close(&report.source);
	return ok;
}
