#ifndef MODEL_AUTH_H
#define MODEL_AUTH_H

#include "base/ip.h"
#include "model/auth_words.h"
#include "model/names.h"
#include "model/selector.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Sender authentication of a domain: what DNS says about who may speak for it. Strings are never
 * NULL ("" is none), belong to the ask's arena, and are foreign text where they come from records:
 * bounded, not yet escaped. */

/* Something to mend, in a sentence without full stop; `fix` is the line to publish, as a zone file
 * has it, or "". */
struct auth_problem {
	enum severity severity; /* major: receivers cannot use the record; info: a note */
	const char *text;
	const char *fix;
};
struct auth_problems {
	const struct auth_problem *problem; /* worst first */
	size_t count;
};

/* An address mail of the domain leaves from. */
enum { AUTH_SENDERS_MAX = 64 };
struct auth_sender {
	struct ip ip;
	const char *host; /* a name that resolves to it (its HELO), "" when none is known */
};

/* What to look at. */
struct auth_subject {
	const char *domain; /* lower case A-labels, no trailing dot */
	const struct auth_sender
	    *sender; /* most mail first; none: records are read, no address held
	                                   * against them */
	size_t senders;
	const char *const *selector; /* DKIM: configured */
	size_t selectors;
	const struct auth_selector *learned; /* DKIM: likewise, asked before any is guessed */
	size_t learneds;
	bool has_guessed; /* common selectors were tried lately, and only are again when no learned
			   * one has a key */
	int64_t now;
};

struct spf_sender { /* check_host() for MAIL FROM:<postmaster@domain> */
	struct ip ip;
	enum spf_result result;
	const char *mechanism; /* the term that decided, as written; "" for the default */
};
/* A term that costs lookups, where the record or one that it includes holds it. */
struct spf_cost {
	uint32_t depth; /* 0: the domain's own record */
	const char *term; /* as written */
	uint32_t lookups; /* itself and all below it */
};
struct domain_spf {
	enum spf_result result; /* the worst for a sender; SPF_NEUTRAL where there are none and the
	                         * record can be used */
	const char *record;
	uint32_t lookups; /* of 10: all that the record can cause */
	uint32_t voids; /* of 2: terms that name what does not exist */
	const struct spf_cost *cost; /* the tree of the lookups, as it is walked; bounded */
	size_t costs;
	const struct spf_sender *sender; /* in the subject's order */
	size_t senders;
	enum cause cause; /* SPF_TEMPERROR: of the question that failed; else CAUSE_NONE */
	struct auth_problems problems;
	const char *fix; /* the whole record to publish, as a line of a zone; "" when there is
	                  * nothing to change */
	const char *why; /* of the fix, a sentence */
};

enum { DKIM_CONFIGURED_MAX = 32, DKIM_LEARNED_MAX = 16, DKIM_KEYS_MAX = 80 };
struct dkim_key {
	const char *selector;
	enum auth_state state; /* AUTH_MISSING: revoked (empty p=), or a configured selector without
	                        * record */
	const char *type; /* "rsa", "ed25519", or as written */
	uint32_t bits; /* 0: not known */
	bool is_configured;
	enum selector_source source; /* else */
	const char *told_on; /* the day a log told of it last, "2026-11-21" in UTC; "": none did */
	bool is_testing; /* t=y */
	enum cause cause; /* AUTH_UNKNOWN */
	struct auth_problems problems;
};
struct domain_dkim {
	enum auth_state state; /* the worst configured selector; else the best key found */
	/* AUTH_UNKNOWN: why a question failed; CAUSE_NONE: no key was seen, and selectors cannot be
	 * listed. */
	enum cause cause;
	const struct dkim_key *key; /* found, and configured ones that are missing; "*": whatever
	                             * selector is asked for */
	size_t keys;
	struct auth_problems problems; /* of the domain; those of a key stand with it */
	bool has_guessed; /* common selectors were tried, too */
};

struct domain_dmarc {
	enum auth_state state;
	const char *record;
	const char *found_at; /* the domain whose record it is: itself or its organisational one */
	enum dmarc_policy policy; /* what applies to this very domain, sp= and np= taken in */
	bool is_dkim_strict, is_spf_strict; /* adkim=s, aspf=s */
	bool is_testing; /* t=y, or pct=0 */
	uint32_t percent; /* pct=, 100 when absent */
	enum cause cause; /* AUTH_UNKNOWN */
	struct auth_problems problems;
	const char *fix;
};

struct domain_mx {
	enum auth_state state; /* AUTH_OK for a null MX too: it takes no mail by its own word */
	bool is_null; /* RFC 7505 */
	bool is_implicit; /* no MX, but an address: RFC 5321 section 5.1 */
	const char *const *host; /* by preference */
	size_t hosts;
	enum cause cause; /* AUTH_UNKNOWN */
	struct auth_problems problems;
};

struct domain_auth {
	const char *domain;
	const char *registrable; /* the organisational domain by the public suffix list */
	struct domain_spf spf;
	struct domain_dkim dkim;
	struct domain_dmarc dmarc;
	struct domain_mx mx;
	const char *mta_sts; /* the id of its record (RFC 8461); "" for none */
	const char *tls_rpt; /* its rua (RFC 8460) */
};

#endif
