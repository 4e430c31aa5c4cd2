#ifndef RENDER_PAGE_H
#define RENDER_PAGE_H

#include "base/arena.h"
#include "render/layout.h"
#include "render/text.h"

/* What the files behind text.h share: a page under construction. Everything foreign passes
 * through page_shown before it is laid out. */
struct page {
	struct str *out;
	const struct text_style *style;
	struct layout layout;
	struct arena *arena; /* for escaped copies, as long as the page */
};

struct page page_begin(struct str *out, const struct text_style *style);
void page_end(struct page *page);

/* The text escaped for a terminal; never NULL. */
const char *page_shown(struct page *page, const char *text);
/* An empty line and a heading. */
void page_heading(struct page *page, const char *heading);
/* "    label     value", the value wrapped under itself; nothing for an empty value. The value
 * is escaped here, the label is not. */
void page_field(struct page *page, const char *label, const char *value);
/* The same for what is copied out of the terminal: never wrapped, each line on its own. */
void page_record(struct page *page, const char *label, const char *lines);
/* A sentence, wrapped, `indent` blanks in front; it is laid out as it is. */
void page_line(struct page *page, size_t indent, const char *text);

/* What people call a check that is no list: "PTR". Not escaped. */
const char *page_check_name(const char *check);
/* "3 lists", "1 list". */
const char *page_count(struct page *page, size_t count, const char *one, const char *many);

enum tint page_severity_tint(enum severity severity);
enum tint page_grade_tint(enum grade_letter letter);

#endif
