#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "auth/dkim.h"
#include "base/mem.h"
#include "base/str.h"
#include "dkim_keys.h"
#include "world.h"

#include <string.h>

#define AT(selector) selector "._domainkey.example.jp"
#define KEY          "v=DKIM1; k=rsa; p=" RSA_2048_SPKI
#define WEAK         "v=DKIM1; k=rsa; p=" RSA_1024_SPKI
#define TXT(owner, ...)                                                                            \
	{                                                                                          \
		owner, DNS_TXT, DNS_FOUND, {__VA_ARGS__}, 60                                       \
	}
#define ENDS(name_, type_, outcome_)                                                               \
	{                                                                                          \
		.name = (name_), .type = (type_), .outcome = (outcome_)                            \
	}
#define SUBTREE ENDS("_domainkey.example.jp", DNS_TXT, DNS_NO_DATA)

static const struct {
	const char *why;
	const char *selector[3]; /* configured */
	struct fact fact[5];
	enum auth_state state;
	enum cause cause;
	const char *keys; /* selector:state of each */
	const char *text; /* a part of the problems of keys, then the domain's; "" for none */
	const char *fix; /* of the first, its beginning */
} look_case[] = {
    {"a configured key is there",
     {"rs1"},
     {TXT(AT("rs1"), KEY)},
     AUTH_OK,
     CAUSE_NONE,
     "rs1:ok ",
     "",
     ""},
    {"a selector of two labels",
     {"a.b"},
     {TXT(AT("a.b"), KEY)},
     AUTH_OK,
     CAUSE_NONE,
     "a.b:ok ",
     "",
     ""},
    {"only what is configured is asked for",
     {"rs1"},
     {TXT(AT("rs1"), KEY), TXT(AT("mail"), WEAK)},
     AUTH_OK,
     CAUSE_NONE,
     "rs1:ok ",
     "",
     ""},
    {"the worst counts",
     {"rs1", "rs2"},
     {TXT(AT("rs1"), KEY), TXT(AT("rs2"), WEAK)},
     AUTH_WEAK,
     CAUSE_NONE,
     "rs1:ok rs2:weak ",
     "2048 are advised",
     ""},
    {"one is missing",
     {"rs1", "rs2"},
     {TXT(AT("rs1"), KEY)},
     AUTH_MISSING,
     CAUSE_NONE,
     "rs1:ok rs2:missing ",
     AT("rs2") " has no TXT record",
     AT("rs2") ". IN TXT \"v=DKIM1; k=rsa; p="},
    {"a name without TXT is missing too",
     {"rs1"},
     {ENDS(AT("rs1"), DNS_TXT, DNS_NO_DATA)},
     AUTH_MISSING,
     CAUSE_NONE,
     "rs1:missing ",
     "has no TXT record",
     AT("rs1")},
    {"an alias to nowhere",
     {"rs1"},
     {{AT("rs1"), DNS_CNAME, DNS_FOUND, {"rs1.dkim.provider.example"}, 60}},
     AUTH_MISSING,
     CAUSE_NONE,
     "rs1:missing ",
     "is an alias of rs1.dkim.provider.example",
     ""},
    {"a dot was forgotten",
     {"rs1"},
     {TXT(AT("rs1") ".example.jp", KEY)},
     AUTH_MISSING,
     CAUSE_NONE,
     "rs1:missing ",
     "the dot at the end",
     AT("rs1") ". IN TXT \"v=DKIM1"},
    {"revoked",
     {"rs1"},
     {TXT(AT("rs1"), "v=DKIM1; p=")},
     AUTH_MISSING,
     CAUSE_NONE,
     "rs1:missing ",
     "is revoked",
     ""},
    {"not known is not missing",
     {"rs1"},
     {ENDS(AT("rs1"), DNS_TXT, DNS_TIMEOUT)},
     AUTH_UNKNOWN,
     CAUSE_TIMEOUT,
     "rs1:unknown ",
     "",
     ""},
    {"nor does it hide what is missing",
     {"rs1", "rs2"},
     {ENDS(AT("rs1"), DNS_TXT, DNS_SERVFAIL)},
     AUTH_MISSING,
     CAUSE_NONE,
     "rs1:unknown rs2:missing ",
     AT("rs2") " has no",
     ""},
    {"nor is it fine beside a good one",
     {"rs1", "rs2"},
     {TXT(AT("rs1"), KEY), ENDS(AT("rs2"), DNS_TXT, DNS_REFUSED)},
     AUTH_UNKNOWN,
     CAUSE_REFUSED,
     "rs1:ok rs2:unknown ",
     "",
     ""},
    {"an SPF record of a wildcard",
     {"rs1"},
     {TXT("*", "v=spf1 -all")},
     AUTH_BROKEN,
     CAUSE_NONE,
     "rs1:broken ",
     "an SPF record answers at " AT("rs1"),
     AT("rs1")},
    {"a text of somebody else",
     {"rs1"},
     {TXT(AT("rs1"), "hello")},
     AUTH_BROKEN,
     CAUSE_NONE,
     "rs1:broken ",
     "a text that is no key",
     AT("rs1")},
    {"two keys",
     {"rs1"},
     {TXT(AT("rs1"), WEAK, KEY)},
     AUTH_BROKEN,
     CAUSE_NONE,
     "rs1:broken ",
     "has 2 TXT records",
     AT("rs1") ". IN TXT \"v=DKIM1; k=rsa; p=MIGf"},
    {"a key in two records",
     {"rs1"},
     {TXT(AT("rs1"), "v=DKIM1; k=rsa; p=MIGfMA0GCSqGSIb3", "DQEBAQ")},
     AUTH_BROKEN,
     CAUSE_NONE,
     "rs1:broken ",
     "none is a usable key",
     AT("rs1")},
    {"a selector that cannot be",
     {"a..b"},
     {SUBTREE},
     AUTH_BROKEN,
     CAUSE_NONE,
     "a..b:broken ",
     "makes no name",
     ""},

    {"a common selector",
     {NULL},
     {TXT(AT("google"), KEY), SUBTREE},
     AUTH_OK,
     CAUSE_NONE,
     "google:ok ",
     "",
     ""},
    {"the best of those found counts",
     {NULL},
     {TXT(AT("default"), "v=DKIM1; p="), TXT(AT("mail"), WEAK), TXT(AT("s1"), KEY)},
     AUTH_OK,
     CAUSE_NONE,
     "default:missing mail:weak s1:ok ",
     "is revoked",
     ""},
    {"nothing below _domainkey",
     {NULL},
     {{.name = NULL}},
     AUTH_MISSING,
     CAUSE_NONE,
     "",
     "no name below _domainkey.example.jp",
     ""},
    {"something below, who knows what",
     {NULL},
     {SUBTREE},
     AUTH_UNKNOWN,
     CAUSE_NONE,
     "",
     "name the selectors of example.jp",
     ""},
    {"only a revoked one",
     {NULL},
     {SUBTREE, TXT(AT("mail"), "v=DKIM1; p=")},
     AUTH_UNKNOWN,
     CAUSE_NONE,
     "mail:missing ",
     "is revoked",
     ""},
    {"everything is revoked",
     {NULL},
     {TXT("*._domainkey.example.jp", "v=DKIM1; p="), SUBTREE},
     AUTH_MISSING,
     CAUSE_NONE,
     "*:missing ",
     "is revoked",
     ""},
    {"any selector has the key",
     {NULL},
     {TXT("*._domainkey.example.jp", KEY), SUBTREE},
     AUTH_OK,
     CAUSE_NONE,
     "*:ok ",
     "",
     ""},
    {"a wildcard, and a key of its own",
     {NULL},
     {TXT(AT("s2"), KEY), TXT("*._domainkey.example.jp", "v=DKIM1; p="), SUBTREE},
     AUTH_OK,
     CAUSE_NONE,
     "s2:ok *:missing ",
     "is revoked",
     ""},
    {"a wildcard with something else",
     {NULL},
     {TXT("*", "v=spf1 -all")},
     AUTH_UNKNOWN,
     CAUSE_NONE,
     "",
     "name the selectors",
     ""},
    {"none could be asked for",
     {NULL},
     {ENDS("*", DNS_TXT, DNS_TIMEOUT)},
     AUTH_UNKNOWN,
     CAUSE_TIMEOUT,
     "",
     "",
     ""},
    {"one could not be asked for",
     {NULL},
     {SUBTREE, ENDS(AT("s1"), DNS_TXT, DNS_SERVFAIL)},
     AUTH_UNKNOWN,
     CAUSE_SERVFAIL,
     "",
     "",
     ""},
    {"and another is there",
     {NULL},
     {SUBTREE, ENDS(AT("s1"), DNS_TXT, DNS_SERVFAIL), TXT(AT("s2"), KEY)},
     AUTH_OK,
     CAUSE_NONE,
     "s2:ok ",
     "",
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

static const struct auth_problem *first_problem(const struct domain_dkim *dkim)
{
	for (size_t i = 0; i < dkim->keys; i++)
		if (dkim->key[i].problems.count)
			return &dkim->key[i].problems.problem[0];
	return dkim->problems.count ? &dkim->problems.problem[0] : NULL;
}

static void keys_are_looked_for(void **state)
{
	for (size_t i = 0; i < COUNT_OF(look_case); i++) {
		struct auth_subject subject = {.domain = "example.jp",
					       .selector = look_case[i].selector};
		struct ask ask = ask_over(*state);
		struct domain_dkim seen;
		const struct auth_problem *first;
		struct str keys = {0};
		size_t rounds = 0;

		while (subject.selectors < 3 && look_case[i].selector[subject.selectors])
			subject.selectors++;
		for (; !dkim_look(&subject, &ask, &seen); rounds++)
			if (world_answer(&ask, look_case[i].fact, COUNT_OF(look_case[i].fact)) == 0)
				fail_msg("%s: open, and nothing to answer", look_case[i].why);
		assert_true(rounds <= 2);
		for (size_t k = 0; k < seen.keys; k++)
			str_addf(&keys, "%s:%s ", seen.key[k].selector,
				 auth_state_name(seen.key[k].state));
		first = first_problem(&seen);
		if (seen.state != look_case[i].state || seen.cause != look_case[i].cause)
			fail_msg("%s: %s, %s: %s", look_case[i].why, auth_state_name(seen.state),
				 cause_name(seen.cause), first ? first->text : "");
		if (strcmp(str_text(&keys), look_case[i].keys) != 0)
			fail_msg("%s: %s", look_case[i].why, str_text(&keys));
		if (!first != !*look_case[i].text ||
		    (first && !strstr(first->text, look_case[i].text)))
			fail_msg("%s: '%s'", look_case[i].why, first ? first->text : "");
		if (first && strncmp(first->fix, look_case[i].fix, strlen(look_case[i].fix)) != 0)
			fail_msg("%s: fix '%s'", look_case[i].why, first->fix);
		str_release(&keys);
	}
}

/* Each half of a real key comes as a record of its own, in either order. */
static void a_key_in_two_records_is_put_together(void **state)
{
	static const char *const selector[] = {"rs1"};
	const struct auth_subject subject = {
	    .domain = "example.jp", .selector = selector, .selectors = 1};
	const char *half[2] = {arena_strndup(*state, KEY, 255), &KEY[255]};

	for (size_t i = 0; i < 2; i++) {
		const struct fact fact = TXT(AT("rs1"), half[i], half[1 - i]);
		struct ask ask = ask_over(*state);
		struct domain_dkim seen;

		while (!dkim_look(&subject, &ask, &seen))
			world_answer(&ask, &fact, 1);
		assert_int_equal(seen.state, AUTH_BROKEN);
		assert_non_null(strstr(seen.key[0].problems.problem[0].text, "spread over 2"));
		assert_non_null(strstr(seen.key[0].problems.problem[0].fix, "\"v=DKIM1; k=rsa"));
	}
}

static void selectors_beyond_the_limit_are_told(void **state)
{
	const char *selector[DKIM_CONFIGURED_MAX + 3];
	const struct auth_subject subject = {
	    .domain = "example.jp", .selector = selector, .selectors = COUNT_OF(selector)};
	const struct fact fact = TXT("*", KEY);
	struct ask ask = ask_over(*state);
	struct domain_dkim seen;

	for (size_t i = 0; i < COUNT_OF(selector); i++)
		selector[i] = arena_printf(*state, "s%zu", i);
	while (!dkim_look(&subject, &ask, &seen))
		world_answer(&ask, &fact, 1);
	assert_int_equal(seen.keys, DKIM_CONFIGURED_MAX);
	assert_int_equal(seen.state, AUTH_OK);
	assert_non_null(strstr(seen.problems.problem[0].text, "of 35 selectors the first 32"));
}

/* Where there is said to be nothing, little is asked; and more when that was not true. */
static void few_are_asked_where_nothing_is(void **state)
{
	static const struct {
		const char *why;
		struct fact fact[3];
		size_t asked_min, asked_max;
		enum auth_state state;
	} row[] = {
	    {"nothing below _domainkey", {{.name = NULL}}, 1, 4, AUTH_MISSING},
	    {"a name below it that nobody guesses", {SUBTREE}, 32, 32, AUTH_UNKNOWN},
	    {"a server that denies a name with names below it",
	     {TXT(AT("google"), KEY)},
	     32,
	     32,
	     AUTH_OK},
	    {"one that could not be asked about",
	     {ENDS(AT("google"), DNS_TXT, DNS_TIMEOUT)},
	     32,
	     32,
	     AUTH_UNKNOWN},
	};
	const struct auth_subject subject = {.domain = "example.jp"};

	for (size_t i = 0; i < COUNT_OF(row); i++) {
		struct ask ask = ask_over(*state);
		struct domain_dkim seen;
		size_t asked = 0;

		while (!dkim_look(&subject, &ask, &seen))
			asked += world_answer(&ask, row[i].fact, COUNT_OF(row[i].fact));
		if (asked < row[i].asked_min || asked > row[i].asked_max ||
		    seen.state != row[i].state)
			fail_msg("%s: %zu questions, %s", row[i].why, asked,
				 auth_state_name(seen.state));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(few_are_asked_where_nothing_is),
	    cmocka_unit_test(keys_are_looked_for),
	    cmocka_unit_test(a_key_in_two_records_is_put_together),
	    cmocka_unit_test(selectors_beyond_the_limit_are_told),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
