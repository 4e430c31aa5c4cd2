#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "cli/verdict.h"

static const struct standing listed = {.belief = FINDING_LISTED, .severity = SEVERITY_MINOR};
static const struct standing broken = {.belief = FINDING_BROKEN};
static const struct standing noted = {.belief = FINDING_NOTED};
static const struct standing blind = {.belief = FINDING_CLEAR, .blind_cause = CAUSE_TIMEOUT};
static const struct standing listed_blind = {.belief = FINDING_LISTED,
					     .blind_cause = CAUSE_TIMEOUT};

#define VIEW(grade_letter, asked_count, answered_count, one)                                       \
	{                                                                                          \
		.grade = {.letter = (grade_letter)}, .asked = (asked_count),                       \
		.answered = (answered_count), .standing = (one), .standings = (one) != NULL        \
	}

static const struct {
	const char *what;
	struct address_view view[2];
	enum cli_status verdict;
} row[] = {
    {"all good", {VIEW(GRADE_GOOD, 4, 4, NULL), VIEW(GRADE_GOOD, 4, 4, NULL)}, CLI_DONE},
    {"a note alarms nobody",
     {VIEW(GRADE_GOOD, 4, 4, &noted), VIEW(GRADE_GOOD, 4, 4, NULL)},
     CLI_DONE},
    {"the least listing is one",
     {VIEW(GRADE_GOOD, 4, 4, NULL), VIEW(GRADE_NEUTRAL, 4, 4, &listed)},
     CLI_FOUND},
    {"a wrong record",
     {VIEW(GRADE_NEUTRAL, 4, 4, &broken), VIEW(GRADE_GOOD, 4, 4, NULL)},
     CLI_FOUND},
    {"one list is blind",
     {VIEW(GRADE_GOOD, 4, 3, &blind), VIEW(GRADE_GOOD, 4, 4, NULL)},
     CLI_BLIND},
    {"a pair that was never asked",
     {VIEW(GRADE_GOOD, 4, 4, NULL), VIEW(GRADE_GOOD, 4, 3, NULL)},
     CLI_BLIND},
    {"nothing was asked at all",
     {VIEW(GRADE_UNKNOWN, 0, 0, NULL), VIEW(GRADE_GOOD, 4, 4, NULL)},
     CLI_BLIND},
    {"what is wrong goes before what is blind",
     {VIEW(GRADE_GOOD, 4, 3, &blind), VIEW(GRADE_NEUTRAL, 4, 4, &listed)},
     CLI_FOUND},
    {"silence does not clear a listing",
     {VIEW(GRADE_NEUTRAL, 4, 3, &listed_blind), VIEW(GRADE_GOOD, 4, 4, NULL)},
     CLI_FOUND},
    {"whatever made it poor",
     {VIEW(GRADE_POOR, 4, 4, NULL), VIEW(GRADE_GOOD, 4, 4, NULL)},
     CLI_FOUND},
};

static void judges(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(row); i++)
		if (verdict_of(row[i].view, 2) != row[i].verdict)
			fail_msg("%s: %d", row[i].what, (int)verdict_of(row[i].view, 2));
	assert_int_equal(verdict_of(NULL, 0), CLI_DONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(judges),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
