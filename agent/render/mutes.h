#ifndef RENDER_MUTES_H
#define RENDER_MUTES_H

#include "base/civil.h"
#include "base/str.h"
#include "model/alert.h"
#include "render/text.h"

#include <jansson.h>
#include <stddef.h>

/* What the operator wants to hear nothing of, as `ack` shows it. */
json_t *json_mutes(const struct zone *zone, const struct mute *mute, size_t mutes);
json_t *json_mute(const struct zone *zone, const struct mute *mute);
void text_mutes(struct str *out, const struct text_style *style, const struct mute *mute,
		size_t mutes);
/* A line each: until when, who said so, of what, and why. */
void text_mutes_in_force(struct str *out, const struct text_style *style, const struct mute *mute,
			 size_t mutes);
/* One line: what was noted, and how to end it. */
void text_mute(struct str *out, const struct text_style *style, const struct mute *mute);

#endif
