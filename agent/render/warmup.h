#ifndef RENDER_WARMUP_H
#define RENDER_WARMUP_H

#include "base/civil.h"
#include "base/str.h"
#include "model/warmup_view.h"
#include "render/text.h"

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

/* Plans of warm-ups and how addresses keep to them: documents. */
json_t *json_warmup_plan(const struct warmup_schedule *schedule);
json_t *json_warmup_status(const struct zone *zone, int64_t at, const struct warmup_view *view,
			   size_t views);
json_t *json_warmup_stop(const struct warmup_terms *stopped);
json_t *json_warmup_curves(const struct curve_view *curve, size_t curves);

/* And tables. */
void text_warmup_plan(struct str *out, const struct text_style *style,
		      const struct warmup_schedule *schedule);
void text_warmup_status(struct str *out, const struct text_style *style,
			const struct warmup_view *view, size_t views);
void text_warmup_stop(struct str *out, const struct text_style *style,
		      const struct warmup_terms *stopped);
void text_warmup_curves(struct str *out, const struct text_style *style,
			const struct curve_view *curve, size_t curves);

#endif
