#ifndef AUTH_SPF_H
#define AUTH_SPF_H

#include "auth/spf_record.h"
#include "dns/ask.h"
#include "model/auth.h"

#include <stdbool.h>
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
	const char *receiver; /* %{r} */
	int64_t now; /* %{t} */
};

struct spf_verdict {
	enum spf_result result;
	const char *reason; /* in words, for people: what decided, or what is wrong and where */
	const char *mechanism; /* the term that decided, as written; "" for none */
	const char *at; /* the domain whose record held it */
	const char *explanation; /* exp= expanded, SPF_FAIL only; "" for none; foreign text */
	const char *record; /* of <domain>; "" for none */
	uint32_t lookups, voids;
};

/* False: a question is open. Strings belong to the ask's arena. */
bool spf_check(const struct spf_query *query, struct ask *ask, struct spf_verdict *out);

/* The record of a domain: SPF_PASS and `record` set; or SPF_NONE, SPF_PERMERROR (several),
 * SPF_TEMPERROR. False: a question is open. */
bool spf_fetch(const char *domain, struct ask *ask, enum spf_result *result, const char **record);

#endif
