#include "render/report_parts.h"

#include "base/ip.h"
#include "base/mem.h"
#include "base/parse.h"
#include "render/page.h"
#include "render/tr.h"

#include <math.h>
#include <string.h>

/* --- files --- */

void report_pool_file(struct str *out, const char *pool)
{
	if (!*pool)
		str_add(out, "=none"); /* no name becomes this: '=' stands before digits only */
	for (const char *at = pool; *at; at++) {
		const char one[] = {*at, '\0'};

		if (*at == ':')
			str_add(out, "=3a");
		else
			html_file_name(out, one);
	}
}

void report_pool_page(struct str *out, const char *pool, size_t number)
{
	report_pool_file(out, pool);
	if (number)
		str_addf(out, "=p%zu", number + 1);
	str_add(out, ".html");
}

void report_address_file(struct str *out, const char *address)
{
	html_file_name(out, address);
}

void report_address_page(struct str *out, const char *address)
{
	html_file_name(out, address);
	str_add(out, ".html");
}

void report_address_hours(struct str *out, const char *address)
{
	html_file_name(out, address);
	str_add(out, "=h");
}

/* --- text --- */

void report_heading(const struct html_page *page, const char *english)
{
	str_addf(page->out, "<h2>%s</h2>\n", html_word(page, english));
}

void report_sentence(const struct html_page *page, const char *english)
{
	str_addf(page->out, "<p class=\"quiet\">%s</p>\n", html_word(page, english));
}

void report_left_out(const struct html_page *page, size_t shown, size_t all)
{
	char some[GROUPED_BYTES], whole[GROUPED_BYTES];

	if (shown >= all)
		return;
	str_add(page->out, "<p class=\"quiet\">");
	html_say(page, "%s of %s are shown.", grouped_text(shown, some), grouped_text(all, whole));
	str_add(page->out, "</p>\n");
}

void report_picture(const struct html_page *page, const struct report_figure *figure)
{
	struct str *const out = page->out;

	str_add(out,
		"<figure>\n<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"");
	html_text(out, figure->caption);
	str_addf(out,
		 "\">\n<picture><source media=\"(prefers-color-scheme: dark)\" "
		 "srcset=\"%s.dark.svg\"><img src=\"%s.svg\" loading=\"lazy\" width=\"%u\"",
		 figure->file, figure->file, figure->width);
	if (figure->height)
		str_addf(out, " height=\"%u\"", figure->height);
	str_add(out, " alt=\"");
	html_text(out, figure->about);
	str_add(out, "\"></picture>\n</div>\n<figcaption>");
	html_text(out, figure->caption);
	str_add(out, "</figcaption>\n</figure>\n");
}

/* --- cells --- */

void report_cell_address(const struct html_page *page, const char *address, const char *name)
{
	struct ip ip;

	/* Domains and lists have events too, and no page of their own. */
	str_add(page->out, "<td class=\"name\">");
	if (ip_parse(address, &ip)) {
		str_addf(page->out, "<a href=\"%sa/", page->root);
		report_address_page(page->out, address);
		str_add(page->out, "\">");
		html_text(page->out, address);
		str_add(page->out, "</a>");
	} else {
		html_text(page->out, address);
	}
	if (name[0]) {
		str_add(page->out, " <span class=\"quiet\">");
		html_text(page->out, name);
		str_add(page->out, "</span>");
	}
	str_add(page->out, "</td>");
}

void report_cell_pool(const struct html_page *page, const char *pool)
{
	str_addf(page->out, "<td class=\"name\"><a href=\"%sp/", page->root);
	report_pool_page(page->out, pool, 0);
	str_add(page->out, "\">");
	html_text(page->out, pool[0] ? pool : html_word(page, "(no pool)"));
	str_add(page->out, "</a></td>");
}

void report_cell_time(const struct html_page *page, int64_t at)
{
	str_addf(page->out, "<td class=\"time\" data-value=\"%lld\">", (long long)at);
	html_time(page, page->out, at);
	str_add(page->out, "</td>");
}

void report_cell_grade(const struct html_page *page, enum grade_letter letter)
{
	static const int place[] = {
	    [GRADE_POOR] = 0, [GRADE_UNKNOWN] = 1, [GRADE_NEUTRAL] = 2, [GRADE_GOOD] = 3};

	_Static_assert(COUNT_OF(place) == GRADE_COUNT, "a place for each grade");
	str_addf(page->out, "<td data-value=\"%d\">", place[letter]);
	html_grade(page->out, letter);
	str_add(page->out, "</td>");
}

void report_cell_severity(const struct html_page *page, enum severity severity)
{
	str_addf(page->out, "<td data-value=\"%d\">", (int)severity);
	html_severity(page, severity);
	str_add(page->out, "</td>");
}

void report_cell_ratio(struct str *out, double yesterday, double mean)
{
	if (mean > 0)
		str_addf(out, "<td class=\"number\" data-value=\"%.4f\">%.1f×</td>",
			 yesterday / mean, yesterday / mean);
	else
		str_add(out, "<td class=\"number\" data-value=\"-1\">–</td>");
}

void report_cells_volume(const struct html_page *page, const struct traffic *traffic)
{
	if (!traffic || traffic->volume.level == VOLUME_NO_DATA) {
		str_add(page->out, "<td class=\"number\" data-value=\"-1\">–</td>"
				   "<td class=\"number\" data-value=\"-1\">–</td>");
		return;
	}
	html_cell_number(page->out, traffic->volume.yesterday);
	report_cell_ratio(page->out, (double)traffic->volume.yesterday, traffic->volume.month_mean);
}

/* --- phrases --- */

int64_t report_since(const struct address_view *view, const struct reason *reason)
{
	const struct standing *const standing = view_standing(view, reason);

	if (!standing)
		return 0;
	return reason->finding == FINDING_BLIND ? standing->blind_since : standing->since;
}

/* The sentence about the subject, then what is known of it. */
static void add_about(const struct html_page *page, const char *english, const char *subject,
		      const char *text)
{
	struct str name = {0};

	html_text(&name, subject);
	tr_fill(page->out, page->language, english, (const char *const[]){str_text(&name)});
	str_release(&name);
	if (*text)
		str_add(page->out, ": ");
	html_retell(page, text);
}

void report_phrase(const struct html_page *page, const struct address_view *view,
		   const struct reason *reason)
{
	const struct standing *const standing = view_standing(view, reason);
	const char *const means = standing && standing->means ? standing->means : reason->text;
	char answered[GROUPED_BYTES], asked[GROUPED_BYTES];

	if (strcmp(reason->check, "receiver") == 0 && reason->finding != FINDING_BLIND) {
		add_about(page, TR_LATER("%s refuses its mail"), reason->subject, means);
		return;
	}
	if (strcmp(reason->check, "coverage") == 0 && reason->finding == FINDING_BLIND) {
		/* Its own text holds an age. */
		html_say(page, "only %s of %s questions were answered",
			 grouped_text(view->answered, answered), grouped_text(view->asked, asked));
		return;
	}
	switch (reason->finding) {
	case FINDING_LISTED:
		if (reason->subject[0]) {
			add_about(page, TR_LATER("listed on %s"), reason->subject, means);
			return;
		}
		break;
	case FINDING_NOTED:
		if (reason->subject[0]) {
			add_about(page, TR_LATER("noted on %s"), reason->subject, means);
			return;
		}
		break;
	case FINDING_BLIND:
		add_about(page, TR_LATER("not known: %s"),
			  reason->subject[0] ? reason->subject
					     : html_word(page, page_check_name(reason->check)),
			  reason->text);
		return;
	case FINDING_BROKEN:
	case FINDING_CLEAR:
	case FINDING_ELEVATED:
	case FINDING_SPIKE:
	case FINDING_COLD:
	case FINDING_COUNT:
		break;
	}
	if (strcmp(reason->check, "volume") == 0)
		html_retell(page, reason->text);
	else
		add_about(page, "%s", html_word(page, page_check_name(reason->check)),
			  reason->text);
}

void report_suspect(const struct html_page *page, const struct suspect *suspect)
{
	char sent[GROUPED_BYTES], usual[GROUPED_BYTES];
	struct str account = {0};

	str_add(&account, "<strong class=\"account\">");
	html_text(&account, suspect->account);
	str_add(&account, "</strong>");
	html_say(page, "%s sent %s, usually %s", str_text(&account),
		 grouped_text(suspect->sent, sent),
		 grouped_text((uint64_t)llround(suspect->usual), usual));
	str_release(&account);
}

/* --- lists --- */

bool report_is_out(const struct list_view *view)
{
	return view->list->is_enabled && view->has_health && view->health != HEALTH_OK &&
	       view->health != HEALTH_UNPROVEN;
}

const char *report_health(const struct html_page *page, const struct list_view *view)
{
	if (!view->list->is_enabled)
		return html_word(page, "not used");
	if (!view->has_health)
		return html_word(page, "not asked yet");
	return html_word(page, list_health_name(view->health));
}

/* --- events --- */

void report_events(const struct html_page *page, const struct event *event, size_t events)
{
	static const char *const column[] = {
	    TR_LATER("Time"),    TR_LATER("Change"),  TR_LATER("Severity"),
	    TR_LATER("Address"), TR_LATER("Subject"), TR_LATER("What happened"),
	};

	if (!events) {
		report_sentence(page, "Nothing has happened in this time.");
		return;
	}
	html_table_begin(page, TR_LATER("Events, the newest first"), column, COUNT_OF(column));
	for (size_t i = 0; i < events; i++) {
		str_addf(page->out, "<tr class=\"change-%s\">", change_name(event[i].change));
		report_cell_time(page, event[i].at);
		html_cell(page->out, html_word(page, change_name(event[i].change)));
		report_cell_severity(page, event[i].severity);
		report_cell_address(page, event[i].address, "");
		html_cell(page->out, event[i].subject[0]
					 ? event[i].subject
					 : html_word(page, page_check_name(event[i].check)));
		str_add(page->out, "<td class=\"words\">");
		html_retell(page, event[i].text);
		str_add(page->out, "</td></tr>\n");
	}
	html_table_end(page);
}
