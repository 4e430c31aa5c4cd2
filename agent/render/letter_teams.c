/* An Adaptive Card in a message, as a workflow's webhook takes it. Text stands in TextRuns, which
 * know no markdown and call nobody (adaptivecards.io, TextRun). */
#include "render/letter_parts.h"

#include <string.h>

enum { MESSAGE_MAX_BYTES = 28 * 1024 - 512, HEADLINE_MAX = 600, LINES_MAX = 120 };

static json_t *line_of(const char *text, bool is_head)
{
	json_t *const run = json_object();
	json_t *const block = json_object();

	json_put_text(run, "type", "TextRun");
	json_put_text(run, "text", text);
	if (is_head) {
		json_put_text(run, "weight", "Bolder");
		json_put_text(run, "size", "Medium");
	}
	json_put_text(block, "type", "RichTextBlock");
	json_put(block, "inlines", json_pack("[o]", run));
	return block;
}

static void add_lines(json_t *body, const char *text, struct arena *arena)
{
	for (size_t lines = 0; *text && lines < LINES_MAX; lines++) {
		const size_t len = strcspn(text, "\n");

		if (len)
			json_array_append_new(body,
					      line_of(arena_strndup(arena, text, len), false));
		text += len + (text[len] == '\n');
	}
}

static json_t *message_of(json_t *body, const struct alert *alert)
{
	json_t *const card = json_object();
	json_t *const message = json_object();

	json_put_text(card, "$schema", "http://adaptivecards.io/schemas/adaptive-card.json");
	json_put_text(card, "type", "AdaptiveCard");
	json_put_text(card, "version", "1.2");
	json_put(card, "body", body);
	if (alert->report_url && *alert->report_url) {
		json_t *const action = json_object();

		json_put_text(action, "type", "Action.OpenUrl");
		json_put_text(action, "title", "repwatch");
		json_put_text(action, "url", alert->report_url);
		json_put(card, "actions", json_pack("[o]", action));
	}
	json_put_text(message, "type", "message");
	json_put(message, "attachments",
		 json_pack("[{s:s, s:o}]", "contentType", "application/vnd.microsoft.card.adaptive",
			   "content", card));
	return message;
}

void letter_teams(const struct alert *alert, const struct letter_style *style, struct arena *arena,
		  struct letter *out)
{
	const char *const headline =
	    letter_cut(letter_headline(alert, style, arena), HEADLINE_MAX, arena);
	json_t *const body = json_array();
	json_t *message;

	json_array_append_new(body, line_of(headline, true));
	add_lines(body, letter_body(alert, style, arena), arena);
	message = message_of(body, alert);
	while (letter_bytes(message) > MESSAGE_MAX_BYTES && json_array_size(body) > 1)
		json_array_remove(body, json_array_size(body) - 1);
	letter_finish(out, message, arena);
}
