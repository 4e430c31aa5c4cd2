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
/* Beliefs that are not clear and not a mere note, the worst first. */
bool summary_troubles(struct store *store, const struct summary_scope *scope, struct arena *arena,
		      struct trouble **out, size_t *count, struct err *err);

void summary_sort(struct trouble *trouble, size_t troubles); /* likewise */

struct volume_summary {
	uint64_t addresses; /* whose volume is known */
	uint64_t yesterday, today;
	double largest_ratio; /* of yesterday to last month's mean; 0: not known */
	const char *address; /* whose it is, in the arena; "" when there is none */
};
bool summary_volume(struct store *store, const struct summary_scope *scope, struct arena *arena,
		    struct volume_summary *out, struct err *err);

/* The likeliest culprit of an address: account, sent and usual; it has none while all is well. */
bool summary_suspect(struct store *store, const char *address, struct arena *arena,
		     struct suspect *out, bool *is_found, struct err *err);

#endif
