#include "render/report_parts.h"

#include "base/mem.h"
#include "render/links.h"
#include "render/tr.h"

/* Listings and blocks with what to do about each now, and the ledger of requests. */

static const struct {
	const char *word, *style;
} verdict[] = {
    [REMOVAL_LOOK_FIRST] = {TR_LATER("look first"), "neutral"},
    [REMOVAL_ASK] = {TR_LATER("ask"), "good"},
    [REMOVAL_FIX_FIRST] = {TR_LATER("fix first"), "poor"},
    [REMOVAL_WAIT] = {TR_LATER("wait"), "neutral"},
    [REMOVAL_EXPIRES] = {TR_LATER("expires"), "unknown"},
    [REMOVAL_NOT_ADVISED] = {TR_LATER("not advised"), "unknown"},
};
_Static_assert(COUNT_OF(verdict) == REMOVAL_VERDICT_COUNT, "a word for each verdict");

static void add_where(const struct html_page *page, const struct removal_view *view)
{
	struct str url = {0};

	if (view->way && view->way->url && view->way->url[0]) {
		links_fill(&url, view->way->url, view->address);
		html_link(page->out, str_text(&url), html_word(page, "the form"));
		str_add_char(page->out, ' ');
	}
	if (view->way && view->way->mail)
		html_text(page->out, view->way->mail);
	str_release(&url);
}

static void add_open(const struct html_page *page, const struct removal_view *view)
{
	const struct removal_advice *const advice = &view->advice;

	str_add(page->out, "<tr>");
	str_addf(page->out, "<td data-value=\"%d\"><span class=\"badge %s\">%s</span></td>",
		 (int)advice->verdict, verdict[advice->verdict].style,
		 html_word(page, verdict[advice->verdict].word));
	report_cell_address(page, view->address, view->name);
	html_cell(page->out, view->standing->subject);
	report_cell_time(page, view->standing->since);
	str_add(page->out, "<td class=\"words\">");
	if (advice->reasons)
		html_retell(page, advice->reason[0]);
	str_add(page->out, "</td><td class=\"words\">");
	add_where(page, view);
	str_add(page->out, "</td>");
	report_cell_time(page, view->request ? view->request->last_asked_at : 0);
	str_add(page->out, "</tr>\n");
}

static void add_ledger(const struct html_page *page, const struct removal_page *removals)
{
	static const char *const column[] = {
	    TR_LATER("Address"),           TR_LATER("List or receiver"), TR_LATER("Asked"),
	    ("#" TR_LATER("Times asked")), TR_LATER("Their answer"),     TR_LATER("Cleared"),
	    TR_LATER("Back again"),        TR_LATER("Ticket"),           TR_LATER("Note"),
	};
	const size_t shown =
	    removals->requests < REPORT_LONG_MAX ? removals->requests : REPORT_LONG_MAX;

	if (!removals->requests)
		return;
	report_heading(page, "Requests");
	html_table_begin(page, TR_LATER("Requests, the newest first"), column, COUNT_OF(column));
	for (size_t i = 0; i < shown; i++) {
		const struct removal *const row = &removals->history[removals->requests - 1 - i];

		str_add(page->out, "<tr>");
		report_cell_address(page, row->address, "");
		html_cell(page->out, row->subject);
		report_cell_time(page, row->asked_at);
		html_cell_number(page->out, row->times);
		report_cell_time(page, row->answered_at);
		report_cell_time(page, row->cleared_at);
		report_cell_time(page, row->relisted_at);
		html_cell(page->out, row->ticket ? row->ticket : "");
		html_cell(page->out, row->note ? row->note : "");
		str_add(page->out, "</tr>\n");
	}
	html_table_end(page);
	report_left_out(page, shown, removals->requests);
}

void report_removals(const struct html_page *page, const struct removal_page *removals)
{
	static const char *const column[] = {
	    TR_LATER("Now"), TR_LATER("Address"), TR_LATER("List or receiver"), TR_LATER("Since"),
	    TR_LATER("Why"), TR_LATER("Where"),   TR_LATER("Last asked"),
	};
	const size_t shown = removals->views < REPORT_LONG_MAX ? removals->views : REPORT_LONG_MAX;

	html_begin(page);
	report_heading(page, "Open listings and blocks");
	if (!removals->views) {
		report_sentence(page, "There are none.");
	} else {
		html_table_begin(page, TR_LATER("What to do, those to ask for first"), column,
				 COUNT_OF(column));
		for (size_t i = 0; i < shown; i++)
			add_open(page, &removals->view[i]);
		html_table_end(page);
		report_left_out(page, shown, removals->views);
	}
	add_ledger(page, removals);
	html_end(page);
}
