#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "model/names.h"

#include <string.h>

/* The words of the interface: scripts and tests of others are written against them, so the
 * order of a row's enum may change and its words may not. */
static const struct {
	const char *word;
	int value;
	int (*parse)(const char *word);
} word_case[] = {
    {"blind", FINDING_BLIND, finding_parse},
    {"clear", FINDING_CLEAR, finding_parse},
    {"listed", FINDING_LISTED, finding_parse},
    {"noted", FINDING_NOTED, finding_parse},
    {"broken", FINDING_BROKEN, finding_parse},
    {"elevated", FINDING_ELEVATED, finding_parse},
    {"spike", FINDING_SPIKE, finding_parse},
    {"cold", FINDING_COLD, finding_parse},
    {"info", SEVERITY_INFO, severity_parse},
    {"minor", SEVERITY_MINOR, severity_parse},
    {"major", SEVERITY_MAJOR, severity_parse},
    {"critical", SEVERITY_CRITICAL, severity_parse},
    {"timeout", CAUSE_TIMEOUT, cause_parse},
    {"servfail", CAUSE_SERVFAIL, cause_parse},
    {"refused", CAUSE_REFUSED, cause_parse},
    {"garbled", CAUSE_GARBLED, cause_parse},
    {"not-127", CAUSE_NOT_127, cause_parse},
    {"error-code", CAUSE_ERROR_CODE, cause_parse},
    {"unknown-code", CAUSE_UNKNOWN_CODE, cause_parse},
    {"list-sick", CAUSE_LIST_SICK, cause_parse},
    {"mass-change", CAUSE_MASS_CHANGE, cause_parse},
    {"budget", CAUSE_BUDGET, cause_parse},
    {"deadline", CAUSE_DEADLINE, cause_parse},
    {"GOOD", GRADE_GOOD, grade_parse},
    {"NEUTRAL", GRADE_NEUTRAL, grade_parse},
    {"POOR", GRADE_POOR, grade_parse},
    {"UNKNOWN", GRADE_UNKNOWN, grade_parse},
    {"block", LIST_BLOCK, list_kind_parse},
    {"policy", LIST_POLICY, list_kind_parse},
    {"reputation", LIST_REPUTATION, list_kind_parse},
    {"allow", LIST_ALLOW, list_kind_parse},
    {"info", LIST_INFO, list_kind_parse},
    {"ok", HEALTH_OK, list_health_parse},
    {"unproven", HEALTH_UNPROVEN, list_health_parse},
    {"sick", HEALTH_SICK, list_health_parse},
    {"refused", HEALTH_REFUSED, list_health_parse},
    {"unreachable", HEALTH_UNREACHABLE, list_health_parse},
    {"raised", CHANGE_RAISED, change_parse},
    {"escalated", CHANGE_ESCALATED, change_parse},
    {"cleared", CHANGE_CLEARED, change_parse},
    {"went-blind", CHANGE_WENT_BLIND, change_parse},
    {"reminder", CHANGE_REMINDER, change_parse},
    {"list-sick", CHANGE_LIST_SICK, change_parse},
    {"list-well", CHANGE_LIST_WELL, change_parse},
};

static void the_interfaces_words_are_known(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(word_case); i++)
		if (word_case[i].parse(word_case[i].word) != word_case[i].value)
			fail_msg("'%s'", word_case[i].word);
}

/* name() takes each enum by its own type, hence one function an enum. */
#define ROUND_TRIP(name, type, count)                                                              \
	static void name##_words_go_there_and_back(void **state)                                   \
	{                                                                                          \
		(void)state;                                                                       \
		for (int i = 0; i < (count); i++)                                                  \
			assert_int_equal(name##_parse(name##_name((type)i)), i);                   \
	}

ROUND_TRIP(finding, enum finding, FINDING_COUNT)
ROUND_TRIP(severity, enum severity, SEVERITY_COUNT)
ROUND_TRIP(cause, enum cause, CAUSE_COUNT)
ROUND_TRIP(grade, enum grade_letter, GRADE_COUNT)
ROUND_TRIP(list_kind, enum list_kind, LIST_KIND_COUNT)
ROUND_TRIP(list_health, enum list_health, HEALTH_COUNT)
ROUND_TRIP(change, enum change, CHANGE_COUNT)

static const char *const no_word[] = {"",        "Listed", "LISTED",  " listed",
				      "listed ", "list",   "nonsense"};

static void spelling_is_exact(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(no_word); i++) {
		assert_int_equal(finding_parse(no_word[i]), -1);
		assert_int_equal(severity_parse(no_word[i]), -1);
		assert_int_equal(cause_parse(no_word[i]), -1);
		assert_int_equal(grade_parse(no_word[i]), -1);
		assert_int_equal(list_kind_parse(no_word[i]), -1);
		assert_int_equal(list_health_parse(no_word[i]), -1);
		assert_int_equal(change_parse(no_word[i]), -1);
	}
}

static void zero_is_what_claims_nothing(void **state)
{
	(void)state;
	assert_string_equal(finding_name((enum finding)0), "blind");
	assert_string_equal(severity_name((enum severity)0), "info");
	assert_string_equal(grade_name((enum grade_letter)0), "UNKNOWN");
	assert_string_equal(list_health_name((enum list_health)0), "unproven");
}

static void severities_rise(void **state)
{
	(void)state;
	assert_true(SEVERITY_INFO < SEVERITY_MINOR);
	assert_true(SEVERITY_MINOR < SEVERITY_MAJOR);
	assert_true(SEVERITY_MAJOR < SEVERITY_CRITICAL);
}

static void lists_its_words(void **state)
{
	const struct words severities = severity_words();
	const struct words kinds = list_kind_words();

	(void)state;
	assert_int_equal(severities.count, SEVERITY_COUNT);
	assert_string_equal(severities.word[SEVERITY_MAJOR], "major");
	assert_int_equal(kinds.count, LIST_KIND_COUNT);
	assert_string_equal(kinds.word[LIST_ALLOW], "allow");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_interfaces_words_are_known),
	    cmocka_unit_test(finding_words_go_there_and_back),
	    cmocka_unit_test(severity_words_go_there_and_back),
	    cmocka_unit_test(cause_words_go_there_and_back),
	    cmocka_unit_test(grade_words_go_there_and_back),
	    cmocka_unit_test(list_kind_words_go_there_and_back),
	    cmocka_unit_test(list_health_words_go_there_and_back),
	    cmocka_unit_test(change_words_go_there_and_back),
	    cmocka_unit_test(spelling_is_exact),
	    cmocka_unit_test(zero_is_what_claims_nothing),
	    cmocka_unit_test(severities_rise),
	    cmocka_unit_test(lists_its_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
