/* A message of an incoming webhook. & < > are all that Slack takes for commands in text without
 * markdown (docs.slack.dev, "Formatting message text"); attachments carry the colour. */
#include "render/letter_parts.h"

#include <string.h>

/* Slack cuts beyond 40,000 characters; nobody reads that much. */
enum { BODY_MAX = 7000, HEADLINE_MAX = 600 };

static const char *escaped(const char *text, struct arena *arena)
{
	struct str apart = {0};
	struct str out = {0};
	const char *copy;

	letter_add_plain(&apart, text, "");
	for (const char *at = str_text(&apart); *at; at++) {
		const char *const entity = *at == '&'   ? "&amp;"
					   : *at == '<' ? "&lt;"
					   : *at == '>' ? "&gt;"
							: NULL;

		if (entity)
			str_add(&out, entity);
		else
			str_add_char(&out, *at);
	}
	copy = arena_strdup(arena, str_text(&out));
	str_release(&out);
	str_release(&apart);
	return copy;
}

void letter_slack(const struct alert *alert, const struct letter_style *style, struct arena *arena,
		  struct letter *out)
{
	const char *const headline =
	    escaped(letter_cut(letter_headline(alert, style, arena), HEADLINE_MAX, arena), arena);
	const char *const body =
	    escaped(letter_cut(letter_body(alert, style, arena), BODY_MAX, arena), arena);
	json_t *const document = json_object();
	json_t *const attachment = json_object();

	json_put_text(document, "text", headline);
	json_put(document, "mrkdwn", json_false());
	json_put(document, "unfurl_links", json_false());
	json_put(document, "unfurl_media", json_false());
	json_put_text(attachment, "color", letter_color(alert));
	json_put_text(attachment, "fallback", headline);
	json_put_text(attachment, "text", body);
	json_put(attachment, "mrkdwn_in", json_array());
	json_put(document, "attachments", json_pack("[o]", attachment));
	letter_finish(out, document, arena);
}
