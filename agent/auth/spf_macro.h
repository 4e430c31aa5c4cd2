#ifndef AUTH_SPF_MACRO_H
#define AUTH_SPF_MACRO_H

#include "base/ip.h"
#include "base/slice.h"
#include "base/str.h"
#include "dns/name.h"

#include <stdbool.h>
#include <stdint.h>

/* Macros of SPF, RFC 7208 section 7: their syntax and their expansion. Pure, and bounded whatever
 * the text says: a domain is never longer than DNS can carry, an explanation is cut. */

enum { SPF_EXPLANATION_MAX_BYTES = 4096 };

/* Where a macro-string stands: c, r and t are for explanations only (section 7.2). Modifiers
 * nobody knows may hold every letter. */
enum spf_macro_place { SPF_MACRO_DOMAIN, SPF_MACRO_MODIFIER, SPF_MACRO_EXPLANATION };

/* Whether the text is a macro-string; in an explanation blanks are allowed too. */
bool spf_macro_is_valid(struct slice text, enum spf_macro_place place);
/* Whether it is a domain-spec: a macro-string that ends in a label of letters, or in a macro. */
bool spf_macro_is_domain(struct slice text);
/* Whether it holds %{p}, which costs lookups. */
bool spf_macro_has_p(struct slice text);
/* Whether it holds any macro: what it names is not known without a mail. */
bool spf_macro_has_any(struct slice text);

/* What the letters stand for. */
struct spf_macros {
	struct slice sender, local_part, sender_domain; /* s, l, o */
	const char *domain; /* d */
	const char *helo; /* h */
	const char *validated; /* p, "unknown" without one */
	const char *receiver; /* r */
	struct ip ip; /* i, c, v */
	int64_t now; /* t */
};

/* The text must be valid. Adds to `out` no more than SPF_EXPLANATION_MAX_BYTES. */
void spf_macro_explain(struct slice text, const struct spf_macros *macros, struct str *out);
/* The text must be valid. Labels are taken from the left until it fits (section 7.3); no dot at
 * the end. False: it is no name that DNS can carry. */
bool spf_macro_domain(struct slice text, const struct spf_macros *macros, char out[DNS_NAME_BYTES]);

#endif
