#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "auth/mx.h"
#include "base/mem.h"
#include "base/str.h"
#include "world.h"

#include <string.h>

#define D "example.jp"
#define IS(owner, type, ...)                                                                       \
	{                                                                                          \
		owner, type, DNS_FOUND, {__VA_ARGS__}, 60                                          \
	}
#define ENDS(owner, type, outcome)                                                                 \
	{                                                                                          \
		owner, type, outcome, {NULL}, 0                                                    \
	}
#define MX(...)          IS(D, DNS_MX, __VA_ARGS__)
#define A(owner, ...)    IS(owner, DNS_A, __VA_ARGS__)
#define AAAA(owner, ...) IS(owner, DNS_AAAA, __VA_ARGS__)
#define NO_MX            ENDS(D, DNS_MX, DNS_NO_DATA)

static const struct {
	const char *why;
	struct fact fact[6];
	enum auth_state state;
	enum cause cause;
	bool is_null, is_implicit;
	const char *hosts;
	const char *text; /* a part of the worst problem; "" for none */
} look_case[] = {
    {"one host",
     {MX("mx.example.jp"), A("mx.example.jp", "192.0.2.1")},
     AUTH_OK,
     CAUSE_NONE,
     false,
     false,
     "mx.example.jp ",
     ""},
    {"one with a v6 address only",
     {MX("mx.example.jp"), AAAA("mx.example.jp", "2001:db8::1")},
     AUTH_OK,
     CAUSE_NONE,
     false,
     false,
     "mx.example.jp ",
     ""},
    {"one of them is dead",
     {MX("b.example.jp", "a.example.jp"), A("a.example.jp", "192.0.2.1")},
     AUTH_WEAK,
     CAUSE_NONE,
     false,
     false,
     "a.example.jp b.example.jp ",
     "the MX host b.example.jp has no address"},
    {"all are dead",
     {MX("b.example.jp", "a.example.jp")},
     AUTH_BROKEN,
     CAUSE_NONE,
     false,
     false,
     "a.example.jp b.example.jp ",
     "the MX host a.example.jp has no address"},
    {"an alias",
     {MX("mx.example.jp"), A("mx.example.jp", "192.0.2.1"),
      IS("mx.example.jp", DNS_CNAME, "host.example.net")},
     AUTH_WEAK,
     CAUSE_NONE,
     false,
     false,
     "mx.example.jp ",
     "RFC 2181 section 10.3"},
    {"a dead alias",
     {MX("mx.example.jp"), IS("mx.example.jp", DNS_CNAME, "host.example.net")},
     AUTH_BROKEN,
     CAUSE_NONE,
     false,
     false,
     "mx.example.jp ",
     "has no address"},
    {"an address",
     {MX("192.0.2.1")},
     AUTH_BROKEN,
     CAUSE_NONE,
     false,
     false,
     "192.0.2.1 ",
     "is an address, and MX takes host names"},
    {"an address in brackets",
     {MX("[192.0.2.1]")},
     AUTH_BROKEN,
     CAUSE_NONE,
     false,
     false,
     "[192.0.2.1] ",
     "is an address"},
    {"localhost",
     {MX("localhost")},
     AUTH_BROKEN,
     CAUSE_NONE,
     false,
     false,
     "localhost ",
     "nobody outside reaches"},
    {"a private address",
     {MX("mx.example.jp"), A("mx.example.jp", "192.168.1.2", "127.0.0.1")},
     AUTH_BROKEN,
     CAUSE_NONE,
     false,
     false,
     "mx.example.jp ",
     "nobody outside reaches"},
    {"a private v6 address",
     {MX("mx.example.jp"), AAAA("mx.example.jp", "fd00::1")},
     AUTH_BROKEN,
     CAUSE_NONE,
     false,
     false,
     "mx.example.jp ",
     "nobody outside reaches"},
    {"a private address beside a public one",
     {MX("mx.example.jp"), A("mx.example.jp", "10.0.0.1", "192.0.2.1")},
     AUTH_OK,
     CAUSE_NONE,
     false,
     false,
     "mx.example.jp ",
     ""},
    {"a host that is no name",
     {MX("a..b")},
     AUTH_BROKEN,
     CAUSE_NONE,
     false,
     false,
     "a..b ",
     "no name that DNS can carry"},

    {"a null MX", {MX("")}, AUTH_OK, CAUSE_NONE, true, false, "", "a null MX"},
    {"a null MX as some write it", {MX(".")}, AUTH_OK, CAUSE_NONE, true, false, "", "a null MX"},
    {"a null MX beside another",
     {MX("", "mx.example.jp"), A("mx.example.jp", "192.0.2.1")},
     AUTH_BROKEN,
     CAUSE_NONE,
     true,
     false,
     "mx.example.jp ",
     "RFC 7505 section 3 forbids"},
    {"two null MX", {MX("", ".")}, AUTH_BROKEN, CAUSE_NONE, true, false, "", "RFC 7505"},

    {"no MX, and an address",
     {NO_MX, A(D, "192.0.2.1")},
     AUTH_OK,
     CAUSE_NONE,
     false,
     true,
     "",
     "mail goes to the address of example.jp itself"},
    {"no MX, and a private address",
     {NO_MX, A(D, "10.0.0.1")},
     AUTH_BROKEN,
     CAUSE_NONE,
     false,
     true,
     "",
     "nobody outside reaches"},
    {"no MX and no address",
     {NO_MX},
     AUTH_MISSING,
     CAUSE_NONE,
     false,
     false,
     "",
     "neither an MX record nor an address"},
    {"no such domain",
     {ENDS(D, DNS_MX, DNS_NO_NAME)},
     AUTH_MISSING,
     CAUSE_NONE,
     false,
     false,
     "",
     "does not exist"},

    {"not known is not missing",
     {ENDS(D, DNS_MX, DNS_SERVFAIL)},
     AUTH_UNKNOWN,
     CAUSE_SERVFAIL,
     false,
     false,
     "",
     ""},
    {"nor is its address",
     {NO_MX, ENDS(D, DNS_AAAA, DNS_TIMEOUT)},
     AUTH_UNKNOWN,
     CAUSE_TIMEOUT,
     false,
     false,
     "",
     ""},
    {"nor are its hosts",
     {MX("mx.example.jp"), ENDS("mx.example.jp", DNS_A, DNS_TIMEOUT)},
     AUTH_UNKNOWN,
     CAUSE_TIMEOUT,
     false,
     false,
     "mx.example.jp ",
     "could not be asked for"},
    {"one family is enough",
     {MX("mx.example.jp"), A("mx.example.jp", "192.0.2.1"),
      ENDS("mx.example.jp", DNS_AAAA, DNS_SERVFAIL)},
     AUTH_OK,
     CAUSE_NONE,
     false,
     false,
     "mx.example.jp ",
     ""},
    {"one host is enough",
     {MX("a.example.jp", "b.example.jp"), A("a.example.jp", "192.0.2.1"),
      ENDS("b.example.jp", DNS_A, DNS_TIMEOUT)},
     AUTH_OK,
     CAUSE_NONE,
     false,
     false,
     "a.example.jp b.example.jp ",
     "could not be asked for"},
};

static int setup(void **state)
{
	*state = arena_new();
	return 0;
}

static int teardown(void **state)
{
	arena_free(*state);
	return 0;
}

static void mail_finds_its_way_back_or_not(void **state)
{
	for (size_t i = 0; i < COUNT_OF(look_case); i++) {
		const struct auth_subject subject = {.domain = D};
		struct ask ask = ask_over(*state);
		struct domain_mx seen;
		struct str hosts = {0};
		const char *first;
		size_t rounds = 0;

		for (; !mx_look(&subject, &ask, &seen); rounds++)
			if (world_answer(&ask, look_case[i].fact, COUNT_OF(look_case[i].fact)) == 0)
				fail_msg("%s: open, and nothing to answer", look_case[i].why);
		assert_true(rounds <= 2);
		for (size_t k = 0; k < seen.hosts; k++)
			str_addf(&hosts, "%s ", seen.host[k]);
		first = seen.problems.count ? seen.problems.problem[0].text : "";
		if (seen.state != look_case[i].state || seen.cause != look_case[i].cause ||
		    seen.is_null != look_case[i].is_null ||
		    seen.is_implicit != look_case[i].is_implicit)
			fail_msg("%s: %s, %s: %s", look_case[i].why, auth_state_name(seen.state),
				 cause_name(seen.cause), first);
		if (!strstr(first, look_case[i].text) || !*first != !*look_case[i].text)
			fail_msg("%s: %s", look_case[i].why, first);
		assert_string_equal(str_text(&hosts), look_case[i].hosts);
		str_release(&hosts);
	}
}

static void preference_comes_before_the_name(void **state)
{
	static const struct dns_record record[] = {
	    {.priority = 20, .data = "a.example.jp", .len = 12},
	    {.priority = 10, .data = "z.example.jp", .len = 12},
	    {.priority = 10, .data = "b.example.jp", .len = 12},
	};
	const struct dns_answer answer = {
	    .outcome = DNS_FOUND, .record = record, .records = COUNT_OF(record)};
	const struct auth_subject subject = {.domain = D};
	struct ask ask = ask_over(*state);
	struct domain_mx seen;

	assert_false(mx_look(&subject, &ask, &seen));
	ask_answer(&ask, 0, &answer);
	assert_false(mx_look(&subject, &ask, &seen));
	assert_string_equal(seen.host[0], "b.example.jp");
	assert_string_equal(seen.host[1], "z.example.jp");
	assert_string_equal(seen.host[2], "a.example.jp");
}

static void many_hosts_cause_a_bounded_number_of_questions(void **state)
{
	struct dns_record record[200];
	const struct dns_answer answer = {
	    .outcome = DNS_FOUND, .record = record, .records = COUNT_OF(record)};
	const struct auth_subject subject = {.domain = D};
	struct ask ask = ask_over(*state);
	struct domain_mx seen;

	for (size_t i = 0; i < COUNT_OF(record); i++) {
		const char *name = arena_printf(*state, "mx%zu.example.jp", i);

		record[i] = (struct dns_record){.data = name, .len = strlen(name)};
	}
	assert_false(mx_look(&subject, &ask, &seen));
	ask_answer(&ask, 0, &answer);
	assert_false(mx_look(&subject, &ask, &seen));
	assert_int_equal(ask.questions, 1 + 3 * 16);
	assert_false(seen.is_null);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(mail_finds_its_way_back_or_not),
	    cmocka_unit_test(preference_comes_before_the_name),
	    cmocka_unit_test(many_hosts_cause_a_bounded_number_of_questions),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
