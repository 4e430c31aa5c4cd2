#include "render/report_parts.h"

void report_journal(const struct html_page *page, const struct event *event, size_t events)
{
	const size_t shown = events < REPORT_LONG_MAX ? events : REPORT_LONG_MAX;

	html_begin(page);
	report_events(page, event, shown);
	report_left_out(page, shown, events);
	html_end(page);
}
