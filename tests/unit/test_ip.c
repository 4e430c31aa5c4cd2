#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/ip.h"
#include "base/mem.h"

#include <string.h>

static const struct {
	const char *text;
	const char *canonical; /* NULL: not an address */
} address_case[] = {
    {"192.0.2.10", "192.0.2.10"},
    {"0.0.0.0", "0.0.0.0"},
    {"255.255.255.255", "255.255.255.255"},
    {"2001:db8::10", "2001:db8::10"},
    {"2001:DB8::A", "2001:db8::a"},
    {"2001:0db8:0000:0000:0000:0000:0000:0010", "2001:db8::10"},
    {"2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"}, /* RFC 5952 section 4.2.2 */
    {"2001:db8:0:0:1:0:0:1", "2001:db8::1:0:0:1"}, /* RFC 5952 section 4.2.3 */
    {"::", "::"},
    {"::1", "::1"},
    {"::ffff:192.0.2.1", "::ffff:192.0.2.1"},
    {"ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"},
    {"", NULL},
    {" 192.0.2.10", NULL},
    {"192.0.2.10 ", NULL},
    {"192.0.2.10\n", NULL},
    {"192.0.2", NULL},
    {"192.0.2.", NULL},
    {"192.0.2.256", NULL},
    {"192.0.2.10.1", NULL},
    {"192.0.2.010", NULL}, /* octal to some */
    {"0xc0.0.2.10", NULL},
    {"3221225994", NULL},
    {"-1.0.0.0", NULL},
    {"192.0.2.+1", NULL},
    {"192.0.2.10/32", NULL},
    {"[2001:db8::10]", NULL},
    {"fe80::1%eth0", NULL},
    {"fe80::1%1", NULL},
    {"2001:db8:::10", NULL},
    {"2001::db8::10", NULL},
    {"1:2:3:4:5:6:7", NULL},
    {"1:2:3:4:5:6:7:8:9", NULL},
    {"12345::", NULL},
    {"g::", NULL},
    {":", NULL},
    {"mail.example.jp", NULL},
    {"192.0.2.\xef\xbc\x91", NULL},
};

static void reads_addresses_and_writes_them_canonically(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(address_case); i++) {
		const char *expected = address_case[i].canonical;
		char text[IP_TEXT_BYTES];
		struct ip ip;

		memset(&ip, 0xff, sizeof(ip));
		if (ip_parse(address_case[i].text, &ip) != (expected != NULL))
			fail_msg("'%s'", address_case[i].text);
		if (expected) {
			assert_string_equal(ip_text(&ip, text), expected);
			assert_int_equal(ip.family, strchr(expected, ':') ? 6 : 4);
		} else {
			const struct ip none = {0};

			assert_memory_equal(&ip, &none, sizeof(ip));
		}
	}
}

static struct ip address(const char *text)
{
	struct ip ip;

	if (!ip_parse(text, &ip))
		fail_msg("'%s' is no address", text);
	return ip;
}

/* Ascending: each is before all that follow it. */
static const char *const ascending[] = {
    "0.0.0.0", "9.255.255.255", "10.0.0.0",   "192.0.2.9", "192.0.2.10",
    "::",      "::1",           "2001:db8::", "fe80::1",
};

static void orders_addresses(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(ascending); i++)
		for (size_t j = 0; j < COUNT_OF(ascending); j++) {
			const struct ip a = address(ascending[i]);
			const struct ip b = address(ascending[j]);
			const int order = ip_compare(&a, &b);

			if ((order < 0) != (i < j) || (order > 0) != (i > j) ||
			    ip_equal(&a, &b) != (i == j))
				fail_msg("%s and %s", ascending[i], ascending[j]);
		}
}

static const struct {
	const char *from;
	uint32_t offset;
	const char *to;
} plus_case[] = {
    {"192.0.2.10", 0, "192.0.2.10"},
    {"192.0.2.10", 1, "192.0.2.11"},
    {"192.0.2.255", 1, "192.0.3.0"},
    {"192.255.255.255", 2, "193.0.0.1"},
    {"255.255.255.255", 1, "0.0.0.0"},
    {"0.0.0.0", UINT32_MAX, "255.255.255.255"},
    {"1.2.3.4", UINT32_MAX, "1.2.3.3"},
    {"2001:db8::ffff", 1, "2001:db8::1:0"},
    {"2001:db8::ffff:ffff", 1, "2001:db8::1:0:0"},
    {"2001:db8::1", UINT32_MAX, "2001:db8::1:0:0"},
    {"ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", 1, "::"},
};

static void counts_on_from_an_address(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(plus_case); i++) {
		const struct ip from = address(plus_case[i].from);
		const struct ip to = ip_plus(&from, plus_case[i].offset);
		char text[IP_TEXT_BYTES];

		assert_string_equal(ip_text(&to, text), plus_case[i].to);
	}
}

static const struct {
	const char *text;
	uint32_t count; /* 0: not a prefix */
} prefix_case[] = {
    {"192.0.2.10", 1},
    {"192.0.2.10/32", 1},
    {"192.0.2.0/24", 256},
    {"192.0.2.64/28", 16},
    {"128.0.0.0/1", 0x80000000u},
    {"0.0.0.0/0", UINT32_MAX},
    {"2001:db8::10", 1},
    {"2001:db8::10/128", 1},
    {"2001:db8::/97", 0x80000000u},
    {"2001:db8::/96", UINT32_MAX},
    {"2001:db8::/64", UINT32_MAX},
    {"::/0", UINT32_MAX},
    {"192.0.2.10/28", 0}, /* bits behind the mask */
    {"192.0.2.1/31", 0},
    {"2001:db8::1/64", 0},
    {"128.0.0.0/0", 0},
    {"192.0.2.0/33", 0},
    {"2001:db8::/129", 0},
    {"192.0.2.0/", 0},
    {"192.0.2.0/-1", 0},
    {"192.0.2.0/+24", 0},
    {"192.0.2.0/ 24", 0},
    {"192.0.2.0/24 ", 0},
    {"192.0.2.0/24/24", 0},
    {"192.0.2.0/4294967320", 0},
    {"192.0.2.0/255.255.255.0", 0},
    {"192.0.2/24", 0},
    {"/24", 0},
    {"/", 0},
    {"", 0},
    {"fe80::1%eth0/64", 0},
    {"ffff:ffff:ffff:ffff:ffff:ffff:255.255.255.255/128", 1},
    {"0000000000000000000000000000000000000000000000000000000000000000/24", 0},
};

static void reads_prefixes(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(prefix_case); i++) {
		struct prefix prefix;

		if (prefix_parse(prefix_case[i].text, &prefix) != (prefix_case[i].count != 0))
			fail_msg("'%s'", prefix_case[i].text);
		if (prefix_case[i].count && prefix_count(&prefix) != prefix_case[i].count)
			fail_msg("'%s' holds %u", prefix_case[i].text, prefix_count(&prefix));
	}
}

static const struct {
	const char *prefix, *ip;
	bool has;
} has_case[] = {
    {"192.0.2.64/28", "192.0.2.64", true},
    {"192.0.2.64/28", "192.0.2.79", true},
    {"192.0.2.64/28", "192.0.2.63", false},
    {"192.0.2.64/28", "192.0.2.80", false},
    {"192.0.2.0/24", "192.0.3.0", false},
    {"192.0.2.10", "192.0.2.10", true},
    {"192.0.2.10", "192.0.2.11", false},
    {"0.0.0.0/0", "255.255.255.255", true},
    {"0.0.0.0/0", "::", false}, /* families never mix */
    {"::/0", "0.0.0.0", false},
    {"::/0", "ffff::", true},
    {"2001:db8::/32", "2001:db8:ffff::1", true},
    {"2001:db8::/32", "2001:db9::", false},
    {"2001:db8::/33", "2001:db8:8000::", false},
    {"2001:db8::10/128", "2001:db8::10", true},
    {"2001:db8::10/128", "2001:db8::11", false},
};

static void knows_what_a_prefix_holds(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(has_case); i++) {
		const struct ip ip = address(has_case[i].ip);
		struct prefix prefix;

		assert_true(prefix_parse(has_case[i].prefix, &prefix));
		if (prefix_has(&prefix, &ip) != has_case[i].has)
			fail_msg("%s and %s", has_case[i].prefix, has_case[i].ip);
	}
}

static const struct {
	const char *a, *b;
	bool overlap;
} overlap_case[] = {
    {"192.0.2.0/24", "192.0.2.0/24", true},
    {"192.0.2.0/24", "192.0.2.64/28", true},
    {"192.0.2.0/24", "192.0.3.0/24", false},
    {"192.0.2.0/25", "192.0.2.128/25", false},
    {"192.0.2.10", "192.0.2.0/24", true},
    {"0.0.0.0/0", "192.0.2.10", true},
    {"0.0.0.0/0", "::/0", false},
    {"2001:db8::/32", "2001:db8::10", true},
    {"2001:db8::/48", "2001:db8:1::/48", false},
};

static void overlapping_goes_both_ways(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(overlap_case); i++) {
		struct prefix a;
		struct prefix b;

		assert_true(prefix_parse(overlap_case[i].a, &a));
		assert_true(prefix_parse(overlap_case[i].b, &b));
		if (prefix_overlaps(&a, &b) != overlap_case[i].overlap ||
		    prefix_overlaps(&b, &a) != overlap_case[i].overlap)
			fail_msg("%s and %s", overlap_case[i].a, overlap_case[i].b);
	}
}

static const struct {
	const char *text, *plain;
} mapped_case[] = {
    {"::ffff:192.0.2.10", "192.0.2.10"},
    {"::FFFF:C000:20A", "192.0.2.10"},
    {"0:0:0:0:0:ffff:0:0", "0.0.0.0"},
    {"192.0.2.10", "192.0.2.10"},
    {"::192.0.2.10", "::192.0.2.10"}, /* RFC 4291 section 2.5.5.1: deprecated, no IPv4 address */
    {"::1:ffff:192.0.2.10", "::1:ffff:c000:20a"},
    {"2001:db8::ffff:192.0.2.10", "2001:db8::ffff:c000:20a"},
};

static void an_ipv4_address_is_one_inside_ipv6_too(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(mapped_case); i++) {
		char text[IP_TEXT_BYTES];
		struct ip ip;

		assert_true(ip_parse_unmapped(mapped_case[i].text, &ip));
		assert_string_equal(ip_text(&ip, text), mapped_case[i].plain);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(reads_addresses_and_writes_them_canonically),
	    cmocka_unit_test(an_ipv4_address_is_one_inside_ipv6_too),
	    cmocka_unit_test(orders_addresses),
	    cmocka_unit_test(counts_on_from_an_address),
	    cmocka_unit_test(reads_prefixes),
	    cmocka_unit_test(knows_what_a_prefix_holds),
	    cmocka_unit_test(overlapping_goes_both_ways),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
