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
#define BROKEN       "v=DKIM1; k=rsa; p=!"
#define TXT(owner, ...)                                                                            \
	{                                                                                          \
		owner, DNS_TXT, DNS_FOUND, {__VA_ARGS__}, 60                                       \
	}
#define ENDS(name_, outcome_)                                                                      \
	{                                                                                          \
		.name = (name_), .type = DNS_TXT, .outcome = (outcome_)                            \
	}
#define SUBTREE ENDS("_domainkey.example.jp", DNS_NO_DATA)
#define COMMON  32 /* questions for all common ones */
#define HOURS   *3600
#define DAYS    *86400

enum { NOW = 1795262400 }; /* 2026-11-21, 12:00 UTC */

#define TOLD(name_, source_, ago_, key_ago)                                                        \
	{                                                                                          \
		name_, SELECTOR_##source_, NOW - (ago_), key_ago ? NOW - (key_ago) : 0             \
	}

static const struct {
	const char *why;
	struct auth_selector learned[4];
	bool has_guessed;
	struct fact fact[4];
	size_t asked; /* questions */
	enum auth_state state;
	const char *keys; /* "SELECTOR:STATE:SOURCE:DAY " of each */
	const char *text; /* a part of the domain's first problem; "" for none */
} look_case[] = {
    {"a learned one has a key: nothing is guessed",
     {TOLD("x9", OPENDKIM, 1 HOURS, 0)},
     true,
     {SUBTREE, TXT(AT("x9"), KEY)},
     1,
     AUTH_OK,
     "x9:ok:opendkim:2026-11-21 ",
     ""},
    {"but once a day all are",
     {TOLD("x9", OPENDKIM, 1 HOURS, 0)},
     false,
     {SUBTREE, TXT(AT("x9"), KEY), TXT(AT("s2"), WEAK)},
     COMMON + 1,
     AUTH_OK,
     "x9:ok:opendkim:2026-11-21 s2:weak:common: ",
     ""},
    {"what was guessed before is asked first",
     {TOLD("default", COMMON, NOW, 6 HOURS)},
     true,
     {SUBTREE, TXT(AT("default"), KEY)},
     1,
     AUTH_OK,
     "default:ok:common: ",
     ""},
    {"and when it is gone, all are tried again",
     {TOLD("default", COMMON, NOW, 6 HOURS)},
     true,
     {SUBTREE, TXT(AT("s1"), KEY)},
     COMMON,
     AUTH_OK,
     "s1:ok:common: ",
     ""},
    {"a key that could not be asked for is not gone",
     {TOLD("x9", OPENDKIM, 1 HOURS, 6 HOURS)},
     true,
     {SUBTREE, ENDS(AT("x9"), DNS_TIMEOUT)},
     1,
     AUTH_UNKNOWN,
     "x9:unknown:opendkim:2026-11-21 ",
     ""},
    {"a signer uses it, it was there, it is gone",
     {TOLD("x9", OPENDKIM, 1 HOURS, 6 HOURS)},
     true,
     {SUBTREE},
     COMMON + 1,
     AUTH_MISSING,
     "x9:missing:opendkim:2026-11-21 ",
     "the key at " AT("x9") " is gone, and mail is still signed with it (opendkim)"},
    {"it is there and broken: that is not gone",
     {TOLD("x9", OPENDKIM, 1 HOURS, 6 HOURS)},
     true,
     {SUBTREE, TXT(AT("x9"), BROKEN)},
     COMMON + 1,
     AUTH_BROKEN,
     "x9:broken:opendkim:2026-11-21 ",
     "the key at " AT("x9") " is of no use any more, and mail is still signed with it (opendkim)"},
    {"nor is one that was revoked",
     {TOLD("x9", OPENDKIM, 1 HOURS, 6 HOURS)},
     true,
     {SUBTREE, TXT(AT("x9"), "v=DKIM1; p=")},
     COMMON + 1,
     AUTH_MISSING,
     "x9:missing:opendkim:2026-11-21 ",
     "the key at " AT("x9") " is of no use any more, and mail is still signed with it (opendkim)"},
    {"a signer uses it, and it was never seen: no alarm",
     {TOLD("x9", AMAVIS, 1 HOURS, 0)},
     true,
     {SUBTREE},
     COMMON + 1,
     AUTH_UNKNOWN,
     "x9:missing:amavis:2026-11-21 ",
     "mail is signed with the selector x9 (amavis), and " AT("x9") " has no usable key"},
    {"beside a good one something is to be mended",
     {TOLD("x9", OPENDKIM, 1 HOURS, 0), TOLD("y9", OPENDKIM, 1 HOURS, 0)},
     true,
     {SUBTREE, TXT(AT("y9"), KEY)},
     2,
     AUTH_WEAK,
     "x9:missing:opendkim:2026-11-21 y9:ok:opendkim:2026-11-21 ",
     "selector x9"},
    {"but a key that was rotated out is gone rightly",
     {TOLD("x9", OPENDKIM, 30 HOURS, 30 HOURS), TOLD("y9", OPENDKIM, 1 HOURS, 0)},
     true,
     {SUBTREE, TXT(AT("y9"), KEY)},
     2,
     AUTH_OK,
     "y9:ok:opendkim:2026-11-21 ",
     ""},
    {"and nobody signs with one that was heard of long ago",
     {TOLD("x9", OPENDKIM, 8 DAYS, 8 DAYS)},
     true,
     {SUBTREE, TXT(AT("s1"), KEY)},
     COMMON + 1,
     AUTH_OK,
     "s1:ok:common: ",
     ""},
    {"a hint tells where to ask, and nothing else",
     {TOLD("x9", RSPAMD, 1 HOURS, 0), TOLD("y9", EXIM, 1 HOURS, 0)},
     true,
     {SUBTREE},
     COMMON + 2,
     AUTH_UNKNOWN,
     "",
     "no usable key at the 30 selectors"},
    {"also when it was right once",
     {TOLD("x9", RSPAMD, 1 HOURS, 6 HOURS)},
     true,
     {SUBTREE},
     COMMON + 1,
     AUTH_UNKNOWN,
     "",
     "no usable key at the 30 selectors"},
    {"a hint at what is broken",
     {TOLD("x9", RSPAMD, 1 HOURS, 0)},
     true,
     {SUBTREE, TXT(AT("x9"), BROKEN)},
     COMMON + 1,
     AUTH_UNKNOWN,
     "",
     "no usable key"},
    {"a hint at somebody's text",
     {TOLD("x9", EXIM, 1 HOURS, 0)},
     true,
     {SUBTREE, TXT(AT("x9"), "hello")},
     COMMON + 1,
     AUTH_UNKNOWN,
     "",
     "no usable key"},
    {"a hint at a key",
     {TOLD("x9", RSPAMD, 1 HOURS, 0)},
     true,
     {SUBTREE, TXT(AT("x9"), WEAK)},
     1,
     AUTH_WEAK,
     "x9:weak:rspamd:2026-11-21 ",
     ""},
    {"no name below _domainkey: what a signer uses is to be published",
     {TOLD("x9", OPENDKIM, 1 HOURS, 0)},
     true,
     {{.name = NULL}},
     5,
     AUTH_MISSING,
     "x9:missing:opendkim:2026-11-21 ",
     "has no DKIM keys at all"},
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

static struct auth_subject subject_of(size_t i)
{
	struct auth_subject subject = {.domain = "example.jp",
				       .learned = look_case[i].learned,
				       .has_guessed = look_case[i].has_guessed,
				       .now = NOW};

	while (subject.learneds < 4 && look_case[i].learned[subject.learneds].name)
		subject.learneds++;
	return subject;
}

static void check(size_t i, const struct domain_dkim *seen, size_t asked)
{
	const char *const text = seen->problems.count ? seen->problems.problem[0].text : "";
	struct str keys = {0};

	for (size_t k = 0; k < seen->keys; k++)
		str_addf(&keys, "%s:%s:%s:%s ", seen->key[k].selector,
			 auth_state_name(seen->key[k].state),
			 selector_source_name(seen->key[k].source), seen->key[k].told_on);
	if (strcmp(str_text(&keys), look_case[i].keys) != 0)
		fail_msg("%s: %s", look_case[i].why, str_text(&keys));
	if (asked != look_case[i].asked || seen->state != look_case[i].state)
		fail_msg("%s: %zu questions, %s", look_case[i].why, asked,
			 auth_state_name(seen->state));
	if (look_case[i].text[0] ? !strstr(text, look_case[i].text) : text[0])
		fail_msg("%s: '%s'", look_case[i].why, text);
	str_release(&keys);
}

static void learned_ones_come_first(void **state)
{
	for (size_t i = 0; i < COUNT_OF(look_case); i++) {
		const struct auth_subject subject = subject_of(i);
		struct ask ask = ask_over(*state);
		struct domain_dkim seen;
		size_t asked = 0;

		while (!dkim_look(&subject, &ask, &seen))
			asked += world_answer(&ask, look_case[i].fact, COUNT_OF(look_case[i].fact));
		check(i, &seen, asked);
	}
}

/* What must be published is the line to publish. */
static void what_is_not_published_has_a_fix(void **state)
{
	for (size_t i = 0; i < COUNT_OF(look_case); i++) {
		const struct auth_subject subject = subject_of(i);
		struct ask ask = ask_over(*state);
		struct domain_dkim seen;

		while (!dkim_look(&subject, &ask, &seen))
			world_answer(&ask, look_case[i].fact, COUNT_OF(look_case[i].fact));
		for (size_t k = 0; k < seen.keys; k++)
			if (seen.key[k].state == AUTH_MISSING)
				assert_non_null(strstr(seen.problems.problem[0].fix,
						       AT("x9") ". IN TXT \"v=DKIM1; k=rsa; p="));
	}
}

/* Those beside configured ones tell what signers do, and take nothing from them. */
static void configured_ones_decide(void **state)
{
	static const struct {
		struct auth_selector learned;
		struct fact fact[2];
		size_t asked;
		enum auth_state state;
	} row[] = {
	    {TOLD("rs1", OPENDKIM, 1 HOURS, 0), {TXT(AT("rs1"), KEY)}, 1, AUTH_OK},
	    {TOLD("x9", OPENDKIM, 1 HOURS, 0),
	     {TXT(AT("rs1"), KEY), TXT(AT("x9"), WEAK)},
	     2,
	     AUTH_OK},
	    {TOLD("x9", OPENDKIM, 1 HOURS, 0), {TXT(AT("rs1"), KEY)}, 2, AUTH_WEAK},
	    {TOLD("x9", RSPAMD, 1 HOURS, 0), {TXT(AT("rs1"), KEY)}, 2, AUTH_OK},
	    {TOLD("x9", OPENDKIM, 1 HOURS, 0), {TXT(AT("x9"), KEY)}, 4, AUTH_MISSING},
	};
	static const char *const selector[] = {"rs1"};

	for (size_t i = 0; i < COUNT_OF(row); i++) {
		const struct auth_subject subject = {.domain = "example.jp",
						     .selector = selector,
						     .selectors = 1,
						     .learned = &row[i].learned,
						     .learneds = 1,
						     .has_guessed = i % 2,
						     .now = NOW};
		struct ask ask = ask_over(*state);
		struct domain_dkim seen;
		size_t asked = 0;

		while (!dkim_look(&subject, &ask, &seen))
			asked += world_answer(&ask, row[i].fact, COUNT_OF(row[i].fact));
		if (seen.state != row[i].state || asked != row[i].asked)
			fail_msg("row %zu: %s, %zu questions", i, auth_state_name(seen.state),
				 asked);
		assert_true(seen.key[0].is_configured);
		assert_false(seen.has_guessed);
	}
}

/* However many are told of, so many are asked about. */
static void many_are_bounded(void **state)
{
	struct auth_selector learned[3 * DKIM_LEARNED_MAX];
	const struct auth_subject subject = {.domain = "example.jp",
					     .learned = learned,
					     .learneds = COUNT_OF(learned),
					     .has_guessed = true,
					     .now = NOW};
	const struct fact fact = TXT("*", KEY);
	struct ask ask = ask_over(*state);
	struct domain_dkim seen;

	for (size_t i = 0; i < COUNT_OF(learned); i++)
		learned[i] = (struct auth_selector){arena_printf(*state, "x%zu", i),
						    SELECTOR_OPENDKIM, NOW, 0};
	while (!dkim_look(&subject, &ask, &seen))
		world_answer(&ask, &fact, 1);
	assert_int_equal(seen.keys, DKIM_LEARNED_MAX);
	assert_int_equal(seen.state, AUTH_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(learned_ones_come_first),
	    cmocka_unit_test(what_is_not_published_has_a_fix),
	    cmocka_unit_test(configured_ones_decide),
	    cmocka_unit_test(many_are_bounded),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
