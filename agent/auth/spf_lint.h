#ifndef AUTH_SPF_LINT_H
#define AUTH_SPF_LINT_H

#include "dns/ask.h"
#include "model/auth.h"

#include <stdbool.h>

/* SPF of a domain, looked at as a whole: the verdict for every sender, all the lookups the record
 * can cause with the tree that causes them, what is wrong or unwise in it, and the smallest change
 * that authorises the senders. False: questions are open. */
bool spf_look(const struct auth_subject *subject, struct ask *ask, struct domain_spf *out);

#endif
