#include "render/report_parts.h"

#include "base/mem.h"
#include "render/links.h"

/* Listings and blocks with what to do about each now, and the ledger of requests. */

static const struct {
	const char *english, *japanese, *style;
} verdict[] = {
    [REMOVAL_LOOK_FIRST] = {"look first", "先に確認", "neutral"},
    [REMOVAL_ASK] = {"ask", "申請可", "good"},
    [REMOVAL_FIX_FIRST] = {"fix first", "先に対処", "poor"},
    [REMOVAL_WAIT] = {"wait", "待機", "neutral"},
    [REMOVAL_EXPIRES] = {"expires", "自動解除", "unknown"},
    [REMOVAL_NOT_ADVISED] = {"not advised", "非推奨", "unknown"},
};
_Static_assert(COUNT_OF(verdict) == REMOVAL_VERDICT_COUNT, "a word for each verdict");

static void add_where(const struct html_page *page, const struct removal_view *view)
{
	struct str url = {0};

	if (view->way && view->way->url && view->way->url[0]) {
		links_fill(&url, view->way->url, view->address);
		html_link(page->out, str_text(&url), html_word(page, "the form", "申請ページ"));
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
	str_addf(
	    page->out, "<td data-value=\"%d\"><span class=\"badge %s\">%s</span></td>",
	    (int)advice->verdict, verdict[advice->verdict].style,
	    html_word(page, verdict[advice->verdict].english, verdict[advice->verdict].japanese));
	report_cell_address(page, view->address, view->name);
	html_cell(page->out, view->standing->subject);
	report_cell_time(page, view->standing->since);
	str_add(page->out, "<td class=\"words\">");
	if (advice->reasons)
		html_text(page->out, advice->reason[0]);
	str_add(page->out, "</td><td class=\"words\">");
	add_where(page, view);
	str_add(page->out, "</td>");
	report_cell_time(page, view->request ? view->request->last_asked_at : 0);
	str_add(page->out, "</tr>\n");
}

static void add_ledger(const struct html_page *page, const struct removal_page *removals)
{
	const char *const column[] = {
	    html_word(page, "Address", "アドレス"),  html_word(page, "List or receiver", "対象"),
	    html_word(page, "Asked", "申請"),        html_word(page, "#Times", "#回数"),
	    html_word(page, "Answered", "回答"),     html_word(page, "Cleared", "解除"),
	    html_word(page, "Back again", "再掲載"), html_word(page, "Ticket", "受付番号"),
	    html_word(page, "Note", "メモ"),
	};
	const size_t shown =
	    removals->requests < REPORT_LONG_MAX ? removals->requests : REPORT_LONG_MAX;

	if (!removals->requests)
		return;
	report_heading(page, "Requests", "申請の記録");
	html_table_begin(page, html_word(page, "Requests, the newest first", "申請 (新しい順)"),
			 column, COUNT_OF(column));
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
	const char *const column[] = {
	    html_word(page, "Now", "現在の判断"),
	    html_word(page, "Address", "アドレス"),
	    html_word(page, "List or receiver", "対象"),
	    html_word(page, "Since", "開始"),
	    html_word(page, "Why", "理由"),
	    html_word(page, "Where", "申請先"),
	    html_word(page, "Last asked", "最終申請"),
	};
	const size_t shown = removals->views < REPORT_LONG_MAX ? removals->views : REPORT_LONG_MAX;

	html_begin(page);
	report_heading(page, "Open listings and blocks", "解除が必要なもの");
	if (!removals->views) {
		report_sentence(page, "There are none.", "ありません。");
	} else {
		html_table_begin(page,
				 html_word(page, "What to do, those to ask for first",
					   "対処 (申請可能なものから)"),
				 column, COUNT_OF(column));
		for (size_t i = 0; i < shown; i++)
			add_open(page, &removals->view[i]);
		html_table_end(page);
		report_left_out(page, shown, removals->views);
	}
	add_ledger(page, removals);
	html_end(page);
}
