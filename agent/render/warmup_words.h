#ifndef RENDER_WARMUP_WORDS_H
#define RENDER_WARMUP_WORDS_H

#include "model/warmup_view.h"
#include "render/layout.h"

#include <stdbool.h>
#include <stdint.h>

/* What the files behind warmup.h share. */
struct warmup_word {
	const char *word; /* in documents */
	const char *text; /* for people */
	enum tint tint;
};
const struct warmup_word *warmup_word(enum warmup_verdict verdict);
/* What may still be sent today, and whether that is known. */
bool warmup_has_headroom(const struct warmup_view *view);
uint64_t warmup_headroom(const struct warmup_view *view);

#endif
