#include "auth/spf_record.h"

#include "auth/spf_macro.h"
#include "base/mem.h"
#include "base/tr_mark.h"

#include <strings.h>

static const char version[] = "v=spf1";
enum { VERSION_LEN = sizeof(version) - 1, TERMS_FIRST = 8 };

/* Section 12: what may stand behind a mechanism's name. */
enum argument { NO_ARGUMENT, MAY_NAME_DOMAIN, MUST_NAME_DOMAIN, IS_NETWORK };

static const struct shape {
	const char *name;
	enum argument argument;
	bool has_lengths; /* dual-cidr-length */
	bool asks;
} shape[] = {
    [SPF_ALL] = {"all", NO_ARGUMENT, false, false},
    [SPF_INCLUDE] = {"include", MUST_NAME_DOMAIN, false, true},
    [SPF_A] = {"a", MAY_NAME_DOMAIN, true, true},
    [SPF_MX] = {"mx", MAY_NAME_DOMAIN, true, true},
    [SPF_PTR] = {"ptr", MAY_NAME_DOMAIN, false, true},
    [SPF_IP4] = {"ip4", IS_NETWORK, false, false},
    [SPF_IP6] = {"ip6", IS_NETWORK, false, false},
    [SPF_EXISTS] = {"exists", MUST_NAME_DOMAIN, false, true},
};
_Static_assert(COUNT_OF(shape) == SPF_MECHANISM_COUNT, "a shape for each mechanism");

const char *spf_mechanism_name(enum spf_mechanism mechanism)
{
	return shape[mechanism].name;
}

bool spf_mechanism_asks(enum spf_mechanism mechanism)
{
	return shape[mechanism].asks;
}

bool spf_term_has(const struct spf_term *term, const struct ip *net, const struct ip *ip)
{
	const struct prefix prefix = {*net, net->family == 4 ? term->bits4 : term->bits6};

	return prefix_has(&prefix, ip);
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static bool is_word(struct slice slice, const char *word)
{
	return slice.len == strlen(word) && strncasecmp(slice.at, word, slice.len) == 0;
}

/* ABNF literals have no case (RFC 5234 section 2.3). */
bool spf_record_is(struct slice txt)
{
	return txt.len >= VERSION_LEN && strncasecmp(txt.at, version, VERSION_LEN) == 0 &&
	       (txt.len == VERSION_LEN || txt.at[VERSION_LEN] == ' ');
}

/* ALPHA, then letters, digits, "-", "_" and "." */
static size_t name_len(struct slice text)
{
	size_t len = 0;

	while (len < text.len &&
	       (is_letter(text.at[len]) ||
		(len && (is_digit(text.at[len]) || strchr("-_.", text.at[len])) && text.at[len])))
		len++;
	return len;
}

/* "0", or digits without a leading zero, up to `max`. */
static bool read_length(struct slice digits, unsigned max, uint8_t *bits)
{
	unsigned value = 0;

	if (digits.len == 0 || digits.len > 3 || (digits.at[0] == '0' && digits.len > 1))
		return false;
	for (size_t i = 0; i < digits.len; i++) {
		if (!is_digit(digits.at[i]))
			return false;
		value = value * 10 + (unsigned)(digits.at[i] - '0');
	}
	*bits = (uint8_t)value;
	return value <= max;
}

/* Where the digits at the end begin, when `slashes` stand before them; else the length. */
static size_t length_at(struct slice text, size_t slashes)
{
	size_t at = text.len;

	while (at > 0 && is_digit(text.at[at - 1]))
		at--;
	if (at == text.len || at < slashes || text.at[at - 1] != '/')
		return text.len;
	return (at > 1 && text.at[at - 2] == '/') == (slashes == 2) ? at : text.len;
}

/* [ "/" ip4-length ] [ "//" ip6-length ] at the end, which no domain-spec can end in. */
static bool take_lengths(struct slice *rest, struct spf_term *term)
{
	size_t at = length_at(*rest, 2);

	if (at < rest->len) {
		if (!read_length(slice_from(*rest, at), 128, &term->bits6))
			return false;
		rest->len = at - 2;
	}
	at = length_at(*rest, 1);
	if (at < rest->len) {
		if (!read_length(slice_from(*rest, at), 32, &term->bits4))
			return false;
		rest->len = at - 1;
	}
	return true;
}

static const char bad_length[] = SAID("has a CIDR length that is not valid");

/* The parse_ functions return what is wrong, or NULL. `rest` is what stands behind the name. */
static const char *parse_domain(struct slice rest, const struct shape *is, struct spf_term *term)
{
	if (is->has_lengths && !take_lengths(&rest, term))
		return bad_length;
	if (rest.len == 0)
		return is->argument == MUST_NAME_DOMAIN ? SAID("names no domain") : NULL;
	if (rest.at[0] != ':')
		return SAID("is not written as the mechanism must be");
	term->domain = slice_from(rest, 1);
	return spf_macro_is_domain(term->domain) ? NULL : SAID("does not name a valid domain");
}

static const char *parse_network(struct slice rest, struct spf_term *term)
{
	const uint8_t family = term->mechanism == SPF_IP4 ? 4 : 6;
	const char *slash = rest.len ? memchr(rest.at, '/', rest.len) : NULL;
	const size_t len = slash ? (size_t)(slash - rest.at) : rest.len;
	char address[IP_TEXT_BYTES];

	if (len < 2 || rest.at[0] != ':' || len > IP_TEXT_BYTES)
		return SAID("does not hold a valid address");
	memcpy(address, rest.at + 1, len - 1);
	address[len - 1] = '\0';
	if (strlen(address) != len - 1 || !ip_parse(address, &term->ip) ||
	    term->ip.family != family)
		return SAID("does not hold a valid address");
	if (slash && !read_length(slice_from(rest, len + 1), family == 4 ? 32 : 128,
				  family == 4 ? &term->bits4 : &term->bits6))
		return bad_length;
	return NULL;
}

static enum spf_result take_qualifier(struct slice *text)
{
	static const char sign[] = "+-~?";
	static const enum spf_result result[] = {SPF_PASS, SPF_FAIL, SPF_SOFTFAIL, SPF_NEUTRAL};

	for (size_t i = 0; i < COUNT_OF(result); i++)
		if (text->len && text->at[0] == sign[i]) {
			*text = slice_from(*text, 1);
			return result[i];
		}
	return SPF_PASS;
}

static const char *parse_mechanism(struct slice text, struct spf_term *term)
{
	size_t len = 0;
	struct slice rest;

	*term = (struct spf_term){.text = text, .bits4 = 32, .bits6 = 128};
	term->qualifier = take_qualifier(&text);
	while (len < text.len && text.at[len] != ':' && text.at[len] != '/')
		len++;
	rest = slice_from(text, len);
	for (int i = 0; i < SPF_MECHANISM_COUNT; i++) {
		if (!is_word(slice_of(text.at, len), shape[i].name))
			continue;
		term->mechanism = (enum spf_mechanism)i;
		switch (shape[i].argument) {
		case NO_ARGUMENT:
			return rest.len ? SAID("must stand alone") : NULL;
		case IS_NETWORK:
			return parse_network(rest, term);
		case MAY_NAME_DOMAIN:
		case MUST_NAME_DOMAIN:
			return parse_domain(rest, &shape[i], term);
		}
	}
	return SAID("is no mechanism of SPF");
}

/* Section 6: redirect and exp once each; others are ignored, but must be macro-strings. */
static const char *parse_modifier(struct slice text, size_t name, struct spf_record *record)
{
	const struct slice word = slice_of(text.at, name);
	const struct slice value = slice_from(text, name + 1);
	struct spf_modifier *known = NULL;

	if (is_word(word, "redirect"))
		known = &record->redirect;
	else if (is_word(word, "exp"))
		known = &record->explanation;
	if (!known)
		return spf_macro_is_valid(value, SPF_MACRO_MODIFIER)
			   ? NULL
			   : SAID("has a value that is not valid");
	if (known->text.at)
		return SAID("stands there twice");
	*known = (struct spf_modifier){text, value};
	return spf_macro_is_domain(value) ? NULL : SAID("does not name a valid domain");
}

struct parse {
	struct arena *arena;
	struct spf_record *record;
	struct spf_term *term;
	size_t room;
};

static void add_term(struct parse *parse, const struct spf_term *term)
{
	const size_t terms = parse->record->terms;

	if (terms == parse->room) {
		struct spf_term *grown;

		parse->room = parse->room ? parse->room * 2 : TERMS_FIRST;
		grown = arena_calloc(parse->arena, parse->room, sizeof(*grown));
		if (terms)
			memcpy(grown, parse->term, terms * sizeof(*grown));
		parse->term = grown;
	}
	parse->term[terms] = *term;
	parse->record->terms++;
}

static const char *parse_term(struct parse *parse, struct slice text)
{
	const size_t name = name_len(text);
	struct spf_term term;
	const char *wrong;

	if (name && name < text.len && text.at[name] == '=')
		return parse_modifier(text, name, parse->record);
	wrong = parse_mechanism(text, &term);
	if (!wrong)
		add_term(parse, &term);
	return wrong;
}

/* The next term and what is behind it; empty at the end. */
static struct slice next_term(struct slice *text)
{
	struct slice term;
	size_t len = 0;

	while (text->len && text->at[0] == ' ')
		*text = slice_from(*text, 1);
	while (len < text->len && text->at[len] != ' ')
		len++;
	term = slice_of(text->at, len);
	*text = slice_from(*text, len);
	return term;
}

bool spf_record_parse(struct slice txt, struct arena *arena, struct spf_record *out,
		      struct spf_syntax *wrong)
{
	struct parse parse = {.arena = arena, .record = out};
	struct slice rest = slice_from(txt, VERSION_LEN);
	bool ok = true;

	*out = (struct spf_record){0};
	*wrong = (struct spf_syntax){.text = ""};
	for (struct slice term = next_term(&rest); ok && term.len; term = next_term(&rest)) {
		const char *text = parse_term(&parse, term);

		if (text)
			*wrong = (struct spf_syntax){term, text};
		ok = !text;
	}
	out->term = parse.term;
	return ok;
}
