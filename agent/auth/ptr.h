#ifndef AUTH_PTR_H
#define AUTH_PTR_H

#include "dns/ask.h"
#include "model/observation.h"
#include "model/target.h"

#include <stdbool.h>

/* Identity of an address: PTR, its forward confirmation (FCrDNS, RFC 8601 section 2.7.3), and
 * whether the name looks generated. `arena` of the ask holds the strings.
 * Fills ptr, ptrs, forward_confirmed, generic_ptr and one observation (check "ptr").
 * False: questions are open. */
bool ptr_check(const struct target *target, struct ask *ask, struct identity *identity,
               struct observation *out);

/* Whether a host name looks generated from the address or dynamic: it holds the address's
 * octets or hex, or words providers use for such ranges (dyn, dhcp, pool, static-ip-..., ppp,
 * adsl, cust) beside a number. Pure text; `name` is lower case. In generic.c. */
bool ptr_is_generic(const char *name, const struct ip *ip);

#endif
