#ifndef RUN_REMOVAL_PARTS_H
#define RUN_REMOVAL_PARTS_H

/* Between removal_look.c, which puts together what is shown, and removal_traffic.c, which adds what
 * the mail logs tell. */

#include "base/map.h"
#include "run/look.h"
#include "run/removal.h"

struct looking {
	const struct conf *conf;
	const struct removal_choice *choice;
	struct arena *arena;
	struct store *store;
	const char **subject; /* words that are no addresses */
	size_t subjects;
	const char **target;
	size_t targets;
	struct status status;
	struct removal *ledger;
	size_t ledgers;
	struct map *newest; /* of its rows, by address, check and subject */
	struct map *relistings; /* likewise */
	struct removal_view *view;
	size_t views;
	int64_t today;
	int64_t logs_read_at; /* of the log that was read least lately; 0: none was */
};

/* Sets logs_read_at. */
bool removal_find_logs(struct looking *looking, struct err *err);
/* What tells whether the cause of a listing goes on. `traffic` NULL: no log tells of the address. */
bool removal_traffic(struct looking *looking, const struct traffic *traffic,
		     struct removal_view *view, struct err *err);

#endif
