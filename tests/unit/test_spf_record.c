#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "auth/spf_record.h"
#include "base/mem.h"
#include "base/str.h"

#include <stdio.h>
#include <string.h>

static const struct {
	const char *txt;
	bool is_record;
} version_case[] = {
    {"v=spf1", true},
    {"v=spf1 -all", true},
    {"V=SPF1 -all", true},
    {"v=spf1 ", true},
    {"v=spf10", false},
    {"v=spf1-all", false},
    {"v=spf1\t-all", false},
    {" v=spf1 -all", false},
    {"v=spf2.0/pra -all", false},
    {"v=spf", false},
    {"", false},
};

static void knows_a_record(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(version_case); i++)
		if (spf_record_is(slice_text(version_case[i].txt)) != version_case[i].is_record)
			fail_msg("'%s'", version_case[i].txt);
}

/* Terms as: qualifier, mechanism, domain or address, lengths. */
static void describe(const struct spf_record *record, struct str *out)
{
	for (size_t i = 0; i < record->terms; i++) {
		const struct spf_term *const term = &record->term[i];
		char address[IP_TEXT_BYTES] = "";

		if (term->ip.family)
			ip_text(&term->ip, address);
		str_addf(out, "%s%s %s %.*s%s/%u//%u", i ? ", " : "",
			 spf_result_name(term->qualifier), spf_mechanism_name(term->mechanism),
			 (int)term->domain.len, term->domain.at ? term->domain.at : "", address,
			 term->bits4, term->bits6);
	}
	if (record->redirect.text.at)
		str_addf(out, " redirect %.*s", (int)record->redirect.domain.len,
			 record->redirect.domain.at);
	if (record->explanation.text.at)
		str_addf(out, " exp %.*s", (int)record->explanation.domain.len,
			 record->explanation.domain.at);
}

static const struct {
	const char *txt;
	const char *terms;
} good_case[] = {
    {"v=spf1", ""},
    {"v=spf1   ", ""},
    {"v=spf1 -all", "fail all /32//128"},
    {"v=spf1 ~ALL", "softfail all /32//128"},
    {"v=spf1  ?all  ", "neutral all /32//128"},
    {"v=spf1 +a mx", "pass a /32//128, pass mx /32//128"},
    {"v=spf1 a/24", "pass a /24//128"},
    {"v=spf1 a//64", "pass a /32//64"},
    {"v=spf1 mx/0//0", "pass mx /0//0"},
    {"v=spf1 a:example.jp/24//64", "pass a example.jp/24//64"},
    {"v=spf1 a:example.jp.//64", "pass a example.jp./32//64"},
    {"v=spf1 a:foo:bar/baz.example.jp", "pass a foo:bar/baz.example.jp/32//128"},
    {"v=spf1 a:_host.a-b.x-1", "pass a _host.a-b.x-1/32//128"},
    {"v=spf1 a:%{d}/24", "pass a %{d}/24//128"},
    {"v=spf1 ip4:192.0.2.1", "pass ip4 192.0.2.1/32//128"},
    {"v=spf1 -IP4:192.0.2.0/24", "fail ip4 192.0.2.0/24//128"},
    {"v=spf1 ip4:192.0.2.77/0", "pass ip4 192.0.2.77/0//128"},
    {"v=spf1 ip6:2001:db8::/32", "pass ip6 2001:db8::/32//32"},
    {"v=spf1 ip6:::ffff:192.0.2.1", "pass ip6 ::ffff:192.0.2.1/32//128"},
    {"v=spf1 ip6:::", "pass ip6 ::/32//128"},
    {"v=spf1 include:a.example exists:%{ir}.b.example ptr:c.example",
     "pass include a.example/32//128, pass exists %{ir}.b.example/32//128, "
     "pass ptr c.example/32//128"},
    {"v=spf1 exists:%{l1r-}.example.jp%%", "pass exists %{l1r-}.example.jp%%/32//128"},
    {"v=spf1 redirect=a.example", " redirect a.example"},
    {"v=spf1 exp=b.example -all", "fail all /32//128 exp b.example"},
    {"v=spf1 Redirect=%{d}.x EXP=y.z", " redirect %{d}.x exp y.z"},
    {"v=spf1 moo=%{c}%{r}%{t} moo= a-b_c.1=x=y", ""},
    {"v=spf1 all=1 include=x ip4=y", ""}, /* names of modifiers are free */
};

static void reads_what_is_right(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(good_case); i++) {
		struct arena *arena = arena_new();
		struct str seen = {0};
		struct spf_syntax wrong;
		struct spf_record record;

		if (!spf_record_parse(slice_text(good_case[i].txt), arena, &record, &wrong))
			fail_msg("'%s': %.*s %s", good_case[i].txt, (int)wrong.term.len,
				 wrong.term.at, wrong.text);
		describe(&record, &seen);
		assert_string_equal(str_text(&seen), good_case[i].terms);
		str_release(&seen);
		arena_free(arena);
	}
}

static const struct {
	const char *txt;
	const char *term;
	const char *text; /* a part of it */
} bad_case[] = {
    {"v=spf1 foo", "foo", "no mechanism"},
    {"v=spf1 a -foo:bar.example all", "-foo:bar.example", "no mechanism"},
    {"v=spf1 --all", "--all", "no mechanism"},
    {"v=spf1 -", "-", "no mechanism"},
    {"v=spf1 -foo=bar", "-foo=bar", "no mechanism"},
    {"v=spf1 1x=y", "1x=y", "no mechanism"},
    {"v=spf1 =y", "=y", "no mechanism"},
    {"v=spf1 a\tmx", "a\tmx", "no mechanism"},
    {"v=spf1 all.", "all.", "no mechanism"},
    {"v=spf1 all/24", "all/24", "stand alone"},
    {"v=spf1 -all:example.jp", "-all:example.jp", "stand alone"},
    {"v=spf1 include", "include", "names no domain"},
    {"v=spf1 include:", "include:", "valid domain"},
    {"v=spf1 include:a.example/24", "include:a.example/24", "valid domain"},
    {"v=spf1 include/24", "include/24", "not written"},
    {"v=spf1 exists:a.example//24", "exists:a.example//24", "valid domain"},
    {"v=spf1 ptr/24", "ptr/24", "not written"},
    {"v=spf1 ptr:", "ptr:", "valid domain"},
    {"v=spf1 a:", "a:", "valid domain"},
    {"v=spf1 a:/24", "a:/24", "valid domain"},
    {"v=spf1 a:museum", "a:museum", "valid domain"},
    {"v=spf1 a:museum.", "a:museum.", "valid domain"},
    {"v=spf1 a:192.0.2.1", "a:192.0.2.1", "valid domain"},
    {"v=spf1 a:a.example..", "a:a.example..", "valid domain"},
    {"v=spf1 a:a.example-", "a:a.example-", "valid domain"},
    {"v=spf1 a:a.-example", "a:a.-example", "valid domain"},
    {"v=spf1 a:a.ex_ample", "a:a.ex_ample", "valid domain"},
    {"v=spf1 a:a.example/", "a:a.example/", "valid domain"},
    {"v=spf1 a:a.example/33", "a:a.example/33", "CIDR"},
    {"v=spf1 a:a.example/024", "a:a.example/024", "CIDR"},
    {"v=spf1 a:a.example//129", "a:a.example//129", "CIDR"},
    {"v=spf1 a/24/64", "a/24/64", "CIDR"},
    {"v=spf1 a//64/24", "a//64/24", "not written"},
    {"v=spf1 a///64", "a///64", "not written"},
    {"v=spf1 a/", "a/", "not written"},
    {"v=spf1 a:%{d}.", "a:%{d}.", "valid domain"},
    {"v=spf1 a:%{c}.example.jp", "a:%{c}.example.jp", "valid domain"},
    {"v=spf1 a:%(d).example.jp", "a:%(d).example.jp", "valid domain"},
    {"v=spf1 a:\xc3\xbc.example", "a:\xc3\xbc.example", "valid domain"},
    {"v=spf1 ip4", "ip4", "valid address"},
    {"v=spf1 ip4:", "ip4:", "valid address"},
    {"v=spf1 ip4:192.0.2", "ip4:192.0.2", "valid address"},
    {"v=spf1 ip4:192.0.02.1", "ip4:192.0.02.1", "valid address"},
    {"v=spf1 ip4:192.0.2.256", "ip4:192.0.2.256", "valid address"},
    {"v=spf1 ip4:192.0.2.1:25", "ip4:192.0.2.1:25", "valid address"},
    {"v=spf1 ip4:2001:db8::1", "ip4:2001:db8::1", "valid address"},
    {"v=spf1 ip6:192.0.2.1", "ip6:192.0.2.1", "valid address"},
    {"v=spf1 ip6:fe80::1%eth0", "ip6:fe80::1%eth0", "valid address"},
    {"v=spf1 ip4:192.0.2.1/33", "ip4:192.0.2.1/33", "CIDR"},
    {"v=spf1 ip4:192.0.2.1/", "ip4:192.0.2.1/", "CIDR"},
    {"v=spf1 ip4:192.0.2.1//32", "ip4:192.0.2.1//32", "CIDR"},
    {"v=spf1 ip4:192.0.2.1/032", "ip4:192.0.2.1/032", "CIDR"},
    {"v=spf1 ip4:192.0.2.1/00", "ip4:192.0.2.1/00", "CIDR"},
    {"v=spf1 ip6:2001:db8::/129", "ip6:2001:db8::/129", "CIDR"},
    {"v=spf1 redirect=", "redirect=", "valid domain"},
    {"v=spf1 redirect:a.example", "redirect:a.example", "no mechanism"},
    {"v=spf1 exp=a.example/24 -all", "exp=a.example/24", "valid domain"},
    {"v=spf1 redirect=a.example -all Redirect=a.example", "Redirect=a.example", "twice"},
    {"v=spf1 exp=a.example exp=b.example", "exp=b.example", "twice"},
    {"v=spf1 moo=%", "moo=%", "value"},
    {"v=spf1 moo=%{x}", "moo=%{x}", "value"},
    {"v=spf1 -all moo=\x80", "moo=\x80", "value"},
};

static void says_what_is_wrong(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(bad_case); i++) {
		struct arena *arena = arena_new();
		struct spf_syntax wrong;
		struct spf_record record;

		if (spf_record_parse(slice_text(bad_case[i].txt), arena, &record, &wrong))
			fail_msg("'%s' was taken", bad_case[i].txt);
		if (!slice_is(wrong.term, bad_case[i].term) ||
		    !strstr(wrong.text, bad_case[i].text))
			fail_msg("'%s': %.*s %s", bad_case[i].txt, (int)wrong.term.len,
				 wrong.term.at, wrong.text);
		arena_free(arena);
	}
}

/* A record may hold any byte, also where C ends a string. */
static void takes_no_nul(void **state)
{
	static const char txt[] = "v=spf1 a:a.example\0 -all";
	struct arena *arena = arena_new();
	struct spf_record record;
	struct spf_syntax wrong;

	(void)state;
	assert_false(spf_record_parse(slice_of(txt, sizeof(txt) - 1), arena, &record, &wrong));
	arena_free(arena);
}

static const struct {
	uint8_t bits4, bits6;
	const char *net, *ip;
	bool is_inside;
} length_case[] = {
    {24, 128, "192.0.2.77", "192.0.2.1", true},   {32, 128, "192.0.2.77", "192.0.2.1", false},
    {0, 128, "192.0.2.77", "8.8.8.8", true},      {0, 0, "192.0.2.77", "2001:db8::1", false},
    {32, 64, "2001:db8::1", "2001:db8::2", true}, {0, 128, "2001:db8::1", "2001:db8::2", false},
};

static void holds_addresses_by_length(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(length_case); i++) {
		const struct spf_term term = {.bits4 = length_case[i].bits4,
					      .bits6 = length_case[i].bits6};
		struct ip net, ip;

		assert_true(ip_parse(length_case[i].net, &net));
		assert_true(ip_parse(length_case[i].ip, &ip));
		if (spf_term_has(&term, &net, &ip) != length_case[i].is_inside)
			fail_msg("%s/%u//%u and %s", length_case[i].net, term.bits4, term.bits6,
				 length_case[i].ip);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(knows_a_record),
	    cmocka_unit_test(reads_what_is_right),
	    cmocka_unit_test(says_what_is_wrong),
	    cmocka_unit_test(takes_no_nul),
	    cmocka_unit_test(holds_addresses_by_length),
	};

	return cmocka_run_group_tests_name("spf_record", tests, NULL, NULL);
}
