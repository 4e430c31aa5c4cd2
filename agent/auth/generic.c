/* Whether a host name looks generated. Two signs: the address is written in it, or a word that
 * providers use for ranges of customers stands in it beside a number. A false alarm here costs
 * an operator more than a miss, so a name like mail10 or mx-203 is never one. */
#include "auth/ptr.h"

#include "base/mem.h"

#include <stdio.h>
#include <string.h>

enum {
	IP4_OCTETS = 4,
	IP6_NIBBLES = 32,
	/* Shorter forms of an address turn up in names by chance. */
	IP6_FORM_MIN = 8
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return c >= 'a' && c <= 'z';
}

static bool is_hex(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f');
}

/* A run of digits in a name. */
struct number {
	const char *at;
	size_t digits;
	unsigned value; /* of at most three digits, else past any octet */
};

static struct number next_number(const char *at)
{
	struct number number = {0};

	while (*at && !is_digit(*at))
		at++;
	number.at = at;
	for (; is_digit(*at); at++, number.digits++)
		number.value = number.digits < 3 ? number.value * 10 + (unsigned)(*at - '0') : 1000;
	return number;
}

/* The four octets with one sign between them, in this order or the other: 203-0-113-10. */
static bool has_octets(const char *name, const struct ip *ip)
{
	struct number seen[IP4_OCTETS] = {0};
	size_t chained = 0;
	bool is_forward, is_reverse;

	for (struct number n = next_number(name); n.digits; n = next_number(n.at + n.digits)) {
		const struct number *last = &seen[IP4_OCTETS - 1];
		const bool is_next =
		    chained && n.at == last->at + last->digits + 1 && !is_letter(n.at[-1]);

		chained = is_next ? chained + 1 : 1;
		memmove(seen, seen + 1, sizeof(seen) - sizeof(seen[0]));
		seen[IP4_OCTETS - 1] = n;
		is_forward = is_reverse = chained >= IP4_OCTETS;
		for (size_t i = 0; i < IP4_OCTETS; i++) {
			is_forward = is_forward && seen[i].value == ip->byte[i];
			is_reverse = is_reverse && seen[i].value == ip->byte[IP4_OCTETS - 1 - i];
		}
		if (is_forward || is_reverse)
			return true;
	}
	return false;
}

/* Octets run together, filled up to three digits: 203000113010. */
static bool has_padded_octets(const char *name, const struct ip *ip)
{
	const uint8_t *b = ip->byte;
	char forward[IP4_OCTETS * 3 + 1];
	char reverse[IP4_OCTETS * 3 + 1];

	snprintf(forward, sizeof(forward), "%03u%03u%03u%03u", b[0], b[1], b[2], b[3]);
	snprintf(reverse, sizeof(reverse), "%03u%03u%03u%03u", b[3], b[2], b[1], b[0]);
	return strstr(name, forward) || strstr(name, reverse);
}

static bool has_hex(const char *name, const struct ip *ip)
{
	const uint8_t *b = ip->byte;
	char forward[IP4_OCTETS * 2 + 1];
	char reverse[IP4_OCTETS * 2 + 1];

	snprintf(forward, sizeof(forward), "%02x%02x%02x%02x", b[0], b[1], b[2], b[3]);
	snprintf(reverse, sizeof(reverse), "%02x%02x%02x%02x", b[3], b[2], b[1], b[0]);
	return strstr(name, forward) || strstr(name, reverse);
}

/* The form as a whole: nothing that could be part of the same number beside it. */
static bool has_form(const char *name, const char *form)
{
	const size_t len = strlen(form);

	if (len < IP6_FORM_MIN)
		return false;
	for (const char *at = strstr(name, form); at; at = strstr(at + 1, form))
		if ((at == name || !is_hex(at[-1])) && !is_hex(at[len]))
			return true;
	return false;
}

/* 2001:db8::10 as 2001-db8--10, as eight groups filled up or not, as 32 nibbles in a row, and as
 * nibbles with a sign between them, last first. */
static bool has_ip6(const char *name, const struct ip *ip)
{
	static const char hex[] = "0123456789abcdef";
	char compressed[IP_TEXT_BYTES];
	char full[64] = "", groups[64] = "", nibbles[IP6_NIBBLES + 1] = "", dotted[64] = "";
	size_t full_len = 0, groups_len = 0;

	ip_text(ip, compressed);
	for (char *at = strchr(compressed, ':'); at; at = strchr(at, ':'))
		*at = '-';
	for (size_t i = 0; i < IP6_NIBBLES; i++) {
		const uint8_t octet = ip->byte[i / 2];
		const char digit = hex[i % 2 ? octet & 15 : octet >> 4];

		nibbles[i] = digit;
		dotted[(IP6_NIBBLES - 1 - i) * 2] = digit;
		if (i > 0)
			dotted[i * 2 - 1] = '.';
	}
	for (size_t i = 0; i < 16; i += 2) {
		const unsigned group = (unsigned)ip->byte[i] << 8 | ip->byte[i + 1];
		const char *dash = i ? "-" : "";

		full_len += (size_t)snprintf(full + full_len, sizeof(full) - full_len, "%s%04x",
					     dash, group);
		groups_len += (size_t)snprintf(groups + groups_len, sizeof(groups) - groups_len,
					       "%s%x", dash, group);
	}
	return has_form(name, compressed) || has_form(name, full) || has_form(name, groups) ||
	       has_form(name, nibbles) || has_form(name, dotted);
}

/* How much of a name belongs to the provider and says nothing: the last two labels, three under
 * registries like co.jp and ne.jp. Returns where that begins. */
static const char *registered_part(const char *name)
{
	const char *dot[3] = {NULL, NULL, NULL}; /* the last ones, last first */

	for (const char *at = strchr(name, '.'); at; at = strchr(at + 1, '.')) {
		dot[2] = dot[1];
		dot[1] = dot[0];
		dot[0] = at;
	}
	if (dot[2] && strlen(dot[0] + 1) == 2 && dot[0] - dot[1] <= 4)
		return dot[2];
	return dot[1] ? dot[1] : name;
}

/* Whether one of the words stands between name and end with no letter beside it. */
static bool has_word(const char *name, const char *end, const char *const *word, size_t words)
{
	for (const char *at = name; at < end;) {
		size_t len = 0;

		while (at + len < end && is_letter(at[len]))
			len++;
		for (size_t i = 0; len && i < words; i++)
			if (strlen(word[i]) == len && memcmp(word[i], at, len) == 0)
				return true;
		at += len ? len : 1;
	}
	return false;
}

static bool has_digit(const char *name, const char *end)
{
	while (name < end && !is_digit(*name))
		name++;
	return name < end;
}

static bool has_range_word(const char *name)
{
	static const char *const range[] = {
	    "adsl",     "broadband", "cable",     "catv",  "client", "clients",
	    "cust",     "customer",  "customers", "dhcp",  "dial",   "dialup",
	    "dsl",      "dyn",       "dynamic",   "dynip", "ftth",   "fttx",
	    "gprs",     "pool",      "pools",     "ppp",   "pppoe",  "residential",
	    "staticip", "umts",      "vdsl",      "wimax", "xdsl",
	};
	/* Whoever names a host like this means it to send mail. */
	static const char *const mail[] = {
	    "mail", "mailer", "mailout", "mta", "mx", "out", "outbound", "relay", "smtp", "www",
	};
	const char *end = registered_part(name);
	const char *first_end = strchr(name, '.');

	if (!first_end || first_end > end || !has_digit(name, end))
		return false;
	if (has_word(name, first_end, mail, COUNT_OF(mail)))
		return false;
	return has_word(name, end, range, COUNT_OF(range)) || strstr(name, "static-ip");
}

bool ptr_is_generic(const char *name, const struct ip *ip)
{
	if (ip->family == 4 &&
	    (has_octets(name, ip) || has_padded_octets(name, ip) || has_hex(name, ip)))
		return true;
	if (ip->family == 6 && has_ip6(name, ip))
		return true;
	return has_range_word(name);
}
