/* A message of a webhook: 2,000 characters of markdown, and nobody is called. */
#include "render/letter_parts.h"

#include "render/utf8.h"

#include <string.h>

enum {
	CONTENT_MAX = 2000,
	HEADLINE_MAX = 500,
	SUPPRESS_EMBEDS = 4 /* flag: pages are shown, not fetched */
};

static const char special[] = "\\`*_~|<>#[]():-";

/* Discord counts characters after escaping; lines that no longer fit are left out. */
static void add_lines(struct str *out, const char *text)
{
	size_t used = utf8_text_columns(str_text(out), out->len);

	while (*text) {
		const size_t len = strcspn(text, "\n");
		const char *const end = text + len + (text[len] == '\n');
		struct str line = {0};
		struct str raw = {0};

		str_add_bytes(&raw, text, (size_t)(end - text));
		letter_add_plain(&line, str_text(&raw), special);
		used += line.len; /* bytes: never fewer than characters */
		if (used + 4 <= CONTENT_MAX)
			str_add_bytes(out, line.text, line.len);
		str_release(&line);
		str_release(&raw);
		if (used + 4 > CONTENT_MAX) {
			str_add(out, "...");
			return;
		}
		text = end;
	}
}

void letter_discord(const struct alert *alert, const struct letter_style *style,
		    struct arena *arena, struct letter *out)
{
	const char *const headline =
	    letter_cut(letter_headline(alert, style, arena), HEADLINE_MAX, arena);
	json_t *const document = json_object();
	struct str content = {0};

	letter_add_plain(&content, headline, special);
	str_add(&content, "\n\n");
	add_lines(&content, letter_body(alert, style, arena));
	json_put_text(document, "content", str_text(&content));
	json_put(document, "allowed_mentions", json_pack("{s:[]}", "parse"));
	json_put(document, "flags", json_integer(SUPPRESS_EMBEDS));
	letter_finish(out, document, arena);
	str_release(&content);
}
