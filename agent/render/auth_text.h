#ifndef RENDER_AUTH_TEXT_H
#define RENDER_AUTH_TEXT_H

#include "model/view.h"
#include "render/page.h"

/* The records of a domain, and what in them no belief of the view tells; nothing when they are not
 * known. */
void auth_sections(struct page *page, const struct address_view *view);

#endif
