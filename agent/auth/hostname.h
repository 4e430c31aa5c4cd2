#ifndef AUTH_HOSTNAME_H
#define AUTH_HOSTNAME_H

#include <stdbool.h>

/* Whether the text can stand after HELO and own an address record: letters, digits and inner
 * hyphens (RFC 1123 section 2.1), two labels or more (RFC 5321 section 2.3.5), the last one no
 * number, no dot at the end. */
bool hostname_is_qualified(const char *name);

#endif
