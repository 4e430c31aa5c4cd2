#include "render/report_parts.h"

#include "base/mem.h"
#include "base/parse.h"
#include "render/tr.h"
#include "render/words.h"

/* The first page: what needs a person first, and the way to everything else. */

static const enum grade_letter grade_order[] = {GRADE_POOR, GRADE_UNKNOWN, GRADE_NEUTRAL,
						GRADE_GOOD};
_Static_assert(COUNT_OF(grade_order) == GRADE_COUNT, "every grade has its place");

static void add_summary(const struct html_page *page, const struct report_front *front)
{
	uint64_t by_grade[GRADE_COUNT] = {0};

	for (size_t i = 0; i < front->pools; i++)
		for (size_t j = 0; j < GRADE_COUNT; j++)
			by_grade[j] += front->pool[i].by_grade[j];
	str_addf(page->out, "<ul class=\"tiles\" aria-label=\"%s\">\n",
		 html_word(page, "Addresses by grade"));
	for (size_t i = 0; i < COUNT_OF(grade_order); i++) {
		str_add(page->out, "<li><span class=\"count\">");
		html_number(page->out, by_grade[grade_order[i]]);
		str_add(page->out, "</span> ");
		html_grade(page->out, grade_order[i]);
		str_add(page->out, "</li>\n");
	}
	str_add(page->out, "</ul>\n");
}

static void add_more(const struct html_page *page, size_t more)
{
	char number[GROUPED_BYTES];

	if (!more)
		return;
	str_add(page->out, " <span class=\"quiet\">");
	html_say(page, "and %s more", grouped_text(more, number));
	str_add(page->out, "</span>");
}

static void add_attention_row(const struct html_page *page, const struct address_view *view)
{
	const struct grade *const grade = &view->grade;
	const struct traffic *const traffic = view->traffic;

	str_add(page->out, "<tr>");
	report_cell_grade(page, grade->letter);
	report_cell_address(page, view->address, view->name);
	str_add(page->out, "<td class=\"words\">");
	if (grade->reasons)
		report_phrase(page, view, &grade->reason[0]);
	add_more(page, grade->reasons ? grade->reasons - 1 : 0);
	str_add(page->out, "</td><td class=\"words\">");
	if (traffic && traffic->suspects)
		report_suspect(page, &traffic->suspect[0]);
	str_add(page->out, "</td>");
	report_cell_time(page, grade->reasons ? report_since(view, &grade->reason[0]) : 0);
	report_cells_volume(page, traffic);
	report_cell_pool(page, view->pool);
	str_add(page->out, "</tr>\n");
}

/* How many of the shown rows are of this pool, so that the rest can be told. */
static void add_rest(const struct html_page *page, const struct report_front *front)
{
	char number[GROUPED_BYTES];

	str_add(page->out, "<p>");
	html_say(page, "And %s more, in these pools:",
		 grouped_text(front->views - REPORT_ATTENTION_MAX, number));
	str_add(page->out, "</p>\n<ul class=\"links\">\n");
	for (size_t i = 0; i < front->pools && i < REPORT_POOLS_MAX; i++) {
		const struct report_pool *const pool = &front->pool[i];

		if (pool->by_grade[GRADE_GOOD] == pool->views)
			continue;
		str_add(page->out, "<li><a href=\"p/");
		report_pool_page(page->out, pool->name, 0);
		str_add(page->out, "\">");
		html_text(page->out, pool->name[0] ? pool->name : html_word(page, "(no pool)"));
		str_add(page->out, "</a> ");
		html_number(page->out, pool->views - pool->by_grade[GRADE_GOOD]);
		str_add(page->out, "</li>\n");
	}
	str_add(page->out, "</ul>\n");
}

static void add_attention(const struct html_page *page, const struct report_front *front)
{
	static const char *const column[] = {
	    TR_LATER("Grade"),
	    TR_LATER("Address"),
	    TR_LATER("What is wrong"),
	    TR_LATER("Suspect"),
	    TR_LATER("Since"),
	    ("#" TR_LATER("Yesterday")),
	    ("#" TR_LATER("To last month's mean")),
	    TR_LATER("Pool"),
	};

	report_heading(page, "Needs attention");
	if (!front->views) {
		report_sentence(page, "Nothing: every address is GOOD.");
		return;
	}
	html_table_begin(page, TR_LATER("Addresses that are not GOOD, the worst first"), column,
			 COUNT_OF(column));
	for (size_t i = 0; i < front->views && i < REPORT_ATTENTION_MAX; i++)
		add_attention_row(page, front->view[i]);
	html_table_end(page);
	if (front->views > REPORT_ATTENTION_MAX)
		add_rest(page, front);
}

static void add_pools(const struct html_page *page, const struct report_front *front)
{
	static const char *const column[] = {
	    TR_LATER("Pool"),
	    ("#" TR_LATER("Addresses")),
	    "#POOR",
	    "#UNKNOWN",
	    "#NEUTRAL",
	    "#GOOD",
	    ("#" TR_LATER("Yesterday")),
	    ("#" TR_LATER("To last month's mean")),
	};

	report_heading(page, "Pools");
	html_table_begin(page, TR_LATER("Pools of addresses"), column, COUNT_OF(column));
	for (size_t i = 0; i < front->pools && i < REPORT_POOLS_MAX; i++) {
		const struct report_pool *const pool = &front->pool[i];

		str_add(page->out, "<tr>");
		report_cell_pool(page, pool->name);
		html_cell_number(page->out, pool->views);
		for (size_t j = 0; j < COUNT_OF(grade_order); j++)
			html_cell_number(page->out, pool->by_grade[grade_order[j]]);
		html_cell_number(page->out, pool->yesterday);
		report_cell_ratio(page->out, (double)pool->yesterday, pool->month_mean);
		str_add(page->out, "</tr>\n");
	}
	html_table_end(page);
	report_left_out(page, front->pools < REPORT_POOLS_MAX ? front->pools : REPORT_POOLS_MAX,
			front->pools);
}

static void add_block(const struct html_page *page, const struct address_view *view,
		      const struct receiver_view *receiver)
{
	str_add(page->out, "<tr>");
	html_cell(page->out, receiver->receiver);
	report_cell_address(page, view->address, view->name);
	report_cell_time(page, receiver->blocked_since);
	html_cell_number(page->out, receiver->refused);
	html_cell(page->out, words_of_cause(page->language, receiver->cause));
	str_add(page->out, "<td class=\"words quote\">");
	html_text(page->out, receiver->words);
	str_add(page->out, "</td></tr>\n");
}

static void add_blocks(const struct html_page *page, const struct report_front *front)
{
	static const char *const column[] = {
	    TR_LATER("Receiver"),      TR_LATER("Address"), TR_LATER("Since"),
	    ("#" TR_LATER("Refused")), TR_LATER("Cause"),   TR_LATER("Its words"),
	};
	size_t blocks = 0;

	for (size_t i = 0; i < front->views; i++) {
		const struct traffic *const traffic = front->view[i]->traffic;

		for (size_t j = 0; traffic && j < traffic->receivers; j++) {
			if (!traffic->receiver[j].blocked_since || ++blocks > REPORT_BLOCKS_MAX)
				continue;
			if (blocks == 1) {
				report_heading(page, "Receivers that refuse mail");
				html_table_begin(page, TR_LATER("Blocks by receivers"), column,
						 COUNT_OF(column));
			}
			add_block(page, front->view[i], &traffic->receiver[j]);
		}
	}
	if (blocks)
		html_table_end(page);
	report_left_out(page, blocks < REPORT_BLOCKS_MAX ? blocks : REPORT_BLOCKS_MAX, blocks);
}

static void add_lists(const struct html_page *page, const struct report_front *front)
{
	bool has_begun = false;

	for (size_t i = 0; i < front->lists; i++) {
		const struct list_view *const view = &front->list[i];

		if (!report_is_out(view))
			continue;
		if (!has_begun) {
			report_heading(page, "Lists out of order");
			str_add(page->out, "<ul class=\"notices\">\n");
		}
		has_begun = true;
		str_add(page->out, "<li><a href=\"lists.html\">");
		html_text(page->out, view->list->zone);
		str_addf(page->out, "</a> <span class=\"badge unknown\">%s</span> ",
			 report_health(page, view));
		html_retell(page, view->text);
		str_add(page->out, "</li>\n");
	}
	if (has_begun)
		str_add(page->out, "</ul>\n");
}

void report_front(const struct html_page *page, const struct report_front *front)
{
	html_begin(page);
	add_summary(page, front);
	add_attention(page, front);
	add_blocks(page, front);
	add_lists(page, front);
	add_pools(page, front);
	report_heading(page, "Newest events");
	report_events(page, front->event, front->events);
	str_addf(page->out, "<p><a href=\"journal.html\">%s</a></p>\n",
		 html_word(page, "The whole journal"));
	html_end(page);
}
