#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "render/escape.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static const struct {
	const char *what;
	const char *in;
	const char *terminal;
	const char *utf8;
} row[] = {
    {"plain text", "listed, see https://bl.example/?192.0.2.10", NULL, NULL},
    {"two bytes", "\303\251", NULL, NULL},
    {"three bytes", "\344\275\240\345\245\275", NULL, NULL},
    {"four bytes", "\360\237\230\200", NULL, NULL},
    {"the last code point", "\364\217\277\277", NULL, NULL},
    {"a backslash", "a\\x1b", "a\\\\x1b", NULL},
    {"a colour", "\033[31mred", "\\x1b[31mred", NULL},
    {"a window's title", "\033]0;x\007", "\\x1b]0;x\\x07", NULL},
    {"line ends and tabs", "a\r\n\tb", "a\\x0d\\x0a\\x09b", NULL},
    {"DEL", "\177", "\\x7f", NULL},
    {"C1 as a byte", "\233m", "\\x9bm", "\357\277\275m"},
    {"C1 as UTF-8", "\302\233m", "\\xc2\\x9bm", NULL},
    {"the last C1", "\302\237", "\\xc2\\x9f", NULL},
    {"no-break space is none", "\302\240", NULL, NULL},
    {"a soft hyphen", "\302\255", "\\xc2\\xad", NULL},
    {"a zero width space", "\342\200\213", "\\xe2\\x80\\x8b", NULL},
    {"U+202A", "\342\200\252", "\\xe2\\x80\\xaa", NULL},
    {"U+202E", "\342\200\256", "\\xe2\\x80\\xae", NULL},
    {"U+202F is a space", "\342\200\257", NULL, NULL},
    {"U+2066", "\342\201\246", "\\xe2\\x81\\xa6", NULL},
    {"U+2069", "\342\201\251", "\\xe2\\x81\\xa9", NULL},
    {"U+2028, a line separator", "\342\200\250", "\\xe2\\x80\\xa8", NULL},
    {"U+2029", "\342\200\251", "\\xe2\\x80\\xa9", NULL},
    {"U+061C", "\330\234", "\\xd8\\x9c", NULL},
    {"a byte order mark", "\357\273\277x", "\\xef\\xbb\\xbfx", NULL},
    {"a tag", "\363\240\201\201", "\\xf3\\xa0\\x81\\x81", NULL},
    /* The Unicode Standard, section 3.9: one U+FFFD for each maximal part. */
    {"overlong NUL", "\300\200", "\\xc0\\x80", "\357\277\275\357\277\275"},
    {"overlong slash", "\340\200\257", "\\xe0\\x80\\xaf", "\357\277\275\357\277\275\357\277\275"},
    {"overlong four bytes", "\360\200\200\257", "\\xf0\\x80\\x80\\xaf",
     "\357\277\275\357\277\275\357\277\275\357\277\275"},
    {"a surrogate", "\355\240\200", "\\xed\\xa0\\x80", "\357\277\275\357\277\275\357\277\275"},
    {"behind the surrogates", "\356\200\200", NULL, NULL},
    {"above U+10FFFF", "\364\220\200\200", "\\xf4\\x90\\x80\\x80",
     "\357\277\275\357\277\275\357\277\275\357\277\275"},
    {"a lone continuation", "a\200b", "a\\x80b", "a\357\277\275b"},
    {"cut after two of three", "a\344\275", "a\\xe4\\xbd", "a\357\277\275"},
    {"cut by a plain letter", "\344\275a", "\\xe4\\xbda", "\357\277\275a"},
    {"cut by another lead", "\360\237\303\251", "\\xf0\\x9f\303\251", "\357\277\275\303\251"},
    {"FE and FF", "\376\377", "\\xfe\\xff", "\357\277\275\357\277\275"},
};

/* NULL: as it went in. */
static void is_encoded(const char *what, const struct str *out, const char *wanted, const char *in)
{
	if (strcmp(str_text(out), wanted ? wanted : in) != 0)
		fail_msg("%s: got '%s'", what, str_text(out));
}

static void encodes_the_table(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(row); i++) {
		struct str out = {0};

		escape_terminal(&out, row[i].in, strlen(row[i].in));
		is_encoded(row[i].what, &out, row[i].terminal, row[i].in);
		str_clear(&out);
		escape_utf8(&out, row[i].in, strlen(row[i].in));
		is_encoded(row[i].what, &out, row[i].utf8, row[i].in);
		str_release(&out);
	}
}

static void encodes_every_single_byte(void **state)
{
	(void)state;
	for (unsigned byte = 0; byte < 256; byte++) {
		const char in = (char)byte;
		const bool is_plain = byte >= 0x20 && byte < 0x7f && byte != '\\';
		char hex[8], plain[2] = {in, '\0'};
		struct str out = {0};

		snprintf(hex, sizeof(hex), "\\x%02x", byte);
		escape_terminal(&out, &in, 1);
		assert_string_equal(str_text(&out), byte == '\\' ? "\\\\" : is_plain ? plain : hex);
		str_clear(&out);
		escape_utf8(&out, &in, 1);
		assert_string_equal(str_text(&out),
				    byte == 0 || byte >= 0x80 ? "\357\277\275" : plain);
		str_release(&out);
	}
}

static void takes_nul_as_a_byte(void **state)
{
	struct str out = {0};

	(void)state;
	escape_terminal(&out, "a\0b", 3);
	assert_string_equal(str_text(&out), "a\\x00b");
	str_clear(&out);
	escape_utf8(&out, "a\0b", 3);
	assert_string_equal(str_text(&out), "a\357\277\275b");
	str_release(&out);
}

static void counts_columns(void **state)
{
	static const struct {
		const char *text;
		size_t columns;
	} column[] = {
	    {"", 0},
	    {"abc", 3},
	    {"\303\251", 1},
	    {"e\314\201", 1}, /* a combining accent */
	    {"\344\275\240\345\245\275", 4},
	    {"\357\274\241", 2}, /* a full-width A */
	    {"\357\275\261", 1}, /* half-width katakana */
	    {"\343\201\202\343\202\231", 2}, /* a combining sound mark */
	    {"\360\237\230\200", 2},
	    {"\352\260\200", 2},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(column); i++)
		if (escape_columns(column[i].text) != column[i].columns)
			fail_msg("'%s': %zu", column[i].text, escape_columns(column[i].text));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(encodes_the_table),
	    cmocka_unit_test(encodes_every_single_byte),
	    cmocka_unit_test(takes_nul_as_a_byte),
	    cmocka_unit_test(counts_columns),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
