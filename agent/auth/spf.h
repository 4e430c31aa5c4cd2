#ifndef AUTH_SPF_H
#define AUTH_SPF_H

#include "auth/spf_record.h"
#include "dns/ask.h"
#include "model/auth.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* check_host() of RFC 7208 as a check over the ask table: it asks for one thing after the other,
 * as section 4.6 evaluates, so that no more is asked than section 4.6.4 allows. */

/* Section 4.6.4. */
enum { SPF_LOOKUPS_MAX = 10, SPF_VOIDS_MAX = 2, SPF_NAMES_MAX = 10 };

struct spf_query {
	struct ip ip;
	const char *domain; /* <domain>; NULL: that of `from`, or of HELO for a null sender (2.4) */
	const char *from; /* MAIL FROM, "" for the null sender: then postmaster@HELO */
	const char *helo;
	const char *receiver; /* %{r}; NULL: "unknown" */
	int64_t now; /* %{t} */
	struct spf_cache *cache; /* may be NULL */
	/* What <domain> might publish, a NUL behind it, to see what would come of it. `at` NULL: what
	 * it does publish. */
	struct slice record;
};

/* Terms and sentences quote records: foreign text, bounded, not yet escaped. */
struct spf_verdict {
	enum spf_result result;
	const char *reason; /* a sentence without full stop: what decided, or what is wrong and
	                     * where */
	const char *mechanism; /* the term that decided, as written; "" for none */
	const char *at; /* the domain whose record held it; "" for none */
	const char *explanation; /* exp= expanded, SPF_FAIL only; "" for none */
	const char *record; /* of <domain>; "" for none */
	enum cause cause; /* SPF_TEMPERROR: of the question that failed; else CAUSE_NONE */
	uint32_t lookups, voids; /* that were made */
};

/* False: a question is open. Strings belong to the ask's arena. */
bool spf_check(const struct spf_query *query, struct ask *ask, struct spf_verdict *out);
/* The same with the strings in another arena, for who asks many times over one ask. */
bool spf_check_in(const struct spf_query *query, struct ask *ask, struct arena *arena,
		  struct spf_verdict *out);

/* The record of a domain. */
struct spf_found {
	enum spf_result result; /* SPF_PASS: there is one; or SPF_NONE, SPF_PERMERROR (several),
	                         * SPF_TEMPERROR */
	struct slice record; /* SPF_PASS; lives as long as the ask's arena */
	size_t records; /* how many TXT records are SPF records */
	enum cause cause; /* SPF_TEMPERROR; else CAUSE_NONE */
	bool has_domain; /* the name exists */
};
/* False: a question is open. */
bool spf_fetch(const char *domain, struct ask *ask, struct spf_found *out);

#endif
