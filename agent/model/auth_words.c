#include "model/auth_words.h"

#include "base/mem.h"
#include "base/tr_mark.h"

#include <string.h>

static const char *const spf_word[] = {
    [SPF_NONE] = "none",           [SPF_NEUTRAL] = "neutral",   [SPF_PASS] = "pass",
    [SPF_FAIL] = "fail",           [SPF_SOFTFAIL] = "softfail", [SPF_TEMPERROR] = "temperror",
    [SPF_PERMERROR] = "permerror",
};
_Static_assert(COUNT_OF(spf_word) == SPF_RESULT_COUNT, "a word for each result");

static const char *const state_word[] = {
    [AUTH_UNKNOWN] = SAID("unknown"), [AUTH_OK] = SAID("ok"),         [AUTH_WEAK] = SAID("weak"),
    [AUTH_MISSING] = SAID("missing"), [AUTH_BROKEN] = SAID("broken"),
};
_Static_assert(COUNT_OF(state_word) == AUTH_STATE_COUNT, "a word for each state");

static const char *const policy_word[] = {
    [DMARC_NO_POLICY] = "",
    [DMARC_NONE] = "none",
    [DMARC_QUARANTINE] = "quarantine",
    [DMARC_REJECT] = "reject",
};
_Static_assert(COUNT_OF(policy_word) == DMARC_POLICY_COUNT, "a word for each policy");

static const struct {
	const char *word;
	bool signs;
} source_row[] = {
    [SELECTOR_COMMON] = {"common", false}, [SELECTOR_OPENDKIM] = {"opendkim", true},
    [SELECTOR_DKIMPY] = {"dkimpy", true},  [SELECTOR_MILTER] = {"milter", true},
    [SELECTOR_AMAVIS] = {"amavis", true},  [SELECTOR_RSPAMD] = {"rspamd", false},
    [SELECTOR_EXIM] = {"exim", false},
};
_Static_assert(COUNT_OF(source_row) == SELECTOR_SOURCE_COUNT, "a row for each source");

static int find_word(const char *const *word, size_t count, const char *wanted)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(word[i], wanted) == 0)
			return (int)i;
	return -1;
}

const char *spf_result_name(enum spf_result result)
{
	return spf_word[result];
}

const char *spf_record_word(enum spf_result result, size_t senders)
{
	return result == SPF_NEUTRAL && !senders ? "ok" : spf_word[result];
}

int spf_result_parse(const char *word)
{
	return find_word(spf_word, COUNT_OF(spf_word), word);
}

const char *auth_state_name(enum auth_state state)
{
	return state_word[state];
}

int auth_state_parse(const char *word)
{
	return find_word(state_word, COUNT_OF(state_word), word);
}

const char *dmarc_policy_name(enum dmarc_policy policy)
{
	return policy_word[policy];
}

int dmarc_policy_parse(const char *word)
{
	return find_word(policy_word, COUNT_OF(policy_word), word);
}

const char *selector_source_name(enum selector_source source)
{
	return source_row[source].word;
}

int selector_source_parse(const char *word)
{
	for (size_t i = 0; i < COUNT_OF(source_row); i++)
		if (strcmp(source_row[i].word, word) == 0)
			return (int)i;
	return -1;
}

bool selector_source_signs(enum selector_source source)
{
	return source_row[source].signs;
}
