#ifndef RENDER_REMOVAL_H
#define RENDER_REMOVAL_H

#include "base/civil.h"
#include "base/str.h"
#include "model/removal.h"
#include "render/text.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Removal requests: the document, tables and cards, and the letter to send. */

struct removal_shown {
	const struct removal_page *page;
	const struct zone *zone;
	int64_t now;
	bool has_history; /* requests of before and how long they took, too */
};
json_t *json_removals(const struct removal_shown *shown);
/* One row of the ledger. */
json_t *json_removal(const struct zone *zone, const struct removal *request);

/* One listing alone comes with its letter. */
void text_removals(struct str *out, const struct text_style *style,
		   const struct removal_shown *shown);
/* What became of a row: `deed` is "asked", "answered" or "forgotten". */
void text_removal(struct str *out, const struct text_style *style, const struct removal *request,
		  const char *deed);

/* False: there is nobody to write to. */
bool removal_has_letter(const struct removal_view *view);
/* The text to send with what is known filled in and one line for the operator to complete, which is
 * between brackets. It holds no account's name: it is for strangers. Escaped for terminals. */
void removal_letter(struct str *out, const struct removal_view *view,
		    enum removal_language language, const struct zone *zone);

/* The page to ask on, filled in; nothing when none is known. Not escaped. */
void removal_page_url(struct str *out, const struct removal_view *view);

#endif
