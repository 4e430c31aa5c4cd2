#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "auth/hostname.h"
#include "base/mem.h"

#define LABEL63 "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffggg"

static const struct {
	const char *name;
	bool is_qualified;
} name_case[] = {
    {"www274.example.jp", true},
    {"mail.example", true},
    {"WWW274.Example.JP", true},
    {"a.b", true},
    {"1.example", true},
    {"3com.example", true},
    {"xn--eckwd4c7c.xn--zckzah", true},
    {"a--b.example", true},
    {"1.2.3.4.example", true},
    {LABEL63 ".example", true},
    {LABEL63 "." LABEL63 "." LABEL63
	     ".abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyzabcdefghi",
     true},

    {"", false},
    {".", false},
    {"localhost", false},
    {"mail", false},
    {"mail.", false},
    {"mail.example.", false}, /* RFC 5321 section 4.1.2 has no dot at the end */
    {".mail.example", false},
    {"mail..example", false},
    {"-mail.example", false},
    {"mail-.example", false},
    {"mail.-example", false},
    {"mail.example-", false},
    {"ma_il.example", false},
    {"mail example.jp", false},
    {"mail.example\n", false},
    {"mail.ex\xc3\xa4mple", false},
    {"mail.example;", false},
    {"203.0.113.10", false}, /* addresses need brackets, and then are no names */
    {"[203.0.113.10]", false},
    {"[IPv6:2001:db8::10]", false},
    {"2001:db8::10", false},
    {"mail.example.10", false},
    {LABEL63 "x.example", false},
    {LABEL63 "." LABEL63 "." LABEL63 "." LABEL63, false},
};

static void knows_names_that_can_stand_after_helo(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(name_case); i++)
		if (hostname_is_qualified(name_case[i].name) != name_case[i].is_qualified)
			fail_msg("'%s'", name_case[i].name);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(knows_names_that_can_stand_after_helo),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
