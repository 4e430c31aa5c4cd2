/* POST /rooms/ID/messages, a form. Chatwork knows no escape: its tags begin with a bracket, so
 * ours are the only ones, and others' brackets become wide ones. */
#include "render/letter_parts.h"

#include <string.h>

/* Longer messages are refused (400); no limit is published. */
enum { BODY_MAX = 3500, HEADLINE_MAX = 400 };

static void add_untagged(struct str *out, const char *text)
{
	struct str apart = {0};

	letter_add_plain(&apart, text, "");
	for (const char *at = str_text(&apart); *at; at++) {
		if (*at == '[')
			str_add(out, "\xef\xbc\xbb");
		else if (*at == ']')
			str_add(out, "\xef\xbc\xbd");
		else
			str_add_char(out, *at);
	}
	str_release(&apart);
}

/* application/x-www-form-urlencoded: all but what RFC 3986 calls unreserved. */
static void add_encoded(struct str *out, const char *text)
{
	for (; *text; text++) {
		const char c = *text;
		const bool is_plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
				      (c >= '0' && c <= '9') || strchr("-._~", c);

		if (is_plain)
			str_add_char(out, c);
		else
			str_addf(out, "%%%02X", (unsigned)(unsigned char)c);
	}
}

void letter_chatwork(const struct alert *alert, const struct letter_style *style,
		     struct arena *arena, struct letter *out)
{
	struct str text = {0};
	struct str form = {0};

	str_add(&text, "[info][title]");
	add_untagged(&text, letter_cut(letter_headline(alert, style, arena), HEADLINE_MAX, arena));
	str_add(&text, "[/title]");
	add_untagged(&text, letter_cut(letter_body(alert, style, arena), BODY_MAX, arena));
	str_add(&text, "[/info]");
	str_add(&form, "self_unread=1&body=");
	add_encoded(&form, str_text(&text));
	out->content_type = "application/x-www-form-urlencoded";
	out->body = arena_strdup(arena, str_text(&form));
	out->len = form.len;
	str_release(&form);
	str_release(&text);
}
