#ifndef RENDER_OUTBOX_H
#define RENDER_OUTBOX_H

#include "base/civil.h"
#include "base/str.h"
#include "model/letter_view.h"
#include "render/text.h"

#include <jansson.h>

/* Messages on their way, and how the channels fare. */

json_t *json_outbox(const struct zone *zone, const struct outbox_view *view);
void text_outbox(struct str *out, const struct text_style *style, const struct outbox_view *view);

#endif
