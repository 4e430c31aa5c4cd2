#ifndef RENDER_JSON_H
#define RENDER_JSON_H

#include "base/civil.h"
#include "base/str.h"
#include "model/view.h"

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

/* The documents of the interface (section 3): absent values left out, never null; keys in the
 * interface's order; foreign text made valid UTF-8. The caller owns what comes back. */

json_t *json_check(const struct zone *zone, int64_t at, const struct address_view *view,
		   size_t views, const struct catalogue *catalogue);
json_t *json_status(const struct zone *zone, int64_t at, const struct address_view *view,
		    size_t views, const struct catalogue *catalogue);
json_t *json_events(const struct zone *zone, const struct event *event, size_t events);
json_t *json_lists(const struct list_view *view, size_t views);
json_t *json_pass(const struct zone *zone, const struct pass_summary *pass);

#endif
