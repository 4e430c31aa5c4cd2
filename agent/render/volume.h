#ifndef RENDER_VOLUME_H
#define RENDER_VOLUME_H

#include "base/str.h"
#include "model/volume_view.h"
#include "render/json_print.h"
#include "render/text.h"

#include <jansson.h>
#include <stddef.h>

/* How much mail left: documents and tables. Mail whose address no log tells stands under
 * "unknown". */
/* `accounts` is the document's list, for json_print_list(). */
json_t *json_volume_import(const struct import_view *view, struct json_list *accounts);
json_t *json_volume_show(const struct volume_view *view, size_t views);
void text_volume_import(struct str *out, const struct text_style *style,
			const struct import_view *view);
void text_volume_show(struct str *out, const struct text_style *style,
		      const struct volume_view *view, size_t views);

#endif
