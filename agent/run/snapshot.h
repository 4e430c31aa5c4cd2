#ifndef RUN_SNAPSHOT_H
#define RUN_SNAPSHOT_H

#include "base/arena.h"
#include "base/err.h"
#include "conf/conf.h"
#include "run/targets.h"
#include "run/view.h"
#include "store/domains.h"
#include "store/outbox.h"
#include "store/store.h"
#include "store/traffic.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the passes left, read in one go for commands that show it. */
struct snapshot {
	struct stored_address *address;
	size_t addresses;
	struct stored_domains domains; /* with what DNS says of them, when they were wanted */
	uint64_t registrables; /* domains that lists are asked about */
	struct stored_list *list;
	size_t lists;
	struct stored_pass last; /* at 0: none has ended */
	struct stored_traffic *traffic;
	size_t traffics;
	struct outbox_counts letters;
};

bool snapshot_read(struct store *store, bool wants_domains, struct arena *arena,
		   struct snapshot *out, struct err *err);
struct view_context snapshot_context(const struct conf *conf, const struct snapshot *snapshot,
				     const struct targets *targets, int64_t now,
				     struct arena *arena);

#endif
