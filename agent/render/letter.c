#include "render/letter_parts.h"

#include "base/mem.h"
#include "render/links.h"
#include "render/utf8.h"

#include <stdlib.h>
#include <string.h>

const struct letter_kind *letter_kind(const char *type)
{
	static const struct letter_kind kind[] = {
#define LETTER(word, stands) {#word, letter_##word, stands},
#include "render/letters.def"
#undef LETTER
	};

	for (size_t i = 0; i < COUNT_OF(kind); i++)
		if (strcmp(kind[i].type, type) == 0)
			return &kind[i];
	return NULL;
}

/* --- the text --- */

static const char *kept(struct str *text, struct arena *arena)
{
	const char *const copy = arena_strdup(arena, str_text(text));

	str_release(text);
	return copy;
}

const char *letter_headline(const struct alert *alert, const struct letter_style *style,
			    struct arena *arena)
{
	struct str text = {0};

	alert_headline(&text, alert, style);
	return kept(&text, arena);
}

const char *letter_body(const struct alert *alert, const struct letter_style *style,
			struct arena *arena)
{
	struct str text = {0};

	alert_body(&text, alert, style);
	return kept(&text, arena);
}

const char *letter_cut(const char *text, size_t max_characters, struct arena *arena)
{
	const size_t len = strlen(text);
	size_t at = 0;
	size_t short_at = 0;

	for (size_t count = 0; at < len && count < max_characters; count++) {
		int32_t point;

		if (count + 3 <= max_characters)
			short_at = at;
		at += utf8_next(text + at, len - at, &point);
	}
	return at == len ? text : arena_printf(arena, "%.*s...", (int)short_at, text);
}

/* RFC 3986 section 2 without what chats take for the end of a link. */
static size_t page_len(const char *text)
{
	size_t len = 0;

	if (strncmp(text, "https://", 8) != 0 && strncmp(text, "http://", 7) != 0)
		return 0;
	while (text[len] &&
	       (strchr("-._~:/?#%&=+;", text[len]) || (text[len] >= '0' && text[len] <= '9') ||
		(text[len] >= 'a' && text[len] <= 'z') || (text[len] >= 'A' && text[len] <= 'Z')))
		len++;
	return len;
}

static bool is_word(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

void letter_add_plain(struct str *out, const char *text, const char *special)
{
	/* U+2060 WORD JOINER: no width, no break, and no part of a name. */
	static const char apart[] = "\xe2\x81\xa0";

	for (const char *at = text; *at;) {
		const bool begins = at == text || !is_word(at[-1]);
		const size_t page = begins ? page_len(at) : 0;

		if (page) {
			str_add_bytes(out, at, page);
			at += page;
			continue;
		}
		if (strchr(special, *at))
			str_add_char(out, '\\');
		str_add_char(out, *at);
		if (*at == '@' && begins)
			str_add(out, apart);
		at++;
	}
}

/* --- documents --- */

size_t letter_bytes(const json_t *document)
{
	return json_dumpb(document, NULL, 0, JSON_COMPACT);
}

void letter_finish(struct letter *out, json_t *document, struct arena *arena)
{
	char *const text = json_dumps(document, JSON_COMPACT);

	if (!text)
		bug("a letter cannot be written");
	out->content_type = "application/json";
	out->body = arena_strdup(arena, text);
	out->len = strlen(text);
	free(text);
	json_decref(document);
}

const char *letter_color(const struct alert *alert)
{
	static const char *const color[] = {
	    [SEVERITY_INFO] = "#2d7dd2",
	    [SEVERITY_MINOR] = "#e0b000",
	    [SEVERITY_MAJOR] = "#e07000",
	    [SEVERITY_CRITICAL] = "#c62828",
	};

	_Static_assert(COUNT_OF(color) == SEVERITY_COUNT, "a color for each severity");
	return alert->kind == ALERT_ENDED ? "#2e7d32" : color[alert->severity];
}

const char *letter_lookup(const struct incident_item *item, struct arena *arena)
{
	struct str url = {0};

	links_lookup(&url, item->list, item->address);
	return kept(&url, arena);
}
