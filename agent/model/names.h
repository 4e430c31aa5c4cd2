#ifndef MODEL_NAMES_H
#define MODEL_NAMES_H

#include <stddef.h>

/* The words of the interface. An enum, its words and its order stand here and in names.c,
 * nowhere else. Zero is the harmless or the unknown value. */

enum finding {
	FINDING_BLIND, /* could not be learned; never the same as clear */
	FINDING_CLEAR,
	FINDING_LISTED,
	FINDING_NOTED, /* on a policy, reputation, allow or info list */
	FINDING_BROKEN, /* a record is missing or wrong */
	FINDING_ELEVATED,
	FINDING_SPIKE,
	FINDING_COLD,
	FINDING_COUNT
};

enum severity { SEVERITY_INFO, SEVERITY_MINOR, SEVERITY_MAJOR, SEVERITY_CRITICAL, SEVERITY_COUNT };

/* Why something is blind. */
enum cause {
	CAUSE_NONE,
	CAUSE_TIMEOUT,
	CAUSE_SERVFAIL,
	CAUSE_REFUSED,
	CAUSE_GARBLED,
	CAUSE_NOT_127,
	CAUSE_ERROR_CODE,
	CAUSE_UNKNOWN_CODE,
	CAUSE_LIST_SICK,
	CAUSE_MASS_CHANGE,
	CAUSE_BUDGET,
	CAUSE_DEADLINE,
	CAUSE_BAD_NAME, /* the target cannot be asked about: beyond the limits of DNS names */
	CAUSE_COUNT
};

enum grade_letter { GRADE_UNKNOWN, GRADE_GOOD, GRADE_NEUTRAL, GRADE_POOR, GRADE_COUNT };

enum list_kind { LIST_BLOCK, LIST_POLICY, LIST_REPUTATION, LIST_ALLOW, LIST_INFO, LIST_KIND_COUNT };

/* What a list is worth believing through this resolver. */
enum list_health {
	HEALTH_UNPROVEN, /* nothing wrong seen, but no positive test entry to prove it */
	HEALTH_OK,
	HEALTH_SICK, /* fails its test entries, or lists what nobody lists */
	HEALTH_REFUSED,
	HEALTH_UNREACHABLE,
	HEALTH_COUNT
};

enum change {
	CHANGE_NONE,
	CHANGE_RAISED,
	CHANGE_ESCALATED,
	CHANGE_CLEARED,
	CHANGE_WENT_BLIND,
	CHANGE_REMINDER,
	CHANGE_LIST_SICK,
	CHANGE_LIST_WELL,
	CHANGE_COUNT
};

const char *finding_name(enum finding finding);
const char *severity_name(enum severity severity);
const char *cause_name(enum cause cause);
const char *grade_name(enum grade_letter letter);
const char *list_kind_name(enum list_kind kind);
const char *list_health_name(enum list_health health);
const char *change_name(enum change change);

/* The same cause for people, to go behind "could not be asked: ". */
const char *cause_text(enum cause cause);

/* The value of a word, or -1. Exact spelling. */
int finding_parse(const char *word);
int severity_parse(const char *word);
int cause_parse(const char *word);
int grade_parse(const char *word);
int list_kind_parse(const char *word);
int list_health_parse(const char *word);
int change_parse(const char *word);

/* All words of an enum, for "must be one of ..." sentences and completion. */
struct words {
	const char *const *word;
	size_t count;
};
struct words severity_words(void);
struct words list_kind_words(void);
struct words reply_cause_words(void);
struct words reply_scope_words(void);

#endif
