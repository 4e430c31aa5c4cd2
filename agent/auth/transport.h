#ifndef AUTH_TRANSPORT_H
#define AUTH_TRANSPORT_H

#include "dns/ask.h"
#include "model/auth.h"

#include <stdbool.h>

/* What the domain says about TLS for mail to it: the id of MTA-STS (RFC 8461 section 3.1) and the
 * rua of TLS-RPT (RFC 8460 section 3). They are noted, not judged; what could not be learned, and
 * what receivers would ignore, is "". Sets only these two of `out`. False: questions are open. */
bool transport_look(const struct auth_subject *subject, struct ask *ask, struct domain_auth *out);

#endif
