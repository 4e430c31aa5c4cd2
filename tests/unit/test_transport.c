#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "auth/transport.h"
#include "base/mem.h"
#include "world.h"

#define TXT(owner, ...)                                                                            \
	{                                                                                          \
		owner, DNS_TXT, DNS_FOUND, {__VA_ARGS__}, 60                                       \
	}
#define STS(...)    TXT("_mta-sts.example.jp", __VA_ARGS__)
#define REPORT(...) TXT("_smtp._tls.example.jp", __VA_ARGS__)

static const struct {
	struct fact fact[2];
	const char *mta_sts, *tls_rpt;
} look_case[] = {
    {{STS("v=STSv1; id=20260101T000000;"), REPORT("v=TLSRPTv1; rua=mailto:t@example.jp")},
     "20260101T000000",
     "mailto:t@example.jp"},
    {{STS("v=STSv1;id=1")}, "1", ""},
    {{STS("hello", "v=STSv1; id=2")}, "2", ""},
    {{REPORT("v=TLSRPTv1;rua=https://example.jp/r,mailto:t@example.jp")},
     "",
     "https://example.jp/r,mailto:t@example.jp"},
    {{STS("v=STSv1; id=1", "v=STSv1; id=2")}, "", ""},
    {{STS("id=1; v=STSv1"), REPORT("v=TLSRPTv2; rua=mailto:t@example.jp")}, "", ""},
    {{STS("v=STSv1"), REPORT("v=spf1 -all")}, "", ""},
    {{STS("")}, "", ""},
    {{{"_mta-sts.example.jp", DNS_TXT, DNS_TIMEOUT, {NULL}, 0}}, "", ""},
    {{{.name = NULL}}, "", ""},
};

static void what_is_said_about_tls_is_noted(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(look_case); i++) {
		const struct auth_subject subject = {.domain = "example.jp"};
		struct arena *arena = arena_new();
		struct ask ask = ask_over(arena);
		struct domain_auth seen;

		assert_false(transport_look(&subject, &ask, &seen));
		world_answer(&ask, look_case[i].fact, COUNT_OF(look_case[i].fact));
		assert_true(transport_look(&subject, &ask, &seen));
		assert_string_equal(seen.mta_sts, look_case[i].mta_sts);
		assert_string_equal(seen.tls_rpt, look_case[i].tls_rpt);
		arena_free(arena);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_is_said_about_tls_is_noted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
