#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "auth/domain.h"
#include "base/mem.h"

#include <string.h>

#define OK    FINDING_CLEAR, SEVERITY_INFO, CAUSE_NONE
#define NOTE  FINDING_NOTED, SEVERITY_INFO, CAUSE_NONE
#define WEAK  FINDING_NOTED, SEVERITY_MINOR, CAUSE_NONE
#define MINOR FINDING_BROKEN, SEVERITY_MINOR, CAUSE_NONE
#define MAJOR FINDING_BROKEN, SEVERITY_MAJOR, CAUSE_NONE
#define BLIND FINDING_BLIND, SEVERITY_INFO

/* One problem of that severity, "" of none. */
static struct auth_problems one(const char *text, enum severity severity, struct arena *arena)
{
	struct auth_problem *problem = arena_calloc(arena, 1, sizeof(*problem));

	*problem = (struct auth_problem){severity, text, "its fix"};
	return (struct auth_problems){problem, *text != '\0'};
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

static const struct {
	enum spf_result result;
	size_t senders;
	enum cause cause_in;
	const char *problem;
	enum severity severity_in;
	enum finding finding;
	enum severity severity;
	enum cause cause;
	const char *text;
} spf_case[] = {
    {SPF_PASS, 1, CAUSE_NONE, "", 0, OK, ""},
    {SPF_PASS, 1, CAUSE_NONE, "a note", SEVERITY_INFO, OK, ""},
    {SPF_PASS, 1, CAUSE_NONE, "9 of 10 lookups", SEVERITY_MINOR, WEAK, "9 of 10 lookups"},
    {SPF_NEUTRAL, 1, CAUSE_NONE, "", 0, WEAK, "SPF gives neutral for 203.0.113.10"},
    {SPF_SOFTFAIL, 1, CAUSE_NONE, "", 0, MAJOR, "SPF gives softfail for 203.0.113.10"},
    {SPF_FAIL, 1, CAUSE_NONE, "not listed", SEVERITY_MAJOR, MAJOR,
     "SPF gives fail for 203.0.113.10: not listed"},
    {SPF_PERMERROR, 1, CAUSE_NONE, "11 lookups", SEVERITY_MAJOR, MAJOR,
     "SPF gives permerror for 203.0.113.10: 11 lookups"},
    {SPF_NONE, 1, CAUSE_NONE, "", 0, MAJOR, "SPF gives none for 203.0.113.10"},
    {SPF_TEMPERROR, 1, CAUSE_TIMEOUT, "", 0, BLIND, CAUSE_TIMEOUT, "no answer in time"},
    {SPF_TEMPERROR, 1, CAUSE_NONE, "", 0, BLIND, CAUSE_SERVFAIL, "its servers fail"},
    {SPF_NEUTRAL, 0, CAUSE_NONE, "", 0, OK, ""},
    {SPF_NEUTRAL, 0, CAUSE_NONE, "9 of 10 lookups", SEVERITY_MINOR, NOTE, "9 of 10 lookups"},
    {SPF_NONE, 0, CAUSE_NONE, "no record", SEVERITY_MAJOR, MINOR, "no record"},
    {SPF_PERMERROR, 0, CAUSE_NONE, "11 lookups", SEVERITY_MAJOR, MINOR, "11 lookups"},
    {SPF_PERMERROR, 0, CAUSE_NONE, "", 0, MINOR, "SPF gives permerror"},
    {SPF_TEMPERROR, 0, CAUSE_REFUSED, "", 0, BLIND, CAUSE_REFUSED, "the question was refused"},
};

static const struct spf_sender sender_at = {.ip = {.family = 4, .byte = {203, 0, 113, 10}},
					    .mechanism = ""};

static void spf_is_observed(void **state)
{
	for (size_t i = 0; i < COUNT_OF(spf_case); i++) {
		struct spf_sender sender = sender_at;
		struct observation seen[DOMAIN_OBSERVATIONS];
		const struct domain_auth auth = {
		    .spf = {.result = spf_case[i].result,
			    .sender = &sender,
			    .senders = spf_case[i].senders,
			    .cause = spf_case[i].cause_in,
			    .problems = one(spf_case[i].problem, spf_case[i].severity_in, *state),
			    .fix = "the record"},
		    .dmarc = {.fix = ""}};

		sender.result = spf_case[i].result;
		domain_observe(&auth, *state, seen);
		if (seen[0].finding != spf_case[i].finding ||
		    seen[0].severity != spf_case[i].severity || seen[0].cause != spf_case[i].cause)
			fail_msg("case %zu: %s, %s, %s", i, finding_name(seen[0].finding),
				 severity_name(seen[0].severity), cause_name(seen[0].cause));
		assert_string_equal(seen[0].text, spf_case[i].text);
		assert_string_equal(seen[0].check, "spf");
		assert_string_equal(seen[0].subject, "");
		assert_string_equal(seen[0].fix, seen[0].finding == FINDING_BROKEN ||
							 seen[0].finding == FINDING_NOTED
						     ? "the record"
						     : "");
	}
}

/* The other three have a state. */
static const struct {
	enum auth_state state;
	bool is_sending;
	enum cause cause;
	struct {
		enum finding finding;
		enum severity severity;
		enum cause cause;
	} dkim, tried, dmarc, mx;
} state_case[] = {
    {AUTH_OK, true, CAUSE_NONE, {OK}, {OK}, {OK}, {OK}},
    {AUTH_WEAK, true, CAUSE_NONE, {WEAK}, {WEAK}, {WEAK}, {WEAK}},
    {AUTH_MISSING, true, CAUSE_NONE, {MAJOR}, {MINOR}, {MINOR}, {MAJOR}},
    {AUTH_BROKEN, true, CAUSE_NONE, {MAJOR}, {MINOR}, {MAJOR}, {MAJOR}},
    {AUTH_UNKNOWN, true, CAUSE_NONE, {NOTE}, {NOTE}, {NOTE}, {NOTE}},
    {AUTH_UNKNOWN,
     true,
     CAUSE_TIMEOUT,
     {BLIND, CAUSE_TIMEOUT},
     {BLIND, CAUSE_TIMEOUT},
     {BLIND, CAUSE_TIMEOUT},
     {BLIND, CAUSE_TIMEOUT}},
    {AUTH_OK, false, CAUSE_NONE, {OK}, {OK}, {OK}, {OK}},
    {AUTH_WEAK, false, CAUSE_NONE, {NOTE}, {NOTE}, {NOTE}, {NOTE}},
    {AUTH_MISSING, false, CAUSE_NONE, {MINOR}, {NOTE}, {MINOR}, {MAJOR}},
    {AUTH_BROKEN, false, CAUSE_NONE, {MINOR}, {NOTE}, {MINOR}, {MINOR}},
    {AUTH_UNKNOWN,
     false,
     CAUSE_SERVFAIL,
     {BLIND, CAUSE_SERVFAIL},
     {BLIND, CAUSE_SERVFAIL},
     {BLIND, CAUSE_SERVFAIL},
     {BLIND, CAUSE_SERVFAIL}},
};

static void states_are_observed(void **state)
{
	for (size_t i = 0; i < COUNT_OF(state_case) * 2; i++) {
		const size_t row = i / 2;
		const bool is_configured = i % 2;
		const struct auth_problems problems = one("a text", SEVERITY_MAJOR, *state);
		const struct dkim_key key = {.selector = "s1",
					     .state = state_case[row].state,
					     .is_configured = is_configured,
					     .problems = problems};
		const struct domain_auth auth = {
		    .spf = {.result = SPF_PASS,
			    .sender = &sender_at,
			    .senders = state_case[row].is_sending,
			    .fix = ""},
		    .dkim = {.state = state_case[row].state,
			     .cause = state_case[row].cause,
			     .key = &key,
			     .keys = 1},
		    .dmarc = {.state = state_case[row].state,
			      .cause = state_case[row].cause,
			      .problems = problems,
			      .fix = ""},
		    .mx = {.state = state_case[row].state,
			   .cause = state_case[row].cause,
			   .problems = problems}};
		struct observation seen[DOMAIN_OBSERVATIONS];

		domain_observe(&auth, *state, seen);
#define SAME(a, b)                                                                                 \
	((a).finding == (b).finding && (a).severity == (b).severity && (a).cause == (b).cause)
		assert_true(SAME(seen[1], state_case[row].dkim) || !is_configured);
		assert_true(SAME(seen[1], state_case[row].tried) || is_configured);
		assert_true(SAME(seen[2], state_case[row].dmarc));
		assert_true(SAME(seen[3], state_case[row].mx));
		assert_string_equal(seen[1].check, "dkim");
		assert_string_equal(seen[2].check, "dmarc");
		assert_string_equal(seen[3].check, "mx");
		if (seen[1].finding == FINDING_BROKEN)
			assert_string_equal(seen[1].text, "selector s1: a text");
		if (seen[2].finding == FINDING_BROKEN)
			assert_string_equal(seen[2].fix, "its fix");
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(spf_is_observed),
	    cmocka_unit_test(states_are_observed),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
