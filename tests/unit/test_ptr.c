#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "auth/ptr.h"
#include "base/mem.h"
#include "world.h"

#include <stdio.h>
#include <string.h>

#define REVERSE      "10.113.0.203.in-addr.arpa"
#define REVERSE6     "0.1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa"
#define PTR          DNS_PTR, DNS_FOUND
#define A            DNS_A, DNS_FOUND
#define AAAA         DNS_AAAA, DNS_FOUND
#define OK           FINDING_CLEAR, SEVERITY_INFO, CAUSE_NONE
#define NOTE         FINDING_NOTED, SEVERITY_MINOR, CAUSE_NONE
#define BAD          FINDING_BROKEN, SEVERITY_CRITICAL, CAUSE_NONE
#define BLIND(cause) FINDING_BLIND, SEVERITY_INFO, cause

static const struct {
	const char *why;
	const char *address, *helo, *name;
	struct fact fact[6];
	enum finding finding;
	enum severity severity;
	enum cause cause;
	const char *ptrs; /* joined with blanks */
	bool is_known, is_confirmed, is_generic;
	const char *text; /* a part of it; "" for none at all */
	const char *fix;
} identity_case[] = {
    {"a name that leads back",
     "203.0.113.10",
     "www274.example.jp",
     "",
     {{REVERSE, PTR, {"www274.example.jp"}, 60}, {"www274.example.jp", A, {"203.0.113.10"}, 60}},
     OK,
     "www274.example.jp",
     true,
     true,
     false,
     "",
     ""},
    {"a v6 address",
     "2001:db8::10",
     "",
     "",
     {{REVERSE6, PTR, {"mail.example.jp"}, 60}, {"mail.example.jp", AAAA, {"2001:db8::10"}, 60}},
     OK,
     "mail.example.jp",
     true,
     true,
     false,
     "",
     ""},
    {"letters and a dot at the end do not matter",
     "203.0.113.10",
     "",
     "",
     {{REVERSE, PTR, {"WWW274.Example.JP"}, 60}, {"www274.example.jp", A, {"203.0.113.10"}, 60}},
     OK,
     "www274.example.jp",
     true,
     true,
     false,
     "",
     ""},
    {"one address of several",
     "203.0.113.10",
     "",
     "",
     {{REVERSE, PTR, {"mail.example.jp"}, 60},
      {"mail.example.jp", A, {"203.0.113.9", "203.0.113.10", "203.0.113.11"}, 60}},
     OK,
     "mail.example.jp",
     true,
     true,
     false,
     "",
     ""},
    {"one name of several",
     "203.0.113.10",
     "",
     "",
     {{REVERSE, PTR, {"b.example.jp", "a.example.jp", "c.example.jp", "a.example.jp"}, 60},
      {"b.example.jp", A, {"203.0.113.10"}, 60},
      {"a.example.jp", A, {"203.0.113.99"}, 60}},
     OK,
     "a.example.jp b.example.jp c.example.jp",
     true,
     true,
     false,
     "",
     ""},
    {"one name confirms, another cannot be asked about",
     "203.0.113.10",
     "",
     "",
     {{REVERSE, PTR, {"a.example.jp", "b.example.jp"}, 60},
      {"a.example.jp", DNS_A, DNS_TIMEOUT, {NULL}, 0},
      {"b.example.jp", A, {"203.0.113.10"}, 60}},
     OK,
     "a.example.jp b.example.jp",
     true,
     true,
     false,
     "",
     ""},

    {"no name, and the HELO name to give it",
     "203.0.113.10",
     "www274.example.jp",
     "",
     {{.name = NULL}},
     BAD,
     "",
     true,
     false,
     false,
     "203.0.113.10 has no PTR record",
     REVERSE ". IN PTR www274.example.jp."},
    {"no data is no name either",
     "203.0.113.10",
     "www274.example.jp",
     "",
     {{REVERSE, DNS_PTR, DNS_NO_DATA, {NULL}, 0}},
     BAD,
     "",
     true,
     false,
     false,
     "has no PTR record",
     REVERSE ". IN PTR www274.example.jp."},
    {"no name in v6",
     "2001:db8::10",
     "www274.example.jp",
     "",
     {{.name = NULL}},
     BAD,
     "",
     true,
     false,
     false,
     "2001:db8::10 has no PTR record",
     REVERSE6 ". IN PTR www274.example.jp."},
    {"no name, and the operator's own word for it",
     "203.0.113.10",
     "",
     "www274.example.jp",
     {{.name = NULL}},
     BAD,
     "",
     true,
     false,
     false,
     "has no PTR record",
     REVERSE ". IN PTR www274.example.jp."},
    {"no name, and no idea of one",
     "203.0.113.10",
     "",
     "www274",
     {{.name = NULL}},
     BAD,
     "",
     true,
     false,
     false,
     "has no PTR record",
     ""},
    {"no name, and a HELO that is none",
     "203.0.113.10",
     "[203.0.113.10]",
     "",
     {{.name = NULL}},
     BAD,
     "",
     true,
     false,
     false,
     "has no PTR record",
     ""},

    {"a name that does not exist",
     "203.0.113.10",
     "www274.example.jp",
     "",
     {{REVERSE, PTR, {"www274.example.jp"}, 60}},
     BAD,
     "www274.example.jp",
     true,
     false,
     false,
     "its name www274.example.jp does not lead back to 203.0.113.10",
     "www274.example.jp. IN A 203.0.113.10"},
    {"a name without a v6 address",
     "2001:db8::10",
     "",
     "",
     {{REVERSE6, PTR, {"mail.example.jp"}, 60}, {"mail.example.jp", A, {"203.0.113.10"}, 60}},
     BAD,
     "mail.example.jp",
     true,
     false,
     false,
     "does not lead back",
     "mail.example.jp. IN AAAA 2001:db8::10"},
    {"a name that leads elsewhere",
     "203.0.113.10",
     "",
     "",
     {{REVERSE, PTR, {"mail.example.jp"}, 60}, {"mail.example.jp", A, {"203.0.113.11"}, 60}},
     BAD,
     "mail.example.jp",
     true,
     false,
     false,
     "does not lead back",
     "mail.example.jp. IN A 203.0.113.10"},
    {"not the host's own name, and a dead one",
     "203.0.113.10",
     "www274.example.jp",
     "",
     {{REVERSE, PTR, {"old.example.net"}, 60}},
     BAD,
     "old.example.net",
     true,
     false,
     false,
     "does not lead back",
     REVERSE ". IN PTR www274.example.jp."},
    {"the host's own among dead ones",
     "203.0.113.10",
     "WWW274.example.jp",
     "",
     {{REVERSE, PTR, {"old.example.net", "www274.example.jp"}, 60}},
     BAD,
     "old.example.net www274.example.jp",
     true,
     false,
     false,
     "none of its 2 names leads back",
     "www274.example.jp. IN A 203.0.113.10"},
    {"a name that is an address",
     "203.0.113.10",
     "",
     "",
     {{REVERSE, PTR, {"203.0.113.10"}, 60}},
     BAD,
     "203.0.113.10",
     true,
     false,
     true,
     "does not lead back",
     ""},
    {"a name DNS cannot carry",
     "203.0.113.10",
     "www274.example.jp",
     "",
     {{REVERSE, PTR, {"a..b"}, 60}},
     BAD,
     "a..b",
     true,
     false,
     false,
     "does not lead back",
     REVERSE ". IN PTR www274.example.jp."},
    {"the root as a name",
     "203.0.113.10",
     "www274.example.jp",
     "",
     {{REVERSE, PTR, {""}, 60}},
     BAD,
     "",
     true,
     false,
     false,
     "does not lead back",
     REVERSE ". IN PTR www274.example.jp."},
    {"a hostile name",
     "203.0.113.10",
     "",
     "",
     {{REVERSE, PTR, {"<script>\x1b[2J\n.example.jp"}, 60}},
     BAD,
     "<script>\x1b[2j\n.example.jp",
     true,
     false,
     false,
     "does not lead back",
     ""},
    {"a hostile name never becomes a record to publish",
     "203.0.113.10",
     "www274.example.jp",
     "",
     {{REVERSE, PTR, {"x. IN A 6.6.6.6\n.example.jp"}, 60}},
     BAD,
     "x. in a 6.6.6.6\n.example.jp",
     true,
     false,
     false,
     "does not lead back",
     REVERSE ". IN PTR www274.example.jp."},

    {"a generated name",
     "203.0.113.10",
     "www274.example.jp",
     "",
     {{REVERSE, PTR, {"203-0-113-10.isp.example"}, 60},
      {"203-0-113-10.isp.example", A, {"203.0.113.10"}, 60}},
     NOTE,
     "203-0-113-10.isp.example",
     true,
     true,
     true,
     "looks generated",
     REVERSE ". IN PTR www274.example.jp."},
    {"a generated name that is the HELO name too",
     "203.0.113.10",
     "203-0-113-10.isp.example",
     "",
     {{REVERSE, PTR, {"203-0-113-10.isp.example"}, 60},
      {"203-0-113-10.isp.example", A, {"203.0.113.10"}, 60}},
     NOTE,
     "203-0-113-10.isp.example",
     true,
     true,
     true,
     "looks generated",
     ""},
    {"a generated name beside a given one",
     "203.0.113.10",
     "",
     "",
     {{REVERSE, PTR, {"203-0-113-10.isp.example", "mail.example.jp"}, 60},
      {"mail.example.jp", A, {"203.0.113.10"}, 60}},
     OK,
     "203-0-113-10.isp.example mail.example.jp",
     true,
     true,
     false,
     "",
     ""},
    {"ten names",
     "203.0.113.10",
     "",
     "",
     {{REVERSE, PTR, {"a.x", "b.x", "c.x", "d.x", "e.x", "f.x", "g.x", "h.x", "i.x", "j.x"}, 60},
      {"j.x", A, {"203.0.113.10"}, 60}},
     OK,
     "a.x b.x c.x d.x e.x f.x g.x h.x i.x j.x",
     true,
     true,
     false,
     "",
     ""},
    {"eleven names",
     "203.0.113.10",
     "",
     "",
     {{REVERSE,
       PTR,
       {"a.x", "b.x", "c.x", "d.x", "e.x", "f.x", "g.x", "h.x", "i.x", "j.x", "k.x"},
       60},
      {"k.x", A, {"203.0.113.10"}, 60}},
     NOTE,
     "a.x b.x c.x d.x e.x f.x g.x h.x i.x j.x k.x",
     true,
     true,
     false,
     "it has 11 PTR records; receivers look at 10 of them",
     ""},
    {"more names than are kept, the host's among them",
     "203.0.113.10",
     "z.example.jp",
     "",
     {{REVERSE,
       PTR,
       {"s.x", "r.x", "q.x", "p.x", "o.x", "n.x", "m.x", "l.x", "k.x",          "j.x",
	"i.x", "h.x", "g.x", "f.x", "e.x", "d.x", "c.x", "b.x", "z.example.jp", "a.x"},
       60},
      {"z.example.jp", A, {"203.0.113.10"}, 60}},
     NOTE,
     "a.x b.x c.x d.x e.x f.x g.x h.x i.x j.x k.x l.x m.x n.x o.x z.example.jp",
     true,
     true,
     false,
     "it has 20 PTR records",
     REVERSE ". IN PTR z.example.jp."},

    {"no answer",
     "203.0.113.10",
     "",
     "",
     {{REVERSE, DNS_PTR, DNS_TIMEOUT, {NULL}, 0}},
     BLIND(CAUSE_TIMEOUT),
     "",
     false,
     false,
     false,
     "no answer in time",
     ""},
    {"SERVFAIL",
     "203.0.113.10",
     "",
     "",
     {{REVERSE, DNS_PTR, DNS_SERVFAIL, {NULL}, 0}},
     BLIND(CAUSE_SERVFAIL),
     "",
     false,
     false,
     false,
     "its servers fail",
     ""},
    {"refused",
     "203.0.113.10",
     "",
     "",
     {{REVERSE, DNS_PTR, DNS_REFUSED, {NULL}, 0}},
     BLIND(CAUSE_REFUSED),
     "",
     false,
     false,
     false,
     "refused",
     ""},
    {"the deadline",
     "203.0.113.10",
     "",
     "",
     {{REVERSE, DNS_PTR, DNS_DEADLINE, {NULL}, 0}},
     BLIND(CAUSE_DEADLINE),
     "",
     false,
     false,
     false,
     "end",
     ""},
    {"a name that cannot be asked about",
     "203.0.113.10",
     "",
     "",
     {{REVERSE, PTR, {"mail.example.jp"}, 60}, {"mail.example.jp", DNS_A, DNS_SERVFAIL, {NULL}, 0}},
     BLIND(CAUSE_SERVFAIL),
     "mail.example.jp",
     false,
     false,
     false,
     "its servers fail",
     ""},
    {"one dead name and one that cannot be asked about",
     "203.0.113.10",
     "",
     "",
     {{REVERSE, PTR, {"a.example.jp", "b.example.jp"}, 60},
      {"b.example.jp", DNS_A, DNS_TIMEOUT, {NULL}, 0}},
     BLIND(CAUSE_TIMEOUT),
     "a.example.jp b.example.jp",
     false,
     false,
     false,
     "no answer",
     ""},
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

static void assert_names(const struct identity *identity, const char *expected)
{
	char joined[1024] = "";

	for (size_t i = 0; i < identity->ptrs; i++) {
		strncat(joined, i ? " " : "", sizeof(joined) - strlen(joined) - 1);
		strncat(joined, identity->ptr[i], sizeof(joined) - strlen(joined) - 1);
	}
	assert_string_equal(joined, expected);
}

static void an_address_has_a_name_that_leads_back(void **state)
{
	for (size_t i = 0; i < COUNT_OF(identity_case); i++) {
		struct target target = {.kind = TARGET_ADDRESS,
					.text = identity_case[i].address,
					.name = identity_case[i].name,
					.helo = identity_case[i].helo,
					.pool = ""};
		struct ask ask = ask_over(*state);
		struct identity identity;
		struct observation seen;
		size_t facts = 0;
		size_t rounds = 0;

		assert_true(ip_parse(target.text, &target.ip));
		while (facts < COUNT_OF(identity_case[i].fact) && identity_case[i].fact[facts].name)
			facts++;
		for (; !ptr_check(&target, &ask, &identity, &seen); rounds++)
			assert_true(world_answer(&ask, identity_case[i].fact, facts) > 0);
		if (seen.finding != identity_case[i].finding ||
		    seen.severity != identity_case[i].severity ||
		    seen.cause != identity_case[i].cause)
			fail_msg("%s: %s, %s: %s", identity_case[i].why, finding_name(seen.finding),
				 severity_name(seen.severity), seen.text);
		assert_true(rounds <= 2);
		assert_names(&identity, identity_case[i].ptrs);
		if (identity.is_known != identity_case[i].is_known ||
		    identity.forward_confirmed != identity_case[i].is_confirmed ||
		    identity.generic_ptr != identity_case[i].is_generic)
			fail_msg("%s: known %d, confirmed %d, generic %d", identity_case[i].why,
				 identity.is_known, identity.forward_confirmed,
				 identity.generic_ptr);
		if (!strstr(seen.text, identity_case[i].text) ||
		    !*seen.text != !*identity_case[i].text)
			fail_msg("%s: %s", identity_case[i].why, seen.text);
		assert_string_equal(seen.fix, identity_case[i].fix);
		assert_string_equal(seen.check, "ptr");
		assert_string_equal(seen.subject, "");
	}
}

static void names_of_any_length_and_number_are_bounded(void **state)
{
	enum { NAMES = 3000 };
	static char text[NAMES][16];
	static char large[5000];
	struct dns_record *record = arena_calloc(*state, NAMES + 2, sizeof(*record));
	const struct dns_answer answer = {
	    .outcome = DNS_FOUND, .record = record, .records = NAMES + 2};
	struct target target = {
	    .kind = TARGET_ADDRESS, .text = "203.0.113.10", .name = "", .helo = "", .pool = ""};
	struct ask ask = ask_over(*state);
	struct identity identity;
	struct observation seen;

	for (size_t i = 0; i < NAMES; i++) {
		snprintf(text[i], sizeof(text[i]), "h%zu.example", NAMES - i);
		record[i].data = text[i];
		record[i].len = strlen(text[i]);
	}
	memset(large, '!', sizeof(large));
	record[NAMES] = (struct dns_record){.data = large, .len = sizeof(large)};
	record[NAMES + 1] = (struct dns_record){.data = "!\0mail.example", .len = 14};
	assert_true(ip_parse(target.text, &target.ip));
	assert_false(ptr_check(&target, &ask, &identity, &seen));
	ask_answer(&ask, 0, &answer);
	assert_false(ptr_check(&target, &ask, &identity, &seen));
	assert_true(ask.questions <= 1 + IDENTITY_PTR_MAX);
	world_answer(&ask, NULL, 0);
	assert_true(ptr_check(&target, &ask, &identity, &seen));
	assert_int_equal(identity.ptrs, IDENTITY_PTR_MAX);
	assert_string_equal(identity.ptr[1], "!?mail.example");
	for (size_t i = 0; i < identity.ptrs; i++)
		assert_true(strlen(identity.ptr[i]) <= FOREIGN_TEXT_MAX_BYTES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(an_address_has_a_name_that_leads_back),
	    cmocka_unit_test(names_of_any_length_and_number_are_bounded),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
