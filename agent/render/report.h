#ifndef RENDER_REPORT_H
#define RENDER_REPORT_H

#include "model/domain_view.h"
#include "model/removal.h"
#include "model/view.h"
#include "render/html.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The pages of the report: structs in, HTML out. Ages are told as moments: a page is read long after
 * it was written. Pages of pools stand in p/, those of addresses in a/, all others above them. */

enum {
	REPORT_ATTENTION_MAX = 300,
	REPORT_BLOCKS_MAX = 100,
	REPORT_POOLS_MAX = 300, /* of the front page's table */
	REPORT_ROWS_MAX = 500, /* of a pool's table; more pages follow */
	REPORT_LONG_MAX = 1000 /* of the other tables; what is left out is said */
};

struct report_pool {
	const char *name; /* "" for addresses without a pool */
	const struct address_view **view; /* worst first */
	size_t views;
	uint64_t by_grade[GRADE_COUNT];
	uint64_t yesterday;
	double month_mean; /* the sum over its addresses */
	bool has_volume, has_grades; /* the pictures are there */
};
static inline size_t report_pool_pages(const struct report_pool *pool)
{
	return pool->views ? (pool->views + REPORT_ROWS_MAX - 1) / REPORT_ROWS_MAX : 1;
}

struct report_front {
	const struct address_view *const *view; /* that are not GOOD, worst first */
	size_t views;
	const struct report_pool *pool;
	size_t pools;
	const struct list_view *list;
	size_t lists;
	const struct event *event; /* the newest, newest first */
	size_t events;
};
void report_front(const struct html_page *page, const struct report_front *front);

/* `number` of its pages, 0 first. */
void report_pool(const struct html_page *page, const struct report_pool *pool, size_t number);

/* Names of files in their folder: a pool's pages and what its pictures begin with, an address's. */
void report_pool_page(struct str *out, const char *pool, size_t number);
void report_pool_file(struct str *out, const char *pool);
void report_address_page(struct str *out, const char *address);
void report_address_hours(struct str *out, const char *address); /* of the hours' picture */
void report_address_file(struct str *out, const char *address);

struct report_day {
	const char *date;
	uint64_t sent, deferred, bounced;
};
struct report_address {
	const struct address_view *view;
	const struct catalogue *catalogue;
	const struct event *event; /* newest first */
	size_t events;
	const struct report_day *day; /* newest first */
	size_t days;
	bool has_picture, has_hours; /* the days, and the last few by the hour */
};
void report_address(const struct html_page *page, const struct report_address *address);

void report_lists(const struct html_page *page, const struct list_view *view, size_t views,
		  bool has_picture);
/* Newest first. */
void report_journal(const struct html_page *page, const struct event *event, size_t events);
void report_removals(const struct html_page *page, const struct removal_page *removals);
/* The one with most mail first. */
void report_domains(const struct html_page *page, const struct domain_view *view, size_t views);

/* What stands beside the pages: www/style.css and www/script.js, line by line, NULL at the end. */
extern const char *const report_style[];
extern const char *const report_script[];

#endif
