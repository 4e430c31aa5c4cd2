#ifndef STORE_SUMMARY_H
#define STORE_SUMMARY_H

#include "base/arena.h"
#include "base/err.h"
#include "model/traffic.h"
#include "store/store.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The state in a few numbers, for those who ask every minute: nothing is read row by row that can be
 * counted where it lies. */

struct summary_scope {
	const char *word; /* an address, a pool or a name; "": all that is watched */
	bool are_domains; /* sending domains instead of addresses */
};

struct summary {
	uint64_t addresses;
	uint64_t by_grade[GRADE_COUNT];
	uint64_t asked, answered; /* lists and identity checks of the last pass, over all */
};
bool summary_counts(struct store *store, const struct summary_scope *scope, struct summary *out,
		    struct err *err);

struct trouble {
	const char *address, *name, *pool;
	const char *check, *subject;
	enum finding belief;
	enum severity severity;
	int64_t since;
	enum cause blind_cause;
	const char *means, *text; /* foreign */
};
/* Beliefs that are not clear and not a mere note, the worst first; `check` "" is any. */
bool summary_troubles(struct store *store, const struct summary_scope *scope, const char *check,
		      struct arena *arena, struct trouble **out, size_t *count, struct err *err);

struct volume_state {
	const char *address, *name;
	enum volume_level level;
	uint64_t yesterday, today, projected;
	double month_mean, ratio; /* 0: not known */
	const char *reason;
};
/* Addresses whose volume is known, the largest ratio first. */
bool summary_volumes(struct store *store, const struct summary_scope *scope, struct arena *arena,
		     struct volume_state **out, size_t *count, struct err *err);

#endif
