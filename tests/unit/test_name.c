#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
#include <string.h>

#include "base/mem.h"
#include "dns/name.h"

#define LABEL63 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
/* 3 x 64 + 61 = 253 */
#define LONGEST                                                                                    \
	LABEL63 "." LABEL63 "." LABEL63 "."                                                        \
		"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

static const struct {
	const char *name;
	bool fits;
} fit_case[] = {
    {"example.test", true},
    {"example.test.", true},
    {"a", true},
    {"", false},
    {".", false},
    {"..", false},
    {".a", false},
    {"a..b", false},
    {"a.b..", false},
    {LABEL63 ".test", true},
    {LABEL63 "a.test", false},
    {LONGEST, true},
    {LONGEST ".", true},
    {LONGEST "b", false},
    {"_dmarc.example.test", true},
    {"with space.test", true}, /* RFC 2181 section 11: any octet will do */
};

static void limits_are_those_of_dns(void **state)
{
	(void)state;
	assert_int_equal(strlen(LONGEST), DNS_NAME_TEXT_MAX);
	for (size_t i = 0; i < COUNT_OF(fit_case); i++)
		if (dns_name_fits(fit_case[i].name) != fit_case[i].fits)
			fail_msg("'%s' fits: %d", fit_case[i].name, !fit_case[i].fits);
}

static const struct {
	const char *ip, *zone, *name;
} reverse_case[] = {
    {"192.0.2.99", "bl.test", "99.2.0.192.bl.test"},
    {"127.0.0.2", "bl.test.", "2.0.0.127.bl.test"},
    {"255.255.255.255", "x", "255.255.255.255.x"},
    {"0.0.0.0", "x", "0.0.0.0.x"},
    {"2001:db8::25", "bl.test",
     "5.2.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.bl.test"},
    {"::ffff:127.0.0.2", "bl.test",
     "2.0.0.0.0.0.f.7.f.f.f.f.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.bl.test"},
};

static void addresses_are_reversed(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(reverse_case); i++) {
		char out[DNS_NAME_BYTES];
		struct ip ip;

		assert_true(ip_parse(reverse_case[i].ip, &ip));
		assert_true(dns_name_of_ip(&ip, reverse_case[i].zone, out));
		assert_string_equal(out, reverse_case[i].name);
	}
}

static void what_does_not_fit_is_no_name(void **state)
{
	char out[DNS_NAME_BYTES];
	char zone[DNS_NAME_BYTES];
	struct ip ip;

	(void)state;
	assert_true(ip_parse("2001:db8::1", &ip));
	/* 64 octets of nibbles leave 189 for the zone. */
	memset(zone, 'z', sizeof(zone));
	for (size_t i = 63; i < sizeof(zone); i += 64)
		zone[i] = '.';
	zone[189] = '\0';
	assert_true(dns_name_of_ip(&ip, zone, out));
	assert_int_equal(strlen(out), DNS_NAME_TEXT_MAX);
	zone[189] = 'z';
	zone[190] = '\0';
	assert_false(dns_name_of_ip(&ip, zone, out));
	assert_false(dns_name_of_ip(&ip, "", out));
	assert_false(dns_name_join(LONGEST, "x", out));
	assert_false(dns_name_join("a..b", "x", out));
	assert_true(dns_name_join("example.test.", "dbl.test.", out));
	assert_string_equal(out, "example.test.dbl.test");
}

static void ptr_names_stand_under_arpa(void **state)
{
	char out[DNS_NAME_BYTES];
	struct ip ip;

	(void)state;
	assert_true(ip_parse("192.0.2.10", &ip));
	dns_name_of_ptr(&ip, out);
	assert_string_equal(out, "10.2.0.192.in-addr.arpa");
	assert_true(ip_parse("2001:db8::1", &ip));
	dns_name_of_ptr(&ip, out);
	assert_string_equal(out, "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2."
				 "ip6.arpa");
}

static const struct {
	const char *a, *b;
	bool equal;
} equal_case[] = {
    {"Example.TEST", "example.test", true},    {"example.test.", "example.test", true},
    {"example.test", "example.tes", false},    {"example.test", "example-test", false},
    {"\xc3\x84.test", "\xc3\xa4.test", false}, /* only ASCII letters have two cases */
};

static void names_compare_without_case(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(equal_case); i++)
		assert_int_equal(dns_name_equal(equal_case[i].a, equal_case[i].b),
				 equal_case[i].equal);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(limits_are_those_of_dns),
	    cmocka_unit_test(addresses_are_reversed),
	    cmocka_unit_test(what_does_not_fit_is_no_name),
	    cmocka_unit_test(ptr_names_stand_under_arpa),
	    cmocka_unit_test(names_compare_without_case),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
