#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "told.h"

#include "base/mem.h"
#include "judge/bulk.h"

#include <string.h>

enum { TODAY = 20000 };

/* --- the volume --- */

static const struct {
	const char *why;
	struct bulk_day day[4];
	bool is_counted;
	enum bulk_level level;
	uint64_t yesterday, largest;
	double mean;
	bool is_permanent;
} volume_case[] = {
    {"nothing", {{0, {0}}}, true, BULK_FEW, 0, 0, 0, false},
    {"little", {{TODAY - 1, {10}}}, true, BULK_FEW, 10, 10, 10, false},
    {"the mean is over days without mail too",
     {{TODAY - 4, {10}}, {TODAY - 1, {30}}},
     true,
     BULK_FEW,
     30,
     30,
     10,
     false},
    {"and over a month at most",
     {{TODAY - 100, {900}}, {TODAY - 30, {300}}},
     true,
     BULK_FEW,
     0,
     300,
     10,
     false},
    {"just not near", {{TODAY - 1, {2999}}}, true, BULK_FEW, 2999, 2999, 2999, false},
    {"near", {{TODAY - 1, {3000}}}, true, BULK_NEAR, 3000, 3000, 3000, false},
    {"just not over", {{TODAY - 1, {4999}}}, true, BULK_NEAR, 4999, 4999, 4999, false},
    {"over", {{TODAY - 1, {5000}}}, true, BULK_OVER, 5000, 5000, 5000, true},
    {"over today already",
     {{TODAY - 1, {10}}, {TODAY, {7000}}},
     true,
     BULK_OVER,
     10,
     7000,
     10,
     true},
    {"once, before the month",
     {{TODAY - 60, {6000}}, {TODAY - 1, {30}}},
     true,
     BULK_FEW,
     30,
     30,
     1,
     true},
    {"a day to come is a clock's mistake", {{TODAY + 2, {9000}}}, true, BULK_FEW, 0, 0, 0, false},
    {"not counted", {{TODAY - 1, {9000}}}, false, BULK_NOT_COUNTED, 0, 0, 0, false},
    {"more than anybody sends",
     {{TODAY - 1, {UINT64_MAX}}},
     true,
     BULK_OVER,
     UINT64_MAX,
     UINT64_MAX,
     1.8446744073709552e19,
     true},
};

static void the_volume_is_held_against_the_threshold(void **state)
{
	for (size_t i = 0; i < COUNT_OF(volume_case); i++) {
		struct bulk_input input = {.registrable = "example.jp",
					   .today = TODAY,
					   .day = volume_case[i].day,
					   .is_counted = {volume_case[i].is_counted}};
		struct bulk_verdict seen;
		const struct bulk_volume *gmail = &seen.volume[BULK_GMAIL];

		while (input.days < COUNT_OF(volume_case[i].day) && input.day[input.days].day)
			input.days++;
		bulk_judge(&input, *state, &seen);
		if (gmail->level != volume_case[i].level ||
		    gmail->yesterday != volume_case[i].yesterday ||
		    gmail->largest != volume_case[i].largest ||
		    gmail->is_permanent != volume_case[i].is_permanent)
			fail_msg("%s: %s", volume_case[i].why, bulk_level_name(gmail->level));
		if (gmail->mean < volume_case[i].mean * 0.99 - 0.01 ||
		    gmail->mean > volume_case[i].mean * 1.01 + 0.01)
			fail_msg("%s: mean %g", volume_case[i].why, gmail->mean);
		assert_int_equal(seen.volume[BULK_YAHOO].level, BULK_NOT_COUNTED);
	}
}

/* --- the requirements --- */

#define IP1                                                                                        \
	{                                                                                          \
		.family = 4, .byte = { 203, 0, 113, 10 }                                           \
	}
#define IP2                                                                                        \
	{                                                                                          \
		.family = 4, .byte = { 203, 0, 113, 11 }                                           \
	}

struct made { /* one domain */
	const char *name;
	enum spf_result spf[2]; /* of IP1 and IP2; SPF_NONE as the second: there is none */
	enum auth_state key; /* AUTH_UNKNOWN: no key */
	enum auth_state dkim;
	enum auth_state dmarc;
	enum dmarc_policy policy;
	bool is_dkim_strict;
};

static const struct made good = {"example.jp", {SPF_PASS, SPF_PASS}, AUTH_OK, AUTH_OK,
				 AUTH_OK,      DMARC_NONE,           false};

static struct domain_auth *make(const struct made *made, struct arena *arena)
{
	static const struct auth_problem problem = {SEVERITY_MAJOR, "there is no record", "a fix"};
	struct domain_auth *out = arena_calloc(arena, 1, sizeof(*out));
	struct spf_sender *sender = arena_calloc(arena, 2, sizeof(*sender));
	struct dkim_key *key = arena_calloc(arena, 1, sizeof(*key));

	sender[0] = (struct spf_sender){.ip = IP1, .result = made->spf[0], .mechanism = ""};
	sender[1] = (struct spf_sender){.ip = IP2, .result = made->spf[1], .mechanism = ""};
	*key = (struct dkim_key){.selector = "s1", .state = made->key};
	out->domain = made->name;
	out->spf.sender = sender;
	out->spf.senders = made->spf[1] == SPF_NONE ? 1 : 2;
	out->spf.result = made->spf[0];
	out->spf.fix = "an SPF fix";
	out->dkim.key = key;
	out->dkim.keys = made->key != AUTH_UNKNOWN;
	out->dkim.state = made->dkim;
	out->dmarc.state = made->dmarc;
	out->dmarc.policy = made->policy;
	out->dmarc.cause = made->dmarc == AUTH_UNKNOWN ? CAUSE_TIMEOUT : CAUSE_NONE;
	out->dmarc.is_dkim_strict = made->is_dkim_strict;
	out->dmarc.fix = "a DMARC fix";
	if (made->policy == DMARC_NO_POLICY && made->dmarc != AUTH_UNKNOWN)
		out->dmarc.problems = (struct auth_problems){&problem, 1};
	return out;
}

static const struct {
	const char *why;
	struct made domain[2]; /* without a name: good */
	size_t domains;
	struct bulk_address address;
	const char *needs; /* spf, dkim, dmarc, alignment, ptr: + met, - unmet, ? not known */
	enum bulk_readiness readiness; /* far from the threshold */
	const char *text;
} need_case[] = {
#define FINE                                                                                       \
	{                                                                                          \
		IP1, true, true, true                                                              \
	}
    {"all is there", {{.name = NULL}}, 1, FINE, "+++++", BULK_READY, "all that DNS tells"},
    {"nothing was looked at", {{.name = NULL}}, 0, FINE, "????+", BULK_UNKNOWN, "not known"},
    {"one address fails SPF",
     {{"example.jp", {SPF_PASS, SPF_SOFTFAIL}, AUTH_OK, AUTH_OK, AUTH_OK, DMARC_NONE, false}},
     1,
     FINE,
     "-++++",
     BULK_UNREADY,
     "bulk senders need SPF, which fails here: SPF of example.jp gives softfail for 203.0.113.11"},
    {"both do",
     {{"example.jp", {SPF_FAIL, SPF_SOFTFAIL}, AUTH_OK, AUTH_OK, AUTH_OK, DMARC_NONE, false}},
     1,
     FINE,
     "-++++",
     BULK_UNREADY,
     "SPF of example.jp gives fail for 203.0.113.10, and 1 more"},
    {"SPF could not be asked for",
     {{"example.jp", {SPF_TEMPERROR, SPF_PASS}, AUTH_OK, AUTH_OK, AUTH_OK, DMARC_NONE, false}},
     1,
     FINE,
     "?++++",
     BULK_UNKNOWN,
     "what SPF of example.jp says of 203.0.113.10 could not be learned"},
    {"no key",
     {{"example.jp", {SPF_PASS, SPF_PASS}, AUTH_UNKNOWN, AUTH_MISSING, AUTH_OK, DMARC_NONE, false}},
     1,
     FINE,
     "+-+++",
     BULK_UNREADY,
     "bulk senders need DKIM, which fails here: example.jp has no usable DKIM key"},
    {"no key was seen",
     {{"example.jp", {SPF_PASS, SPF_PASS}, AUTH_UNKNOWN, AUTH_UNKNOWN, AUTH_OK, DMARC_NONE, false}},
     1,
     FINE,
     "+?+++",
     BULK_UNKNOWN,
     "whether DKIM would pass"},
    {"a key that is weak does",
     {{"example.jp", {SPF_PASS, SPF_PASS}, AUTH_WEAK, AUTH_BROKEN, AUTH_OK, DMARC_NONE, false}},
     1,
     FINE,
     "+++++",
     BULK_READY,
     "all"},
    {"the key of a name beside it does",
     {{"a.example.jp",
       {SPF_PASS, SPF_PASS},
       AUTH_UNKNOWN,
       AUTH_MISSING,
       AUTH_OK,
       DMARC_NONE,
       false},
      {.name = NULL}},
     2,
     FINE,
     "+++++",
     BULK_READY,
     "all"},
    {"unless alignment is strict",
     {{"a.example.jp", {SPF_PASS, SPF_PASS}, AUTH_UNKNOWN, AUTH_MISSING, AUTH_OK, DMARC_NONE, true},
      {.name = NULL}},
     2,
     FINE,
     "+-+++",
     BULK_UNREADY,
     "a.example.jp has no usable DKIM key"},
    {"no DMARC",
     {{"example.jp", {SPF_PASS, SPF_PASS}, AUTH_OK, AUTH_OK, AUTH_MISSING, DMARC_NO_POLICY, false}},
     1,
     FINE,
     "++-++",
     BULK_UNREADY,
     "example.jp has no DMARC policy: there is no record"},
    {"DMARC could not be asked for",
     {{"example.jp", {SPF_PASS, SPF_PASS}, AUTH_OK, AUTH_OK, AUTH_UNKNOWN, DMARC_NO_POLICY, false}},
     1,
     FINE,
     "++?++",
     BULK_UNKNOWN,
     "no answer in time"},
    {"nothing can pass",
     {{"example.jp", {SPF_FAIL, SPF_NONE}, AUTH_BROKEN, AUTH_BROKEN, AUTH_OK, DMARC_NONE, false}},
     1,
     FINE,
     "--+-+",
     BULK_UNREADY,
     "bulk senders need SPF, DKIM and alignment"},
    {"what is known to be missing outweighs what is not known",
     {{"example.jp", {SPF_FAIL, SPF_NONE}, AUTH_UNKNOWN, AUTH_UNKNOWN, AUTH_OK, DMARC_NONE, false}},
     1,
     FINE,
     "-?+?+",
     BULK_UNREADY,
     "bulk senders need SPF, which fails"},
    {"no PTR",
     {{.name = NULL}},
     1,
     {IP1, true, false, false},
     "++++-",
     BULK_UNREADY,
     "203.0.113.10 has no PTR record"},
    {"a PTR that leads elsewhere",
     {{.name = NULL}},
     1,
     {IP1, true, true, false},
     "++++-",
     BULK_UNREADY,
     "the PTR name of 203.0.113.10 does not lead back"},
    {"a PTR that could not be asked for",
     {{.name = NULL}},
     1,
     {IP1, false, false, false},
     "++++?",
     BULK_UNKNOWN,
     "the PTR of 203.0.113.10 could not be learned"},
};

static void needs_text(const struct bulk_verdict *verdict, char out[BULK_NEED_COUNT + 1])
{
	for (size_t i = 0; i < BULK_NEED_COUNT; i++) {
		out[i] = "?+-"[verdict->need[i].met];
		assert_true(*verdict->need[i].text);
		ASSERT_TOLD(verdict->need[i].text);
	}
	out[BULK_NEED_COUNT] = '\0';
}

static void each_requirement_is_met_or_not_or_unknown(void **state)
{
	for (size_t i = 0; i < COUNT_OF(need_case); i++) {
		const struct domain_auth *domain[2];
		const struct bulk_input input = {.registrable = "example.jp",
						 .today = TODAY,
						 .domain = domain,
						 .domains = need_case[i].domains,
						 .address = &need_case[i].address,
						 .addresses = 1};
		struct bulk_verdict seen;
		char needs[BULK_NEED_COUNT + 1];

		for (size_t k = 0; k < 2; k++)
			domain[k] = make(
			    need_case[i].domain[k].name ? &need_case[i].domain[k] : &good, *state);
		bulk_judge(&input, *state, &seen);
		needs_text(&seen, needs);
		if (strcmp(needs, need_case[i].needs) != 0)
			fail_msg("%s: %s", need_case[i].why, needs);
		if (seen.readiness != need_case[i].readiness ||
		    !strstr(seen.text, need_case[i].text))
			fail_msg("%s: %s: %s", need_case[i].why,
				 bulk_readiness_name(seen.readiness), seen.text);
		assert_int_equal(seen.severity, SEVERITY_INFO);
	}
}

/* --- both --- */

static const struct {
	struct bulk_day day[2];
	bool is_ready, is_known;
	enum bulk_readiness readiness;
	enum severity severity;
	const char *text;
} both_case[] = {
    {{{TODAY - 1, {9000}}}, true, true, BULK_READY, SEVERITY_INFO, "all that"},
    {{{TODAY - 1, {100}}}, false, true, BULK_UNREADY, SEVERITY_INFO, "bulk senders need DMARC"},
    {{{TODAY - 1, {4100, 50}}},
     false,
     true,
     BULK_NEAR_UNREADY,
     SEVERITY_MINOR,
     "up to 4,100 messages a day went to Gmail, 82 % of the 5,000 that make a bulk sender, and "
     "DMARC fails: example.jp"},
    {{{TODAY - 1, {10, 6200, 20}}},
     false,
     true,
     BULK_OVER_UNREADY,
     SEVERITY_MAJOR,
     "up to 6,200 messages a day went to Microsoft, 124 % of"},
    {{{TODAY - 1, {10, 20, 3000}}},
     false,
     true,
     BULK_NEAR_UNREADY,
     SEVERITY_MINOR,
     "up to 3,000 messages a day went to Yahoo, 60 % of"},
    {{{TODAY - 50, {5000}}, {TODAY - 1, {10, 20}}},
     false,
     true,
     BULK_OVER_UNREADY,
     SEVERITY_MAJOR,
     "5,000 or more a day went to Gmail once, which makes a bulk sender for good"},
    {{{TODAY - 50, {0, 5000}}, {TODAY - 1, {10, 20}}},
     false,
     true,
     BULK_UNREADY,
     SEVERITY_INFO,
     "bulk senders need DMARC"},
    {{{TODAY - 1, {9000}}}, true, false, BULK_UNKNOWN, SEVERITY_MINOR, "not known"},
    {{{TODAY - 1, {90}}}, true, false, BULK_UNKNOWN, SEVERITY_INFO, "not known"},
};

static void the_warning_comes_before_the_threshold(void **state)
{
	for (size_t i = 0; i < COUNT_OF(both_case); i++) {
		struct made made = good;
		const struct bulk_address address = {IP1, both_case[i].is_known, true, true};
		const struct domain_auth *domain[1];
		const struct bulk_input input = {.registrable = "example.jp",
						 .today = TODAY,
						 .day = both_case[i].day,
						 .days = COUNT_OF(both_case[i].day),
						 .is_counted = {true, true, true},
						 .domain = domain,
						 .domains = 1,
						 .address = &address,
						 .addresses = 1};
		struct bulk_verdict seen;

		if (!both_case[i].is_ready) {
			made.dmarc = AUTH_MISSING;
			made.policy = DMARC_NO_POLICY;
		}
		domain[0] = make(&made, *state);
		bulk_judge(&input, *state, &seen);
		if (seen.readiness != both_case[i].readiness ||
		    seen.severity != both_case[i].severity || !strstr(seen.text, both_case[i].text))
			fail_msg("case %zu: %s, %s: %s", i, bulk_readiness_name(seen.readiness),
				 severity_name(seen.severity), seen.text);
		assert_string_equal(seen.need[BULK_DMARC].fix,
				    both_case[i].is_ready ? "" : "a DMARC fix");
	}
}

static void the_words_are_the_interface(void **state)
{
	(void)state;
	assert_string_equal(bulk_receiver_name(BULK_MICROSOFT), "microsoft");
	assert_string_equal(bulk_level_name(BULK_NOT_COUNTED), "not-counted");
	assert_string_equal(bulk_need_name(BULK_REVERSE), "ptr");
	assert_string_equal(bulk_met_name(BULK_UNMET), "unmet");
	assert_string_equal(bulk_readiness_name(BULK_NEAR_UNREADY), "near-unready");
}

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

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_volume_is_held_against_the_threshold),
	    cmocka_unit_test(each_requirement_is_met_or_not_or_unknown),
	    cmocka_unit_test(the_warning_comes_before_the_threshold),
	    cmocka_unit_test(the_words_are_the_interface),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
