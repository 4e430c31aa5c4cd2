#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "maillog/reply_words.h"

#include <string.h>

/* Whether a pattern may match a text, as far as its letters tell: '+' it may, '-' it cannot.
 * A '-' where it does match would lose a reply, so that is what must never be. */
static const struct {
	const char *pattern, *text;
	char may;
} rows[] = {
    {"spam", "this is spam", '+'},
    {"spam", "this is ham", '-'},
    {"SPAM", "this is spam", '+'},
    {"spam|virus", "a virus", '+'},
    {"spam|virus", "nothing", '-'},
    {"spam|.", "nothing", '+'},
    {"no such (user|mailbox)", "no such user", '+'},
    {"no such (user|mailbox)", "no such thing", '-'},
    {"no such (user|mailbox)?", "no such thing", '+'},
    {"no such (user|mailbox)*", "no such thing", '+'},
    {"no such (user|mailbox){0,2}", "no such thing", '+'},
    {"no such (user|mailbox){1,2}", "no such thing", '-'},
    {"no such (user|mailbox)+", "no such thing", '-'},
    {"(user|mailbox).{0,9}unknown", "user unknown", '+'},
    {"(user|mailbox).{0,9}unknown", "host unknown", '-'},
    {"(user|mailbox).{0,9}unknown", "user known", '-'},
    {"colou?rs", "colrs", '-'}, /* "colo" is needed */
    {"colou?r", "color", '+'},
    {"colou*r", "color", '+'},
    {"abcd+e", "abcddde", '+'},
    {"abc(?=def)", "abc", '+'},
    {"abc(?!def)", "abcx", '+'},
    {"(?<=abc)def", "abc def", '+'},
    {"(?:abc|xyz)", "xyz", '+'},
    {"(?:abc|xyz)", "x", '-'},
    {"(?i)abc", "x", '+'}, /* what options mean is not looked into */
    {"(?x)a b c", "abc", '+'},
    {"(*ANYCRLF)abc", "x", '+'},
    {"\\babc\\b", "abc", '+'},
    {"\\babc\\b", "x", '-'},
    {"\\x41bcd", "x", '+'},
    {"a\\.b\\.c", "a.b.c", '+'},
    {"a\\.b\\.c", "abc", '-'},
    {"[abc]def", "def", '+'},
    {"[]abc]def", "xdef", '+'},
    {"[^]abc]def", "xdef", '+'},
    {"[[:digit:]]abc", "1abc", '+'},
    {"[\\]x]abc", "]abc", '+'},
    {"\\{ip\\} abc", "{ip} abc", '+'},
    {"{ip} abc", "{ip} abc", '+'},
    {"a{2}bcd", "aabcd", '+'},
    {"abc{0}", "ab", '+'},
    {"((abc|def)|ghi)jkl", "defjkl", '+'},
    {"((abc|def)|ghi)jkl", "xyzjkl", '-'},
    {"ab", "x", '+'}, /* too short to tell */
    {"", "x", '+'},
};

static void check_rows(void **state)
{
	struct grams grams;

	(void)state;
	for (size_t i = 0; i < COUNT_OF(rows); i++) {
		struct reply_words *words = reply_words_new(rows[i].pattern);
		bool may;

		grams_set(&grams, slice_text(rows[i].text));
		may = !words || reply_words_may_match(words, &grams);
		if (may != (rows[i].may == '+'))
			fail_msg("'%s' on '%s'", rows[i].pattern, rows[i].text);
		reply_words_free(words);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(check_rows)};

	return cmocka_run_group_tests_name("words a pattern needs", tests, NULL, NULL);
}
