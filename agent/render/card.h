#ifndef RENDER_CARD_H
#define RENDER_CARD_H

#include "model/view.h"
#include "render/page.h"

/* One address: what is wrong with it, since when, and what to do about it. */

/* Everything; the first line holds the worst. */
void card_full(struct page *page, const struct address_view *view,
	       const struct catalogue *catalogue);
/* Listings and broken records only; nothing when there are none. */
void card_short(struct page *page, const struct address_view *view,
		const struct catalogue *catalogue);
/* A reason in a few words, escaped: "listed on bl.example: SBL". */
const char *card_phrase(struct page *page, const struct address_view *view,
			const struct reason *reason);

/* The worst reason, and who is likely behind it: what an operator should read first. */
const char *card_headline(struct page *page, const struct address_view *view);

#endif
