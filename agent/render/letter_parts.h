#ifndef RENDER_LETTER_PARTS_H
#define RENDER_LETTER_PARTS_H

#include "render/json_parts.h"
#include "render/letter.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the kinds of letters share. */

/* One renderer a row of letters.def. */
#define LETTER(word, stands)                                                                       \
	void letter_##word(const struct alert *alert, const struct letter_style *style,            \
			   struct arena *arena, struct letter *out);
#include "render/letters.def"
#undef LETTER

/* --- the text --- */
const char *letter_headline(const struct alert *alert, const struct letter_style *style,
			    struct arena *arena);
const char *letter_body(const struct alert *alert, const struct letter_style *style,
			struct arena *arena);
/* As many whole characters as fit, with "..." where something is missing. UTF-8. */
const char *letter_cut(const char *text, size_t max_characters, struct arena *arena);

/* Adds the text for a chat that takes characters of `special` for commands: a backslash before
 * each. Pages are left as they are, so that they can be clicked. An "@" that could call people is
 * kept apart from its word, which a backslash does not do everywhere. */
void letter_add_plain(struct str *out, const char *text, const char *special);

/* --- documents --- */
/* Takes the document over. */
void letter_finish(struct letter *out, json_t *document, struct arena *arena);
size_t letter_bytes(const json_t *document);

/* "#rrggbb" of a severity, green for what is over. */
const char *letter_color(const struct alert *alert);
/* The page for details, of the address's list or the report; "" for none. From the arena. */
const char *letter_lookup(const struct incident_item *item, struct arena *arena);

/* letter_webhook.c: the document with everything in it. */
json_t *letter_document(const struct alert *alert, const struct letter_style *style,
			struct arena *arena);

#endif
