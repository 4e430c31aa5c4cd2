#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "auth/helo.h"
#include "auth/ptr.h"
#include "base/mem.h"
#include "world.h"

#include <string.h>

#define HELO         "www274.example.jp"
#define REVERSE      "10.113.0.203.in-addr.arpa"
#define FORWARD_FIX  HELO ". IN A 203.0.113.10"
#define REVERSE_FIX  REVERSE ". IN PTR " HELO "."
#define OK           FINDING_CLEAR, SEVERITY_INFO, CAUSE_NONE
#define NOTE         FINDING_NOTED, SEVERITY_MINOR, CAUSE_NONE
#define BAD          FINDING_BROKEN, SEVERITY_MAJOR, CAUSE_NONE
#define BLIND(cause) FINDING_BLIND, SEVERITY_INFO, cause
#define PTR_IS(name)                                                                               \
	{                                                                                          \
		REVERSE, DNS_PTR, DNS_FOUND, {name}, 60                                            \
	}
#define A_IS(name, ...)                                                                            \
	{                                                                                          \
		name, DNS_A, DNS_FOUND, {__VA_ARGS__}, 60                                          \
	}
#define FAILS(name, type, outcome)                                                                 \
	{                                                                                          \
		name, type, outcome, {NULL}, 0                                                     \
	}

static const struct {
	const char *why;
	const char *address, *helo;
	struct fact fact[4];
	enum finding finding;
	enum severity severity;
	enum cause cause;
	bool is_known, resolves;
	const char *text; /* a part of it; "" for none at all */
	const char *fix;
} helo_case[] = {
    {"everything agrees",
     "203.0.113.10",
     HELO,
     {PTR_IS(HELO), A_IS(HELO, "203.0.113.10")},
     OK,
     true,
     true,
     "",
     ""},
    {"letters do not matter",
     "203.0.113.10",
     "WWW274.Example.JP",
     {PTR_IS(HELO), A_IS(HELO, "203.0.113.10")},
     OK,
     true,
     true,
     "",
     ""},
    {"one address of several",
     "203.0.113.10",
     HELO,
     {PTR_IS(HELO), A_IS(HELO, "203.0.113.9", "203.0.113.10")},
     OK,
     true,
     true,
     "",
     ""},
    {"no name is configured",
     "203.0.113.10",
     "",
     {PTR_IS(HELO), A_IS(HELO, "203.0.113.10")},
     OK,
     true,
     false,
     "no HELO name is configured",
     ""},

    {"no full name",
     "203.0.113.10",
     "www274",
     {PTR_IS(HELO), A_IS(HELO, "203.0.113.10")},
     BAD,
     true,
     false,
     "the HELO name 'www274' is no full host name",
     ""},
    {"an address without brackets",
     "203.0.113.10",
     "203.0.113.10",
     {PTR_IS(HELO), A_IS(HELO, "203.0.113.10")},
     BAD,
     true,
     false,
     "is no full host name",
     ""},
    {"an address in brackets",
     "203.0.113.10",
     "[203.0.113.10]",
     {PTR_IS(HELO), A_IS(HELO, "203.0.113.10")},
     BAD,
     true,
     false,
     "is no full host name",
     ""},
    {"a character that names do not have",
     "203.0.113.10",
     "www_274.example.jp",
     {PTR_IS(HELO), A_IS(HELO, "203.0.113.10")},
     BAD,
     true,
     false,
     "is no full host name",
     ""},

    {"a name that does not exist",
     "203.0.113.10",
     HELO,
     {PTR_IS("mail.example.jp"), A_IS("mail.example.jp", "203.0.113.10")},
     BAD,
     true,
     false,
     "the HELO name " HELO " has no A record",
     FORWARD_FIX},
    {"a name without an address",
     "203.0.113.10",
     HELO,
     {PTR_IS(HELO), FAILS(HELO, DNS_A, DNS_NO_DATA)},
     BAD,
     true,
     false,
     "has no A record",
     FORWARD_FIX},
    {"a name that leads elsewhere",
     "203.0.113.10",
     HELO,
     {PTR_IS("mail.example.jp"), A_IS("mail.example.jp", "203.0.113.10"),
      A_IS(HELO, "203.0.113.11")},
     BAD,
     true,
     false,
     "leads to 203.0.113.11 and not to 203.0.113.10",
     FORWARD_FIX},
    {"a v6 address and a name with a v4 one only",
     "2001:db8::10",
     HELO,
     {A_IS(HELO, "203.0.113.10")},
     BAD,
     true,
     false,
     "has no AAAA record",
     HELO ". IN AAAA 2001:db8::10"},

    {"not the PTR name",
     "203.0.113.10",
     HELO,
     {PTR_IS("mail.example.jp"), A_IS("mail.example.jp", "203.0.113.10"),
      A_IS(HELO, "203.0.113.10")},
     NOTE,
     true,
     true,
     "the HELO name " HELO " is not the PTR name mail.example.jp",
     REVERSE_FIX},
    {"not the PTR name, which is dead",
     "203.0.113.10",
     HELO,
     {PTR_IS("mail.example.jp"), A_IS(HELO, "203.0.113.10")},
     NOTE,
     true,
     true,
     "is not the PTR name",
     REVERSE_FIX},
    {"one of the PTR names",
     "203.0.113.10",
     HELO,
     {{REVERSE, DNS_PTR, DNS_FOUND, {"mail.example.jp", HELO}, 60}, A_IS(HELO, "203.0.113.10")},
     OK,
     true,
     true,
     "",
     ""},
    {"no PTR name is the other check's business",
     "203.0.113.10",
     HELO,
     {A_IS(HELO, "203.0.113.10")},
     OK,
     true,
     true,
     "",
     ""},

    {"the name cannot be asked about",
     "203.0.113.10",
     HELO,
     {PTR_IS("mail.example.jp"), A_IS("mail.example.jp", "203.0.113.10"),
      FAILS(HELO, DNS_A, DNS_TIMEOUT)},
     BLIND(CAUSE_TIMEOUT),
     false,
     false,
     "no answer in time",
     ""},
    {"the PTR name cannot be asked for",
     "203.0.113.10",
     HELO,
     {FAILS(REVERSE, DNS_PTR, DNS_SERVFAIL), A_IS(HELO, "203.0.113.10")},
     BLIND(CAUSE_SERVFAIL),
     false,
     true,
     "its servers fail",
     ""},
    {"that, and a name that leads elsewhere",
     "203.0.113.10",
     HELO,
     {FAILS(REVERSE, DNS_PTR, DNS_SERVFAIL), A_IS(HELO, "203.0.113.11")},
     BAD,
     false,
     false,
     "leads to 203.0.113.11",
     FORWARD_FIX},
    {"the PTR name is known and its address is not",
     "203.0.113.10",
     HELO,
     {PTR_IS("mail.example.jp"), FAILS("mail.example.jp", DNS_A, DNS_TIMEOUT),
      A_IS(HELO, "203.0.113.10")},
     NOTE,
     false,
     true,
     "is not the PTR name mail.example.jp",
     REVERSE_FIX},
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

static void the_helo_name_leads_to_the_address_and_back(void **state)
{
	for (size_t i = 0; i < COUNT_OF(helo_case); i++) {
		struct target target = {.kind = TARGET_ADDRESS,
					.text = helo_case[i].address,
					.name = "",
					.helo = helo_case[i].helo,
					.pool = ""};
		struct ask ask = ask_over(*state);
		struct identity identity;
		struct observation ptr, seen;
		bool is_done = false;
		size_t rounds = 0;

		assert_true(ip_parse(target.text, &target.ip));
		for (; !is_done; rounds++) {
			is_done = ptr_check(&target, &ask, &identity, &ptr);
			is_done = helo_check(&target, &ask, &identity, &seen) && is_done;
			world_answer(&ask, helo_case[i].fact, COUNT_OF(helo_case[i].fact));
		}
		/* Both checks ask in the same two rounds. */
		assert_true(rounds <= 3);
		if (seen.finding != helo_case[i].finding ||
		    seen.severity != helo_case[i].severity || seen.cause != helo_case[i].cause)
			fail_msg("%s: %s, %s: %s", helo_case[i].why, finding_name(seen.finding),
				 cause_name(seen.cause), seen.text);
		if (identity.is_known != helo_case[i].is_known ||
		    identity.helo_resolves != helo_case[i].resolves)
			fail_msg("%s: known %d, resolves %d", helo_case[i].why, identity.is_known,
				 identity.helo_resolves);
		assert_string_equal(identity.helo, helo_case[i].helo);
		if (!strstr(seen.text, helo_case[i].text) || !*seen.text != !*helo_case[i].text)
			fail_msg("%s: %s", helo_case[i].why, seen.text);
		assert_string_equal(seen.fix, helo_case[i].fix);
		assert_string_equal(seen.check, "helo");
		assert_string_equal(seen.subject, "");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_helo_name_leads_to_the_address_and_back),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
