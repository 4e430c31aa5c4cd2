#include "render/report_parts.h"

#include "base/mem.h"

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
	html_cell(page->out, list_kind_name(view->list->kind));
	report_cell_severity(page, view->list->severity);
	str_addf(page->out, "<td><span class=\"badge %s\">%s</span></td>",
		 is_out                                       ? "poor"
		 : view->has_health && view->list->is_enabled ? "good"
							      : "unknown",
		 report_health(page, view));
	report_cell_time(page, view->has_health ? view->health_since : 0);
	html_cell_number(page->out, view->planned_per_day);
	str_add(page->out, "<td class=\"words\">");
	html_text(page->out, view->list->is_enabled ? view->text : view->list->why_disabled);
	str_add(page->out, "</td></tr>\n");
}

void report_lists(const struct html_page *page, const struct list_view *view, size_t views,
		  bool has_picture)
{
	const char *const column[] = {
	    html_word(page, "Zone", "ゾーン"),         html_word(page, "Name", "名称"),
	    html_word(page, "Kind", "種類"),           html_word(page, "Severity", "重大度"),
	    html_word(page, "Health", "状態"),         html_word(page, "Since", "開始"),
	    html_word(page, "#A day", "#1日の質問数"), html_word(page, "Why", "理由"),
	};

	html_begin(page);
	if (has_picture)
		report_picture(page, &(struct report_figure){
					 .file = "lists",
					 .caption = html_word(page, "Lists that were out of order",
							      "正常に動作しなかったリスト"),
					 .about = html_word(
					     page,
					     "A lane for each list, with the time in which it was "
					     "not believed. The table has their state now.",
					     "リストごとに、信用されなかった期間を示します。現在の"
					     "状態は表にあります。"),
					 .width = PICTURE_PIXELS});
	html_table_begin(page, html_word(page, "The catalogue", "カタログ"), column,
			 COUNT_OF(column));
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
