#include "dns/name.h"

#include "base/mem.h"

#include <string.h>

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

/* The length without a dot at the end, which only says that the name is absolute. */
static size_t bare_len(const char *name)
{
	const size_t len = strnlen(name, DNS_NAME_BYTES + 1);

	return len > 1 && name[len - 1] == '.' ? len - 1 : len;
}

bool dns_name_fits(const char *name)
{
	const size_t len = bare_len(name);
	size_t label = 0;

	if (len == 0 || len > DNS_NAME_TEXT_MAX)
		return false;
	for (size_t i = 0; i < len; i++) {
		label = name[i] == '.' ? 0 : label + 1;
		if (label > DNS_LABEL_MAX || (name[i] == '.' && (i == 0 || name[i - 1] == '.')))
			return false;
	}
	return label > 0;
}

bool dns_name_join(const char *left, const char *zone, char out[DNS_NAME_BYTES])
{
	const size_t left_len = bare_len(left);
	const size_t zone_len = bare_len(zone);

	if (left_len + 1 + zone_len > DNS_NAME_TEXT_MAX)
		return false;
	memcpy(out, left, left_len);
	out[left_len] = '.';
	memcpy(out + left_len + 1, zone, zone_len);
	out[left_len + 1 + zone_len] = '\0';
	return dns_name_fits(out);
}

static size_t add_octet(char *out, unsigned octet)
{
	size_t len = 0;

	if (octet >= 100)
		out[len++] = (char)('0' + octet / 100);
	if (octet >= 10)
		out[len++] = (char)('0' + octet / 10 % 10);
	out[len++] = (char)('0' + octet % 10);
	out[len++] = '.';
	return len;
}

/* RFC 5782 sections 2.1 and 2.4: octets, or all 32 nibbles, last first, a dot behind each. */
static size_t add_reversed(const struct ip *ip, char *out)
{
	static const char hex[] = "0123456789abcdef";
	size_t len = 0;

	if (ip->family == 4) {
		for (int i = 3; i >= 0; i--)
			len += add_octet(out + len, ip->byte[i]);
		return len;
	}
	for (int i = 15; i >= 0; i--) {
		out[len++] = hex[ip->byte[i] & 15];
		out[len++] = '.';
		out[len++] = hex[ip->byte[i] >> 4];
		out[len++] = '.';
	}
	return len;
}

bool dns_name_of_ip(const struct ip *ip, const char *zone, char out[DNS_NAME_BYTES])
{
	const size_t len = add_reversed(ip, out);
	const size_t zone_len = bare_len(zone);

	if (zone_len == 0 || len + zone_len > DNS_NAME_TEXT_MAX)
		return false;
	memcpy(out + len, zone, zone_len);
	out[len + zone_len] = '\0';
	return true;
}

void dns_name_of_ptr(const struct ip *ip, char out[DNS_NAME_BYTES])
{
	if (!dns_name_of_ip(ip, ip->family == 4 ? "in-addr.arpa" : "ip6.arpa", out))
		bug("a reverse name does not fit");
}

bool dns_name_normalise(const char *name, char out[DNS_NAME_BYTES])
{
	const size_t len = bare_len(name);

	if (!dns_name_fits(name))
		return false;
	for (size_t i = 0; i < len; i++)
		out[i] = lower(name[i]);
	out[len] = '\0';
	return true;
}

bool dns_name_equal(const char *a, const char *b)
{
	const size_t len = bare_len(a);

	if (len != bare_len(b))
		return false;
	for (size_t i = 0; i < len; i++)
		if (lower(a[i]) != lower(b[i]))
			return false;
	return true;
}
