#include "render/report_parts.h"

#include "base/mem.h"
#include "render/tr.h"

enum { PICTURE_PIXELS = 800 };

/* Each list, and whether it may be believed through this resolver. */

static void add_row(const struct html_page *page, const struct list_view *view)
{
	const bool is_out = report_is_out(view);

	str_add(page->out,
		is_out ? "<tr class=\"bad\"><td class=\"name\">" : "<tr><td class=\"name\">");
	html_text(page->out, view->list->zone);
	str_add(page->out, "</td>");
	html_cell(page->out, view->list->name);
	html_cell(page->out, html_word(page, list_kind_name(view->list->kind)));
	report_cell_severity(page, view->list->severity);
	str_addf(page->out, "<td><span class=\"badge %s\">%s</span></td>",
		 is_out                                       ? "poor"
		 : view->has_health && view->list->is_enabled ? "good"
							      : "unknown",
		 report_health(page, view));
	report_cell_time(page, view->has_health ? view->health_since : 0);
	html_cell_number(page->out, view->planned_per_day);
	str_add(page->out, "<td class=\"words\">");
	html_retell(page, view->list->is_enabled ? view->text : view->list->why_disabled);
	str_add(page->out, "</td></tr>\n");
}

void report_lists(const struct html_page *page, const struct list_view *view, size_t views,
		  bool has_picture)
{
	static const char *const column[] = {
	    TR_LATER("Zone"),
	    TR_LATER("Name"),
	    TR_LATER("Kind"),
	    TR_LATER("Severity"),
	    TR_LATER("Health"),
	    TR_LATER("Since"),
	    ("#" TR_LATER("Questions a day")),
	    TR_LATER("Why"),
	};

	html_begin(page);
	if (has_picture)
		report_picture(page,
			       &(struct report_figure){
				   .file = "lists",
				   .caption = html_word(page, "Lists that were out of order"),
				   .about = html_word(
				       page, "A lane for each list, with the time in which it was "
					     "not believed. The table has their state now."),
				   .width = PICTURE_PIXELS});
	html_table_begin(page, TR_LATER("The catalogue"), column, COUNT_OF(column));
	for (size_t i = 0; i < views; i++)
		if (report_is_out(&view[i]))
			add_row(page, &view[i]);
	for (size_t i = 0; i < views; i++)
		if (!report_is_out(&view[i]) && view[i].list->is_enabled)
			add_row(page, &view[i]);
	for (size_t i = 0; i < views; i++)
		if (!view[i].list->is_enabled)
			add_row(page, &view[i]);
	html_table_end(page);
	html_end(page);
}
