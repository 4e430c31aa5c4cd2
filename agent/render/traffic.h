#ifndef RENDER_TRAFFIC_H
#define RENDER_TRAFFIC_H

#include "render/page.h"

#include <jansson.h>

/* What an address sent, for people and programs. */

/* Sections of a card: volume, receivers, suspects; nothing without logs. */
void traffic_sections(struct page *page, const struct address_view *view);
/* The first suspect in a few words, escaped; "" for none. */
const char *traffic_suspect(struct page *page, const struct traffic *traffic);
/* Sets "volume", "receivers" and "suspects" as the interface has them. */
void traffic_json(json_t *object, const struct zone *zone, const struct traffic *traffic);

#endif
