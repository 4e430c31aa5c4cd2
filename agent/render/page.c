#include "render/page.h"

#include "base/mem.h"
#include "base/tr_mark.h"
#include "render/escape.h"

#include <string.h>

enum { FIELD_INDENT = 4, FIELD_LABEL = 10 };

struct page page_begin(struct str *out, const struct text_style *style)
{
	return (struct page){
	    .out = out,
	    .style = style,
	    .layout = {style->has_color, style->columns},
	    .arena = arena_new(),
	};
}

void page_end(struct page *page)
{
	arena_free(page->arena);
}

const char *page_shown(struct page *page, const char *text)
{
	struct str escaped = {0};
	const char *copy;

	escape_terminal(&escaped, text ? text : "", text ? strlen(text) : 0);
	copy = arena_strdup(page->arena, str_text(&escaped));
	str_release(&escaped);
	return copy;
}

void page_heading(struct page *page, const char *heading)
{
	str_add_char(page->out, '\n');
	layout_tint(page->out, &page->layout, TINT_STRONG, heading);
	str_add_char(page->out, '\n');
}

void page_line(struct page *page, size_t indent, const char *text)
{
	str_add_fill(page->out, ' ', indent);
	layout_wrap(page->out, &page->layout, indent, text);
	str_add_char(page->out, '\n');
}

/* Returns the column of the value; a label too long for its own pushes it to the right. */
static size_t add_label(struct page *page, const char *label)
{
	const size_t len = strlen(label);
	const size_t width = len < FIELD_LABEL ? FIELD_LABEL : len + 1;

	str_add_fill(page->out, ' ', FIELD_INDENT);
	layout_tint(page->out, &page->layout, TINT_FAINT, label);
	str_add_fill(page->out, ' ', width - len);
	return FIELD_INDENT + width;
}

void page_field(struct page *page, const char *label, const char *value)
{
	size_t indent;

	if (!value || !value[0])
		return;
	indent = add_label(page, label);
	layout_wrap(page->out, &page->layout, indent, page_shown(page, value));
	str_add_char(page->out, '\n');
}

void page_record(struct page *page, const char *label, const char *lines)
{
	for (const char *at = lines ? lines : ""; *at; label = "") {
		const size_t len = strcspn(at, "\n");

		add_label(page, label);
		escape_terminal(page->out, at, len);
		str_add_char(page->out, '\n');
		at += len + (at[len] == '\n');
	}
}

const char *page_check_name(const char *check)
{
	static const struct {
		const char *check;
		const char *name;
	} row[] = {{SAID("ptr"), "PTR"},      {SAID("helo"), "HELO"},   {SAID("spf"), "SPF"},
		   {SAID("dkim"), "DKIM"},    {SAID("dmarc"), "DMARC"}, {SAID("mx"), "MX"},
		   {SAID("volume"), "volume"}};

	for (size_t i = 0; i < COUNT_OF(row); i++)
		if (strcmp(row[i].check, check) == 0)
			return row[i].name;
	return check;
}

const char *page_count(struct page *page, size_t count, const char *one, const char *many)
{
	return arena_printf(page->arena, "%zu %s", count, count == 1 ? one : many);
}

enum tint page_severity_tint(enum severity severity)
{
	static const enum tint tint[] = {
	    [SEVERITY_INFO] = TINT_NONE,
	    [SEVERITY_MINOR] = TINT_NONE,
	    [SEVERITY_MAJOR] = TINT_WARN,
	    [SEVERITY_CRITICAL] = TINT_BAD,
	};

	_Static_assert(COUNT_OF(tint) == SEVERITY_COUNT, "a tint for each severity");
	return tint[severity];
}

enum tint page_grade_tint(enum grade_letter letter)
{
	static const enum tint tint[] = {
	    [GRADE_UNKNOWN] = TINT_WARN,
	    [GRADE_GOOD] = TINT_GOOD,
	    [GRADE_NEUTRAL] = TINT_WARN,
	    [GRADE_POOR] = TINT_BAD,
	};

	_Static_assert(COUNT_OF(tint) == GRADE_COUNT, "a tint for each grade");
	return tint[letter];
}
