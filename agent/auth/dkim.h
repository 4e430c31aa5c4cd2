#ifndef AUTH_DKIM_H
#define AUTH_DKIM_H

#include "base/arena.h"
#include "base/slice.h"
#include "dns/ask.h"
#include "model/auth.h"

#include <stdbool.h>

/* DKIM key records, RFC 6376 section 3.6.1, RFC 8301 (sizes), RFC 8463 (Ed25519). */

/* What a TXT record is, at a place where a key is looked for. */
enum dkim_text { DKIM_TEXT_OTHER, DKIM_TEXT_KEY, DKIM_TEXT_SPF, DKIM_TEXT_DMARC };
enum dkim_text dkim_text_of(struct slice txt);

/* One TXT record as the key at `owner`, whose name the fix needs. Sets state, type, bits,
 * is_testing and problems. */
void dkim_key_read(const char *owner, struct slice txt, struct arena *arena, struct dkim_key *out);

/* The records of the subject's selectors, and without any the common ones. False: questions are
 * open. */
bool dkim_look(const struct auth_subject *subject, struct ask *ask, struct domain_dkim *out);

#endif
