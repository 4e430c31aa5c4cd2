#include "judge/grade.h"

#include "base/civil.h"
#include "base/mem.h"
#include "base/tr_mark.h"

#include <stdlib.h>
#include <string.h>

/* What a belief weighs. */
enum weight {
	WEIGHT_NOTHING,
	WEIGHT_NEUTRAL, /* keeps an address from being GOOD */
	WEIGHT_HALF, /* two of them make it POOR, one is NEUTRAL */
	WEIGHT_POOR /* alone makes it POOR */
};

/* The policy, all of it: finding by severity. */
static const enum weight policy[][SEVERITY_COUNT] = {
    /*                     info            minor           major           critical */
    [FINDING_BLIND] = {WEIGHT_NOTHING, WEIGHT_NOTHING, WEIGHT_NOTHING, WEIGHT_NOTHING},
    [FINDING_CLEAR] = {WEIGHT_NOTHING, WEIGHT_NOTHING, WEIGHT_NOTHING, WEIGHT_NOTHING},
    [FINDING_LISTED] = {WEIGHT_NEUTRAL, WEIGHT_NEUTRAL, WEIGHT_HALF, WEIGHT_POOR},
    [FINDING_NOTED] = {WEIGHT_NOTHING, WEIGHT_NEUTRAL, WEIGHT_NEUTRAL, WEIGHT_NEUTRAL},
    [FINDING_BROKEN] = {WEIGHT_NOTHING, WEIGHT_NEUTRAL, WEIGHT_NEUTRAL, WEIGHT_POOR},
    [FINDING_ELEVATED] = {WEIGHT_NEUTRAL, WEIGHT_NEUTRAL, WEIGHT_NEUTRAL, WEIGHT_NEUTRAL},
    [FINDING_SPIKE] = {WEIGHT_NEUTRAL, WEIGHT_POOR, WEIGHT_POOR, WEIGHT_POOR},
    [FINDING_COLD] = {WEIGHT_NEUTRAL, WEIGHT_NEUTRAL, WEIGHT_NEUTRAL, WEIGHT_NEUTRAL},
};
_Static_assert(COUNT_OF(policy) == FINDING_COUNT, "one row for each finding");

enum { HALVES_FOR_POOR = 2 };

static enum weight weight_of(const struct reason *reason)
{
	return policy[reason->finding][reason->severity];
}

/* "SBL, CSS; https://...": the meaning first, then what the list says itself. */
static const char *belief_text(const struct standing *standing, struct arena *arena)
{
	if (!*standing->means)
		return *standing->text ? standing->text : finding_name(standing->belief);
	if (!*standing->text)
		return standing->means;
	return arena_printf(arena, "%s; %s", standing->means, standing->text);
}

static bool is_known(const struct standing *standing)
{
	return standing->belief != FINDING_BLIND && standing->belief != FINDING_CLEAR;
}

static struct reason known_reason(const struct standing *standing, struct arena *arena)
{
	return (struct reason){
	    .check = standing->check,
	    .finding = standing->belief,
	    .severity = standing->severity,
	    .subject = standing->subject,
	    .text = belief_text(standing, arena),
	    .fix = standing->fix,
	};
}

static bool is_blind(const struct standing *standing)
{
	return standing->blind_cause != CAUSE_NONE || standing->belief == FINDING_BLIND;
}

static const char *blind_text(const struct standing *standing)
{
	if (standing->blind_cause != CAUSE_NONE)
		return cause_text(standing->blind_cause);
	return standing->streak ? SAID("one answer is not confirmed yet") : SAID("not asked yet");
}

static struct reason blind_reason(const struct standing *standing)
{
	return (struct reason){
	    .check = standing->check,
	    .finding = FINDING_BLIND,
	    .severity = SEVERITY_INFO,
	    .subject = standing->subject,
	    .text = blind_text(standing),
	    .fix = "",
	};
}

/* Worst first: weight, severity, the order of the findings, then by name, so that two passes
 * that know the same say the same. What is blind comes behind everything known. */
static int compare_reasons(const void *left, const void *right)
{
	const struct reason *a = left;
	const struct reason *b = right;
	int order;

	if (weight_of(a) != weight_of(b))
		return weight_of(a) > weight_of(b) ? -1 : 1;
	if ((a->finding == FINDING_BLIND) != (b->finding == FINDING_BLIND))
		return b->finding == FINDING_BLIND ? -1 : 1;
	if (a->severity != b->severity)
		return a->severity > b->severity ? -1 : 1;
	if (a->finding != b->finding)
		return a->finding < b->finding ? -1 : 1;
	order = strcmp(a->check, b->check);
	return order ? order : strcmp(a->subject, b->subject);
}

static bool is_thin(const struct coverage *coverage)
{
	return coverage->asked == 0 || coverage->answered < coverage->asked - coverage->asked / 2;
}

static enum grade_letter letter_of(const struct reason *reason, size_t reasons,
				   const struct coverage *coverage)
{
	size_t count[WEIGHT_POOR + 1] = {0};

	for (size_t i = 0; i < reasons; i++)
		count[weight_of(&reason[i])]++;
	if (count[WEIGHT_POOR] || count[WEIGHT_HALF] >= HALVES_FOR_POOR)
		return GRADE_POOR;
	if (is_thin(coverage))
		return GRADE_UNKNOWN;
	return count[WEIGHT_HALF] || count[WEIGHT_NEUTRAL] ? GRADE_NEUTRAL : GRADE_GOOD;
}

/* How much was asked and answered: why an address is GOOD, or why nobody can say. */
static struct reason coverage_reason(const struct coverage *coverage, bool is_good,
				     struct arena *arena)
{
	char age[CIVIL_TEXT_BYTES];
	struct reason reason = {
	    .check = "coverage",
	    .finding = is_good ? FINDING_CLEAR : FINDING_BLIND,
	    .severity = SEVERITY_INFO,
	    .subject = "",
	    .fix = "",
	};

	if (coverage->answered && coverage->oldest_s >= 0)
		reason.text = arena_printf(
		    arena,
		    is_good ? SAID("%zu of %zu answered, the oldest %s ago; nothing speaks "
				   "against it")
			    : SAID("only %zu of %zu answered, the oldest %s ago"),
		    coverage->answered, coverage->asked, civil_age(coverage->oldest_s, age));
	else
		reason.text =
		    arena_printf(arena,
				 is_good ? SAID("%zu of %zu answered; nothing speaks against it")
					 : SAID("only %zu of %zu answered"),
				 coverage->answered, coverage->asked);
	return reason;
}

struct grade grade_of(const struct standing *standing, size_t standings,
		      const struct coverage *coverage, struct arena *arena)
{
	struct reason *reason = arena_calloc(arena, 2 * standings + 2, sizeof(*reason));
	struct grade grade = {.reason = reason + 1};

	/* The first place stays free for what makes an address GOOD. */
	for (size_t i = 0; i < standings; i++) {
		if (is_known(&standing[i]))
			reason[++grade.reasons] = known_reason(&standing[i], arena);
		if (is_blind(&standing[i]))
			reason[++grade.reasons] = blind_reason(&standing[i]);
	}
	grade.letter = letter_of(grade.reason, grade.reasons, coverage);
	if (is_thin(coverage))
		reason[++grade.reasons] = coverage_reason(coverage, false, arena);
	qsort(reason + 1, grade.reasons, sizeof(*reason), compare_reasons);
	if (grade.letter == GRADE_GOOD) {
		reason[0] = coverage_reason(coverage, true, arena);
		grade.reason = reason;
		grade.reasons++;
	}
	return grade;
}
