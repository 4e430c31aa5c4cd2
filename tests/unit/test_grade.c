#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "judge/grade.h"

/* A standing in short: finding, severity, the cause of blindness. */
struct belief {
	enum finding finding;
	enum severity severity;
	enum cause blind;
};

#define MINOR    SEVERITY_MINOR
#define MAJOR    SEVERITY_MAJOR
#define CRITICAL SEVERITY_CRITICAL
#define INFO     SEVERITY_INFO
#define LISTED(severity)                                                                           \
	{                                                                                          \
		FINDING_LISTED, severity, CAUSE_NONE                                               \
	}
#define NOTED(severity)                                                                            \
	{                                                                                          \
		FINDING_NOTED, severity, CAUSE_NONE                                                \
	}
#define BROKEN(severity)                                                                           \
	{                                                                                          \
		FINDING_BROKEN, severity, CAUSE_NONE                                               \
	}
#define END                                                                                        \
	{                                                                                          \
		FINDING_COUNT, INFO, CAUSE_NONE                                                    \
	}

static const struct {
	const char *why;
	struct belief belief[4];
	size_t asked, answered;
	enum grade_letter letter;
	size_t reasons;
} policy[] = {
    {"nothing known against it", {END}, 40, 40, GRADE_GOOD, 1},
    {"half of the answers are enough", {END}, 40, 20, GRADE_GOOD, 1},
    {"less is not", {END}, 40, 19, GRADE_UNKNOWN, 1},
    {"two of three", {END}, 3, 2, GRADE_GOOD, 1},
    {"one of three", {END}, 3, 1, GRADE_UNKNOWN, 1},
    {"one of one", {END}, 1, 1, GRADE_GOOD, 1},
    {"none of one", {END}, 1, 0, GRADE_UNKNOWN, 1},
    {"nothing was to be asked", {END}, 0, 0, GRADE_UNKNOWN, 1},
    {"nothing was answered", {END}, 40, 0, GRADE_UNKNOWN, 1},

    {"a critical listing", {LISTED(CRITICAL), END}, 40, 40, GRADE_POOR, 1},
    {"one major listing", {LISTED(MAJOR), END}, 40, 40, GRADE_NEUTRAL, 1},
    {"two major listings", {LISTED(MAJOR), LISTED(MAJOR), END}, 40, 40, GRADE_POOR, 2},
    {"many minor listings",
     {LISTED(MINOR), LISTED(MINOR), LISTED(MINOR), END},
     40,
     40,
     GRADE_NEUTRAL,
     3},
    {"a major and a minor listing", {LISTED(MAJOR), LISTED(MINOR), END}, 40, 40, GRADE_NEUTRAL, 2},
    {"a listing without severity", {LISTED(INFO), END}, 40, 40, GRADE_NEUTRAL, 1},
    {"a note nobody alarms about", {NOTED(INFO), END}, 40, 40, GRADE_GOOD, 2},
    {"a note with a severity", {NOTED(MINOR), END}, 40, 40, GRADE_NEUTRAL, 1},
    {"notes are no listings",
     {NOTED(CRITICAL), NOTED(MAJOR), NOTED(MAJOR), END},
     40,
     40,
     GRADE_NEUTRAL,
     3},
    {"no PTR, or one that is not confirmed", {BROKEN(CRITICAL), END}, 40, 40, GRADE_POOR, 1},
    {"a HELO name that does not resolve", {BROKEN(MAJOR), END}, 40, 40, GRADE_NEUTRAL, 1},
    {"that and a major listing", {BROKEN(MAJOR), LISTED(MAJOR), END}, 40, 40, GRADE_NEUTRAL, 2},
    {"a spike", {{FINDING_SPIKE, MAJOR, CAUSE_NONE}, END}, 40, 40, GRADE_POOR, 1},
    {"elevated volume", {{FINDING_ELEVATED, MINOR, CAUSE_NONE}, END}, 40, 40, GRADE_NEUTRAL, 1},
    {"cold volume", {{FINDING_COLD, INFO, CAUSE_NONE}, END}, 40, 40, GRADE_NEUTRAL, 1},
    {"clear", {{FINDING_CLEAR, INFO, CAUSE_NONE}, END}, 40, 40, GRADE_GOOD, 1},

    {"poor however little is known", {LISTED(CRITICAL), END}, 40, 1, GRADE_POOR, 2},
    {"two majors however little is known",
     {LISTED(MAJOR), LISTED(MAJOR), END},
     0,
     0,
     GRADE_POOR,
     3},
    {"a lesser listing and too few answers", {LISTED(MAJOR), END}, 40, 1, GRADE_UNKNOWN, 2},

    {"one list blind", {{FINDING_CLEAR, INFO, CAUSE_TIMEOUT}, END}, 40, 39, GRADE_GOOD, 2},
    {"never learned", {{FINDING_BLIND, INFO, CAUSE_REFUSED}, END}, 40, 39, GRADE_GOOD, 2},
    {"never asked", {{FINDING_BLIND, INFO, CAUSE_NONE}, END}, 40, 39, GRADE_GOOD, 2},
    {"a listing stays while its list is blind",
     {{FINDING_LISTED, CRITICAL, CAUSE_LIST_SICK}, END},
     40,
     40,
     GRADE_POOR,
     2},
};

static const char *const zone[] = {"a.example", "b.example", "c.example", "d.example"};

static size_t believe(const struct belief *belief, struct standing *standing)
{
	size_t count = 0;

	for (; belief[count].finding != FINDING_COUNT; count++)
		standing[count] = (struct standing){
		    .check = "dnsbl",
		    .subject = zone[count],
		    .belief = belief[count].finding,
		    .severity = belief[count].severity,
		    .blind_cause = belief[count].blind,
		    .means = "",
		    .text = "",
		    .fix = "",
		};
	return count;
}

static void the_policy_is_what_it_says(void **state)
{
	for (size_t i = 0; i < COUNT_OF(policy); i++) {
		const struct coverage coverage = {policy[i].asked, policy[i].answered, 60};
		struct standing standing[4];
		const size_t standings = believe(policy[i].belief, standing);
		const struct grade grade = grade_of(standing, standings, &coverage, *state);

		if (grade.letter != policy[i].letter || grade.reasons != policy[i].reasons)
			fail_msg("%s: %s, %zu reasons", policy[i].why, grade_name(grade.letter),
				 grade.reasons);
		for (size_t j = 0; j < grade.reasons; j++) {
			const struct reason *reason = &grade.reason[j];

			assert_true(*reason->check && *reason->text);
			assert_non_null(reason->subject);
			assert_non_null(reason->fix);
		}
	}
}

#define STANDING(name, zone, ...)                                                                  \
	{                                                                                          \
		.check = name, .subject = zone, .fix = "", __VA_ARGS__                             \
	}

/* In no order, and with everything a reason is made of. */
static const struct standing mixture[] = {
    STANDING("dnsbl", "slow.example", .belief = FINDING_CLEAR, .blind_cause = CAUSE_TIMEOUT,
	     .means = "", .text = ""),
    STANDING("dnsbl", "white.example", .belief = FINDING_NOTED, .means = "trusted", .text = ""),
    STANDING("dnsbl", "new.example", .belief = FINDING_BLIND, .hint = FINDING_LISTED, .streak = 1,
	     .means = "", .text = ""),
    STANDING("dnsbl", "minor.example", .belief = FINDING_LISTED, .severity = MINOR,
	     .means = "listed", .text = ""),
    STANDING("dnsbl", "zen.example", .belief = FINDING_LISTED, .severity = CRITICAL,
	     .means = "SBL, CSS", .text = "https://zen.example/1"),
    STANDING("helo", "", .belief = FINDING_BROKEN, .severity = MAJOR, .means = "",
	     .text = "the HELO name does not resolve"),
    STANDING("dnsbl", "major.example", .belief = FINDING_LISTED, .severity = MAJOR,
	     .blind_cause = CAUSE_LIST_SICK, .means = "", .text = "spam"),
    STANDING("dnsbl", "clear.example", .belief = FINDING_CLEAR, .means = "", .text = ""),
    STANDING("ptr", "", .belief = FINDING_BROKEN, .severity = CRITICAL, .means = "",
	     .text = "192.0.2.10 has no PTR record"),
};

static const struct {
	const char *check, *subject;
	enum finding finding;
	const char *text;
} ordered[] = {
    {"dnsbl", "zen.example", FINDING_LISTED, "SBL, CSS; https://zen.example/1"},
    {"ptr", "", FINDING_BROKEN, "192.0.2.10 has no PTR record"},
    {"dnsbl", "major.example", FINDING_LISTED, "spam"},
    {"helo", "", FINDING_BROKEN, "the HELO name does not resolve"},
    {"dnsbl", "minor.example", FINDING_LISTED, "listed"},
    {"dnsbl", "white.example", FINDING_NOTED, "trusted"},
    {"coverage", "", FINDING_BLIND, "only 3 of 40 answered, the oldest 2m ago"},
    {"dnsbl", "major.example", FINDING_BLIND, "the list fails its tests"},
    {"dnsbl", "new.example", FINDING_BLIND, "one answer is not confirmed yet"},
    {"dnsbl", "slow.example", FINDING_BLIND, "no answer in time"},
};

static void reasons_come_worst_first_and_blind_last(void **state)
{
	const struct coverage coverage = {40, 3, 120};
	struct standing turned[COUNT_OF(mixture)];

	for (size_t turn = 0; turn < COUNT_OF(mixture); turn++) {
		struct grade grade;

		for (size_t i = 0; i < COUNT_OF(mixture); i++)
			turned[i] = mixture[(i + turn) % COUNT_OF(mixture)];
		grade = grade_of(turned, COUNT_OF(turned), &coverage, *state);
		assert_int_equal(grade.letter, GRADE_POOR);
		assert_int_equal(grade.reasons, COUNT_OF(ordered));
		for (size_t i = 0; i < COUNT_OF(ordered); i++) {
			const struct reason *reason = &grade.reason[i];

			assert_string_equal(reason->check, ordered[i].check);
			assert_string_equal(reason->subject, ordered[i].subject);
			assert_int_equal(reason->finding, ordered[i].finding);
			assert_string_equal(reason->text, ordered[i].text);
		}
	}
}

static void a_good_address_says_what_was_asked(void **state)
{
	const struct coverage fresh = {41, 40, 180};
	const struct coverage unknown_age = {41, 41, -1};
	struct grade grade = grade_of(NULL, 0, &fresh, *state);

	assert_int_equal(grade.letter, GRADE_GOOD);
	assert_string_equal(grade.reason[0].text,
			    "40 of 41 answered, the oldest 3m ago; nothing speaks against it");
	assert_int_equal(grade.reason[0].finding, FINDING_CLEAR);
	grade = grade_of(NULL, 0, &unknown_age, *state);
	assert_string_equal(grade.reason[0].text, "41 of 41 answered; nothing speaks against it");
	/* In front of the notes: it is the reason, and they are none. */
	grade = grade_of(&mixture[1], 1, &fresh, *state);
	assert_int_equal(grade.reasons, 2);
	assert_int_equal(grade.reason[0].finding, FINDING_CLEAR);
	assert_int_equal(grade.reason[1].finding, FINDING_NOTED);
}

/* What is not known must never make an address better or worse than what is. */
static void blindness_moves_no_letter_but_to_unknown(void **state)
{
	const struct coverage full = {10, 10, 0};
	struct arena *arena = arena_new();

	(void)state;
	for (unsigned mask = 0; mask < 1U << COUNT_OF(mixture); mask++) {
		struct standing seen[COUNT_OF(mixture)], blind[COUNT_OF(mixture)];
		struct grade one, other;
		size_t count = 0;

		for (size_t i = 0; i < COUNT_OF(mixture); i++)
			if (mask & 1U << i)
				seen[count++] = mixture[i];
		for (size_t i = 0; i < count; i++) {
			blind[i] = seen[i];
			blind[i].blind_cause = CAUSE_SERVFAIL;
			seen[i].blind_cause = CAUSE_NONE;
		}
		one = grade_of(seen, count, &full, arena);
		other = grade_of(blind, count, &full, arena);
		assert_int_equal(one.letter, other.letter);
		assert_true(one.reasons > 0);
		arena_reset(arena);
	}
	arena_free(arena);
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
	    cmocka_unit_test(the_policy_is_what_it_says),
	    cmocka_unit_test(reasons_come_worst_first_and_blind_last),
	    cmocka_unit_test(a_good_address_says_what_was_asked),
	    cmocka_unit_test(blindness_moves_no_letter_but_to_unknown),
	};

	return cmocka_run_group_tests(tests, setup, teardown);
}
