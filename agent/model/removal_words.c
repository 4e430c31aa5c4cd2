#include "base/mem.h"
#include "model/removal.h"
#include "model/removal_way.h"

#include <string.h>

static const char *const by_word[] = {
    [REMOVAL_BY_UNKNOWN] = "unknown", [REMOVAL_BY_SELF] = "self-service",
    [REMOVAL_BY_ACCOUNT] = "account", [REMOVAL_BY_FORM] = "form",
    [REMOVAL_BY_MAIL] = "mail",       [REMOVAL_BY_OWNER] = "owner",
    [REMOVAL_BY_EXPIRY] = "expiry",   [REMOVAL_BY_PAYING] = "paid",
};
_Static_assert(COUNT_OF(by_word) == REMOVAL_BY_COUNT, "a word for each way");

static const char *const language_word[] = {
    [REMOVAL_ENGLISH] = "en",
    [REMOVAL_JAPANESE] = "ja",
};
_Static_assert(COUNT_OF(language_word) == REMOVAL_LANGUAGE_COUNT, "a word for each language");

static const char *const state_word[] = {
    [REMOVAL_OPEN] = "open",       [REMOVAL_ASKED] = "asked",       [REMOVAL_ANSWERED] = "answered",
    [REMOVAL_CLEARED] = "cleared", [REMOVAL_RELISTED] = "relisted",
};
_Static_assert(COUNT_OF(state_word) == REMOVAL_STATE_COUNT, "a word for each state");

static const char *const verdict_word[] = {
    [REMOVAL_LOOK_FIRST] = "look-first", [REMOVAL_ASK] = "ask",
    [REMOVAL_FIX_FIRST] = "fix-first",   [REMOVAL_WAIT] = "wait",
    [REMOVAL_EXPIRES] = "expires",       [REMOVAL_NOT_ADVISED] = "not-advised",
};
_Static_assert(COUNT_OF(verdict_word) == REMOVAL_VERDICT_COUNT, "a word for each verdict");

const char *removal_by_name(enum removal_by by)
{
	return by_word[by];
}

int removal_by_parse(const char *word)
{
	for (size_t i = 0; i < COUNT_OF(by_word); i++)
		if (strcmp(by_word[i], word) == 0)
			return (int)i;
	return -1;
}

struct words removal_by_words(void)
{
	return (struct words){by_word, COUNT_OF(by_word)};
}

const char *removal_language_name(enum removal_language language)
{
	return language_word[language];
}

struct words removal_language_words(void)
{
	return (struct words){language_word, COUNT_OF(language_word)};
}

const char *removal_state_name(enum removal_state state)
{
	return state_word[state];
}

const char *removal_verdict_name(enum removal_verdict verdict)
{
	return verdict_word[verdict];
}

enum removal_state removal_state_of(const struct removal *removal)
{
	if (!removal)
		return REMOVAL_OPEN;
	if (removal->relisted_at)
		return REMOVAL_RELISTED;
	if (removal->cleared_at)
		return REMOVAL_CLEARED;
	return removal->answered_at ? REMOVAL_ANSWERED : REMOVAL_ASKED;
}
