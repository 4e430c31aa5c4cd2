/* Slack's form, but text is always markdown there. */
#include "render/letter_parts.h"

/* Mattermost takes 16,383 characters; an escape doubles some. */
enum { BODY_MAX = 7000, HEADLINE_MAX = 600 };

static const char *escaped(const char *text, struct arena *arena)
{
	struct str out = {0};
	const char *copy;

	letter_add_plain(&out, text, "\\`*_{}[]()#~|<>!:");
	copy = arena_strdup(arena, str_text(&out));
	str_release(&out);
	return copy;
}

void letter_mattermost(const struct alert *alert, const struct letter_style *style,
		       struct arena *arena, struct letter *out)
{
	const char *const headline =
	    escaped(letter_cut(letter_headline(alert, style, arena), HEADLINE_MAX, arena), arena);
	const char *const body =
	    escaped(letter_cut(letter_body(alert, style, arena), BODY_MAX, arena), arena);
	json_t *const document = json_object();
	json_t *const attachment = json_object();

	json_put_text(document, "text", headline);
	json_put_text(attachment, "color", letter_color(alert));
	json_put_text(attachment, "fallback", headline);
	json_put_text(attachment, "text", body);
	json_put(document, "attachments", json_pack("[o]", attachment));
	letter_finish(out, document, arena);
}
