#include "auth/spf_macro.h"

#include "base/mem.h"

#include <inttypes.h>
#include <stdio.h>

enum {
	/* A domain is read from its right end: more than this on the left cannot matter. */
	TAIL_BYTES = 1024,
	TAIL_ROOM = 4 * TAIL_BYTES,
	PARTS_MAX = UINT16_MAX, /* of the digits of a macro; a name has 127 labels at most */
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_alphanum(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c + ('a' - 'A')) : c;
}

static bool is_one_of(char c, const char *set)
{
	return c && strchr(set, c);
}

/* macro-expand of section 7.1. */
struct macro {
	char letter; /* lower case, or '%', '_', '-' */
	bool is_escaped; /* the letter was a capital */
	bool is_reversed;
	uint32_t parts; /* 0: all */
	struct slice delimiter;
	size_t len; /* of the macro itself; 0: it is none */
};

static size_t read_parts(struct slice text, size_t at, uint32_t *parts)
{
	for (; at < text.len && is_digit(text.at[at]); at++)
		if (*parts < PARTS_MAX)
			*parts = *parts * 10 + (uint32_t)(text.at[at] - '0');
	return at;
}

/* "%{" letter, digits, "r", delimiters, "}". */
static struct macro read_braced(struct slice text)
{
	struct macro macro = {0};
	size_t at = 3;
	size_t digits;

	if (text.len < 4)
		return macro;
	macro.letter = lower(text.at[2]);
	macro.is_escaped = macro.letter != text.at[2];
	digits = at;
	at = read_parts(text, at, &macro.parts);
	/* Section 7.1: "the value MUST be nonzero". */
	if (at > digits && macro.parts == 0)
		return macro;
	if (at < text.len && lower(text.at[at]) == 'r') {
		macro.is_reversed = true;
		at++;
	}
	macro.delimiter = slice_of(text.at + at, 0);
	for (; at < text.len && is_one_of(text.at[at], ".-+,/_="); at++)
		macro.delimiter.len++;
	if (at < text.len && text.at[at] == '}')
		macro.len = at + 1;
	return macro;
}

/* The macro the text starts with. */
static struct macro read_macro(struct slice text)
{
	if (text.len < 2)
		return (struct macro){0};
	if (is_one_of(text.at[1], "%_-"))
		return (struct macro){.letter = text.at[1], .len = 2};
	return text.at[1] == '{' ? read_braced(text) : (struct macro){0};
}

static bool is_letter_of(char letter, enum spf_macro_place place)
{
	return is_one_of(letter, place == SPF_MACRO_DOMAIN ? "%_-slodiphv" : "%_-slodiphvcrt");
}

/* The length of what the text starts with, a macro or a literal; 0 for what may not stand there. */
static size_t valid_len(struct slice text, enum spf_macro_place place)
{
	const char c = text.at[0];

	if (c == '%') {
		const struct macro macro = read_macro(text);

		return macro.len && is_letter_of(macro.letter, place) ? macro.len : 0;
	}
	if (c == ' ')
		return place == SPF_MACRO_EXPLANATION;
	return c >= 0x21 && c <= 0x7e;
}

bool spf_macro_is_valid(struct slice text, enum spf_macro_place place)
{
	size_t len;

	for (size_t at = 0; at < text.len; at += len) {
		len = valid_len(slice_from(text, at), place);
		if (!len)
			return false;
	}
	return true;
}

static bool is_toplabel(struct slice label)
{
	bool has_other = false; /* than digits: addresses are no names */

	if (!label.len || !is_alphanum(label.at[0]) || !is_alphanum(label.at[label.len - 1]))
		return false;
	for (size_t i = 0; i < label.len; i++) {
		if (!is_alphanum(label.at[i]) && label.at[i] != '-')
			return false;
		has_other = has_other || !is_digit(label.at[i]);
	}
	return has_other;
}

/* "." toplabel [ "." ] */
static bool is_domain_end(struct slice literal)
{
	size_t dot;

	if (literal.len && literal.at[literal.len - 1] == '.')
		literal.len--;
	for (dot = literal.len; dot > 0 && literal.at[dot - 1] != '.'; dot--)
		;
	return dot > 0 && is_toplabel(slice_from(literal, dot));
}

bool spf_macro_is_domain(struct slice text)
{
	size_t literal = 0; /* where the last macro ends */
	size_t len;

	for (size_t at = 0; at < text.len; at += len) {
		len = valid_len(slice_from(text, at), SPF_MACRO_DOMAIN);
		if (!len)
			return false;
		if (text.at[at] == '%')
			literal = at + len;
	}
	if (literal == text.len)
		return text.len > 0;
	return is_domain_end(slice_from(text, literal));
}

bool spf_macro_has_p(struct slice text)
{
	size_t len;

	for (size_t at = 0; at < text.len; at += len) {
		const struct macro macro =
		    text.at[at] == '%' ? read_macro(slice_from(text, at)) : (struct macro){0};

		if (macro.letter == 'p')
			return true;
		len = macro.len ? macro.len : 1;
	}
	return false;
}

bool spf_macro_has_any(struct slice text)
{
	return text.len && memchr(text.at, '%', text.len);
}

/* --- expansion --- */

/* Room for an address: 32 nibbles with dots, or a number. */
enum { VALUE_BYTES = 64 };

/* DNS has no case; explanations read the same as those of other evaluators with capitals. */
static void write_ip(const struct ip *ip, char out[VALUE_BYTES])
{
	static const char hex[] = "0123456789ABCDEF";

	if (ip->family == 4) {
		ip_text(ip, out);
		return;
	}
	for (size_t i = 0; i < 16; i++) {
		*out++ = hex[ip->byte[i] >> 4];
		*out++ = '.';
		*out++ = hex[ip->byte[i] & 15];
		*out++ = i < 15 ? '.' : '\0';
	}
}

/* What the letter stands for; `room` holds what has to be written first. */
static struct slice value_of(char letter, const struct spf_macros *macros, char room[VALUE_BYTES])
{
	switch (letter) {
	case 's':
		return macros->sender;
	case 'l':
		return macros->local_part;
	case 'o':
		return macros->sender_domain;
	case 'd':
		return slice_text(macros->domain);
	case 'h':
		return slice_text(macros->helo);
	case 'p':
		return slice_text(macros->validated);
	case 'r':
		return slice_text(macros->receiver);
	case 'v':
		return slice_text(macros->ip.family == 4 ? "in-addr" : "ip6");
	case 'i':
		write_ip(&macros->ip, room);
		break;
	case 'c':
		ip_text(&macros->ip, room);
		break;
	case 't':
		snprintf(room, VALUE_BYTES, "%" PRId64, macros->now);
		break;
	case '_':
		return slice_text(" ");
	case '-':
		return slice_text("%20");
	default:
		return slice_text("%");
	}
	return slice_text(room);
}

static bool is_delimiter(const struct macro *macro, char c)
{
	return macro->delimiter.len ? memchr(macro->delimiter.at, c, macro->delimiter.len) != NULL
				    : c == '.';
}

/* Section 7.3: unreserved characters of RFC 3986 stay as they are. */
static void add_value_char(struct str *out, char c, bool is_escaped)
{
	if (is_escaped && !is_alphanum(c) && !is_one_of(c, "-._~"))
		str_addf(out, "%%%02X", (unsigned)(unsigned char)c);
	else
		str_add_char(out, c);
}

static void add_part(struct str *out, struct slice part, bool is_escaped)
{
	for (size_t i = 0; i < part.len; i++)
		add_value_char(out, part.at[i], is_escaped);
}

static size_t count_parts(const struct macro *macro, struct slice value)
{
	size_t parts = 1;

	for (size_t i = 0; i < value.len; i++)
		parts += is_delimiter(macro, value.at[i]);
	return parts;
}

/* The rightmost parts, dots between them. */
static void add_forward(struct str *out, const struct macro *macro, struct slice value)
{
	const size_t parts = count_parts(macro, value);
	size_t skip = macro->parts && macro->parts < parts ? parts - macro->parts : 0;
	size_t at = 0;

	for (; skip; at++)
		skip -= is_delimiter(macro, value.at[at]);
	for (; at < value.len; at++)
		add_value_char(out, is_delimiter(macro, value.at[at]) ? '.' : value.at[at],
			       macro->is_escaped);
}

/* Reversed first, counted from the right then: the first parts, last one first. */
static void add_reversed(struct str *out, const struct macro *macro, struct slice value)
{
	size_t parts = macro->parts ? macro->parts : SIZE_MAX;
	size_t end = 0;

	for (; end < value.len; end++)
		if (is_delimiter(macro, value.at[end]) && --parts == 0)
			break;
	for (;;) {
		size_t start = end;

		while (start > 0 && !is_delimiter(macro, value.at[start - 1]))
			start--;
		add_part(out, slice_of(value.at + start, end - start), macro->is_escaped);
		if (start == 0)
			return;
		str_add_char(out, '.');
		end = start - 1;
	}
}

static void add_macro(struct str *out, const struct macro *macro, const struct spf_macros *macros)
{
	char room[VALUE_BYTES];
	const struct slice value = value_of(macro->letter, macros, room);

	if (is_one_of(macro->letter, "%_-"))
		add_part(out, value, false);
	else if (macro->is_reversed)
		add_reversed(out, macro, value);
	else
		add_forward(out, macro, value);
}

/* One macro or literal; returns its length in the text. */
static size_t add_next(struct str *out, struct slice text, const struct spf_macros *macros)
{
	struct macro macro;

	if (text.at[0] != '%') {
		str_add_char(out, text.at[0]);
		return 1;
	}
	macro = read_macro(text);
	if (!macro.len)
		bug("a macro that was not checked is expanded");
	add_macro(out, &macro, macros);
	return macro.len;
}

void spf_macro_explain(struct slice text, const struct spf_macros *macros, struct str *out)
{
	const size_t end = out->len + SPF_EXPLANATION_MAX_BYTES;

	for (size_t at = 0; at < text.len && out->len < end;)
		at += add_next(out, slice_from(text, at), macros);
	if (out->len > end) {
		out->len = end;
		out->text[end] = '\0';
	}
}

static void keep_tail(struct str *text)
{
	if (text->len <= TAIL_ROOM)
		return;
	memmove(text->text, text->text + text->len - TAIL_BYTES, TAIL_BYTES + 1);
	text->len = TAIL_BYTES;
}

/* The part of it that is left when labels go until the rest fits. */
static struct slice fitting(struct slice name)
{
	if (name.len > 1 && name.at[name.len - 1] == '.')
		name.len--;
	while (name.len > DNS_NAME_TEXT_MAX) {
		const char *dot = memchr(name.at, '.', name.len);

		if (!dot)
			return slice_of(name.at, 0);
		name = slice_from(name, (size_t)(dot - name.at) + 1);
	}
	return name;
}

bool spf_macro_domain(struct slice text, const struct spf_macros *macros, char out[DNS_NAME_BYTES])
{
	struct str expanded = {0};
	struct slice name;

	for (size_t at = 0; at < text.len; keep_tail(&expanded))
		at += add_next(&expanded, slice_from(text, at), macros);
	name = fitting(slice_of(str_text(&expanded), expanded.len));
	memcpy(out, name.at, name.len);
	out[name.len] = '\0';
	str_release(&expanded);
	return strlen(out) == name.len && dns_name_fits(out);
}
