#ifndef RENDER_HTML_H
#define RENDER_HTML_H

#include "base/civil.h"
#include "base/str.h"
#include "model/names.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Parts that all pages of the report share. What comes from anywhere goes through html_text; a page
 * holds no script and no style of its own. */

enum html_section {
	HTML_FRONT,
	HTML_LISTS,
	HTML_DOMAINS,
	HTML_REMOVALS,
	HTML_JOURNAL,
	HTML_SECTIONS,
	HTML_DEEPER = HTML_SECTIONS /* pools and addresses: no entry of the navigation */
};

struct html_page {
	struct str *out;
	const char *language; /* as tr() knows it */
	const struct zone *zone;
	const char *zone_name;
	int64_t pass_at;
	bool is_stale;
	const char *host;
	const char *root; /* "" or "../" */
	enum html_section section;
	const char *title;
};

/* Head, navigation and the beginning of <main>, with the title as its heading. */
void html_begin(const struct html_page *page);
void html_end(const struct html_page *page);

/* The words in the page's language, not escaped. */
const char *html_word(const struct html_page *page, const char *english)
    __attribute__((format_arg(2)));
/* Adds a sentence of po/; every argument is a const char * and HTML already. */
void html_say(const struct html_page *page, const char *english, ...)
    __attribute__((format(printf, 2, 3)));

/* Foreign text: what a terminal could take for a command is shown as \xNN, and &, <, >, " and ' as
 * entities. Good between tags and in quoted attributes. */
void html_text(struct str *out, const char *text);
/* What a check or a judge said, in the page's language. */
void html_retell(const struct html_page *page, const char *text);
void html_number(struct str *out, uint64_t number);
/* <time> with the zone's minute; a dash for 0. */
void html_time(const struct html_page *page, struct str *out, int64_t at);
/* A link when the target is http or https, else text. */
void html_link(struct str *out, const char *url, const char *text);

void html_grade(struct str *out, enum grade_letter letter);
void html_severity(const struct html_page *page, enum severity severity);

/* A table with a caption, which scrolls by itself where it is too wide; its head's cells may be
 * sorted by. Columns are named in English; one whose name begins with '#' holds numbers. */
void html_table_begin(const struct html_page *page, const char *caption, const char *const *column,
		      size_t columns);
void html_table_end(const struct html_page *page);
void html_cell(struct str *out, const char *text);
void html_cell_number(struct str *out, uint64_t number);

/* The name of a file for a subject: letters, digits, '.', '-' and '_', others as =NN. */
void html_file_name(struct str *out, const char *subject);

#endif
