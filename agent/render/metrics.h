#ifndef RENDER_METRICS_H
#define RENDER_METRICS_H

#include "base/str.h"
#include "model/metrics.h"

#include <jansson.h>
#include <stdbool.h>

/* Figures for Prometheus and what reads its text format. How many series there are follows what is
 * wrong and who sends, not addresses times lists: what is clear has no series of its own.
 * With `is_open` the end is marked, as OpenMetrics wants it. */
void metrics_text(struct str *out, const struct metrics *metrics, bool is_open);
/* The same as a document. */
json_t *metrics_json(const struct metrics *metrics);

#endif
