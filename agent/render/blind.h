#ifndef RENDER_BLIND_H
#define RENDER_BLIND_H

#include "base/arena.h"
#include "model/view.h"
#include "render/page.h"

/* What could not be learned, over all addresses: blind is never clear, so it is always said. */

struct blind_list {
	const char *subject; /* the zone, or the check where there is no list */
	enum cause cause;
	size_t addresses;
	int64_t last_good; /* the newest usable answer, 0 for none */
};

struct blind {
	struct blind_list **row; /* one a subject and cause, in the order they come */
	size_t rows;
	size_t lists; /* different ones */
	size_t addresses; /* that were looked at */
	size_t answered; /* questions, over all of them */
};

struct blind blind_of(struct arena *arena, const struct address_view *view, size_t views);
void blind_section(struct page *page, const struct blind *blind);

#endif
