#ifndef STORE_DOMAIN_CHANGES_H
#define STORE_DOMAIN_CHANGES_H

#include "base/err.h"
#include "store/domains.h"
#include "store/store.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Whose mail was counted since it was added up last, so that a pass adds up that of few domains and
 * not two months of all. All that writes stands within a transaction; who adds counts marks their
 * domain in the same one. */

/* Each id of `domain_id`, duplicates allowed; domains_changed() tells them. */
bool changes_mark(struct store *store, const int64_t *domain_id, size_t count, struct err *err);

/* What was added up holds for one day, and for what `digest` is of; 0 and 0: nothing was. */
struct changes_basis {
	int64_t day;
	uint64_t digest;
};
bool changes_basis(struct store *store, struct changes_basis *out, struct err *err);
/* All is added up now: nothing is marked any more. */
bool changes_settle(struct store *store, const struct changes_basis *basis, struct err *err);

/* Adds up what domains_senders() tells, of all domains or only of those that are marked. */
bool changes_sum(struct store *store, const struct sender_query *query, bool only_marked,
		 struct err *err);

#endif
