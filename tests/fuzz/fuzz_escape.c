/* Any bytes in, none out that the sink could take for a command. The forbidden ones are spelled
 * out here once more, byte by byte, so that a mistake in the tables does not vouch for itself. */
#include "render/escape.h"
#include "render/json.h"
#include "render/json_print.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void must(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "does not hold: %s\n", what);
	abort();
}

/* How long a well-formed character at `at` is, 0 for an ill-formed one: decoded by arithmetic. */
static size_t character(const unsigned char *at, size_t left, uint32_t *point)
{
	static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
	size_t len = 1;

	*point = at[0];
	if (at[0] < 0x80)
		return 1;
	if (at[0] >= 0xf0)
		len = 4;
	else if (at[0] >= 0xe0)
		len = 3;
	else if (at[0] >= 0xc0)
		len = 2;
	if (len == 1 || len > left || at[0] >= 0xf8)
		return 0;
	*point = at[0] & (0xffu >> (len + 1));
	for (size_t i = 1; i < len; i++) {
		if ((at[i] & 0xc0) != 0x80)
			return 0;
		*point = *point << 6 | (at[i] & 0x3fu);
	}
	if (*point < least[len] || *point > 0x10ffff || (*point >= 0xd800 && *point <= 0xdfff))
		return 0;
	return len;
}

static void is_clean(const struct str *out, bool allows_controls)
{
	const unsigned char *text = (const unsigned char *)str_text(out);
	size_t taken;

	must(strlen(str_text(out)) == out->len, "no NUL in the output");
	for (size_t at = 0; at < out->len; at += taken) {
		uint32_t point;

		taken = character(text + at, out->len - at, &point);
		must(taken > 0, "the output is UTF-8");
		if (allows_controls)
			continue;
		must(point >= 0x20 && !(point >= 0x7f && point < 0xa0), "no control character");
		must(!(point >= 0x202a && point <= 0x202e), "no override");
		must(!(point >= 0x2066 && point <= 0x2069), "no isolate");
		must(point != 0x2028 && point != 0x2029, "no line separator");
		must(point != 0x200e && point != 0x200f && point != 0x61c, "no mark");
	}
}

/* \xNN and \\ back to bytes: nothing is lost, and nothing else was written with a backslash. */
static void says_the_same(const struct str *out, const uint8_t *data, size_t len)
{
	const char *at = str_text(out);
	size_t count = 0;

	while (*at) {
		unsigned byte = (unsigned char)*at++;

		if (byte == '\\' && *at == '\\') {
			at++;
		} else if (byte == '\\') {
			must(sscanf(at, "x%2x", &byte) == 1, "an escape is \\xNN");
			at += 3;
		}
		must(count < len && data[count] == byte, "the bytes can be read back");
		count++;
	}
	must(count == len, "all bytes can be read back");
}

static void through_json(const struct str *valid)
{
	json_t *document = json_pack("[s%]", str_text(valid), valid->len);
	struct str printed = {0};
	json_t *again;

	must(document != NULL, "jansson takes what was made valid");
	json_print(&printed, json_incref(document));
	for (size_t i = 0; i < printed.len; i++)
		if (printed.text[i] == '\n')
			printed.text[i] = ' ';
	is_clean(&printed, false);
	again = json_loads(str_text(&printed), 0, NULL);
	must(json_equal(document, again), "the document reads back the same");
	json_decref(again);
	json_decref(document);
	str_release(&printed);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct str out = {0};

	escape_terminal(&out, (const char *)data, len);
	is_clean(&out, false);
	says_the_same(&out, data, len);
	must(escape_columns(str_text(&out)) <= out.len, "a byte is at most a column");
	str_clear(&out);
	escape_utf8(&out, (const char *)data, len);
	is_clean(&out, true);
	through_json(&out);
	str_release(&out);
	return 0;
}
