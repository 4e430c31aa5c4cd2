#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "auth/dmarc.h"
#include "base/mem.h"
#include "world.h"

#include <string.h>

#define V "v=DMARC1; "
#define TXT(owner, ...)                                                                            \
	{                                                                                          \
		owner, DNS_TXT, DNS_FOUND, {__VA_ARGS__}, 60                                       \
	}
#define ENDS(owner, type, outcome)                                                                 \
	{                                                                                          \
		owner, type, outcome, {NULL}, 0                                                    \
	}
#define OWN   "_dmarc.news.example.co.jp"
#define ORG   "_dmarc.example.co.jp"
#define FIRST ORG ". IN TXT \"v=DMARC1; p=none\""
#define LIVES ENDS("news.example.co.jp", DNS_TXT, DNS_NO_DATA)

static const struct {
	const char *why;
	const char *domain;
	struct fact fact[6];
	enum auth_state state;
	enum cause cause;
	enum dmarc_policy policy;
	const char *found_at;
	const char *text; /* a part of the worst problem; "" for none */
	const char *fix;
} look_case[] = {
    {"its own record",
     "news.example.co.jp",
     {TXT(OWN, V "p=reject"), TXT(ORG, V "p=none")},
     AUTH_OK,
     CAUSE_NONE,
     DMARC_REJECT,
     "news.example.co.jp",
     "",
     ""},
    {"that of its organisation",
     "news.example.co.jp",
     {TXT(ORG, V "p=reject"), LIVES},
     AUTH_OK,
     CAUSE_NONE,
     DMARC_REJECT,
     "example.co.jp",
     "",
     ""},
    {"its policy for subdomains",
     "news.example.co.jp",
     {TXT(ORG, V "p=reject; sp=quarantine; np=none"), LIVES},
     AUTH_OK,
     CAUSE_NONE,
     DMARC_QUARANTINE,
     "example.co.jp",
     "",
     ""},
    {"its policy for names that do not exist",
     "news.example.co.jp",
     {TXT(ORG, V "p=none; sp=quarantine; np=reject")},
     AUTH_OK,
     CAUSE_NONE,
     DMARC_REJECT,
     "example.co.jp",
     "protects nobody",
     ""},
    {"sp= is not for the domain itself",
     "example.co.jp",
     {TXT(ORG, V "p=reject; sp=none")},
     AUTH_OK,
     CAUSE_NONE,
     DMARC_REJECT,
     "example.co.jp",
     "",
     ""},
    {"other texts do not matter",
     "example.co.jp",
     {TXT(ORG, "hello", V "p=reject", "v=spf1 -all")},
     AUTH_OK,
     CAUSE_NONE,
     DMARC_REJECT,
     "example.co.jp",
     "",
     ""},
    {"p=none is said and enough",
     "example.co.jp",
     {TXT(ORG, V "p=none")},
     AUTH_OK,
     CAUSE_NONE,
     DMARC_NONE,
     "example.co.jp",
     "protects nobody",
     ""},

    {"none anywhere",
     "news.example.co.jp",
     {LIVES},
     AUTH_MISSING,
     CAUSE_NONE,
     DMARC_NO_POLICY,
     "",
     "there is no DMARC record: " ORG " does not exist",
     FIRST},
    {"none, of the organisation itself",
     "example.co.jp",
     {{.name = NULL}},
     AUTH_MISSING,
     CAUSE_NONE,
     DMARC_NO_POLICY,
     "",
     "there is no DMARC record",
     FIRST},
    {"at the domain instead",
     "example.co.jp",
     {TXT("example.co.jp", "v=spf1 -all", V "p=reject")},
     AUTH_MISSING,
     CAUSE_NONE,
     DMARC_NO_POLICY,
     "",
     "a DMARC record stands at example.co.jp: receivers look only at " ORG,
     ORG ". IN TXT \"v=DMARC1; p=reject\""},
    {"a dot was forgotten",
     "example.co.jp",
     {TXT(ORG ".example.co.jp", V "p=reject")},
     AUTH_MISSING,
     CAUSE_NONE,
     DMARC_NO_POLICY,
     "",
     "the dot at the end",
     ORG ". IN TXT \"v=DMARC1; p=reject\""},
    {"an alias to nowhere",
     "example.co.jp",
     {{ORG, DNS_CNAME, DNS_FOUND, {"dmarc.provider.example"}, 60}},
     AUTH_MISSING,
     CAUSE_NONE,
     DMARC_NO_POLICY,
     "",
     "is an alias of dmarc.provider.example",
     FIRST},
    {"an answer of a wildcard",
     "example.co.jp",
     {TXT(ORG, "google-site-verification=x")},
     AUTH_MISSING,
     CAUSE_NONE,
     DMARC_NO_POLICY,
     "",
     "nothing to do with DMARC",
     FIRST},

    {"two records",
     "example.co.jp",
     {TXT(ORG, V "p=none", V "p=reject")},
     AUTH_BROKEN,
     CAUSE_NONE,
     DMARC_NO_POLICY,
     "",
     "several DMARC records",
     ""},
    {"two of its own end the search",
     "news.example.co.jp",
     {TXT(OWN, V "p=none", V "p=none"), TXT(ORG, V "p=none"), LIVES},
     AUTH_BROKEN,
     CAUSE_NONE,
     DMARC_NO_POLICY,
     "",
     "several DMARC records",
     ""},
    {"an SPF record",
     "example.co.jp",
     {TXT(ORG, "v=spf1 -all")},
     AUTH_BROKEN,
     CAUSE_NONE,
     DMARC_NO_POLICY,
     "",
     "it is an SPF record",
     FIRST},
    {"quotes",
     "example.co.jp",
     {TXT(ORG, "\"v=DMARC1; p=reject\"")},
     AUTH_BROKEN,
     CAUSE_NONE,
     DMARC_NO_POLICY,
     "",
     "it holds quotes",
     ORG ". IN TXT \"v=DMARC1; p=reject\""},
    {"no separator",
     "example.co.jp",
     {TXT(ORG, "v=DMARC1 p=reject")},
     AUTH_BROKEN,
     CAUSE_NONE,
     DMARC_NO_POLICY,
     "",
     "no ';' behind v=DMARC1",
     ORG ". IN TXT \"v=DMARC1; p=reject\""},
    {"a mistake above which the organisation holds",
     "news.example.co.jp",
     {TXT(OWN, "p=none; v=DMARC1"), TXT(ORG, V "p=reject"), LIVES},
     AUTH_WEAK,
     CAUSE_NONE,
     DMARC_REJECT,
     "example.co.jp",
     "v=DMARC1 is not what it begins with",
     ""},
    {"no policy",
     "example.co.jp",
     {TXT(ORG, "v=DMARC1")},
     AUTH_BROKEN,
     CAUSE_NONE,
     DMARC_NO_POLICY,
     "example.co.jp",
     "p= is missing",
     ""},
    {"one that is run together",
     "example.co.jp",
     {TXT(ORG, V "p=none rua=mailto:a@example.co.jp")},
     AUTH_BROKEN,
     CAUSE_NONE,
     DMARC_NO_POLICY,
     "example.co.jp",
     "which is no policy",
     ORG ". IN TXT \"v=DMARC1; p=none; rua=mailto:a@example.co.jp\""},

    {"not known is not missing",
     "example.co.jp",
     {ENDS(ORG, DNS_TXT, DNS_TIMEOUT)},
     AUTH_UNKNOWN,
     CAUSE_TIMEOUT,
     DMARC_NO_POLICY,
     "",
     "",
     ""},
    {"nor where only the organisation cannot be asked",
     "news.example.co.jp",
     {ENDS(ORG, DNS_TXT, DNS_SERVFAIL), LIVES},
     AUTH_UNKNOWN,
     CAUSE_SERVFAIL,
     DMARC_NO_POLICY,
     "",
     "",
     ""},
    {"its own record is enough",
     "news.example.co.jp",
     {TXT(OWN, V "p=reject"), ENDS(ORG, DNS_TXT, DNS_SERVFAIL)},
     AUTH_OK,
     CAUSE_NONE,
     DMARC_REJECT,
     "news.example.co.jp",
     "",
     ""},
    {"its own may say more than its organisation's",
     "news.example.co.jp",
     {ENDS(OWN, DNS_TXT, DNS_REFUSED), TXT(ORG, V "p=none"), LIVES},
     AUTH_UNKNOWN,
     CAUSE_REFUSED,
     DMARC_NO_POLICY,
     "",
     "",
     ""},

    {"reports to a stranger",
     "example.co.jp",
     {TXT(ORG, V "p=reject; rua=mailto:a@reports.example.net")},
     AUTH_WEAK,
     CAUSE_NONE,
     DMARC_REJECT,
     "example.co.jp",
     "reports to a@reports.example.net are not sent",
     ""},
    {"who takes them",
     "example.co.jp",
     {TXT(ORG, V "p=reject; rua=mailto:a@reports.example.net"),
      TXT("example.co.jp._report._dmarc.reports.example.net", "v=DMARC1")},
     AUTH_OK,
     CAUSE_NONE,
     DMARC_REJECT,
     "example.co.jp",
     "",
     ""},
    {"who takes all",
     "example.co.jp",
     {TXT(ORG, V "p=reject; rua=mailto:a@reports.example.net"),
      TXT("*._report._dmarc.reports.example.net", "v=DMARC1;")},
     AUTH_OK,
     CAUSE_NONE,
     DMARC_REJECT,
     "example.co.jp",
     "",
     ""},
    {"who answers something else",
     "example.co.jp",
     {TXT(ORG, V "p=reject; rua=mailto:a@reports.example.net"), TXT("*", "v=spf1 -all")},
     AUTH_WEAK,
     CAUSE_NONE,
     DMARC_REJECT,
     "example.co.jp",
     "are not sent",
     ""},
    {"who cannot be asked",
     "example.co.jp",
     {TXT(ORG, V "p=reject; ruf=mailto:a@reports.example.net"),
      ENDS("*._report._dmarc.reports.example.net", DNS_TXT, DNS_TIMEOUT)},
     AUTH_OK,
     CAUSE_NONE,
     DMARC_REJECT,
     "example.co.jp",
     "could not be learned: no answer in time",
     ""},
    {"reports within the organisation",
     "news.example.co.jp",
     {TXT(OWN, V "p=reject; rua=mailto:a@mail.example.co.jp")},
     AUTH_OK,
     CAUSE_NONE,
     DMARC_REJECT,
     "news.example.co.jp",
     "",
     ""},

    {"a record between, which only the walk finds",
     "a.news.example.co.jp",
     {TXT(OWN, V "p=reject"), TXT(ORG, V "p=none")},
     AUTH_OK,
     CAUSE_NONE,
     DMARC_NONE,
     "example.co.jp",
     "protects nobody",
     ""},
    {"a record between that ends the walk",
     "a.news.example.co.jp",
     {TXT(OWN, V "p=reject; psd=n"), TXT(ORG, V "p=none")},
     AUTH_WEAK,
     CAUSE_NONE,
     DMARC_NONE,
     "example.co.jp",
     "(none), those that walk up the tree (DMARCbis) that of news.example.co.jp "
     "(reject)",
     ""},
    {"only one between",
     "a.news.example.co.jp",
     {TXT(OWN, V "p=reject")},
     AUTH_WEAK,
     CAUSE_NONE,
     DMARC_REJECT,
     "news.example.co.jp",
     "only receivers that walk up the tree",
     ""},
    {"that of the public suffix",
     "news.example.co.jp",
     {TXT("_dmarc.co.jp", V "p=reject; psd=y"), LIVES},
     AUTH_WEAK,
     CAUSE_NONE,
     DMARC_REJECT,
     "co.jp",
     "only receivers that walk up the tree",
     ""},
    {"below it the organisation's",
     "news.example.co.jp",
     {TXT("_dmarc.co.jp", V "p=reject; psd=y"), TXT(ORG, V "p=quarantine"), LIVES},
     AUTH_OK,
     CAUSE_NONE,
     DMARC_QUARANTINE,
     "example.co.jp",
     "",
     ""},
    {"a long name is walked from its eighth label",
     "a.b.c.d.e.f.g.news.example.co.jp",
     {TXT(ORG, V "p=reject")},
     AUTH_OK,
     CAUSE_NONE,
     DMARC_REJECT,
     "example.co.jp",
     "",
     ""},
    {"a name without an organisation",
     "localhost",
     {{.name = NULL}},
     AUTH_MISSING,
     CAUSE_NONE,
     DMARC_NO_POLICY,
     "",
     "there is no DMARC record",
     "_dmarc.localhost. IN TXT \"v=DMARC1; p=none\""},
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

static void the_record_that_holds_is_found(void **state)
{
	for (size_t i = 0; i < COUNT_OF(look_case); i++) {
		const struct auth_subject subject = {.domain = look_case[i].domain};
		struct ask ask = ask_over(*state);
		struct domain_dmarc seen;
		const char *first;
		size_t rounds = 0;

		for (; !dmarc_look(&subject, &ask, &seen); rounds++)
			if (world_answer(&ask, look_case[i].fact, COUNT_OF(look_case[i].fact)) == 0)
				fail_msg("%s: open, and nothing to answer", look_case[i].why);
		assert_true(rounds <= 2);
		first = seen.problems.count ? seen.problems.problem[0].text : "";
		if (seen.state != look_case[i].state || seen.cause != look_case[i].cause ||
		    seen.policy != look_case[i].policy)
			fail_msg("%s: %s, %s, '%s': %s", look_case[i].why,
				 auth_state_name(seen.state), cause_name(seen.cause),
				 dmarc_policy_name(seen.policy), first);
		if (strcmp(seen.found_at, look_case[i].found_at) != 0 ||
		    !strstr(first, look_case[i].text) || !*first != !*look_case[i].text)
			fail_msg("%s: at '%s': %s", look_case[i].why, seen.found_at, first);
		if (strcmp(seen.fix, look_case[i].fix) != 0)
			fail_msg("%s: fix '%s'", look_case[i].why, seen.fix);
	}
}

/* Section 4.10 of DMARCbis bounds what one name can cause. */
static void a_long_name_causes_few_questions(void **state)
{
	static const char hundred[] =
	    "a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a."
	    "a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.a.example.co.jp";
	const struct auth_subject subject = {.domain = hundred};
	struct ask ask = ask_over(*state);
	struct domain_dmarc seen;

	assert_false(dmarc_look(&subject, &ask, &seen));
	assert_int_equal(ask.questions, 9);
}

static void consent_is_asked_of_each_receiver_once(void **state)
{
	static const struct fact fact[] = {TXT(
	    ORG, V "p=reject; rua=mailto:a@r.example,mailto:b@r.example; ruf=mailto:c@r.example")};
	const struct auth_subject subject = {.domain = "example.co.jp"};
	struct ask ask = ask_over(*state);
	struct domain_dmarc seen;

	while (!dmarc_look(&subject, &ask, &seen))
		world_answer(&ask, fact, 1);
	assert_int_equal(seen.problems.count, 1);
	assert_string_equal(seen.problems.problem[0].fix,
			    "example.co.jp._report._dmarc.r.example. IN TXT \"v=DMARC1\"");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_record_that_holds_is_found),
	    cmocka_unit_test(a_long_name_causes_few_questions),
	    cmocka_unit_test(consent_is_asked_of_each_receiver_once),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
