#ifndef RUN_VOLUME_VIEW_H
#define RUN_VOLUME_VIEW_H

#include "base/arena.h"
#include "base/err.h"
#include "maillog/tally.h"
#include "model/volume_view.h"
#include "store/store.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* From counts to what is shown. Everything comes from the arena. */

/* Days and accounts of a sum that tally_fold made; the accounts are read from it when they are
 * asked for. */
void volume_view_import(const struct tally *sum, struct arena *arena, struct import_view *view);

struct volume_choice {
	const char *const *address; /* canonical; none: all that sent in these days */
	size_t addresses;
	int64_t first_day, last_day;
};
/* One view an address, in the order asked for. */
bool volume_view_show(struct store *store, const struct volume_choice *choice, struct arena *arena,
		      struct volume_view **view, size_t *views, struct err *err);

#endif
