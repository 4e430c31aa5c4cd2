#ifndef RENDER_REPORT_H
#define RENDER_REPORT_H

#include "model/removal.h"
#include "model/view.h"
#include "render/html.h"

#include <stddef.h>
#include <stdint.h>

/* The pages of the report: structs in, HTML out. Ages are told as moments, so that a page changes only
 * when what it tells changes. */

enum {
	REPORT_ATTENTION_MAX = 300,
	REPORT_ROWS_MAX = 500 /* of a pool's table; more pages follow */
};

struct report_pool {
	const char *name; /* "" for addresses without a pool */
	const struct address_view *const *view; /* worst first */
	size_t views;
	uint64_t by_grade[GRADE_COUNT];
	uint64_t yesterday;
	double month_mean; /* the sum over its addresses */
};

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

/* `number` of `pages`, 0 first. */
void report_pool(const struct html_page *page, const struct report_pool *pool, size_t number,
		 size_t pages);
/* The file name of a pool's page. */
void report_pool_file(struct str *out, const char *pool, size_t number);
void report_address_file(struct str *out, const char *address);

struct report_address {
	const struct address_view *view;
	const struct catalogue *catalogue;
	const struct event *event; /* newest first */
	size_t events;
	const char *about; /* the picture's text alternative; "" for no picture */
	const struct report_day *day; /* newest first */
	size_t days;
};
struct report_day {
	const char *date;
	uint64_t sent, deferred, bounced;
};
void report_address(const struct html_page *page, const struct report_address *address);

void report_lists(const struct html_page *page, const struct list_view *view, size_t views,
		  const char *about);
void report_journal(const struct html_page *page, const struct event *event, size_t events);
void report_removals(const struct html_page *page, const struct removal_page *removals);

/* <figure> with a picture in light and dark; `file` without its end. */
void report_picture(const struct html_page *page, const char *file, const char *caption,
		    const char *about);

#endif
