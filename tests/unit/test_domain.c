#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "auth/domain.h"
#include "base/mem.h"
#include "dkim_keys.h"
#include "world.h"

#include <string.h>

#define IS(owner, type, ...)                                                                       \
	{                                                                                          \
		owner, type, DNS_FOUND, {__VA_ARGS__}, 60                                          \
	}
#define D "news.example.co.jp"

/* A domain in order. */
static const struct fact in_order[] = {
    IS(D, DNS_TXT, "v=spf1 ip4:203.0.113.10 -all"),
    IS("rs1._domainkey." D, DNS_TXT, "v=DKIM1; k=rsa; p=" RSA_2048_SPKI),
    IS("_dmarc.example.co.jp", DNS_TXT, "v=DMARC1; p=reject"),
    IS(D, DNS_MX, "mx.example.co.jp"),
    IS("mx.example.co.jp", DNS_A, "192.0.2.1"),
    IS("_mta-sts." D, DNS_TXT, "v=STSv1; id=7"),
    IS("_smtp._tls." D, DNS_TXT, "v=TLSRPTv1; rua=mailto:t@example.co.jp"),
};

static const struct auth_sender sender = {.ip = {.family = 4, .byte = {203, 0, 113, 10}},
					  .host = "www274.example.jp"};
static const char *const selector[] = {"rs1"};
static const struct auth_subject subject = {.domain = D,
					    .sender = &sender,
					    .senders = 1,
					    .selector = selector,
					    .selectors = 1,
					    .now = 1784629482};

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

/* Returns the rounds it took. */
static size_t look(const struct fact *fact, size_t facts, struct arena *arena,
		   struct domain_auth *out)
{
	struct ask ask = ask_over(arena);
	size_t rounds = 0;

	for (; !domain_look(&subject, &ask, out); rounds++)
		if (world_answer(&ask, fact, facts) == 0)
			fail_msg("open, and nothing to answer");
	return rounds;
}

static void all_parts_are_looked_at_together(void **state)
{
	struct domain_auth seen;
	struct observation observation[DOMAIN_OBSERVATIONS];

	/* The MX host and the SPF record behind the first answers, nothing behind those. */
	assert_true(look(in_order, COUNT_OF(in_order), *state, &seen) <= 3);
	assert_string_equal(seen.domain, D);
	assert_string_equal(seen.registrable, "example.co.jp");
	assert_int_equal(seen.spf.result, SPF_PASS);
	assert_int_equal(seen.dkim.state, AUTH_OK);
	assert_int_equal(seen.dmarc.state, AUTH_OK);
	assert_int_equal(seen.dmarc.policy, DMARC_REJECT);
	assert_int_equal(seen.mx.state, AUTH_OK);
	assert_string_equal(seen.mta_sts, "7");
	assert_string_equal(seen.tls_rpt, "mailto:t@example.co.jp");
	domain_observe(&seen, *state, observation);
	for (size_t i = 0; i < DOMAIN_OBSERVATIONS; i++)
		if (observation[i].finding != FINDING_CLEAR)
			fail_msg("%s: %s", observation[i].check, observation[i].text);
}

static const struct {
	enum dns_outcome outcome; /* of everything */
	enum finding finding[DOMAIN_OBSERVATIONS]; /* spf, dkim, dmarc, mx */
	enum cause cause;
} whole_case[] = {
    {DNS_NO_NAME, {FINDING_BROKEN, FINDING_BROKEN, FINDING_BROKEN, FINDING_BROKEN}, CAUSE_NONE},
    {DNS_NO_DATA, {FINDING_BROKEN, FINDING_BROKEN, FINDING_BROKEN, FINDING_BROKEN}, CAUSE_NONE},
    {DNS_TIMEOUT, {FINDING_BLIND, FINDING_BLIND, FINDING_BLIND, FINDING_BLIND}, CAUSE_TIMEOUT},
    {DNS_SERVFAIL, {FINDING_BLIND, FINDING_BLIND, FINDING_BLIND, FINDING_BLIND}, CAUSE_SERVFAIL},
    {DNS_REFUSED, {FINDING_BLIND, FINDING_BLIND, FINDING_BLIND, FINDING_BLIND}, CAUSE_REFUSED},
    {DNS_DEADLINE, {FINDING_BLIND, FINDING_BLIND, FINDING_BLIND, FINDING_BLIND}, CAUSE_DEADLINE},
};

static void silence_is_blind_and_nothing_is_missing(void **state)
{
	for (size_t i = 0; i < COUNT_OF(whole_case); i++) {
		const struct fact fact[] = {
		    {"*", DNS_TXT, whole_case[i].outcome, {NULL}, 0},
		    {"*", DNS_MX, whole_case[i].outcome, {NULL}, 0},
		    {"*", DNS_A, whole_case[i].outcome, {NULL}, 0},
		    {"*", DNS_AAAA, whole_case[i].outcome, {NULL}, 0},
		    {"*", DNS_CNAME, whole_case[i].outcome, {NULL}, 0},
		};
		struct observation seen[DOMAIN_OBSERVATIONS];
		struct domain_auth auth;

		look(fact, COUNT_OF(fact), *state, &auth);
		domain_observe(&auth, *state, seen);
		for (size_t k = 0; k < DOMAIN_OBSERVATIONS; k++)
			if (seen[k].finding != whole_case[i].finding[k] ||
			    seen[k].cause != whole_case[i].cause)
				fail_msg("case %zu: %s is %s, %s: %s", i, seen[k].check,
					 finding_name(seen[k].finding), cause_name(seen[k].cause),
					 seen[k].text);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(all_parts_are_looked_at_together),
	    cmocka_unit_test(silence_is_blind_and_nothing_is_missing),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
