#ifndef RENDER_REPORT_PARTS_H
#define RENDER_REPORT_PARTS_H

/* What the pages of the report share. Nobody else includes it. */

#include "render/report.h"

/* <figure> with a picture in light and dark; `file` without its end, escaped already. */
struct report_figure {
	const char *file;
	const char *caption, *about;
	uint32_t width, height; /* 0: not known before it is drawn */
};
void report_picture(const struct html_page *page, const struct report_figure *figure);

void report_heading(const struct html_page *page, const char *english);
void report_sentence(const struct html_page *page, const char *english);
/* "3 of 40 are shown." where some are left out. */
void report_left_out(const struct html_page *page, size_t shown, size_t all);

/* Table cells. */
void report_cell_address(const struct html_page *page, const char *address, const char *name);
void report_cell_pool(const struct html_page *page, const char *pool);
void report_cell_time(const struct html_page *page, int64_t at);
void report_cell_grade(const struct html_page *page, enum grade_letter letter);
void report_cell_severity(const struct html_page *page, enum severity severity);
/* Yesterday's mail and how many times last month's mean it was. */
void report_cells_volume(const struct html_page *page, const struct traffic *traffic);
void report_cell_ratio(struct str *out, double yesterday, double mean);

/* A reason in a few words: "listed on bl.example: SBL". */
void report_phrase(const struct html_page *page, const struct address_view *view,
		   const struct reason *reason);
/* Since when; 0 where there is no belief behind it. */
int64_t report_since(const struct address_view *view, const struct reason *reason);
/* "account sent 4,000, usually 12". */
void report_suspect(const struct html_page *page, const struct suspect *suspect);

void report_events(const struct html_page *page, const struct event *event, size_t events);
/* Whether the list is asked and not believed. */
bool report_is_out(const struct list_view *view);
const char *report_health(const struct html_page *page, const struct list_view *view);

#endif
