#ifndef RENDER_LETTER_H
#define RENDER_LETTER_H

#include "base/arena.h"
#include "base/civil.h"
#include "base/str.h"
#include "model/alert.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* An alert as one kind of channel sends it. Rendered in the pass that raises it and kept as it is
 * until it arrived: a later attempt says the same. No secret is in it: addresses of endpoints, tokens
 * and signatures are added by who delivers. */
/* len 0: a letter of that kind says nothing there, and none is sent (a week's summary to a pager). */
struct letter {
	const char *content_type; /* "application/json"; mail: "text/plain; charset=utf-8" */
	const char *subject; /* mail only: one line, UTF-8, no control characters */
	const char *body; /* UTF-8 text or a JSON document */
	size_t len;
};

struct letter_style {
	const char *language; /* "en", "ja" */
	const struct zone *zone; /* the operator's */
	int64_t expires_at; /* state that is told again each pass is good until then */
};

/* `render` fills the letter from the arena. One file and one row in letters.def a channel. */
struct letter_kind {
	const char *type; /* the word of the configuration */
	void (*render)(const struct alert *alert, const struct letter_style *style,
		       struct arena *arena, struct letter *out);
	/* What is told there stands, under the alert's uid, until an ALERT_ENDED of that uid. */
	bool stands;
};
/* NULL: no letters go through channels of that type. */
const struct letter_kind *letter_kind(const char *type);

/* --- shared by the kinds, alert_text.c --- */
/* First line: what, which address and pool, since when, how bad, and the suspects. One line, plain
 * text, foreign parts escaped. */
void alert_headline(struct str *out, const struct alert *alert, const struct letter_style *style);
/* The same for a subject: the culprit's name is cut to what fits. */
void alert_brief(struct str *out, const struct alert *alert, const struct letter_style *style);
/* The rest: what to do in which order, reasons, the receivers' own words, lookup and removal pages,
 * volume. Plain text with a line a statement, not wrapped: a phone wraps where its screen ends. */
void alert_body(struct str *out, const struct alert *alert, const struct letter_style *style);

#endif
