#ifndef DNS_NAME_H
#define DNS_NAME_H

#include "base/ip.h"

#include <stdbool.h>
#include <stddef.h>

/* RFC 1035 section 2.3.4: 63 octets a label, 255 on the wire, hence 253 as text. */
enum { DNS_NAME_TEXT_MAX = 253, DNS_LABEL_MAX = 63, DNS_NAME_BYTES = DNS_NAME_TEXT_MAX + 1 };

/* Whether the text is a name that can be asked: labels of 1..63 octets, 253 in all; a dot at
 * the end is allowed and not counted. No character set is enforced (RFC 2181 section 11). */
bool dns_name_fits(const char *name);

/* The owner names of RFC 5782 section 2: reversed octets or 32 reversed nibbles, then the
 * zone. False when the result is beyond the limits. */
bool dns_name_of_ip(const struct ip *ip, const char *zone, char out[DNS_NAME_BYTES]);
/* DOMAIN.ZONE, without trailing dots. False when beyond the limits. */
bool dns_name_join(const char *left, const char *zone, char out[DNS_NAME_BYTES]);
/* in-addr.arpa / ip6.arpa. */
void dns_name_of_ptr(const struct ip *ip, char out[DNS_NAME_BYTES]);
/* Lower case ASCII, no trailing dot; false when it does not fit. */
bool dns_name_normalise(const char *name, char out[DNS_NAME_BYTES]);
/* Case-insensitive (ASCII), trailing dots ignored. */
bool dns_name_equal(const char *a, const char *b);

#endif
