#ifndef AUTH_SPF_LINT_H
#define AUTH_SPF_LINT_H

#include "auth/problems.h"
#include "auth/spf_record.h"
#include "dns/ask.h"
#include "model/auth.h"

#include <stdbool.h>

/* SPF of a domain, looked at as a whole: the verdict for every sender, all the lookups the record
 * can cause with the tree that causes them, what is wrong or unwise in it, and the smallest change
 * that authorises the senders. The deprecated type 99 (RFC 7208 section 3.1) is not asked for.
 * Strings belong to the ask's arena. False: questions are open. */
bool spf_look(const struct auth_subject *subject, struct ask *ask, struct domain_spf *out);

/* What is unwise in a record that is valid, by itself. In spf_style.c. */
void spf_style(struct slice txt, const struct spf_record *record, struct problems *problems);

#endif
