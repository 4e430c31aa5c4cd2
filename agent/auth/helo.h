#ifndef AUTH_HELO_H
#define AUTH_HELO_H

#include "dns/ask.h"
#include "model/observation.h"
#include "model/target.h"

#include <stdbool.h>

/* The configured HELO name (RFC 5321 sections 2.3.5 and 4.1.1.1): fully qualified, resolving to
 * the address, agreeing with the PTR. Run after ptr_check on the same ask, whatever that
 * returned, so that both ask in one round; reads identity->ptr, fills helo and helo_resolves
 * and one observation (check "helo"). Where the name's address could not be learned, is_known
 * becomes false. Without a configured name the observation is clear and says so. False:
 * questions are open. */
bool helo_check(const struct target *target, struct ask *ask, struct identity *identity,
                struct observation *out);

#endif
