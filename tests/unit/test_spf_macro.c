#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "auth/spf_macro.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

#define D SPF_MACRO_DOMAIN
#define M SPF_MACRO_MODIFIER
#define E SPF_MACRO_EXPLANATION

static const struct {
	const char *text;
	enum spf_macro_place place;
	bool is_valid;
} syntax_case[] = {
    {"", D, true},
    {"plain!~", D, true},
    {"a b", D, false},
    {"a b", E, true},
    {"a\tb", E, false},
    {"\x7f", E, false},
    {"\xe9", E, false},
    {"%%%_%-", D, true},
    {"%", D, false},
    {"100%", E, false},
    {"%a", D, false},
    {"%{}", D, false},
    {"%{d", D, false},
    {"%{d}", D, true},
    {"%{D}", D, true},
    {"%{d2r.-+,/_=}", D, true},
    {"%{dR}", D, true},
    {"%{dr2}", D, false},
    {"%{d.r}", D, false},
    {"%{d0}", D, false},
    {"%{d00}", D, false},
    {"%{d01}", D, true},
    {"%{d4294967297}", D, true},
    {"%{d:}", D, false},
    {"%{e}", E, false},
    {"%{slodiphv}", E, false},
    {"%{s}%{l}%{o}%{d}%{i}%{p}%{h}%{v}", D, true},
    {"%{c}", D, false},
    {"%{R}", D, false},
    {"%{t}", D, false},
    {"%{c}%{r}%{t}", M, true},
    {"%{c} %{R} %{t}", E, true},
    {"%{c} %{r}", M, false},
};

static void checks_syntax(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(syntax_case); i++)
		if (spf_macro_is_valid(slice_text(syntax_case[i].text), syntax_case[i].place) !=
		    syntax_case[i].is_valid)
			fail_msg("row %zu: '%s'", i, syntax_case[i].text);
}

static const struct {
	const char *text;
	const char *out;
} text_case[] = {
    /* RFC 7208 section 7.4 */
    {"%{s}", "strong-bad@email.example.com"},
    {"%{o}", "email.example.com"},
    {"%{d}", "email.example.com"},
    {"%{d4}", "email.example.com"},
    {"%{d3}", "email.example.com"},
    {"%{d2}", "example.com"},
    {"%{d1}", "com"},
    {"%{dr}", "com.example.email"},
    {"%{d2r}", "example.email"},
    {"%{l}", "strong-bad"},
    {"%{l-}", "strong.bad"},
    {"%{lr}", "strong-bad"},
    {"%{lr-}", "bad.strong"},
    {"%{l1r-}", "strong"},
    {"%{ir}.%{v}._spf.%{d2}", "3.2.0.192.in-addr._spf.example.com"},
    {"%{lr-}.lp._spf.%{d2}", "bad.strong.lp._spf.example.com"},
    {"%{lr-}.lp.%{ir}.%{v}._spf.%{d2}", "bad.strong.lp.3.2.0.192.in-addr._spf.example.com"},
    {"%{ir}.%{v}.%{l1r-}.lp._spf.%{d2}", "3.2.0.192.in-addr.strong.lp._spf.example.com"},
    {"%{d2}.trusted-domains.example.net", "example.com.trusted-domains.example.net"},

    {"%{S}", "strong-bad%40email.example.com"},
    {"%{L}", "strong-bad"},
    {"100%% of%_it%-", "100% of it%20"},
    {"%{c} %{r} %{t} %{h} %{p}", "192.0.2.3 mx.example.org 1234567890 helo.example unknown"},
    {"%{i2}", "2.3"},
    {"%{d99999999999}", "email.example.com"},
};

static const struct {
	const char *text;
	const char *out;
} text6_case[] = {
    {"%{ir}.%{v}._spf.%{d2}",
     "1.0.B.C.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.B.D.0.1.0.0.2.ip6._spf.example.com"},
    {"%{i}", "2.0.0.1.0.D.B.8.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.C.B.0.1"},
    {"%{c}", "2001:db8::cb01"},
    {"%{C}", "2001%3Adb8%3A%3Acb01"},
};

static struct spf_macros macros_of(const char *ip)
{
	struct spf_macros macros = {
	    .sender = slice_text("strong-bad@email.example.com"),
	    .local_part = slice_text("strong-bad"),
	    .sender_domain = slice_text("email.example.com"),
	    .domain = "email.example.com",
	    .helo = "helo.example",
	    .validated = "unknown",
	    .receiver = "mx.example.org",
	    .now = 1234567890,
	};

	assert_true(ip_parse(ip, &macros.ip));
	return macros;
}

static void expect(const char *text, const struct spf_macros *macros, const char *wanted)
{
	struct str out = {0};

	if (!spf_macro_is_valid(slice_text(text), E)) {
		assert_string_equal(text, wanted);
		return;
	}
	spf_macro_explain(slice_text(text), macros, &out);
	assert_string_equal(str_text(&out), wanted);
	str_release(&out);
}

static void expands(void **state)
{
	const struct spf_macros macros = macros_of("192.0.2.3");
	const struct spf_macros macros6 = macros_of("2001:db8::cb01");

	(void)state;
	for (size_t i = 0; i < COUNT_OF(text_case); i++)
		expect(text_case[i].text, &macros, text_case[i].out);
	for (size_t i = 0; i < COUNT_OF(text6_case); i++)
		expect(text6_case[i].text, &macros6, text6_case[i].out);
}

static const struct {
	const char *local_part;
	const char *text;
	const char *out;
} part_case[] = {
    {"a+b-c.d", "%{l+-}", "a.b.c.d"},
    {"a+b-c.d", "%{l2+-}", "b.c.d"},
    {"a+b-c.d", "%{l2r+-}", "b.a"},
    {"a+b-c.d", "%{l1+}", "b-c.d"},
    {"a..b", "%{l2}", ".b"},
    {"a..b", "%{lr}", "b..a"},
    {"-a-", "%{lr-}", ".a."},
    {"", "%{l1r-}", ""},
    {"a/b=c_d,e", "%{l/=_,}", "a.b.c.d.e"},
    {"~jack & jill=up-hill", "%{L}", "~jack%20%26%20jill%3Dup-hill"},
    {"~jack & jill=up-hill", "%{L=}", "~jack%20%26%20jill.up-hill"},
    {"\xe9", "%{L}", "%E9"},
};

static void splits_and_joins(void **state)
{
	struct spf_macros macros = macros_of("192.0.2.3");

	(void)state;
	for (size_t i = 0; i < COUNT_OF(part_case); i++) {
		macros.local_part = slice_text(part_case[i].local_part);
		expect(part_case[i].text, &macros, part_case[i].out);
	}
}

#define LABEL50 "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeee"
#define LONG200 LABEL50 "." LABEL50 "." LABEL50 "." LABEL50 /* 203 bytes */

static const struct {
	const char *local_part;
	const char *text;
	const char *out; /* NULL: not a name */
} domain_case[] = {
    {"x", "%{l}.example.jp", "x.example.jp"},
    {"x", "%{l}.example.jp.", "x.example.jp"},
    {"", "%{l}.example.jp", NULL},
    {"a..b", "%{l}.example.jp", NULL},
    {"x", "%{l}%{l}%{l}" LABEL50 LABEL50 ".example.jp", NULL}, /* a label beyond 63 */
    {LONG200, LABEL50 ".%{l}.example.jp", LONG200 ".example.jp"},
    {LONG200, "%{l}.%{l}." LABEL50 ".jp", LABEL50 "." LABEL50 "." LABEL50 "." LABEL50 ".jp"},
    {LABEL50 LABEL50 LABEL50 LABEL50 LABEL50 LABEL50, "%{l}.example.jp", "example.jp"},
    {LABEL50 LABEL50 LABEL50 LABEL50 LABEL50 LABEL50, "%{l}%{l}", NULL},
};

static void makes_domains_that_fit(void **state)
{
	struct spf_macros macros = macros_of("192.0.2.3");
	char out[DNS_NAME_BYTES];

	(void)state;
	for (size_t i = 0; i < COUNT_OF(domain_case); i++) {
		macros.local_part = slice_text(domain_case[i].local_part);
		if (spf_macro_domain(slice_text(domain_case[i].text), &macros, out) !=
		    (domain_case[i].out != NULL))
			fail_msg("row %zu: '%s'", i, out);
		if (domain_case[i].out)
			assert_string_equal(out, domain_case[i].out);
	}
}

/* What a record of 64 KB can ask for stays small. */
static void stays_bounded(void **state)
{
	enum { MACROS = 16000, VALUE = 4096 };
	struct spf_macros macros = macros_of("192.0.2.3");
	char *text = xcalloc(MACROS, 5);
	char *value = xcalloc(VALUE + 1, 1);
	char out[DNS_NAME_BYTES];
	struct str grown = {0};

	(void)state;
	for (size_t i = 0; i < MACROS; i++)
		memcpy(text + i * 4, "%{S}", 4);
	memset(value, '\'', VALUE);
	macros.sender = slice_text(value);
	assert_false(spf_macro_domain(slice_text(text), &macros, out));
	spf_macro_explain(slice_text(text), &macros, &grown);
	assert_int_equal(grown.len, SPF_EXPLANATION_MAX_BYTES);
	assert_true(grown.room <= 4 * VALUE * 3);
	str_release(&grown);
	free(value);
	free(text);
}

static void sees_macros(void **state)
{
	(void)state;
	assert_true(spf_macro_has_p(slice_text("a.%{d}.%{P2}")));
	assert_false(spf_macro_has_p(slice_text("p.%%{p}.%{d}")));
	assert_true(spf_macro_has_any(slice_text("%{d}")));
	assert_false(spf_macro_has_any(slice_text("a.example")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(checks_syntax),    cmocka_unit_test(expands),
	    cmocka_unit_test(splits_and_joins), cmocka_unit_test(makes_domains_that_fit),
	    cmocka_unit_test(stays_bounded),    cmocka_unit_test(sees_macros),
	};

	return cmocka_run_group_tests_name("spf_macro", tests, NULL, NULL);
}
