#ifndef LISTS_DNSBL_H
#define LISTS_DNSBL_H

#include "dns/ask.h"
#include "model/list.h"
#include "model/observation.h"
#include "model/target.h"

#include <stdbool.h>

/* The verdict on one target by one list, in the order:
 *   transport failure            -> blind (timeout, servfail, refused, garbled, deadline, budget)
 *   NXDOMAIN or no A             -> clear (the caller holds it against the list's health)
 *   any A outside 127.0.0.0/8    -> blind (not-127)
 *   an operator's error code     -> blind (error-code)
 *   a code of the catalogue      -> listed, or noted for kinds that never alarm
 *   another code in 127/8        -> blind (unknown-code), shown with the code
 * Several A records: an error or a foreign one spoils all; else every code is kept and the
 * worst meaning decides. TXT is asked only after a positive A; its failure spoils nothing. */

/* Whether the list holds data about the target. */
bool dnsbl_covers(const struct list *list, const struct target *target);
/* One observation (check "dnsbl", subject list->zone). False: questions are open. */
bool dnsbl_check(const struct list *list, const struct target *target, bool wants_text,
                 struct ask *ask, struct observation *out);
/* The verdict on an answer alone, without TXT; for canaries and tests. */
struct observation dnsbl_verdict(const struct list *list, const struct dns_answer *answer,
                                 struct arena *arena);

#endif
