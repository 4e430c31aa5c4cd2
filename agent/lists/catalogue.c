#include "lists/catalogue.h"

#include "base/mem.h"
#include "base/parse.h"
#include "dns/name.h"

#include <string.h>

/* The longest pattern there is: 127.255.255.100-255. */
enum { PATTERN_MAX_BYTES = 19, OCTET_MAX_DIGITS = 3 };

/* Spamhaus began it and others followed; no list is known to list anything here. */
static const struct list_code refusal = {
    .pattern = {.low = {127, 255, 255, 0}, .high = {127, 255, 255, 255}},
    .text = "127.255.255.0/24",
    .means = "the operator refuses to answer this resolver",
    .kind = LIST_INFO,
    .severity = SEVERITY_INFO,
};

/* A number of an address: no sign, no leading zero (which some read as octal), 0 to 255. */
static bool parse_octet(const char *text, uint8_t *octet)
{
	uint32_t number;

	if (strlen(text) > OCTET_MAX_DIGITS || (text[0] == '0' && text[1]) ||
	    !parse_u32(text, &number) || number > UINT8_MAX)
		return false;
	*octet = (uint8_t)number;
	return true;
}

/* One part between dots: a number, `*`, or in the last place LOW-HIGH. Cuts `text` up. */
static bool parse_part(char *text, bool is_last, uint8_t *low, uint8_t *high)
{
	char *dash = is_last ? strchr(text, '-') : NULL;

	if (strcmp(text, "*") == 0) {
		*low = 0;
		*high = UINT8_MAX;
		return true;
	}
	if (dash)
		*dash = '\0';
	return parse_octet(text, low) && parse_octet(dash ? dash + 1 : text, high);
}

static bool parse_parts(char *text, struct code_pattern *pattern)
{
	char *part = text;

	for (int i = 0; i < 3; i++) {
		char *const dot = strchr(part, '.');

		if (!dot)
			return false;
		*dot = '\0';
		if (!parse_part(part, false, &pattern->low[i], &pattern->high[i]))
			return false;
		part = dot + 1;
	}
	return parse_part(part, true, &pattern->low[3], &pattern->high[3]);
}

/* The bits behind the mask become "any"; they must have been zero. */
static bool apply_mask(struct code_pattern *pattern, uint32_t bits)
{
	for (uint32_t i = 0; i < 4; i++) {
		const uint32_t kept = bits > 8 * i ? bits - 8 * i : 0;
		const uint8_t open = (uint8_t)(kept >= 8 ? 0 : 0xff >> kept);

		if (pattern->low[i] != pattern->high[i] || (pattern->low[i] & open))
			return false;
		pattern->high[i] |= open;
	}
	return true;
}

static bool parse_bit(const char *text, struct code_pattern *pattern)
{
	uint8_t bit;

	if (!parse_octet(text, &bit) || bit == 0 || (bit & (bit - 1)))
		return false;
	*pattern = (struct code_pattern){{127, 0, 0, 0}, {127, 0, 0, UINT8_MAX}, bit};
	return true;
}

bool code_pattern_parse(const char *text, struct code_pattern *pattern, struct err *err)
{
	char copy[PATTERN_MAX_BYTES + 1] = "";
	struct code_pattern parsed = {0};
	uint32_t bits;
	char *slash;

	if (text[0] == '&') {
		if (!parse_bit(text + 1, pattern))
			return err_set(err, "code '%s' is not one bit of an octet, &1 to &128",
				       text);
		return true;
	}
	if (strlen(text) > PATTERN_MAX_BYTES)
		return err_set(err, "code '%s' is too long", text);
	memcpy(copy, text, strlen(text));
	slash = strchr(copy, '/');
	if (slash)
		*slash++ = '\0';
	if (!parse_parts(copy, &parsed) || (slash && !parse_u32(slash, &bits)))
		return err_set(err,
			       "code '%s' is none of the forms 127.0.0.2, 127.0.0.10-11, "
			       "127.0.2.0/24, 127.0.*.3 and &4",
			       text);
	if (slash && (bits > 32 || !apply_mask(&parsed, bits)))
		return err_set(err, "code '%s' is not a net: bits behind the mask are set", text);
	if (parsed.low[0] != 127 || parsed.high[0] != 127)
		return err_set(err, "code '%s' is not inside 127.0.0.0/8", text);
	if (parsed.low[3] > parsed.high[3])
		return err_set(err, "code '%s' is a range that runs backwards", text);
	*pattern = parsed;
	return true;
}

bool code_pattern_has(const struct code_pattern *pattern, uint32_t code)
{
	for (int i = 0; i < 4; i++) {
		const uint8_t octet = (uint8_t)(code >> (24 - 8 * i));

		if (octet < pattern->low[i] || octet > pattern->high[i])
			return false;
	}
	return !pattern->bit || (code & pattern->bit);
}

/* How many codes a pattern matches; those of a bit are half of its range. */
static uint64_t width(const struct code_pattern *pattern)
{
	uint64_t codes = 1;

	for (int i = 0; i < 4; i++)
		codes *= (uint64_t)(pattern->high[i] - pattern->low[i] + 1);
	return pattern->bit ? codes / 2 : codes;
}

static const struct list_code *narrowest(const struct list_code *row, size_t rows, uint32_t code)
{
	const struct list_code *best = NULL;

	for (size_t i = 0; i < rows; i++)
		if (code_pattern_has(&row[i].pattern, code) &&
		    (!best || width(&row[i].pattern) < width(&best->pattern)))
			best = &row[i];
	return best;
}

const struct list_code *catalogue_error(const struct list *list, uint32_t code)
{
	const struct list_code *own = narrowest(list->error, list->errors, code);

	if (own)
		return own;
	return code_pattern_has(&refusal.pattern, code) ? &refusal : NULL;
}

size_t catalogue_meanings(const struct list *list, uint32_t code, const struct list_code **out,
			  size_t max)
{
	const struct list_code *best = narrowest(list->code, list->codes, code);
	size_t rows = 0;

	if (!best || max == 0)
		return 0;
	if (!best->pattern.bit) {
		out[0] = best;
		return 1;
	}
	for (size_t i = 0; i < list->codes && rows < max; i++)
		if (list->code[i].pattern.bit && code_pattern_has(&list->code[i].pattern, code))
			out[rows++] = &list->code[i];
	return rows;
}

const struct list *catalogue_find(const struct catalogue *catalogue, const char *zone)
{
	for (size_t i = 0; i < catalogue->lists; i++)
		if (dns_name_equal(catalogue->list[i].zone, zone))
			return &catalogue->list[i];
	return NULL;
}

/* Whether `zone` is `pattern`, or below it when that begins with "*.". */
static bool covers_name(const char *pattern, const char *zone)
{
	if (strncmp(pattern, "*.", 2) != 0)
		return dns_name_equal(pattern, zone);
	for (const char *dot = strchr(zone, '.'); dot; dot = strchr(dot + 1, '.'))
		if (dns_name_equal(pattern + 2, dot + 1))
			return true;
	return false;
}

const char *catalogue_retired(const struct catalogue *catalogue, const char *zone)
{
	for (size_t i = 0; i < catalogue->retireds; i++)
		if (covers_name(catalogue->retired[i].zone, zone))
			return catalogue->retired[i].reason;
	return NULL;
}
