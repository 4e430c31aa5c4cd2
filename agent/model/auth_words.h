#ifndef MODEL_AUTH_WORDS_H
#define MODEL_AUTH_WORDS_H

#include <stdbool.h>
#include <stddef.h>

/* The words of sender authentication. A _parse gives the value of a word, or -1. */

/* RFC 7208 section 2.6. */
enum spf_result {
	SPF_NONE,
	SPF_NEUTRAL,
	SPF_PASS,
	SPF_FAIL,
	SPF_SOFTFAIL,
	SPF_TEMPERROR,
	SPF_PERMERROR,
	SPF_RESULT_COUNT
};
const char *spf_result_name(enum spf_result result);
/* The same of a record; "ok" where it can be used and no sender was held against it. */
const char *spf_record_word(enum spf_result result, size_t senders);
int spf_result_parse(const char *word);

/* How one kind of record stands. */
enum auth_state {
	AUTH_UNKNOWN, /* could not be learned; never the same as missing */
	AUTH_OK,
	AUTH_WEAK, /* works, but something should be mended */
	AUTH_MISSING,
	AUTH_BROKEN, /* there, and receivers cannot use it */
	AUTH_STATE_COUNT
};
/* "unknown", "ok", "weak", "missing", "broken" */
const char *auth_state_name(enum auth_state state);
int auth_state_parse(const char *word);

enum dmarc_policy {
	DMARC_NO_POLICY,
	DMARC_NONE,
	DMARC_QUARANTINE,
	DMARC_REJECT,
	DMARC_POLICY_COUNT
};
/* What tells that a domain signs with a selector, beside the configuration. */
enum selector_source {
	SELECTOR_COMMON, /* nothing did: it was found by trying common ones */
	SELECTOR_OPENDKIM,
	SELECTOR_DKIMPY,
	SELECTOR_MILTER, /* a header that Sendmail inserted for a milter */
	SELECTOR_AMAVIS,
	SELECTOR_RSPAMD,
	SELECTOR_EXIM, /* a signature that Exim verified */
	SELECTOR_SOURCE_COUNT
};
/* "common", "opendkim", "dkimpy", "milter", "amavis", "rspamd", "exim" */
const char *selector_source_name(enum selector_source source);
int selector_source_parse(const char *word);
/* Whether the signer itself says so, in a line where nobody else's words can stand for it. */
bool selector_source_signs(enum selector_source source);

/* "", "none", "quarantine", "reject" */
const char *dmarc_policy_name(enum dmarc_policy policy);
int dmarc_policy_parse(const char *word);

#endif
