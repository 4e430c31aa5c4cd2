#ifndef AUTH_DMARC_H
#define AUTH_DMARC_H

#include "dns/ask.h"
#include "model/auth.h"

#include <stdbool.h>

/* DMARC: RFC 7489, and the tree walk, t=, np= and psd= of its successor. The record is found at
 * the domain itself, else at its organisational domain; where both ways of finding that (public
 * suffix list, tree walk) differ, it is said. External addresses for reports are checked for their
 * consent (RFC 7489 section 7.1). False: questions are open. */
bool dmarc_look(const struct auth_subject *subject, struct ask *ask, struct domain_dmarc *out);

#endif
