#ifndef RENDER_LINKS_H
#define RENDER_LINKS_H

#include "base/str.h"
#include "model/list.h"

#include <stdbool.h>

/* What the catalogue adds to a listing. */

/* The entry of a zone, or NULL (it may have left the catalogue since). */
const struct list *links_list(const struct catalogue *catalogue, const char *zone);
/* The page to look the target up, its {address} or {domain} filled in; nothing when the entry
 * has none. Not escaped. */
void links_lookup(struct str *out, const struct list *list, const char *target);
/* The same for any address of a page. */
void links_fill(struct str *out, const char *url, const char *target);
/* Takes one meaning off a standing's joined `means` and moves `*rest` behind it; false at the
 * end. Meanings may hold ", " themselves, so the entry's own (NULL: none) are tried first. */
bool links_next_meaning(const struct list *list, const char **rest, struct str *meaning);

#endif
