/* Selectors cannot be listed by asking. Configured ones must be there. What logs and earlier looks
 * told of is asked about next; common ones are tried where that brings no key, and now and then.
 * Finding none proves nothing, unless there is no name below _domainkey at all.
 *
 * A log may tell of a selector that is not the domain's, so a learned one never makes a domain worse
 * than it is, but for two cases: a key that was there when a signer used it, and is gone, is missing;
 * and where a signer uses what nobody can find, a domain with other keys is weak. */
#include "auth/dkim_parts.h"

#include "base/civil.h"
#include "base/mem.h"
#include "base/tr_mark.h"
#include "dns/outcome.h"

#include <string.h>

/* What large providers and common software publish. */
static const char *const common_selector[] = {
    "default", "google",     "selector1",   "dkim",        "mail",  "selector2",
    "s1",      "s2",         "k1",          "k2",          "k3",    "mxvault",
    "zoho",    "protonmail", "protonmail2", "protonmail3", "fm1",   "fm2",
    "fm3",     "smtpapi",    "mandrill",    "sig1",        "dkim1", "key1",
    "mx",      "smtp",       "s1024",       "s2048",       "email", "sel1",
};
_Static_assert(COUNT_OF(common_selector) + DKIM_LEARNED_MAX + DKIM_CONFIGURED_MAX < DKIM_KEYS_MAX,
	       "and one for what answers to any name");

enum {
	COMMONEST = 3, /* so many of them, the first */
	DAY_S = 86400,
	ROTATED_S = DAY_S,
	USED_S = 7 * DAY_S
};

/* Nobody's: what answers to it answers to any. */
static const char nobodys_selector[] = "repwatch-no-such-key";

static bool owner_of(const struct dkim_look *look, const char *selector, char out[DNS_NAME_BYTES])
{
	char zone[DNS_NAME_BYTES];

	return dns_name_join("_domainkey", look->subject->domain, zone) &&
	       dns_name_join(selector, zone, out);
}

static const struct dns_answer *ask_at(struct dkim_look *look, const char *name, enum dns_type type)
{
	const struct dns_answer *answer = ask_dns(look->ask, name, type);

	if (!answer)
		look->is_open = true;
	else if (!dns_is_usable(answer->outcome) && look->cause == CAUSE_NONE)
		look->cause = dns_cause(answer->outcome);
	return answer;
}

static struct dkim_key *add_key(struct dkim_look *look, const char *selector)
{
	struct dkim_key *key = &look->key[look->out->keys++];

	*key = (struct dkim_key){.selector = selector, .type = "", .told_on = ""};
	return key;
}

/* --- configured selectors --- */

static void look_at_configured(struct dkim_look *look, const char *selector)
{
	struct dkim_key *key = add_key(look, selector);
	struct problems problems = problems_over(look->ask->arena);
	char owner[DNS_NAME_BYTES];
	const struct dns_answer *answer;

	key->is_configured = true;
	if (!owner_of(look, selector, owner)) {
		problems_note(&problems, SEVERITY_MAJOR, NULL,
			      "the selector '%.*s' makes no name that DNS can carry",
			      QUOTED(slice_text(selector)));
		dkim_set_problems(key, AUTH_BROKEN, &problems);
		return;
	}
	answer = ask_at(look, owner, DNS_TXT);
	if (!answer)
		return;
	if (!dns_is_usable(answer->outcome))
		key->cause = dns_cause(answer->outcome);
	else if (answer->records == 0)
		dkim_judge_missing(look, owner, key);
	else
		dkim_judge(look, owner, answer, key);
}

static void look_at_all_configured(struct dkim_look *look)
{
	/* What is not known hides nothing that is known to be wrong. */
	static const int weight[] = {
	    [AUTH_OK] = 0,      [AUTH_WEAK] = 1,   [AUTH_UNKNOWN] = 2,
	    [AUTH_MISSING] = 3, [AUTH_BROKEN] = 4,
	};
	const size_t count = look->subject->selectors;

	_Static_assert(COUNT_OF(weight) == AUTH_STATE_COUNT, "a weight for each state");
	look->out->state = AUTH_OK;
	for (size_t i = 0; i < count && i < DKIM_CONFIGURED_MAX; i++) {
		look_at_configured(look, look->subject->selector[i]);
		if (weight[look->key[i].state] > weight[look->out->state])
			look->out->state = look->key[i].state;
	}
	if (count > DKIM_CONFIGURED_MAX)
		problems_note(&look->problems, SEVERITY_INFO, NULL,
			      "of %zu selectors the first %d were looked at", count,
			      DKIM_CONFIGURED_MAX);
}

/* --- learned selectors --- */

static bool is_known(const struct dkim_look *look, const char *selector)
{
	for (size_t i = 0; i < look->out->keys; i++)
		if (strcmp(look->key[i].selector, selector) == 0)
			return true;
	return false;
}

static int64_t last_signed_at(const struct auth_subject *subject)
{
	int64_t at = 0;

	for (size_t i = 0; i < subject->learneds; i++)
		if (selector_source_signs(subject->learned[i].source) &&
		    subject->learned[i].told_at > at)
			at = subject->learned[i].told_at;
	return at;
}

/* By a signer, lately, and not less so than another: a key that was rotated out is gone rightly. */
static bool is_in_use(const struct dkim_look *look, const struct auth_selector *learned)
{
	return selector_source_signs(learned->source) &&
	       learned->told_at + USED_S >= look->subject->now &&
	       learned->told_at + ROTATED_S >= last_signed_at(look->subject);
}

static bool has_key(const struct dns_answer *answer)
{
	for (size_t i = 0; i < answer->records; i++)
		if (dkim_text_of(dkim_text(&answer->record[i])) == DKIM_TEXT_KEY)
			return true;
	return false;
}

static void note_useless(struct dkim_look *look, const struct auth_selector *learned,
			 const char *owner, const struct dkim_key *key)
{
	const char *const program = selector_source_name(learned->source);
	const bool is_there = key->problems.count > 0;
	const char *const mended = is_there ? key->problems.problem[0].fix : "";
	const char *const fix = *mended ? mended : dkim_publish_fix(owner, look->ask->arena);

	if (learned->key_at) {
		look->has_lost = true;
		problems_note(
		    &look->problems, SEVERITY_MAJOR, fix,
		    is_there ? SAID("the key at %s is of no use any more, and mail is still signed "
				    "with it (%s)")
			     : SAID("the key at %s is gone, and mail is still signed with it (%s)"),
		    owner, program);
		return;
	}
	look->has_unpublished = true;
	look->unpublished_fix = fix;
	problems_note(&look->problems, SEVERITY_MINOR, fix,
		      "mail is signed with the selector %s (%s), and %s has no usable key",
		      learned->name, program, owner);
}

/* False: it tells nothing of the domain, and is left out. */
static bool judge_learned(struct dkim_look *look, const struct auth_selector *learned,
			  const char *owner, struct dkim_key *key)
{
	const bool is_used = is_in_use(look, learned);

	if (key->state == AUTH_OK || key->state == AUTH_WEAK || key->cause != CAUSE_NONE)
		return true;
	if (is_used)
		note_useless(look, learned, owner, key);
	return is_used || (key->state == AUTH_BROKEN && learned->key_at);
}

static void look_at_learned(struct dkim_look *look, const struct auth_selector *learned)
{
	char owner[DNS_NAME_BYTES], day[CIVIL_TEXT_BYTES];
	const struct dns_answer *answer;
	struct dkim_key *key;

	if (is_known(look, learned->name) || !owner_of(look, learned->name, owner))
		return;
	answer = ask_at(look, owner, DNS_TXT);
	if (!answer)
		return;
	key = add_key(look, learned->name);
	key->source = learned->source;
	if (learned->told_at)
		key->told_on =
		    arena_strdup(look->ask->arena,
				 civil_date_text(civil_from_days(learned->told_at / DAY_S), day));
	if (!dns_is_usable(answer->outcome))
		key->cause = dns_cause(answer->outcome);
	else if (has_key(answer))
		dkim_judge(look, owner, answer, key);
	else
		key->state = AUTH_MISSING;
	look->absent += dns_is_usable(answer->outcome) && !answer->records;
	if (judge_learned(look, learned, owner, key))
		return;
	look->absent -= !answer->records;
	look->out->keys--;
}

/* Whether one is there, or may be: then nothing needs to be guessed. */
static bool look_at_all_learned(struct dkim_look *look)
{
	const size_t configured = look->out->keys;
	bool is_found = false;

	for (size_t i = 0; i < look->subject->learneds && i < DKIM_LEARNED_MAX; i++)
		look_at_learned(look, &look->subject->learned[i]);
	for (size_t i = configured; i < look->out->keys; i++)
		is_found |= look->key[i].state == AUTH_OK || look->key[i].state == AUTH_WEAK ||
			    look->key[i].cause != CAUSE_NONE;
	return is_found;
}

/* --- common selectors --- */

static bool begins_with_key(const struct dns_answer *answer)
{
	return answer->records > 0 && dkim_text_of(dkim_text(&answer->record[0])) == DKIM_TEXT_KEY;
}

/* Whether a record is what answers to any selector. */
static bool is_anybodys(const struct dns_record *record, const struct dns_answer *wildcard)
{
	for (size_t i = 0; i < wildcard->records; i++)
		if (slice_equal(dkim_text(record), dkim_text(&wildcard->record[i])))
			return true;
	return false;
}

static void try_selector(struct dkim_look *look, const char *selector,
			 const struct dns_answer *wildcard)
{
	char owner[DNS_NAME_BYTES];
	const struct dns_answer *answer;

	if (is_known(look, selector) || !owner_of(look, selector, owner))
		return;
	answer = ask_at(look, owner, DNS_TXT);
	if (answer && wildcard && begins_with_key(answer) &&
	    !is_anybodys(&answer->record[0], wildcard))
		dkim_judge(look, owner, answer, add_key(look, selector));
}

static void take_wildcard(struct dkim_look *look, const struct dns_answer *wildcard)
{
	char owner[DNS_NAME_BYTES];

	if (begins_with_key(wildcard) && owner_of(look, "*", owner))
		dkim_judge(look, owner, wildcard, add_key(look, "*"));
}

/* The best key tells that the domain can sign; those beside it may be somebody's who left. */
static enum auth_state best_of(const struct domain_dkim *dkim)
{
	static const enum auth_state order[] = {AUTH_OK, AUTH_WEAK, AUTH_BROKEN};

	for (size_t i = 0; i < COUNT_OF(order); i++)
		for (size_t k = 0; k < dkim->keys; k++)
			if (dkim->key[k].state == order[i])
				return order[i];
	return AUTH_UNKNOWN;
}

static bool all_is_revoked(const struct domain_dkim *dkim)
{
	for (size_t i = 0; i < dkim->keys; i++)
		if (strcmp(dkim->key[i].selector, "*") == 0 && dkim->key[i].state == AUTH_MISSING)
			return true;
	return false;
}

/* Common selectors were tried, and nothing can be used. */
static void judge_none(struct dkim_look *look, const struct dns_answer *subtree)
{
	const char *domain = look->subject->domain;
	/* RFC 8020: below a name that does not exist nothing does. */
	const bool is_empty =
	    subtree && subtree->outcome == DNS_NO_NAME && look->out->keys == look->absent;

	if (is_empty)
		problems_note(&look->problems, SEVERITY_MAJOR, look->unpublished_fix,
			      "%s has no DKIM keys at all: there is no name below _domainkey.%s",
			      domain, domain);
	else if (all_is_revoked(look->out))
		problems_note(&look->problems, SEVERITY_MAJOR, NULL,
			      "%s revokes every DKIM key by a wildcard record", domain);
	else
		problems_note(&look->problems, SEVERITY_INFO, NULL,
			      "no usable key at the %zu selectors that are common: name the "
			      "selectors of %s to have them checked",
			      COUNT_OF(common_selector), domain);
	if (is_empty || all_is_revoked(look->out))
		look->out->state = AUTH_MISSING;
}

static void judge_found(struct dkim_look *look, const struct dns_answer *subtree)
{
	struct domain_dkim *const out = look->out;

	out->state = best_of(out);
	if (out->state == AUTH_UNKNOWN && look->cause == CAUSE_NONE) {
		judge_none(look, subtree);
		if (look->has_lost)
			out->state = AUTH_MISSING;
	}
}

/* Where _domainkey does not exist, nothing below it does (RFC 8020). Some servers deny a name that
 * has only names below it, so the commonest selectors must be denied as well. */
static bool is_all_denied(struct dkim_look *look, const struct dns_answer *subtree)
{
	bool is_denied = subtree && subtree->outcome == DNS_NO_NAME;
	char owner[DNS_NAME_BYTES];

	for (size_t i = 0; i < COMMONEST; i++) {
		const struct dns_answer *const answer =
		    owner_of(look, common_selector[i], owner) ? ask_at(look, owner, DNS_TXT) : NULL;

		is_denied = is_denied && answer && answer->outcome == DNS_NO_NAME;
	}
	return is_denied;
}

static void look_for_common(struct dkim_look *look)
{
	char name[DNS_NAME_BYTES];
	const struct dns_answer *wildcard = NULL;
	const struct dns_answer *subtree = NULL;
	bool is_done;

	if (dns_name_join("_domainkey", look->subject->domain, name))
		subtree = ask_at(look, name, DNS_TXT);
	is_done = is_all_denied(look, subtree);
	if (look->is_open)
		return;
	look->out->has_guessed = true;
	if (is_done) {
		judge_found(look, subtree);
		return;
	}
	if (owner_of(look, nobodys_selector, name))
		wildcard = ask_at(look, name, DNS_TXT);
	for (size_t i = 0; i < COUNT_OF(common_selector); i++)
		try_selector(look, common_selector[i], wildcard);
	if (look->is_open)
		return;
	if (wildcard && look->out->keys < DKIM_KEYS_MAX)
		take_wildcard(look, wildcard);
	judge_found(look, subtree);
}

/* All at once where nothing needs to be waited for. */
static void look_unconfigured(struct dkim_look *look)
{
	const bool is_found = look_at_all_learned(look);

	if (look->subject->learneds && look->subject->has_guessed) {
		if (look->is_open)
			return;
		if (is_found) {
			judge_found(look, NULL);
			return;
		}
	}
	look_for_common(look);
}

bool dkim_look(const struct auth_subject *subject, struct ask *ask, struct domain_dkim *out)
{
	struct dkim_look look = {
	    .subject = subject, .ask = ask, .out = out, .problems = problems_over(ask->arena)};

	*out = (struct domain_dkim){.state = AUTH_UNKNOWN};
	look.key = arena_calloc(ask->arena, DKIM_KEYS_MAX, sizeof(*look.key));
	out->key = look.key;
	if (subject->selectors) {
		look_at_all_configured(&look);
		look_at_all_learned(&look);
	} else {
		look_unconfigured(&look);
	}
	/* What is signed so fails, whatever else is in order. */
	if (out->state == AUTH_OK && (look.has_lost || look.has_unpublished))
		out->state = AUTH_WEAK;
	if (out->state == AUTH_UNKNOWN)
		out->cause = look.cause;
	out->problems = problems_sorted(&look.problems);
	return !look.is_open;
}
