#include "render/report_parts.h"

#include "base/mem.h"
#include "model/auth_words.h"
#include "render/tr.h"

#include <math.h>
#include <string.h>

/* Domains that mail is sent for, those with something to mend first. */

static void add_state(const struct html_page *page, const struct domain_view *view)
{
	if (view->is_unready)
		str_addf(page->out,
			 "<td data-value=\"0\"><span class=\"badge poor\">%s</span></td>",
			 html_word(page, "to mend"));
	else if (view->is_blind)
		str_addf(page->out,
			 "<td data-value=\"1\"><span class=\"badge unknown\">%s</span></td>",
			 html_word(page, "not known"));
	else
		str_addf(page->out,
			 "<td data-value=\"2\"><span class=\"badge good\">%s</span></td>",
			 html_word(page, "ready"));
}

static void add_share(const struct html_page *page, const struct domain_view *view,
		      enum bulk_receiver receiver)
{
	uint64_t all = view->month;

	for (size_t i = 0; i < BULK_RECEIVER_COUNT; i++)
		all = view->to[i] > all ? view->to[i] : all;
	if (!all)
		str_add(page->out, "<td class=\"number\" data-value=\"-1\">–</td>");
	else
		str_addf(page->out, "<td class=\"number\" data-value=\"%.4f\">%.0f %%</td>",
			 (double)view->to[receiver] / (double)all,
			 100 * (double)view->to[receiver] / (double)all);
}

static void add_records(const struct html_page *page, const struct domain_auth *auth)
{
	html_cell(page->out, !auth || auth->spf.cause != CAUSE_NONE
				 ? "?"
				 : spf_record_word(auth->spf.result, auth->spf.senders));
	html_cell(page->out, !auth || auth->dkim.cause != CAUSE_NONE
				 ? "?"
				 : html_word(page, auth_state_name(auth->dkim.state)));
	html_cell(page->out, !auth || auth->dmarc.cause != CAUSE_NONE
				 ? "?"
				 : html_word(page, auth_state_name(auth->dmarc.state)));
}

static void add_fixes(const struct html_page *page, const struct grade *grade)
{
	for (size_t i = 0; i < grade->reasons; i++) {
		if (!grade->reason[i].fix[0])
			continue;
		str_add(page->out, "<pre><code>");
		html_text(page->out, grade->reason[i].fix);
		str_add(page->out, "</code></pre>");
	}
}

static void add_row(const struct html_page *page, const struct domain_view *view)
{
	const struct grade *const grade = &view->base.grade;

	str_add(page->out, "<tr>");
	add_state(page, view);
	str_add(page->out, "<td class=\"name\">");
	html_text(page->out, view->base.address);
	str_add(page->out, "</td>");
	html_cell_number(page->out, (uint64_t)llround(view->mean));
	add_share(page, view, BULK_GMAIL);
	add_share(page, view, BULK_MICROSOFT);
	add_records(page, view->base.auth);
	str_add(page->out, "<td class=\"words\">");
	if (grade->letter != GRADE_GOOD && grade->reasons)
		report_phrase(page, &view->base, &grade->reason[0]);
	else if (view->is_unready && view->bulk)
		html_retell(page, view->bulk->text);
	add_fixes(page, grade);
	str_add(page->out, "</td></tr>\n");
}

void report_domains(const struct html_page *page, const struct domain_view *view, size_t views)
{
	static const char *const column[] = {
	    TR_LATER("State"),
	    TR_LATER("Domain"),
	    ("#" TR_LATER("Mail a day")),
	    "#Gmail",
	    "#Microsoft",
	    "SPF",
	    "DKIM",
	    "DMARC",
	    TR_LATER("What to mend"),
	};
	size_t shown = 0;

	html_begin(page);
	if (!views) {
		report_sentence(page, "No domains are watched, and the logs tell of none.");
		html_end(page);
		return;
	}
	html_table_begin(page, TR_LATER("Domains that mail is sent for, those to mend first"),
			 column, COUNT_OF(column));
	for (int is_ready = 0; is_ready < 2; is_ready++)
		for (size_t i = 0; i < views && shown < REPORT_LONG_MAX; i++)
			if (view[i].is_unready == !is_ready) {
				add_row(page, &view[i]);
				shown++;
			}
	html_table_end(page);
	report_left_out(page, shown, views);
	html_end(page);
}
