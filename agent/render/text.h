#ifndef RENDER_TEXT_H
#define RENDER_TEXT_H

#include "base/civil.h"
#include "base/str.h"
#include "model/view.h"

#include <stdbool.h>
#include <stddef.h>

/* Tables and sentences for people. Foreign text is escaped here. */
struct text_style {
	bool has_color;
	size_t columns; /* of the terminal; 0: not a terminal, nothing is cut */
	bool has_blocks; /* a terminal that shows block elements of Unicode */
	bool is_verbose; /* the lists that are clear, all good addresses */
	bool is_live; /* asked just now: nothing has an age */
	const struct zone *zone;
	int64_t now;
};

/* A summary table over the addresses, then for each that is not GOOD its reasons with lookup
 * and removal links and the record to publish; one address alone is shown in full. */
void text_addresses(struct str *out, const struct text_style *style,
		    const struct address_view *view, size_t views,
		    const struct catalogue *catalogue);
/* The journal, a line an event. */
void text_events(struct str *out, const struct text_style *style, const struct event *event,
		 size_t events);
void text_lists(struct str *out, const struct text_style *style, const struct list_view *view,
		size_t views);
/* What a pass did, three lines at most and its notices. */
void text_pass(struct str *out, const struct text_style *style, const struct pass_summary *pass);

#endif
