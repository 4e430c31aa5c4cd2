#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "maillog/scan.h"

static void check(const char *what, struct slice got, const char *expected)
{
	if (!slice_is(got, expected))
		fail_msg("%s: '%.*s', not '%s'", what, (int)got.len, got.at, expected);
}

static const struct {
	const char *text, *value, *rest;
} value_case[] = {
    {"a, b, c", "a", "b, c"}, {"a,b, c", "a,b", "c"}, {", x", "", "x"},
    {"a,b", NULL, "a,b"},     {"a,", NULL, "a,"},     {"", NULL, ""},
};

static void values_end_at_comma_and_blank(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(value_case); i++) {
		struct slice rest = slice_text(value_case[i].text);
		struct slice value;

		assert_int_equal(scan_value(&rest, &value), value_case[i].value != NULL);
		if (value_case[i].value)
			check(value_case[i].text, value, value_case[i].value);
		check(value_case[i].text, rest, value_case[i].rest);
	}
}

static const struct {
	const char *text, *address, *rest;
} address_case[] = {
    {"a@b> x", "a@b", " x"},
    {"> x", "", " x"},
    {"\"a> b\"@c> x", "\"a> b\"@c", " x"},
    {"\"a\\\"> b\"@c> x", "\"a\\\"> b\"@c", " x"},
    {"\"a\\\\\"@c> x", "\"a\\\\\"@c", " x"},
    {"\"never closed> x", "\"never closed", " x"},
    {"never ends", NULL, "never ends"},
    {"", NULL, ""},
};

static void a_quoted_bracket_ends_no_address(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(address_case); i++) {
		struct slice rest = slice_text(address_case[i].text);
		struct slice address;

		assert_int_equal(scan_address(&rest, &address), address_case[i].address != NULL);
		if (address_case[i].address)
			check(address_case[i].text, address, address_case[i].address);
		check(address_case[i].text, rest, address_case[i].rest);
	}
}

static void a_quoted_blank_ends_no_bare_address(void **state)
{
	struct slice rest = slice_text("\"a b\"@c x");
	struct slice address;

	(void)state;
	assert_true(scan_bare_address(&rest, &address));
	check("quoted", address, "\"a b\"@c");
	assert_true(scan_bare_address(&rest, &address));
	check("the last", address, "x");
	assert_false(scan_bare_address(&rest, &address));
}

static const struct {
	const char *address, *domain;
	bool is_address;
} domain_case[] = {
    {"a@b.example", "b.example", true},
    {"\"a@c\"@b.example", "b.example", true},
    {"a@[192.0.2.1]", "[192.0.2.1]", true},
    {"a@[IPv6:2001:db8::1]", "[IPv6:2001:db8::1]", true},
    {"a@\xc3\xa4.example", "\xc3\xa4.example", true},
    {"a", "", false},
    {"@b", "b", false},
    {"a@", "", false},
    {"a@b c", "b c", false},
    {"a@b>", "b>", false},
    {"a@b/c", "b/c", false},
    {"", "", false},
};

static void tells_domains(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(domain_case); i++) {
		const struct slice address = slice_text(domain_case[i].address);

		check(domain_case[i].address, scan_domain(address), domain_case[i].domain);
		assert_int_equal(scan_is_address(address), domain_case[i].is_address);
	}
}

static const struct {
	const char *in, *text;
	ptrdiff_t first, last;
} find_case[] = {
    {"abcabc", "bc", 1, 4},
    {"abcab", "bc", 1, 1},
    {"aaaa", "aa", 0, 2},
    {"ab", "abc", SCAN_NONE, SCAN_NONE},
    {"xab", "abc", SCAN_NONE, SCAN_NONE},
    {"", "a", SCAN_NONE, SCAN_NONE},
};

static void finds_the_first_and_the_last(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(find_case); i++) {
		assert_int_equal(scan_find(slice_text(find_case[i].in), find_case[i].text),
				 find_case[i].first);
		assert_int_equal(scan_find_last(slice_text(find_case[i].in), find_case[i].text),
				 find_case[i].last);
	}
}

static const struct {
	const char *reply, *status;
} status_case[] = {
    {"550 5.7.1 no", "5.7.1"},
    {"550-5.7.1 no", "5.7.1"},
    {"4.7.650 later", "4.7.650"},
    {"250 2.0.0", "2.0.0"},
    {"550 no 5.7.1", ""},
    {"550 5.7.1234 no", ""},
    {"550 5.7. no", ""},
    {"550 5..1 no", ""},
    {"550 3.7.1 no", ""},
    {"550 192.0.2.1 no", ""},
    {"550 5.7.1.2 no", ""},
    {"5.7", ""},
    {"", ""},
};

static void finds_the_status_where_it_belongs(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(status_case); i++)
		check(status_case[i].reply, scan_status(slice_text(status_case[i].reply)),
		      status_case[i].status);
}

static const struct {
	const char *text;
	uint8_t family;
	bool is_loopback;
} ip_case[] = {
    {"192.0.2.1", 4, false},
    {"127.0.0.1", 4, true},
    {"127.9.9.9", 4, true},
    {"::1", 6, true},
    {"2001:db8::1", 6, false},
    {"192.0.2.1 ", 0, false},
    {"192.0.2", 0, false},
    {"1111111111111111111111111111111111111111111111111", 0, false},
    {"", 0, false},
};

static void reads_addresses_and_nothing_else(void **state)
{
	const struct ip none = scan_ip(slice_of("127.0.0.1\0x", 11));

	(void)state;
	for (size_t i = 0; i < COUNT_OF(ip_case); i++) {
		const struct ip ip = scan_ip(slice_text(ip_case[i].text));

		assert_int_equal(ip.family, ip_case[i].family);
		assert_int_equal(scan_is_loopback(&ip), ip_case[i].is_loopback);
	}
	assert_int_equal(none.family, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(values_end_at_comma_and_blank),
	    cmocka_unit_test(a_quoted_bracket_ends_no_address),
	    cmocka_unit_test(a_quoted_blank_ends_no_bare_address),
	    cmocka_unit_test(tells_domains),
	    cmocka_unit_test(finds_the_first_and_the_last),
	    cmocka_unit_test(finds_the_status_where_it_belongs),
	    cmocka_unit_test(reads_addresses_and_nothing_else),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
