#include "base/mem.h"
#include "dns/suffix.h"

#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

static void test_registrable(void **state)
{
	static const struct {
		const char *domain, *expected;
	} row[] = {
	    {"example.com", "example.com"},
	    {"a.b.example.com", "example.com"},
	    {"www.example.co.jp", "example.co.jp"},
	    /* prefectures have cities, and cities have names of their own */
	    {"shop.example.chiyoda.tokyo.jp", "example.chiyoda.tokyo.jp"},
	    {"a.city.kawasaki.jp", "city.kawasaki.jp"},
	    /* a private suffix: its customers are strangers to each other */
	    {"blog.example.github.io", "example.github.io"},
	    {"com", ""},
	    {"co.jp", ""},
	    {"localhost", ""},
	    {"", ""},
	    /* an unknown top level is a suffix of its own */
	    {"mail.example.nosuchtld", "example.nosuchtld"},
	    {"xn--wgv71a119e.example.xn--zckzah", "example.xn--zckzah"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(row); i++) {
		char out[DNS_NAME_BYTES];

		assert_int_equal(suffix_registrable(row[i].domain, out),
				 row[i].expected[0] != '\0');
		assert_string_equal(out, row[i].expected);
	}
}

static void test_to_ascii(void **state)
{
	static const struct {
		const char *name, *expected; /* NULL: no name */
	} row[] = {
	    {"Example.JP.", "example.jp"},
	    {"日本語.jp", "xn--wgv71a119e.jp"},
	    {"BÜCHER.example", "xn--bcher-kva.example"},
	    {"straße.example", "xn--strae-oqa.example"},
	    {"_dmarc.example.jp", "_dmarc.example.jp"},
	    {"a..b", NULL},
	    {"", NULL},
	    {"\xff\xfe.jp", NULL},
	};

	(void)state;
	for (size_t i = 0; i < COUNT_OF(row); i++) {
		char out[DNS_NAME_BYTES];

		assert_int_equal(suffix_to_ascii(row[i].name, out), row[i].expected != NULL);
		if (row[i].expected)
			assert_string_equal(out, row[i].expected);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_registrable),
	    cmocka_unit_test(test_to_ascii),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
