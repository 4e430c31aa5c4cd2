#include "render/report_parts.h"

#include "base/mem.h"
#include "base/parse.h"
#include "render/tr.h"

enum { PICTURE_PIXELS = 800 };

/* A pool: what it sent as a whole, and its addresses, the worst first. */

static void add_volume(const struct html_page *page, const struct report_pool *pool)
{
	struct str file = {0}, about = {0};
	char number[GROUPED_BYTES];

	report_pool_file(&file, pool->name);
	tr_add(&about, page->language, "Mail of all addresses by day. Yesterday: %s",
	       grouped_text(pool->yesterday, number));
	if (pool->has_volume)
		report_picture(page, &(struct report_figure){
					 .file = str_text(&file),
					 .caption = html_word(page, "Volume and reputation"),
					 .about = str_text(&about),
					 .width = PICTURE_PIXELS});
	str_release(&file);
	str_release(&about);
}

/* Below the table: it may be thousands of pixels high. */
static void add_grades(const struct html_page *page, const struct report_pool *pool)
{
	struct str file = {0};

	if (!pool->has_grades)
		return;
	report_pool_file(&file, pool->name);
	str_add(&file, "=g");
	report_heading(page, "Grades, day by day");
	report_picture(page, &(struct report_figure){
				 .file = str_text(&file),
				 .caption = html_word(page, "Grades, day by day"),
				 .about = html_word(
				     page, "A lane for each address, each day in the colour of its "
					   "grade. Today's grades are in the table."),
				 .width = PICTURE_PIXELS});
	str_release(&file);
}

static void add_row(const struct html_page *page, const struct address_view *view)
{
	const struct grade *const grade = &view->grade;

	str_add(page->out, "<tr>");
	report_cell_grade(page, grade->letter);
	report_cell_address(page, view->address, view->name);
	str_add(page->out, "<td class=\"words\">");
	if (grade->reasons && grade->letter != GRADE_GOOD)
		report_phrase(page, view, &grade->reason[0]);
	str_add(page->out, "</td><td class=\"words\">");
	if (view->traffic && view->traffic->suspects)
		report_suspect(page, &view->traffic->suspect[0]);
	str_add(page->out, "</td>");
	report_cells_volume(page, view->traffic);
	str_addf(page->out, "<td class=\"number\" data-value=\"%zu\">%zu/%zu</td></tr>\n",
		 view->answered, view->answered, view->asked);
}

static void add_table(const struct html_page *page, const struct report_pool *pool, size_t number)
{
	static const char *const column[] = {
	    TR_LATER("Grade"),
	    TR_LATER("Address"),
	    TR_LATER("What is wrong"),
	    TR_LATER("Suspect"),
	    ("#" TR_LATER("Yesterday")),
	    ("#" TR_LATER("To last month's mean")),
	    ("#" TR_LATER("Questions answered")),
	};
	const size_t first = number * REPORT_ROWS_MAX;

	report_heading(page, "Addresses");
	html_table_begin(page, TR_LATER("Addresses, the worst first"), column, COUNT_OF(column));
	for (size_t i = first; i < pool->views && i < first + REPORT_ROWS_MAX; i++)
		add_row(page, pool->view[i]);
	html_table_end(page);
}

static void add_pages(const struct html_page *page, const struct report_pool *pool, size_t number)
{
	const size_t pages = report_pool_pages(pool);

	if (pages < 2)
		return;
	str_addf(page->out, "<nav aria-label=\"%s\">\n<ol class=\"pages\">\n",
		 html_word(page, "More addresses"));
	for (size_t i = 0; i < pages; i++) {
		str_add(page->out, "<li><a href=\"");
		report_pool_page(page->out, pool->name, i);
		str_addf(page->out, "\"%s>%zu</a></li>\n",
			 i == number ? " aria-current=\"page\"" : "", i + 1);
	}
	str_add(page->out, "</ol>\n</nav>\n");
}

void report_pool(const struct html_page *page, const struct report_pool *pool, size_t number)
{
	html_begin(page);
	if (number == 0)
		add_volume(page, pool);
	add_table(page, pool, number);
	add_pages(page, pool, number);
	if (number == 0)
		add_grades(page, pool);
	html_end(page);
}
