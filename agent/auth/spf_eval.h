#ifndef AUTH_SPF_EVAL_H
#define AUTH_SPF_EVAL_H

#include "auth/spf.h"
#include "auth/spf_macro.h"

/* The parts of check_host() among themselves: one evaluation, from the beginning, over what was
 * answered so far. It holds nothing that outlives it. */

enum spf_step {
	SPF_NO_MATCH,
	SPF_MATCH,
	SPF_OPEN, /* a question is */
	SPF_BROKEN /* temperror or permerror: `broken` says which, where and why */
};

struct spf_broken {
	enum spf_result result;
	const char *reason;
	const char *term, *at;
	enum cause cause;
};

struct spf_eval {
	const struct spf_query *query;
	struct ask *ask;
	const char *first; /* the <domain> it began with */
	struct arena *scratch; /* for this evaluation alone */
	struct arena *arena; /* for its verdict */
	struct spf_macros macros; /* of the domain at hand */
	uint32_t lookups, voids;
	bool has_counted_p;
	struct spf_broken broken;
};

/* A term where it stands. */
struct spf_place {
	const char *domain; /* <domain> of the record */
	struct slice text;
	bool is_void; /* one of its questions found nothing, and that was counted */
};

/* Whether the term matches. Includes are evaluated through spf_eval_domain. */
enum spf_step spf_eval_term(struct spf_eval *eval, const struct spf_term *term,
			    struct spf_place *place);

/* How a domain's record ended; for errors see `broken`. */
struct spf_end {
	enum spf_result result;
	struct slice mechanism;
	const char *at;
	struct slice explanation; /* the domain-spec of exp= beside the mechanism */
};
/* False: a question is open. */
bool spf_eval_domain(struct spf_eval *eval, const char *domain, struct spf_end *end);

/* --- spf_ask.c --- */
/* Counts a term against the 10. False: it is one too many. */
bool spf_count_lookup(struct spf_eval *eval, const struct spf_place *place);
/* What the answer of a term's question means: SPF_MATCH for records to look at, SPF_NO_MATCH for
 * none. */
enum spf_step spf_ask(struct spf_eval *eval, struct spf_place *place, const char *name,
		      enum dns_type type, const struct dns_answer **answer);
/* The target-name of a domain-spec, <domain> without one. SPF_MATCH: it is a name; SPF_NO_MATCH: it
 * is none. */
enum spf_step spf_target(struct spf_eval *eval, struct spf_place *place, struct slice spec,
			 char out[DNS_NAME_BYTES]);
/* Whether a validated name of the address is the target or below it (section 5.5). */
enum spf_step spf_ask_ptr(struct spf_eval *eval, struct spf_place *place, const char *target);
/* Returns SPF_BROKEN. */
enum spf_step spf_break(struct spf_eval *eval, enum spf_result result,
			const struct spf_place *place, const char *reason);
/* The text for a sentence: bounded, up to its first NUL. */
const char *spf_quote(const struct spf_eval *eval, struct slice text);

#endif
