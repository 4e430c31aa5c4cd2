#include "render/html.h"

#include "base/mem.h"
#include "base/parse.h"
#include "render/escape.h"
#include "render/retell.h"
#include "render/tr.h"

#include <string.h>

const char *html_word(const struct html_page *page, const char *english)
{
	return tr(page->language, english);
}

void html_say(const struct html_page *page, const char *english, ...)
{
	va_list arguments;

	va_start(arguments, english);
	tr_add_list(page->out, page->language, english, arguments);
	va_end(arguments);
}

void html_text(struct str *out, const char *text)
{
	struct str shown = {0};

	escape_terminal(&shown, text, strlen(text));
	for (const char *at = str_text(&shown); *at; at++)
		switch (*at) {
		case '&':
			str_add(out, "&amp;");
			break;
		case '<':
			str_add(out, "&lt;");
			break;
		case '>':
			str_add(out, "&gt;");
			break;
		case '"':
			str_add(out, "&quot;");
			break;
		case '\'':
			str_add(out, "&#39;");
			break;
		default:
			str_add_char(out, *at);
		}
	str_release(&shown);
}

void html_retell(const struct html_page *page, const char *text)
{
	struct str said = {0};

	retell(&said, page->language, text);
	html_text(page->out, str_text(&said));
	str_release(&said);
}

void html_number(struct str *out, uint64_t number)
{
	char text[GROUPED_BYTES];

	str_add(out, grouped_text(number, text));
}

void html_time(const struct html_page *page, struct str *out, int64_t at)
{
	char machine[CIVIL_TEXT_BYTES], minute[CIVIL_TEXT_BYTES];

	if (!at) {
		str_add(out, "–");
		return;
	}
	str_addf(out, "<time datetime=\"%s\">%s</time>", civil_rfc3339(page->zone, at, machine),
		 civil_minute(page->zone, at, minute));
}

void html_link(struct str *out, const char *url, const char *text)
{
	if (strncmp(url, "https://", 8) != 0 && strncmp(url, "http://", 7) != 0) {
		html_text(out, text);
		return;
	}
	str_add(out, "<a rel=\"noopener noreferrer\" href=\"");
	html_text(out, url);
	str_add(out, "\">");
	html_text(out, text);
	str_add(out, "</a>");
}

void html_grade(struct str *out, enum grade_letter letter)
{
	static const char *const style[] = {
	    [GRADE_UNKNOWN] = "unknown",
	    [GRADE_GOOD] = "good",
	    [GRADE_NEUTRAL] = "neutral",
	    [GRADE_POOR] = "poor",
	};

	_Static_assert(COUNT_OF(style) == GRADE_COUNT, "a style for each grade");
	str_addf(out, "<span class=\"badge %s\">%s</span>", style[letter], grade_name(letter));
}

void html_severity(const struct html_page *page, enum severity severity)
{
	str_addf(page->out, "<span class=\"badge %s\">%s</span>", severity_name(severity),
		 html_word(page, severity_name(severity)));
}

/* --- the frame --- */

static const struct {
	const char *file, *title;
} section[] = {
    [HTML_FRONT] = {"index.html", TR_LATER("Overview")},
    [HTML_LISTS] = {"lists.html", TR_LATER("Lists")},
    [HTML_DOMAINS] = {"domains.html", TR_LATER("Domains")},
    [HTML_REMOVALS] = {"removals.html", TR_LATER("Removal requests")},
    [HTML_JOURNAL] = {"journal.html", TR_LATER("Journal")},
};
_Static_assert(COUNT_OF(section) == HTML_SECTIONS, "a file for each section");

static void add_head(const struct html_page *page)
{
	struct str *const out = page->out;

	str_addf(out,
		 "<!DOCTYPE html>\n<html lang=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n"
		 "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
		 "img-src 'self'; style-src 'self'; script-src 'self'; base-uri 'none'; "
		 "form-action 'none'\">\n"
		 "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
		 "<meta name=\"robots\" content=\"noindex\">\n"
		 "<meta name=\"color-scheme\" content=\"light dark\">\n"
		 "<meta name=\"referrer\" content=\"no-referrer\">\n<title>",
		 page->language);
	html_text(out, page->title);
	str_addf(out,
		 " – repwatch</title>\n<link rel=\"stylesheet\" href=\"%sstyle.css\">\n"
		 "<script src=\"%sscript.js\" defer></script>\n</head>\n",
		 page->root, page->root);
}

static void add_navigation(const struct html_page *page)
{
	struct str *const out = page->out;

	str_addf(out,
		 "<body data-search=\"%s\" data-only=\"%s\" data-all=\"%s\">\n"
		 "<a class=\"skip\" href=\"#main\">%s</a>\n<header>\n"
		 "<p class=\"brand\">repwatch <span>",
		 html_word(page, "Search this table"), html_word(page, "Show only"),
		 html_word(page, "all"), html_word(page, "To the content"));
	html_text(out, page->host);
	str_addf(out, "</span></p>\n<nav aria-label=\"%s\">\n<ul>\n", html_word(page, "Pages"));
	for (size_t i = 0; i < HTML_SECTIONS; i++)
		str_addf(out, "<li><a href=\"%s%s\"%s>%s</a></li>\n", page->root, section[i].file,
			 i == (size_t)page->section ? " aria-current=\"page\"" : "",
			 html_word(page, section[i].title));
	str_add(out, "</ul>\n</nav>\n</header>\n");
}

void html_begin(const struct html_page *page)
{
	struct str *const out = page->out;
	struct str ended = {0};

	add_head(page);
	add_navigation(page);
	str_add(out, "<main id=\"main\">\n<h1>");
	html_text(out, page->title);
	str_add(out, "</h1>\n");
	if (!page->is_stale)
		return;
	html_time(page, &ended, page->pass_at);
	str_add(out, "<p class=\"warning\" role=\"status\">");
	html_say(page, "What follows is old: the last pass ended %s", str_text(&ended));
	str_add(out, "</p>\n");
	str_release(&ended);
}

void html_end(const struct html_page *page)
{
	struct str *const out = page->out;

	str_addf(out, "</main>\n<footer>\n<p>%s ", html_word(page, "Last pass:"));
	html_time(page, out, page->pass_at);
	if (page->zone_name[0]) {
		str_add(out, " (");
		html_text(out, page->zone_name);
		str_add_char(out, ')');
	}
	str_add(out, "</p>\n</footer>\n</body>\n</html>\n");
}

/* --- tables --- */

void html_table_begin(const struct html_page *page, const char *caption, const char *const *column,
		      size_t columns)
{
	struct str *const out = page->out;

	str_add(out, "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"");
	html_text(out, html_word(page, caption));
	str_add(out, "\">\n<table class=\"sortable\">\n<caption>");
	html_text(out, html_word(page, caption));
	str_add(out, "</caption>\n<thead>\n<tr>");
	for (size_t i = 0; i < columns; i++) {
		const bool is_number = column[i][0] == '#';

		str_add(out,
			is_number ? "<th scope=\"col\" class=\"number\">" : "<th scope=\"col\">");
		html_text(out, html_word(page, column[i] + is_number));
		str_add(out, "</th>");
	}
	str_add(out, "</tr>\n</thead>\n<tbody>\n");
}

void html_table_end(const struct html_page *page)
{
	str_add(page->out, "</tbody>\n</table>\n</div>\n");
}

void html_cell(struct str *out, const char *text)
{
	str_add(out, "<td>");
	html_text(out, text);
	str_add(out, "</td>");
}

void html_cell_number(struct str *out, uint64_t number)
{
	str_addf(out, "<td class=\"number\" data-value=\"%llu\">", (unsigned long long)number);
	html_number(out, number);
	str_add(out, "</td>");
}

void html_file_name(struct str *out, const char *subject)
{
	for (; *subject; subject++) {
		const unsigned char c = (unsigned char)*subject;
		const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
				      (c >= '0' && c <= '9') || c == '-' || c == '_' || c == '.';

		if (c == ':')
			str_add_char(out, '-');
		else if (is_plain)
			str_add_char(out, (char)c);
		else
			str_addf(out, "=%02x", c);
	}
}
