#ifndef DNS_SUFFIX_H
#define DNS_SUFFIX_H

#include "dns/name.h"

#include <stdbool.h>

/* The public suffix list that was built into libpsl, and IDNA 2008 by libidn2. Nothing is read
 * from outside. Names are lower case A-labels without a trailing dot. */

/* The registrable (organisational) domain, RFC 7489 section 3.2: the public suffix and one label
 * more. False where there is none: the name is a public suffix itself, or has one label. */
bool suffix_registrable(const char *domain, char out[DNS_NAME_BYTES]);

/* A name as people write it, UTF-8 too, as it stands in DNS: lower case A-labels, no trailing dot.
 * False when it cannot be a name. Names DNS has that IDNA forbids ("_dmarc") are left as they are. */
bool suffix_to_ascii(const char *name, char out[DNS_NAME_BYTES]);

#endif
