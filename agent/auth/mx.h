#ifndef AUTH_MX_H
#define AUTH_MX_H

#include "dns/ask.h"
#include "model/auth.h"

#include <stdbool.h>

/* Whether answers and bounces can reach the domain: RFC 5321 section 5.1, RFC 7505. False: questions
 * are open. */
bool mx_look(const struct auth_subject *subject, struct ask *ask, struct domain_mx *out);

#endif
