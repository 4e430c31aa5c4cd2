#ifndef AUTH_DOMAIN_H
#define AUTH_DOMAIN_H

#include "base/arena.h"
#include "dns/ask.h"
#include "model/auth.h"
#include "model/observation.h"

#include <stdbool.h>
#include <stddef.h>

/* All of a domain's authentication. Every part asks what it can before any waits. False: questions
 * are open. */
bool domain_look(const struct auth_subject *subject, struct ask *ask, struct domain_auth *out);

/* The same as observations of the checks "spf", "dkim", "dmarc" and "mx", in this order: clear,
 * broken, noted (works, and should be mended; or cannot be told, as DKIM without a known selector),
 * blind. What a domain lacks that no mail was seen from (it has no senders) is minor. */
enum { DOMAIN_OBSERVATIONS = 4 };
void domain_observe(const struct domain_auth *auth, struct arena *arena,
		    struct observation out[DOMAIN_OBSERVATIONS]);

#endif
