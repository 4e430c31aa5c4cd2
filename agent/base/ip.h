#ifndef BASE_IP_H
#define BASE_IP_H

#include <stdbool.h>
#include <stdint.h>

enum { IP_TEXT_BYTES = 46 }; /* INET6_ADDRSTRLEN */

/* An address; `family` is 4 or 6, 0 is "none". IPv4 uses the first four bytes. */
struct ip {
	uint8_t family;
	uint8_t byte[16];
};

/* A block of addresses; the bits behind `bits` are zero. */
struct prefix {
	struct ip ip;
	uint8_t bits;
};

/* Dotted quad or RFC 4291 text, nothing before or behind it, no zone index. */
bool ip_parse(const char *text, struct ip *ip);
/* An IPv4 address inside an IPv6 one (RFC 4291 section 2.5.5.2) as the IPv4 one, others as they
 * are. */
struct ip ip_unmapped(const struct ip *ip);
/* Both: an address as a person, a mail server or a monitoring system writes it. */
bool ip_parse_unmapped(const char *text, struct ip *ip);
/* Canonical text (RFC 5952). Returns `out`. */
const char *ip_text(const struct ip *ip, char out[IP_TEXT_BYTES]);
int ip_compare(const struct ip *a, const struct ip *b);
static inline bool ip_equal(const struct ip *a, const struct ip *b)
{
	return ip_compare(a, b) == 0;
}
/* The address `offset` places behind it; wraps inside the family. */
struct ip ip_plus(const struct ip *ip, uint32_t offset);

/* ADDRESS or ADDRESS/BITS; false when it is neither or when bits behind the mask are set. */
bool prefix_parse(const char *text, struct prefix *prefix);
bool prefix_has(const struct prefix *prefix, const struct ip *ip);
bool prefix_overlaps(const struct prefix *a, const struct prefix *b);
/* How many addresses it holds, UINT32_MAX for that many or more. */
uint32_t prefix_count(const struct prefix *prefix);

#endif
