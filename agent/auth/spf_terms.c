/* The mechanisms, RFC 7208 section 5. */
#include "auth/spf_eval.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

/* Section 5: addresses of the family of <ip>. */
static enum dns_type address_type(const struct spf_eval *eval)
{
	return eval->macros.ip.family == 4 ? DNS_A : DNS_AAAA;
}

static enum spf_step match_host(struct spf_eval *eval, const struct spf_term *term,
				struct spf_place *place, const char *host)
{
	const struct dns_answer *answer;
	const enum spf_step step = spf_ask(eval, place, host, address_type(eval), &answer);

	if (step != SPF_MATCH)
		return step;
	for (size_t i = 0; i < answer->records; i++)
		if (spf_term_has(term, &answer->record[i].ip, &eval->macros.ip))
			return SPF_MATCH;
	return SPF_NO_MATCH;
}

static enum spf_step eval_a(struct spf_eval *eval, const struct spf_term *term,
			    struct spf_place *place)
{
	char target[DNS_NAME_BYTES];
	const enum spf_step step = spf_target(eval, place, term->domain, target);

	return step == SPF_MATCH ? match_host(eval, term, place, target) : step;
}

static int compare_mx(const void *a, const void *b)
{
	const struct dns_record *const left = a;
	const struct dns_record *const right = b;

	if (left->priority != right->priority)
		return left->priority < right->priority ? -1 : 1;
	return strcmp(left->data, right->data);
}

static enum spf_step break_many(struct spf_eval *eval, struct spf_place *place, const char *target)
{
	return spf_break(
	    eval, SPF_PERMERROR, place,
	    arena_printf(eval->scratch,
			 "%s has more than %d MX records, for '%s' in the record of %s", target,
			 SPF_NAMES_MAX, spf_quote(eval, place->text), place->domain));
}

/* Sorted, so that servers which turn their answers round change nothing. */
static enum spf_step match_exchangers(struct spf_eval *eval, const struct spf_term *term,
				      struct spf_place *place, const struct dns_answer *answer)
{
	struct dns_record mx[SPF_NAMES_MAX];

	memcpy(mx, answer->record, answer->records * sizeof(mx[0]));
	qsort(mx, answer->records, sizeof(mx[0]), compare_mx);
	for (size_t i = 0; i < answer->records; i++) {
		enum spf_step step;

		if (strlen(mx[i].data) != mx[i].len)
			continue;
		step = match_host(eval, term, place, mx[i].data);
		if (step != SPF_NO_MATCH)
			return step;
	}
	return SPF_NO_MATCH;
}

static enum spf_step eval_mx(struct spf_eval *eval, const struct spf_term *term,
			     struct spf_place *place)
{
	const struct dns_answer *answer;
	char target[DNS_NAME_BYTES];
	enum spf_step step = spf_target(eval, place, term->domain, target);

	if (step == SPF_MATCH)
		step = spf_ask(eval, place, target, DNS_MX, &answer);
	if (step != SPF_MATCH)
		return step;
	/* Section 4.6.4: not the first ten, since then their order would decide. */
	if (answer->records > SPF_NAMES_MAX)
		return break_many(eval, place, target);
	return match_exchangers(eval, term, place, answer);
}

static enum spf_step eval_ptr(struct spf_eval *eval, const struct spf_term *term,
			      struct spf_place *place)
{
	char target[DNS_NAME_BYTES];
	const enum spf_step step = spf_target(eval, place, term->domain, target);

	return step == SPF_MATCH ? spf_ask_ptr(eval, place, target) : step;
}

/* Section 5.7: an A record, whatever the family of <ip>. */
static enum spf_step eval_exists(struct spf_eval *eval, const struct spf_term *term,
				 struct spf_place *place)
{
	const struct dns_answer *answer;
	char target[DNS_NAME_BYTES];
	const enum spf_step step = spf_target(eval, place, term->domain, target);

	return step == SPF_MATCH ? spf_ask(eval, place, target, DNS_A, &answer) : step;
}

static enum spf_step break_missing(struct spf_eval *eval, struct spf_place *place)
{
	return spf_break(eval, SPF_PERMERROR, place,
			 arena_printf(eval->scratch,
				      "'%s' in the record of %s names a domain without SPF record",
				      spf_quote(eval, place->text), place->domain));
}

/* Section 5.2, the table. */
static enum spf_step eval_include(struct spf_eval *eval, const struct spf_term *term,
				  struct spf_place *place)
{
	char target[DNS_NAME_BYTES];
	struct spf_end end;
	const enum spf_step step = spf_target(eval, place, term->domain, target);

	if (step == SPF_NO_MATCH)
		return break_missing(eval, place);
	if (step != SPF_MATCH)
		return step;
	if (!spf_eval_domain(eval, arena_strdup(eval->scratch, target), &end))
		return SPF_OPEN;
	switch (end.result) {
	case SPF_PASS:
		return SPF_MATCH;
	case SPF_FAIL:
	case SPF_SOFTFAIL:
	case SPF_NEUTRAL:
		return SPF_NO_MATCH;
	case SPF_NONE:
		return break_missing(eval, place);
	case SPF_TEMPERROR:
	case SPF_PERMERROR:
	case SPF_RESULT_COUNT:
		break;
	}
	return SPF_BROKEN;
}

enum spf_step spf_eval_term(struct spf_eval *eval, const struct spf_term *term,
			    struct spf_place *place)
{
	if (spf_mechanism_asks(term->mechanism) && !spf_count_lookup(eval, place))
		return SPF_BROKEN;
	switch (term->mechanism) {
	case SPF_ALL:
		return SPF_MATCH;
	case SPF_IP4:
	case SPF_IP6:
		return spf_term_has(term, &term->ip, &eval->macros.ip) ? SPF_MATCH : SPF_NO_MATCH;
	case SPF_A:
		return eval_a(eval, term, place);
	case SPF_MX:
		return eval_mx(eval, term, place);
	case SPF_PTR:
		return eval_ptr(eval, term, place);
	case SPF_EXISTS:
		return eval_exists(eval, term, place);
	case SPF_INCLUDE:
		return eval_include(eval, term, place);
	case SPF_MECHANISM_COUNT:
		break;
	}
	bug("a mechanism without meaning");
}
