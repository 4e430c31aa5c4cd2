#ifndef AUTH_SPF_RECORD_H
#define AUTH_SPF_RECORD_H

#include "base/arena.h"
#include "base/ip.h"
#include "base/slice.h"
#include "model/auth.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* An SPF record as written (RFC 7208 sections 4.5, 4.6.1 and 12). Both the evaluator and the linter
 * read records through this. */

enum spf_mechanism {
	SPF_ALL,
	SPF_INCLUDE,
	SPF_A,
	SPF_MX,
	SPF_PTR,
	SPF_IP4,
	SPF_IP6,
	SPF_EXISTS,
	SPF_MECHANISM_COUNT
};
const char *spf_mechanism_name(enum spf_mechanism mechanism);
/* Whether it counts against the 10 lookups of section 4.6.4. */
bool spf_mechanism_asks(enum spf_mechanism mechanism);

struct spf_term {
	enum spf_mechanism mechanism;
	enum spf_result qualifier; /* SPF_PASS, SPF_FAIL, SPF_SOFTFAIL, SPF_NEUTRAL */
	struct slice text; /* as written, qualifier and all */
	struct slice domain; /* domain-spec, macros not yet expanded; empty: <domain> */
	struct ip ip; /* SPF_IP4, SPF_IP6 */
	uint8_t bits4, bits6; /* the CIDR lengths; 32 and 128 when none were given */
};
/* Whether the address is inside `net`, of which only the term's CIDR length counts: bits behind it
 * may be set (section 5.6). */
bool spf_term_has(const struct spf_term *term, const struct ip *net, const struct ip *ip);

struct spf_modifier {
	struct slice text; /* as written; `at` NULL: not there */
	struct slice domain; /* domain-spec */
};

struct spf_record {
	const struct spf_term *term;
	size_t terms;
	struct spf_modifier redirect, explanation;
};

struct spf_syntax { /* what is wrong with it */
	struct slice term; /* as written */
	const char *text; /* a sentence that the term is the subject of */
};

/* Records that were read, for who evaluates many senders over one ask: reading them again is most
 * of the work. Told apart by where the text is, so it must not outlive the texts. */
struct spf_cache;
struct spf_cache *spf_cache_new(struct arena *arena);
/* spf_record_parse() through the cache; `cache` may be NULL. */
bool spf_cache_parse(struct spf_cache *cache, struct slice txt, struct arena *arena,
		     struct spf_record *out, struct spf_syntax *wrong);

/* Whether a TXT record is an SPF record at all: the version section, then a space or the end. */
bool spf_record_is(struct slice txt);
/* False: the whole record is in error (a permerror), `wrong` says where. The record borrows from
 * `txt`, for which spf_record_is holds. */
bool spf_record_parse(struct slice txt, struct arena *arena, struct spf_record *out,
		      struct spf_syntax *wrong);

#endif
