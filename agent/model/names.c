#include "model/names.h"

#include "base/mem.h"
#include "base/tr_mark.h"
#include "model/delivery.h"
#include "model/traffic.h"

#include <string.h>

/* Defines NAME_name() and NAME_parse() over a table of words in the enum's order. */
#define WORDS(name, type, count, ...)                                                              \
	static const char *const name##_word[] = {__VA_ARGS__};                                    \
	_Static_assert(COUNT_OF(name##_word) == (count), "one word for each value");               \
	const char *name##_name(type value)                                                        \
	{                                                                                          \
		return word_of(name##_word, count, (size_t)value);                                 \
	}                                                                                          \
	int name##_parse(const char *word)                                                         \
	{                                                                                          \
		return value_of(name##_word, count, word);                                         \
	}

static const char *word_of(const char *const *words, size_t count, size_t value)
{
	if (value >= count)
		bug("no word for value %zu after '%s'", value, words[0]);
	return words[value];
}

static int value_of(const char *const *words, size_t count, const char *word)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(words[i], word) == 0)
			return (int)i;
	return -1;
}

WORDS(finding, enum finding, FINDING_COUNT, SAID("blind"), SAID("clear"), SAID("listed"),
      SAID("noted"), SAID("broken"), SAID("elevated"), SAID("spike"), SAID("cold"))
WORDS(severity, enum severity, SEVERITY_COUNT, SAID("info"), SAID("minor"), SAID("major"),
      SAID("critical"))
WORDS(cause, enum cause, CAUSE_COUNT, SAID("none"), SAID("timeout"), SAID("servfail"),
      SAID("refused"), SAID("garbled"), SAID("not-127"), SAID("error-code"), SAID("unknown-code"),
      SAID("list-sick"), SAID("mass-change"), SAID("budget"), SAID("deadline"), SAID("bad-name"))
WORDS(grade, enum grade_letter, GRADE_COUNT, "UNKNOWN", "GOOD", "NEUTRAL", "POOR")
WORDS(list_kind, enum list_kind, LIST_KIND_COUNT, SAID("block"), SAID("policy"), SAID("reputation"),
      SAID("allow"), SAID("info"))
WORDS(list_health, enum list_health, HEALTH_COUNT, SAID("unproven"), SAID("ok"), SAID("sick"),
      SAID("refused"), SAID("unreachable"))
WORDS(change, enum change, CHANGE_COUNT, SAID("none"), SAID("raised"), SAID("escalated"),
      SAID("cleared"), SAID("went-blind"), SAID("reminder"), SAID("list-sick"), SAID("list-well"))

const char *cause_text(enum cause cause)
{
	static const char *const text[] = {
	    [CAUSE_NONE] = SAID("nothing wrong"),
	    [CAUSE_TIMEOUT] = SAID("no answer in time"),
	    [CAUSE_SERVFAIL] = SAID("its servers fail"),
	    [CAUSE_REFUSED] = SAID("the question was refused"),
	    [CAUSE_GARBLED] = SAID("the answer could not be read, or cannot be right"),
	    [CAUSE_NOT_127] = SAID("the answer lies outside 127.0.0.0/8"),
	    [CAUSE_ERROR_CODE] = SAID("the operator's error code came instead of an answer"),
	    [CAUSE_UNKNOWN_CODE] = SAID("the catalogue does not know the code that came"),
	    [CAUSE_LIST_SICK] = SAID("the list fails its tests"),
	    [CAUSE_MASS_CHANGE] = SAID("too much changed at once to be believed at first sight"),
	    [CAUSE_BUDGET] = SAID("the day's budget of questions is spent"),
	    [CAUSE_DEADLINE] = SAID("the pass had to end first"),
	    [CAUSE_BAD_NAME] = SAID("the name is beyond what DNS can carry"),
	};

	_Static_assert(COUNT_OF(text) == CAUSE_COUNT, "one text for each cause");
	return word_of(text, CAUSE_COUNT, (size_t)cause);
}

WORDS(outcome, enum outcome, OUTCOME_COUNT, "sent", "deferred", "bounced", "expired")
WORDS(reply_cause, enum reply_cause, REPLY_CAUSE_COUNT, SAID("other"), SAID("authentication"),
      SAID("blocklist"), SAID("ip-block"), SAID("domain-reputation"), SAID("rate-limit"),
      SAID("ptr"), SAID("helo"), SAID("content"), SAID("tls"), SAID("recipient-unknown"),
      SAID("recipient-full"), SAID("recipient-disabled"), SAID("greylist"), SAID("policy"),
      SAID("size"), SAID("network"), SAID("remote-error"))
WORDS(reply_scope, enum reply_scope, REPLY_SCOPE_COUNT, SAID("unknown"), SAID("ip"),
      SAID("network"), SAID("domain"), SAID("url"), SAID("recipient"), SAID("message"),
      SAID("remote"))

WORDS(volume_level, enum volume_level, VOLUME_LEVEL_COUNT, SAID("no-data"), SAID("normal"),
      SAID("elevated"), SAID("spike"), SAID("warm-up"), SAID("over-plan"), SAID("cold"),
      SAID("low"))

struct words severity_words(void)
{
	return (struct words){severity_word, SEVERITY_COUNT};
}

struct words list_kind_words(void)
{
	return (struct words){list_kind_word, LIST_KIND_COUNT};
}

struct words reply_cause_words(void)
{
	return (struct words){reply_cause_word, REPLY_CAUSE_COUNT};
}

struct words reply_scope_words(void)
{
	return (struct words){reply_scope_word, REPLY_SCOPE_COUNT};
}
