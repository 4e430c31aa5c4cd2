#ifndef AUTH_DKIM_H
#define AUTH_DKIM_H

#include "base/arena.h"
#include "base/slice.h"
#include "dns/ask.h"
#include "model/auth.h"

#include <stdbool.h>

/* DKIM key records, RFC 6376 section 3.6.1, RFC 8301 (sizes), RFC 8463 (Ed25519). */

/* One TXT record as a key. */
void dkim_key_read(struct slice txt, struct arena *arena, struct dkim_key *out);

/* The records of the subject's selectors, and without any the common ones. False: questions are
 * open. */
bool dkim_look(const struct auth_subject *subject, struct ask *ask, struct domain_dkim *out);

#endif
