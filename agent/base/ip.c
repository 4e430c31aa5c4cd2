#include "base/ip.h"

#include "base/mem.h"
#include "base/parse.h"

#include <arpa/inet.h>
#include <string.h>

static uint8_t family_bits(const struct ip *ip)
{
	return ip->family == 4 ? 32 : 128;
}

bool ip_parse(const char *text, struct ip *ip)
{
	*ip = (struct ip){0};
	if (inet_pton(AF_INET, text, ip->byte) == 1)
		ip->family = 4;
	else if (inet_pton(AF_INET6, text, ip->byte) == 1)
		ip->family = 6;
	return ip->family != 0;
}

struct ip ip_unmapped(const struct ip *ip)
{
	static const uint8_t mapped[12] = {[10] = 0xff, [11] = 0xff};
	struct ip out = {.family = 4};

	if (ip->family != 6 || memcmp(ip->byte, mapped, sizeof(mapped)) != 0)
		return *ip;
	memcpy(out.byte, ip->byte + sizeof(mapped), 4);
	return out;
}

bool ip_parse_unmapped(const char *text, struct ip *ip)
{
	if (!ip_parse(text, ip))
		return false;
	*ip = ip_unmapped(ip);
	return true;
}

const char *ip_text(const struct ip *ip, char out[IP_TEXT_BYTES])
{
	if ((ip->family != 4 && ip->family != 6) ||
	    !inet_ntop(ip->family == 4 ? AF_INET : AF_INET6, ip->byte, out, IP_TEXT_BYTES))
		bug("an address of family %d has no text", ip->family);
	return out;
}

int ip_compare(const struct ip *a, const struct ip *b)
{
	if (a->family != b->family)
		return a->family < b->family ? -1 : 1;
	return memcmp(a->byte, b->byte, sizeof(a->byte));
}

struct ip ip_plus(const struct ip *ip, uint32_t offset)
{
	struct ip sum = *ip;
	uint64_t carry = offset;

	for (int i = family_bits(ip) / 8 - 1; i >= 0 && carry; i--) {
		carry += sum.byte[i];
		sum.byte[i] = (uint8_t)carry;
		carry >>= 8;
	}
	return sum;
}

/* Whether the first `bits` bits agree. */
static bool same_bits(const struct ip *a, const struct ip *b, unsigned bits)
{
	const unsigned whole = bits / 8;
	const uint8_t mask = (uint8_t)(0xff00 >> bits % 8);

	if (a->family != b->family || memcmp(a->byte, b->byte, whole) != 0)
		return false;
	return !mask || ((a->byte[whole] ^ b->byte[whole]) & mask) == 0;
}

bool prefix_parse(const char *text, struct prefix *prefix)
{
	const char *slash = strchr(text, '/');
	const size_t len = slash ? (size_t)(slash - text) : strlen(text);
	char address[IP_TEXT_BYTES];
	uint32_t bits;

	if (len >= sizeof(address))
		return false;
	memcpy(address, text, len);
	address[len] = '\0';
	if (!ip_parse(address, &prefix->ip))
		return false;
	bits = family_bits(&prefix->ip);
	if (slash && (!parse_u32(slash + 1, &bits) || bits > family_bits(&prefix->ip)))
		return false;
	prefix->bits = (uint8_t)bits;
	/* Host bits must be zero: 192.0.2.10/28 is more often a slip than a wish. */
	for (unsigned i = bits; i < family_bits(&prefix->ip); i++)
		if (prefix->ip.byte[i / 8] & 0x80 >> i % 8)
			return false;
	return true;
}

bool prefix_has(const struct prefix *prefix, const struct ip *ip)
{
	return same_bits(&prefix->ip, ip, prefix->bits);
}

bool prefix_overlaps(const struct prefix *a, const struct prefix *b)
{
	return same_bits(&a->ip, &b->ip, a->bits < b->bits ? a->bits : b->bits);
}

uint32_t prefix_count(const struct prefix *prefix)
{
	const unsigned host_bits = family_bits(&prefix->ip) - prefix->bits;

	return host_bits >= 32 ? UINT32_MAX : (uint32_t)1 << host_bits;
}
