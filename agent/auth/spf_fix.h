#ifndef AUTH_SPF_FIX_H
#define AUTH_SPF_FIX_H

#include "auth/spf.h"
#include "dns/ask.h"
#include "model/auth.h"

#include <stdbool.h>

/* The smallest change of a domain's record that makes it valid and lets every sender pass. What is
 * proposed was evaluated: no sender is named that would not pass, and none that passed is lost. */
struct spf_fixed {
	const char *record; /* the text to publish; "" when there is nothing to change, or nothing
	                     * that is known to help */
	const char *why;
};
/* False: questions are open. Strings belong to the arena. */
bool spf_fix(const struct auth_subject *subject, struct ask *ask, struct spf_cache *cache,
	     struct arena *arena, struct spf_fixed *out);

/* The question whether the sender may send as the domain. */
struct spf_query spf_sender_query(const struct auth_subject *subject, size_t sender);

#endif
