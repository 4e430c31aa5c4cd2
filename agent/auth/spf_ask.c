/* The questions of check_host(), and what their answers mean: RFC 7208 sections 4.6.4, 5 and 5.5. */
#include "auth/spf_eval.h"

#include "dns/outcome.h"
#include "model/observation.h"

#include <string.h>
#include <strings.h>

const char *spf_quote(const struct spf_eval *eval, struct slice text)
{
	const size_t len = text.len < FOREIGN_TEXT_MAX_BYTES ? text.len : FOREIGN_TEXT_MAX_BYTES;

	return len ? arena_strndup(eval->scratch, text.at, len) : "";
}

enum spf_step spf_break(struct spf_eval *eval, enum spf_result result,
			const struct spf_place *place, const char *reason)
{
	eval->broken = (struct spf_broken){.result = result,
					   .reason = reason,
					   .term = spf_quote(eval, place->text),
					   .at = place->domain};
	return SPF_BROKEN;
}

static const char *type_name(enum dns_type type)
{
	switch (type) {
	case DNS_A:
		return "A";
	case DNS_AAAA:
		return "AAAA";
	case DNS_MX:
		return "MX";
	case DNS_PTR:
		return "PTR";
	case DNS_TXT:
		return "TXT";
	case DNS_NS:
	case DNS_CNAME:
	case DNS_SOA:
		break;
	}
	return "";
}

bool spf_count_lookup(struct spf_eval *eval, const struct spf_place *place)
{
	if (eval->lookups < SPF_LOOKUPS_MAX) {
		eval->lookups++;
		return true;
	}
	spf_break(eval, SPF_PERMERROR, place,
		  arena_printf(eval->scratch,
			       "more than %d lookups are needed: '%s' in the record of %s is one "
			       "too many",
			       SPF_LOOKUPS_MAX, spf_quote(eval, place->text), place->domain));
	return false;
}

/* Section 4.6.4 limits the terms whose questions find nothing, so a term counts once. */
static enum spf_step count_void(struct spf_eval *eval, struct spf_place *place)
{
	if (place->is_void)
		return SPF_NO_MATCH;
	place->is_void = true;
	if (eval->voids++ < SPF_VOIDS_MAX)
		return SPF_NO_MATCH;
	return spf_break(eval, SPF_PERMERROR, place,
			 arena_printf(eval->scratch,
				      "more than %d terms ask for what does not exist: the last "
				      "is '%s' in the record of %s",
				      SPF_VOIDS_MAX, spf_quote(eval, place->text), place->domain));
}

/* Section 5: what is neither an answer nor "there is none" ends the evaluation. */
static enum spf_step break_blind(struct spf_eval *eval, const struct spf_place *place,
				 const char *name, enum dns_type type, enum dns_outcome outcome)
{
	spf_break(eval, SPF_TEMPERROR, place,
		  arena_printf(eval->scratch, "no answer about the %s records of %s (%s)",
			       type_name(type), name, cause_name(dns_cause(outcome))));
	eval->broken.cause = dns_cause(outcome);
	return SPF_BROKEN;
}

enum spf_step spf_ask(struct spf_eval *eval, struct spf_place *place, const char *name,
		      enum dns_type type, const struct dns_answer **answer)
{
	const struct dns_answer *const got = ask_dns(eval->ask, name, type);

	*answer = got;
	if (!got)
		return SPF_OPEN;
	switch (got->outcome) {
	case DNS_FOUND:
		return SPF_MATCH;
	case DNS_NO_DATA:
	case DNS_NO_NAME:
		return count_void(eval, place);
	case DNS_BAD_NAME: /* never asked, so it is no void lookup */
		return SPF_NO_MATCH;
	case DNS_TIMEOUT:
	case DNS_SERVFAIL:
	case DNS_REFUSED:
	case DNS_GARBLED:
	case DNS_DEADLINE:
	case DNS_BUDGET:
	case DNS_OUTCOME_COUNT:
		break;
	}
	return break_blind(eval, place, name, type, got->outcome);
}

/* --- validated names of the address, section 5.5 --- */

/* For ptr and %{p} a failing server means only that nothing is validated. What we did not ask for
 * want of time says nothing about the name, though. */
static bool is_excused(const struct spf_eval *eval)
{
	return eval->broken.result == SPF_TEMPERROR && eval->broken.cause != CAUSE_DEADLINE &&
	       eval->broken.cause != CAUSE_BUDGET;
}

static enum spf_step ask_excused(struct spf_eval *eval, struct spf_place *place, const char *name,
				 enum dns_type type, const struct dns_answer **answer)
{
	const enum spf_step step = spf_ask(eval, place, name, type, answer);

	if (step != SPF_BROKEN || !is_excused(eval))
		return step;
	eval->broken = (struct spf_broken){0};
	return SPF_NO_MATCH;
}

enum nearness { NEAR_SAME, NEAR_BELOW, NEAR_OTHER };

static enum nearness nearness(const char *name, const char *domain)
{
	const size_t len = strlen(name);
	const size_t domain_len = strlen(domain);

	if (dns_name_equal(name, domain))
		return NEAR_SAME;
	if (len > domain_len && name[len - domain_len - 1] == '.' &&
	    strcasecmp(name + len - domain_len, domain) == 0)
		return NEAR_BELOW;
	return NEAR_OTHER;
}

/* A name of the address that leads back to it: the first that is as near to the domain as asked.
 * Names further away are not asked about, since they could not decide anything. */
static enum spf_step find_validated(struct spf_eval *eval, struct spf_place *place,
				    const struct dns_answer *names, enum nearness wanted,
				    const char *domain, const char **found)
{
	const struct ip *const ip = &eval->macros.ip;

	for (size_t i = 0; i < names->records && i < SPF_NAMES_MAX; i++) {
		const struct dns_record *const record = &names->record[i];
		const struct dns_answer *answer;
		enum spf_step step;

		if (strlen(record->data) != record->len || nearness(record->data, domain) != wanted)
			continue;
		step = ask_excused(eval, place, record->data, ip->family == 4 ? DNS_A : DNS_AAAA,
				   &answer);
		if (step == SPF_OPEN || step == SPF_BROKEN)
			return step;
		if (step == SPF_MATCH && dns_has_ip(answer, ip)) {
			*found = record->data;
			return SPF_MATCH;
		}
	}
	return SPF_NO_MATCH;
}

static enum spf_step find_nearest(struct spf_eval *eval, struct spf_place *place,
				  enum nearness furthest, const char *domain, const char **found)
{
	char owner[DNS_NAME_BYTES];
	const struct dns_answer *names;
	enum spf_step step;

	dns_name_of_ptr(&eval->macros.ip, owner);
	step = ask_excused(eval, place, owner, DNS_PTR, &names);
	if (step != SPF_MATCH)
		return step;
	for (int wanted = NEAR_SAME; wanted <= (int)furthest; wanted++) {
		step = find_validated(eval, place, names, (enum nearness)wanted, domain, found);
		if (step != SPF_NO_MATCH)
			return step;
	}
	return SPF_NO_MATCH;
}

enum spf_step spf_ask_ptr(struct spf_eval *eval, struct spf_place *place, const char *target)
{
	const char *found;

	return find_nearest(eval, place, NEAR_BELOW, target, &found);
}

/* %{p}, section 7.3. Its PTR question is one of the 10 (section 4.6.4). */
static enum spf_step set_validated(struct spf_eval *eval, struct spf_place *place)
{
	const char *found;
	enum spf_step step;

	eval->macros.validated = "unknown";
	if (!eval->has_counted_p && !spf_count_lookup(eval, place))
		return SPF_BROKEN;
	eval->has_counted_p = true;
	step = find_nearest(eval, place, NEAR_OTHER, place->domain, &found);
	if (step == SPF_MATCH)
		eval->macros.validated = found;
	return step == SPF_NO_MATCH ? SPF_MATCH : step;
}

enum spf_step spf_target(struct spf_eval *eval, struct spf_place *place, struct slice spec,
			 char out[DNS_NAME_BYTES])
{
	if (!spec.len)
		return dns_name_normalise(place->domain, out) ? SPF_MATCH : SPF_NO_MATCH;
	if (spf_macro_has_p(spec)) {
		const enum spf_step step = set_validated(eval, place);

		if (step != SPF_MATCH)
			return step;
	}
	eval->macros.domain = place->domain;
	return spf_macro_domain(spec, &eval->macros, out) ? SPF_MATCH : SPF_NO_MATCH;
}
