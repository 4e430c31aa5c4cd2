#ifndef STORE_SELECTORS_H
#define STORE_SELECTORS_H

#include "base/arena.h"
#include "base/err.h"
#include "maillog/selectors.h"
#include "model/auth.h"
#include "store/store.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* DKIM selectors that nobody configured: what mail logs tell of, and where a look found a key.
 * Bounded: DKIM_LEARNED_MAX a domain, those with a key first, then those of signers, then the
 * latest; SELECTORS_KEPT_MAX in all; none for longer than SELECTOR_DAYS_KEPT. Writing stands within a
 * transaction. */
enum { SELECTOR_DAYS_KEPT = 62, SELECTORS_KEPT_MAX = 200000 };

/* What logs told. What a wrong clock stamped later than a day from now is left out. */
bool selectors_tell(struct store *store, const struct selectors *told, int64_t now,
		    struct err *err);
/* A usable key was there. */
bool selectors_find(struct store *store, const char *domain, const char *selector, int64_t at,
		    struct err *err);
/* Common selectors of a domain were all tried. */
bool selectors_guess(struct store *store, int64_t address_id, int64_t at, struct err *err);
bool selectors_trim(struct store *store, int64_t now, struct err *err);

/* Of one domain; `row` are `count` of all. */
struct stored_selectors {
	const char *domain;
	struct auth_selector *row;
	size_t count;
};
/* Of all domains, or of one. */
bool selectors_load(struct store *store, const char *domain, struct arena *arena,
		    struct stored_selectors **out, size_t *count, struct err *err);
/* Domains whose common selectors were tried since. */
bool selectors_guessed(struct store *store, int64_t since, struct arena *arena,
		       const char *const **domain, size_t *count, struct err *err);

#endif
