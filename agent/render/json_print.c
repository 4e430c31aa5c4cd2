#include "render/json_print.h"

#include "base/mem.h"
#include "render/utf8.h"

#include <stdlib.h>
#include <string.h>

enum { PART_BYTES = 64 * 1024 };

/* 12 digits: a double with three decimals prints as it was written. */
#define FORMAT (JSON_INDENT(1) | JSON_REAL_PRECISION(12))

/* In a list's place. */
#define MARK "..."

static bool is_plain(char c)
{
	return (c >= ' ' && c < 0x7f) || c == '\n';
}

/* RFC 8259 lets C1, DEL and directional controls stand in a string; a terminal that shows the
 * document does not. As \u escapes they are the same string. */
static void add_visible(struct str *out, const char *text, size_t len)
{
	for (size_t at = 0; at < len;) {
		size_t taken = 0;
		int32_t point;

		while (at + taken < len && is_plain(text[at + taken]))
			taken++;
		str_add_bytes(out, text + at, taken);
		at += taken;
		if (at == len)
			break;
		taken = utf8_take(text + at, len - at, &point);
		if (!utf8_is_hidden(point))
			str_add_bytes(out, text + at, taken);
		else if (point < 0x10000)
			str_addf(out, "\\u%04x", (unsigned)point);
		else /* RFC 8259 section 7: a surrogate pair */
			str_addf(out, "\\u%04x\\u%04x",
				 0xd800u + (((unsigned)point - 0x10000) >> 10),
				 0xdc00u + (((unsigned)point - 0x10000) & 0x3ff));
		at += taken;
	}
}

/* The caller frees it; the document is freed. */
static char *text_of(json_t *document)
{
	char *text = json_dumps(document, FORMAT);

	if (!text)
		bug("a document cannot be written as JSON");
	json_decref(document);
	return text;
}

void json_print(struct str *out, json_t *document)
{
	char *text = text_of(document);

	add_visible(out, text, strlen(text));
	str_add_char(out, '\n');
	free(text);
}

json_t *json_list_place(const struct json_list *list)
{
	return list->count ? json_pack("[s]", MARK) : json_array();
}

/* Two levels deep: strings hold no line ends, so each is one between values. */
static void add_element(struct str *out, json_t *element)
{
	char *text = text_of(element);
	const char *line = text;
	const char *end;

	while ((end = strchr(line, '\n')) != NULL) {
		add_visible(out, line, (size_t)(end - line));
		str_add(out, "\n  ");
		line = end + 1;
	}
	add_visible(out, line, strlen(line));
	free(text);
}

static bool print_elements(struct str *out, const struct json_list *list,
			   bool (*print)(const struct str *part))
{
	bool ok = true;

	for (size_t i = 0; ok && i < list->count; i++) {
		str_add(out, i ? ",\n  " : "");
		add_element(out, list->element(list->context, i));
		if (out->len < PART_BYTES)
			continue;
		ok = print(out);
		str_clear(out);
	}
	return ok;
}

bool json_print_list(json_t *document, const struct json_list *list,
		     bool (*print)(const struct str *part))
{
	char *text = text_of(document);
	struct str out = {0};
	/* Behind the last quote there are only brackets. */
	const char *const behind = list->count ? strrchr(text, '"') + 1 : text;
	const size_t before = list->count ? (size_t)(behind - text) - strlen("\"" MARK "\"") : 0;
	bool ok;

	add_visible(&out, text, before);
	ok = print_elements(&out, list, print);
	add_visible(&out, behind, strlen(behind));
	str_add_char(&out, '\n');
	ok = ok && print(&out);
	str_release(&out);
	free(text);
	return ok;
}
