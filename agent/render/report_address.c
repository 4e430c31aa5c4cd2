#include "render/report_parts.h"

#include "base/mem.h"
#include "base/parse.h"
#include "render/links.h"
#include "render/page.h"
#include "render/tr.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { PICTURE_PIXELS = 800 };

/* One address: the verdict and what to do, then everything that is known. */

static void add_head(const struct html_page *page, const struct address_view *view)
{
	char answered[GROUPED_BYTES], asked[GROUPED_BYTES];
	struct str pool = {0};

	str_add(page->out, "<p class=\"verdict\">");
	html_grade(page->out, view->grade.letter);
	if (view->name[0]) {
		str_add(page->out, " <span>");
		html_text(page->out, view->name);
		str_add(page->out, "</span>");
	}
	str_add(&pool, "<a href=\"../p/");
	report_pool_page(&pool, view->pool, 0);
	str_add(&pool, "\">");
	html_text(&pool, view->pool[0] ? view->pool : html_word(page, "(none)"));
	str_add(&pool, "</a>");
	str_add(page->out, " <span>");
	html_say(page, "pool %s", str_text(&pool));
	str_add(page->out, "</span> <span class=\"quiet\">");
	html_say(page, "%s of %s questions answered", grouped_text(view->answered, answered),
		 grouped_text(view->asked, asked));
	str_add(page->out, "</span></p>\n");
	str_release(&pool);
}

static void add_fix(const struct html_page *page, const char *fix)
{
	if (!fix[0])
		return;
	str_addf(page->out, "<p class=\"fix\">%s</p>\n<pre><code>", html_word(page, "Publish:"));
	html_text(page->out, fix);
	str_add(page->out, "</code></pre>\n");
}

static void add_since(const struct html_page *page, int64_t since)
{
	struct str time = {0};

	html_time(page, &time, since);
	str_add(page->out, " <span class=\"quiet\">");
	html_say(page, "since %s", str_text(&time));
	str_add(page->out, "</span>");
	str_release(&time);
}

static void add_reasons(const struct html_page *page, const struct address_view *view)
{
	report_heading(page, "Why");
	str_add(page->out, "<ul class=\"reasons\">\n");
	for (size_t i = 0; i < view->grade.reasons; i++) {
		const struct reason *const reason = &view->grade.reason[i];
		const int64_t since = report_since(view, reason);

		str_add(page->out, "<li>");
		if (reason->finding != FINDING_BLIND && reason->finding != FINDING_CLEAR)
			html_severity(page, reason->severity);
		str_add_char(page->out, ' ');
		if (reason->finding == FINDING_CLEAR)
			str_add(page->out, html_word(page, "Nothing speaks against it."));
		else
			report_phrase(page, view, reason);
		if (since)
			add_since(page, since);
		add_fix(page, reason->fix);
		str_add(page->out, "</li>\n");
	}
	str_add(page->out, "</ul>\n");
}

static void add_suspects(const struct html_page *page, const struct traffic *traffic)
{
	static const char *const column[] = {
	    TR_LATER("Account"),
	    ("#" TR_LATER("Sent")),
	    ("#" TR_LATER("Usually")),
	    ("#" TR_LATER("Times")),
	    ("#" TR_LATER("Share")),
	    ("#" TR_LATER("Bounced")),
	    ("#" TR_LATER("Unknown users")),
	};

	if (!traffic || !traffic->suspects)
		return;
	report_heading(page, "Suspects");
	html_table_begin(page, TR_LATER("Accounts unlike themselves, the likeliest first"), column,
			 COUNT_OF(column));
	for (size_t i = 0; i < traffic->suspects; i++) {
		const struct suspect *const suspect = &traffic->suspect[i];

		str_add(page->out, "<tr>");
		html_cell(page->out, suspect->account);
		html_cell_number(page->out, suspect->sent);
		html_cell_number(page->out, (uint64_t)llround(suspect->usual));
		report_cell_ratio(page->out, suspect->factor, 1);
		str_addf(page->out,
			 "<td class=\"number\">%.0f %%</td><td class=\"number\">%.0f %%</td>"
			 "<td class=\"number\">%.0f %%</td></tr>\n",
			 100 * suspect->share, 100 * suspect->bounce_share,
			 100 * suspect->unknown_share);
	}
	html_table_end(page);
}

/* --- volume --- */

static void add_level(const struct html_page *page, const struct volume_verdict *volume)
{
	char room[4][GROUPED_BYTES], ratio[GROUPED_BYTES];
	const char *const yesterday = grouped_text(volume->yesterday, room[0]);
	const char *const mean = grouped_text((uint64_t)llround(volume->month_mean), room[1]);
	const char *const today = grouped_text(volume->today, room[2]);
	const char *const projected = grouped_text(volume->projected, room[3]);

	snprintf(ratio, sizeof(ratio), "%.1f", volume->ratio);
	str_addf(page->out, "<p><span class=\"badge level-%s\">%s</span> ",
		 volume_level_name(volume->level),
		 html_word(page, volume_level_name(volume->level)));
	if (volume->reason[0]) {
		html_retell(page, volume->reason);
		str_add(page->out, html_word(page, ". "));
	}
	if (volume->month_mean > 0)
		html_say(page, "Yesterday: %s (%s×, last month's daily mean: %s). ", yesterday,
			 ratio, mean);
	else
		html_say(page, "Yesterday: %s. ", yesterday);
	if (volume->projected)
		html_say(page, "Today so far: %s, by its end about %s.", today, projected);
	else
		html_say(page, "Today so far: %s.", today);
	str_add(page->out, "</p>\n");
}

/* The text alternative; the table below has each day. */
static void add_picture(const struct html_page *page, const struct report_address *address)
{
	struct str file = {0}, about = {0};
	uint64_t sent = 0, deferred = 0, bounced = 0;
	char number[3][GROUPED_BYTES];

	if (!address->has_picture)
		return;
	for (size_t i = 0; i < address->days; i++) {
		sent += address->day[i].sent;
		deferred += address->day[i].deferred;
		bounced += address->day[i].bounced;
	}
	report_address_file(&file, address->view->address);
	tr_add(&about, page->language,
	       "Mail by day, and what happened below it. Sent %s, deferred %s, bounced %s.",
	       grouped_text(sent, number[0]), grouped_text(deferred, number[1]),
	       grouped_text(bounced, number[2]));
	report_picture(page,
		       &(struct report_figure){.file = str_text(&file),
					       .caption = html_word(page, "Volume and reputation"),
					       .about = str_text(&about),
					       .width = PICTURE_PIXELS});
	str_release(&file);
	str_release(&about);
}

static void add_hours(const struct html_page *page, const struct report_address *address)
{
	struct str file = {0};

	if (!address->has_hours)
		return;
	report_address_hours(&file, address->view->address);
	report_picture(page, &(struct report_figure){
				 .file = str_text(&file),
				 .caption = html_word(page, "The last three days by the hour"),
				 .about = html_word(
				     page, "Mail by the hour, today included, and what happened "
					   "below it. The table has each day."),
				 .width = PICTURE_PIXELS});
	str_release(&file);
}

static void add_days(const struct html_page *page, const struct report_address *address)
{
	static const char *const column[] = {
	    TR_LATER("Day"),
	    ("#" TR_LATER("Sent")),
	    ("#" TR_LATER("Deferred")),
	    ("#" TR_LATER("Bounced")),
	};

	if (!address->days)
		return;
	str_addf(page->out, "<details>\n<summary>%s</summary>\n",
		 html_word(page, "The days as a table"));
	html_table_begin(page, TR_LATER("Mail by day"), column, COUNT_OF(column));
	for (size_t i = 0; i < address->days; i++) {
		str_add(page->out, "<tr>");
		html_cell(page->out, address->day[i].date);
		html_cell_number(page->out, address->day[i].sent);
		html_cell_number(page->out, address->day[i].deferred);
		html_cell_number(page->out, address->day[i].bounced);
		str_add(page->out, "</tr>\n");
	}
	html_table_end(page);
	str_add(page->out, "</details>\n");
}

/* --- listings --- */

static void add_links(const struct html_page *page, const struct list *list, const char *target)
{
	struct str url = {0};

	if (!list)
		return;
	links_lookup(&url, list, target);
	if (url.len)
		html_link(page->out, str_text(&url), html_word(page, "look up"));
	str_clear(&url);
	if (list->way.url && list->way.url[0]) {
		links_fill(&url, list->way.url, target);
		str_add(page->out, " ");
		html_link(page->out, str_text(&url), html_word(page, "removal"));
	}
	if (list->removal[0]) {
		str_add(page->out, " <span class=\"quiet\">");
		html_retell(page, list->removal);
		str_add(page->out, "</span>");
	}
	str_release(&url);
}

static void add_listing(const struct html_page *page, const struct report_address *address,
			const struct standing *standing)
{
	const struct list *const list = links_list(address->catalogue, standing->subject);
	char code[CODE_TEXT_BYTES];

	str_add(page->out, "<tr><td class=\"name\">");
	html_text(page->out, standing->subject);
	if (list && strcmp(list->name, standing->subject) != 0) {
		str_add(page->out, " <span class=\"quiet\">");
		html_text(page->out, list->name);
		str_add(page->out, "</span>");
	}
	str_add(page->out, "</td>");
	report_cell_severity(page, standing->severity);
	str_add(page->out, "<td>");
	html_retell(page, standing->means);
	for (size_t i = 0; i < standing->codes; i++)
		str_addf(page->out, " <code>%s</code>", code_text(standing->code[i], code));
	str_add(page->out, "</td>");
	report_cell_time(page, standing->since);
	report_cell_time(page, standing->last_good);
	str_add(page->out, "<td class=\"words quote\">");
	html_text(page->out, standing->text);
	str_add(page->out, "</td><td class=\"words\">");
	add_links(page, list, address->view->address);
	str_add(page->out, "</td></tr>\n");
}

static void add_listings(const struct html_page *page, const struct report_address *address)
{
	static const char *const column[] = {
	    TR_LATER("List"),      TR_LATER("Severity"), TR_LATER("Meaning"),    TR_LATER("Since"),
	    TR_LATER("Last seen"), TR_LATER("It says"),  TR_LATER("What to do"),
	};
	const struct address_view *const view = address->view;
	bool has_begun = false;

	for (size_t i = 0; i < view->standings; i++) {
		const struct standing *const standing = &view->standing[i];

		if (strcmp(standing->check, "dnsbl") != 0 ||
		    (standing->belief != FINDING_LISTED && standing->belief != FINDING_NOTED))
			continue;
		if (!has_begun) {
			report_heading(page, "Listings");
			html_table_begin(page, TR_LATER("Lists that have it"), column,
					 COUNT_OF(column));
		}
		has_begun = true;
		add_listing(page, address, standing);
	}
	if (has_begun)
		html_table_end(page);
}

/* --- receivers --- */

static void add_receivers(const struct html_page *page, const struct traffic *traffic)
{
	static const char *const column[] = {
	    TR_LATER("Receiver"),      ("#" TR_LATER("Sent")),    ("#" TR_LATER("Deferred")),
	    ("#" TR_LATER("Bounced")), TR_LATER("Refuses since"), TR_LATER("Its words"),
	};

	if (!traffic || !traffic->receivers)
		return;
	report_heading(page, "Receivers, last seven days");
	html_table_begin(page, TR_LATER("Who took its mail"), column, COUNT_OF(column));
	for (size_t i = 0; i < traffic->receivers; i++) {
		const struct receiver_view *const receiver = &traffic->receiver[i];

		str_add(page->out, receiver->blocked_since ? "<tr class=\"bad\">" : "<tr>");
		html_cell(page->out, receiver->receiver);
		html_cell_number(page->out, receiver->sent);
		html_cell_number(page->out, receiver->deferred);
		html_cell_number(page->out, receiver->bounced);
		report_cell_time(page, receiver->blocked_since);
		str_add(page->out, "<td class=\"words quote\">");
		if (receiver->blocked_since)
			html_text(page->out, receiver->words);
		str_add(page->out, "</td></tr>\n");
	}
	html_table_end(page);
}

/* --- identity --- */

static void add_fact(const struct html_page *page, const char *name, const char *fact)
{
	str_addf(page->out, "<div><dt>%s</dt><dd>", name);
	html_text(page->out, fact);
	str_add(page->out, "</dd></div>\n");
}

static const char *yes_or_no(const struct html_page *page, bool is_so)
{
	return is_so ? html_word(page, "yes") : html_word(page, "no");
}

static void add_identity(const struct html_page *page, const struct identity *identity)
{
	report_heading(page, "Identity");
	if (!identity->is_known) {
		report_sentence(page, "It could not be learned yet.");
		return;
	}
	str_add(page->out, "<dl>\n");
	if (!identity->ptrs)
		add_fact(page, "PTR", html_word(page, "none"));
	for (size_t i = 0; i < identity->ptrs; i++)
		add_fact(page, "PTR", identity->ptr[i]);
	add_fact(page, html_word(page, "Leads back"), yes_or_no(page, identity->forward_confirmed));
	add_fact(page, html_word(page, "Looks generated"), yes_or_no(page, identity->generic_ptr));
	if (identity->helo && identity->helo[0]) {
		add_fact(page, "HELO", identity->helo);
		add_fact(page, html_word(page, "HELO leads to it"),
			 yes_or_no(page, identity->helo_resolves));
	}
	str_add(page->out, "</dl>\n");
}

void report_address(const struct html_page *page, const struct report_address *address)
{
	const struct address_view *const view = address->view;

	html_begin(page);
	add_head(page, view);
	add_reasons(page, view);
	add_suspects(page, view->traffic);
	report_heading(page, "Volume");
	if (view->traffic && view->traffic->volume.level != VOLUME_NO_DATA)
		add_level(page, &view->traffic->volume);
	else
		report_sentence(page, "No mail log tells what it sends.");
	add_picture(page, address);
	add_hours(page, address);
	add_days(page, address);
	add_listings(page, address);
	add_receivers(page, view->traffic);
	add_identity(page, &view->identity);
	report_heading(page, "Journal");
	report_events(page, address->event, address->events);
	html_end(page);
}
