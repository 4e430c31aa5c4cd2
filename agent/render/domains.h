#ifndef RENDER_DOMAINS_H
#define RENDER_DOMAINS_H

#include "base/arena.h"
#include "base/civil.h"
#include "model/domain_view.h"
#include "render/text.h"

#include <jansson.h>
#include <stddef.h>
#include <stdint.h>

/* Domains that mail is sent for, as `domains` and `status` show them. */

/* A table by mail, then what is to be mended, for the first few or with style->is_verbose for all.
 * One domain alone is shown in full. */
void text_domains(struct str *out, const struct text_style *style, const struct domain_view *view,
		  size_t views, const struct catalogue *catalogue);
/* "340 domains that mail is sent for: 12 not ready ...", a line; nothing without domains. */
void text_domains_line(struct str *out, const struct text_style *style,
		       const struct domain_numbers *numbers);

/* {"at", "domains": [...]} */
json_t *json_domains(const struct zone *zone, int64_t at, const struct domain_view *view,
		     size_t views);
/* The array alone, and a few numbers about all domains. */
json_t *json_domains_array(const struct zone *zone, const struct domain_view *view, size_t views);
json_t *json_domains_numbers(const struct domain_numbers *numbers);
/* Volume, addresses and verdict of one as a line, for keeping; store/domain_shown.h reads it. */
const char *json_domain_shown(const struct domain_view *view, struct arena *arena);

#endif
