#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "auth/ptr.h"
#include "base/mem.h"

#define V4 "203.0.113.10"
#define V6 "2001:db8:0:12::a1"

static const struct {
	const char *ip;
	const char *name;
	bool is_generic;
} name_case[] = {
    /* Names that people give to mail servers. */
    {V4, "www274.example.jp", false},
    {"203.0.113.203", "mx-203.example.net", false},
    {V4, "mail10.example.jp", false},
    {V4, "mail-10.example.jp", false},
    {V4, "mail.example.jp", false},
    {V4, "example.jp", false},
    {V4, "example.co.jp", false},
    {V4, "mx10-113.example.net", false}, /* two octets are a host number */
    {V4, "smtp-203-0.example.net", false},
    {V4, "sv113.xserver.example", false},
    {V4, "o10.sendgrid.example", false},
    {V4, "a1-23-45.smtp.example.com", false},
    {V4, "m203.113.example.com", false},
    {V4, "203.0.113.example.com", false},
    {V4, "203-0-113-1.example.com", false}, /* another address */
    {V4, "203-0-113-100.example.com", false},
    {V4, "1203-0-113-10.example.com", false},
    {V4, "v2.10.113.example.com", false},
    {V4, "203.0.x.113.10.example.com", false},
    {V4, "203a0b113c10.example.com", false},
    {V4, "dynamic-systems.co.jp", false}, /* the company's name */
    {V4, "mail1.dynamic-systems.co.jp", false},
    {V4, "sv1.dynamic-systems.co.jp", false},
    {V4, "mx1.dyn.com", false},
    {V4, "sv1.dyn.com", false},
    {V4, "smtp3.pool.example.jp", false}, /* a pool of mail servers */
    {V4, "mta-pool3-12.example.com", false},
    {V4, "mail2.customer.example.jp", false},
    {V4, "dhcp.example.net", false}, /* the server of that name: no number */
    {V4, "pool.mail.example.jp", false},
    {V4, "spool12.example.jp", false},
    {V4, "adslfilter2.example.jp", false},
    {V4, "cable7", false},
    {V4, "localhost", false},
    {V4, "", false},
    {V4, ".", false},
    {V4, "...", false},
    {V4, "-", false},
    {V4, "\xff\xfe.\x01", false},
    {V6, "www274.example.jp", false},
    {V6, "mail-a1.example.jp", false},
    {V6, "db8.example.jp", false},
    {V6, "12-a1.example.jp", false},
    {V6, V4, false},
    {"::1", "x--1.example.jp", false}, /* too short to be more than chance */

    /* The address, in the ways providers write it. */
    {V4, "203-0-113-10.example.net", true},
    {V4, "203.0.113.10.example.net", true},
    {V4, "203_0_113_10.example.net", true},
    {V4, "203.0-113.10.example.net", true},
    {V4, "10.113.0.203.static.example.net", true},
    {V4, "10-113-0-203.example.net", true},
    {V4, "host203-0-113-10.example.net", true},
    {V4, "mail-203-0-113-10.example.net", true},
    {V4, "ec2-203-0-113-10.compute.example.com", true},
    {V4, "203-000-113-010.example.net", true},
    {V4, "softbank203000113010.example.net", true},
    {V4, "kd203000113010.ppp.example.ne.jp", true},
    {V4, "010113000203.example.net", true},
    {V4, "ip-cb00710a.example.net", true},
    {V4, "0a7100cb.example.net", true},
    {V4, "1-203-0-113-10.example.net", true},
    {V4, "203-0-113-10-1.example.net", true},
    {V4, "vlan7.203-0-113-10.example.net", true},
    {V4, "203.0.113.10", true},
    {"10.10.10.10", "10-10-10-10.example.net", true},
    {"1.2.3.4", "static-1-2-3-4.example.net", true},
    {V6, "2001-db8-0-12--a1.example.net", true},
    {V6, "2001-0db8-0000-0012-0000-0000-0000-00a1.example.net", true},
    {V6, "2001-db8-0-12-0-0-0-a1.example.net", true},
    {V6, "20010db80000001200000000000000a1.example.net", true},
    {V6, "1.a.0.0.0.0.0.0.0.0.0.0.0.0.0.0.2.1.0.0.0.0.0.0.8.b.d.0.1.0.0.2.example.net", true},

    /* Words for ranges, with a number. */
    {V4, "dyn12.example.net", true},
    {V4, "12.dyn.example.net", true},
    {V4, "dhcp-23.lab.example.ac.jp", true},
    {V4, "pool-99-3.example.net", true},
    {V4, "ppp0012.example.ne.jp", true},
    {V4, "eaoska123456.adsl.ppp.example.ne.jp", true},
    {V4, "cust-1234.example.net", true},
    {V4, "host12.static-ip-88.example.net", true},
    {V4, "static-ip-188.example.net", true},
    {V6, "client7.dynamic.example.net", true},
};

static void tells_given_names_from_generated_ones(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(name_case); i++) {
		struct ip ip;

		assert_true(ip_parse(name_case[i].ip, &ip));
		if (ptr_is_generic(name_case[i].name, &ip) != name_case[i].is_generic)
			fail_msg("'%s' for %s", name_case[i].name, name_case[i].ip);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(tells_given_names_from_generated_ones),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
