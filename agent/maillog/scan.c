#include "maillog/scan.h"

#include <stdint.h>

bool scan_word(struct slice *rest, struct slice *word)
{
	if (!scan_until(rest, ' ', word)) {
		*word = *rest;
		*rest = slice_from(*rest, rest->len);
	}
	return word->len > 0;
}

size_t scan_quoted(struct slice text)
{
	if (!slice_starts(text, "\""))
		return 0;
	for (size_t i = 1; i < text.len; i++) {
		if (text.at[i] == '\\')
			i++;
		else if (text.at[i] == '"')
			return i + 1;
	}
	return 0;
}

/* The bytes of an RFC 5322 comment at the start, with those in it; 0: there is none. */
static size_t scan_comment(struct slice text)
{
	size_t depth = 0;

	for (size_t i = 0; i < text.len; i++) {
		depth += text.at[i] == '(';
		depth -= text.at[i] == ')';
		if (!depth)
			return i ? i + 1 : 0;
		i += text.at[i] == '\\';
	}
	return 0;
}

/* A quoted string may follow a dot (RFC 5322, obs-local-part). Where one does not end, the rest
 * is read as it stands, for else it would be read again for each quote in it. */
bool scan_address_to(struct slice *rest, char stop, struct slice *address)
{
	bool is_plain = false;
	size_t at = 0;

	while (at < rest->len && rest->at[at] != stop) {
		const struct slice tail = slice_from(*rest, at);
		size_t skipped = 1;

		if (!is_plain && (tail.at[0] == '"' || tail.at[0] == '(')) {
			skipped = tail.at[0] == '"' ? scan_quoted(tail) : scan_comment(tail);
			is_plain = !skipped;
		}
		at += skipped;
	}
	if (at >= rest->len)
		return false;
	*address = slice_of(rest->at, at);
	*rest = slice_from(*rest, at + 1);
	return true;
}

bool scan_address(struct slice *rest, struct slice *address)
{
	return scan_address_to(rest, '>', address);
}

bool scan_bare_address(struct slice *rest, struct slice *address)
{
	if (!scan_address_to(rest, ' ', address)) {
		*address = *rest;
		*rest = slice_from(*rest, rest->len);
	}
	return address->len > 0;
}

struct slice scan_domain(struct slice address)
{
	const char *at = address.len ? memrchr(address.at, '@', address.len) : NULL;

	if (!at)
		return slice_of(address.at, 0);
	return slice_from(address, (size_t)(at + 1 - address.at));
}

/* Letters, digits, and what literals and internationalised names need: a bit for each byte. */
static inline uint64_t is_domain_byte(unsigned char byte)
{
	static const uint64_t bits[4] = {
	    UINT64_C(0x07ff600000000000), /* - . 0-9 : */
	    UINT64_C(0x07fffffeaffffffe), /* A-Z [ ] _ a-z */
	    UINT64_MAX,
	    UINT64_MAX,
	};

	return bits[byte >> 6] >> (byte & 63) & 1;
}

bool scan_is_address(struct slice address)
{
	const struct slice domain = scan_domain(address);
	uint64_t is_good = 1;

	if (!domain.len || domain.len + 1 == address.len)
		return false;
	for (size_t i = 0; i < domain.len; i++)
		is_good &= is_domain_byte((unsigned char)domain.at[i]);
	return is_good;
}

bool scan_is_all(struct slice text, const char *set)
{
	for (size_t i = 0; i < text.len; i++)
		if (!text.at[i] || !strchr(set, text.at[i]))
			return false;
	return text.len > 0;
}

ptrdiff_t scan_find(struct slice in, const char *text)
{
	const char *at = in.len ? memmem(in.at, in.len, text, strlen(text)) : NULL;

	return at ? at - in.at : SCAN_NONE;
}

ptrdiff_t scan_find_last(struct slice in, const char *text)
{
	size_t len = in.len;
	const char *at;

	while (len && (at = memrchr(in.at, text[0], len)) != NULL) {
		len = (size_t)(at - in.at);
		if (slice_starts(slice_from(in, len), text))
			return (ptrdiff_t)len;
	}
	return SCAN_NONE;
}

struct ip scan_ip(struct slice text)
{
	struct ip ip = {0};
	char copy[IP_TEXT_BYTES];

	if (!text.len || text.len >= sizeof(copy) || memchr(text.at, '\0', text.len))
		return ip;
	memcpy(copy, text.at, text.len);
	copy[text.len] = '\0';
	if (!ip_parse_unmapped(copy, &ip))
		ip = (struct ip){0};
	return ip;
}

bool scan_is_loopback(const struct ip *ip)
{
	static const uint8_t one[16] = {[15] = 1};

	return ip->family == 4 ? ip->byte[0] == 127
			       : ip->family == 6 && memcmp(ip->byte, one, sizeof(one)) == 0;
}

/* RFC 3463: class 2, 4 or 5, then two numbers of up to three digits. */
static size_t status_len(struct slice text)
{
	size_t at = 2;

	if (text.len < 5 || !strchr("245", text.at[0]) || text.at[1] != '.')
		return 0;
	for (int part = 0; part < 2; part++) {
		const size_t start = at;

		while (at < text.len && at - start < 3 && text.at[at] >= '0' && text.at[at] <= '9')
			at++;
		if (at == start || (part == 0 && (at == text.len || text.at[at++] != '.')))
			return 0;
	}
	return at < text.len && text.at[at] != ' ' ? 0 : at;
}

struct slice scan_status(struct slice reply)
{
	const bool has_code = reply.len > 4 && scan_is_all(slice_of(reply.at, 3), "0123456789") &&
			      strchr(" -", reply.at[3]);
	const struct slice text = slice_from(reply, has_code ? 4 : 0);

	return slice_of(text.at, status_len(text));
}
