/* Prints every sample as every channel sends it, a JSON document a line, for what is written in
 * Python. With --hostile the texts of others are what standard input holds. */
#include "alert_sample.h"

#include "base/mem.h"
#include "io/mime.h"
#include "render/letter.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { INPUT_MAX_BYTES = 1 << 20 };

static const char *const channel[] = {
#define LETTER(word, stands) #word,
#include "render/letters.def"
#undef LETTER
};

static json_t *message_of(const struct alert *alert, const struct letter *letter,
			  struct arena *arena)
{
	static const char *const to[] = {"noc@example.jp"};
	const struct mime_mail mail = {.from = "repwatch <repwatch@example.jp>",
				       .to = to,
				       .tos = 1,
				       .subject = letter->subject,
				       .body = slice_of(letter->body, letter->len),
				       .uid = alert->uid,
				       .seq = alert->seq,
				       .kind = alert_kind_name(alert->kind),
				       .severity = severity_name(alert->severity),
				       .host = alert->host,
				       .at = alert->at,
				       .offset_s = 32400};
	struct err err = {0};
	struct slice out;

	if (!mime_message(&mail, arena, &out, &err))
		bug("%s", err.text);
	return json_stringn(out.at, out.len);
}

static void print(const char *name, const struct alert *alert, const char *type,
		  const char *language)
{
	const struct letter_style style = alert_sample_style(language);
	struct arena *arena = arena_new();
	struct letter letter = {0};
	json_t *line;
	char *text;

	letter_kind(type)->render(alert, &style, arena, &letter);
	line = json_pack("{s:s, s:s, s:s, s:s, s:o}", "sample", name, "channel", type, "language",
			 language, "content_type", letter.content_type, "body",
			 json_stringn(letter.body, letter.len));
	if (letter.subject)
		json_object_set_new(line, "subject", json_string(letter.subject));
	if (strcmp(type, "mail") == 0)
		json_object_set_new(line, "message", message_of(alert, &letter, arena));
	text = json_dumps(line, JSON_COMPACT);
	if (!text)
		bug("a letter for %s is no text", type);
	puts(text);
	free(text);
	json_decref(line);
	arena_free(arena);
}

static void print_everywhere(const char *name, const struct alert *alert)
{
	for (size_t i = 0; i < COUNT_OF(channel); i++) {
		print(name, alert, channel[i], "en");
		print(name, alert, channel[i], "ja");
	}
}

int main(int argc, char **argv)
{
	struct arena *arena = arena_new();
	char *const text = arena_calloc(arena, INPUT_MAX_BYTES + 1, 1);

	if (argc > 1 && strcmp(argv[1], "--hostile") == 0) {
		struct alert alert;

		text[fread(text, 1, INPUT_MAX_BYTES, stdin)] = '\0';
		alert = alert_sample_hostile(text, arena);
		print_everywhere("hostile", &alert);
	} else {
		for (size_t i = 0; i < alert_samples; i++)
			print_everywhere(alert_sample[i].name, &alert_sample[i].alert);
	}
	arena_free(arena);
	return 0;
}
