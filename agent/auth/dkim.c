/* Selectors cannot be listed by asking. Configured ones must be there. Without them common ones are
 * tried, and finding none proves nothing, unless there is no name below _domainkey at all. */
#include "auth/dkim.h"

#include "auth/problems.h"
#include "base/mem.h"
#include "dns/outcome.h"

/* What large providers and common software publish. */
static const char *const common_selector[] = {
    "default", "google",     "selector1",   "dkim",        "mail",  "selector2",
    "s1",      "s2",         "k1",          "k2",          "k3",    "mxvault",
    "zoho",    "protonmail", "protonmail2", "protonmail3", "fm1",   "fm2",
    "fm3",     "smtpapi",    "mandrill",    "sig1",        "dkim1", "key1",
    "mx",      "smtp",       "s1024",       "s2048",       "email", "sel1",
};
_Static_assert(COUNT_OF(common_selector) < DKIM_KEYS_MAX, "and one for what answers to any name");

enum { COMMONEST = 3 }; /* so many of them, the first */

/* Nobody's: what answers to it answers to any. */
static const char nobodys_selector[] = "repwatch-no-such-key";

struct look {
	const struct auth_subject *subject;
	struct ask *ask;
	struct domain_dkim *out;
	struct dkim_key *key; /* DKIM_KEYS_MAX */
	enum cause cause; /* of a question that failed */
	bool is_open;
};

static bool owner_of(const struct look *look, const char *selector, char out[DNS_NAME_BYTES])
{
	char zone[DNS_NAME_BYTES];

	return dns_name_join("_domainkey", look->subject->domain, zone) &&
	       dns_name_join(selector, zone, out);
}

static const struct dns_answer *ask_at(struct look *look, const char *name, enum dns_type type)
{
	const struct dns_answer *answer = ask_dns(look->ask, name, type);

	if (!answer)
		look->is_open = true;
	else if (!dns_is_usable(answer->outcome) && look->cause == CAUSE_NONE)
		look->cause = dns_cause(answer->outcome);
	return answer;
}

static struct slice text_of(const struct dns_record *record)
{
	return slice_of(record->data, record->len);
}

static void set_problems(struct dkim_key *key, enum auth_state state,
			 const struct problems *problems)
{
	key->state = state;
	key->problems = problems_sorted(problems);
}

/* --- configured selectors --- */

static const char *publish_fix(const char *owner, struct arena *arena)
{
	return arena_printf(arena, "%s. IN TXT \"v=DKIM1; k=rsa; p=<the public key>\"", owner);
}

/* No record: is the name an alias of one that does not exist, or does the record stand one domain
 * too deep, as without the dot at the end of its name? */
static void judge_missing(struct look *look, const char *owner, struct dkim_key *key)
{
	struct problems problems = problems_over(look->ask->arena);
	char deeper[DNS_NAME_BYTES];
	const struct dns_answer *alias = ask_dns(look->ask, owner, DNS_CNAME);
	const struct dns_answer *deep = NULL;
	const bool has_deeper = dns_name_join(owner, look->subject->domain, deeper);

	if (has_deeper)
		deep = ask_dns(look->ask, deeper, DNS_TXT);
	if (!alias || (has_deeper && !deep)) {
		look->is_open = true;
		return;
	}
	if (alias->outcome == DNS_FOUND && alias->records)
		problems_note(&problems, SEVERITY_MAJOR, NULL,
			      "%s is an alias of %.*s, which has no TXT record: ask the provider "
			      "for the name that serves this domain",
			      owner, QUOTED(text_of(&alias->record[0])));
	else if (deep && deep->outcome == DNS_FOUND && deep->records &&
		 dkim_text_of(text_of(&deep->record[0])) == DKIM_TEXT_KEY)
		problems_note(&problems, SEVERITY_MAJOR,
			      problems_txt(owner, text_of(&deep->record[0]), look->ask->arena),
			      "the key stands at %s: the dot at the end of its name is missing in "
			      "the zone file",
			      deeper);
	else
		problems_note(&problems, SEVERITY_MAJOR, publish_fix(owner, look->ask->arena),
			      "%s has no TXT record: mail signed with this selector fails", owner);
	set_problems(key, AUTH_MISSING, &problems);
}

static struct slice joined(struct slice a, struct slice b, struct arena *arena)
{
	char *text = arena_calloc(arena, a.len + b.len + 1, 1);

	memcpy(text, a.at, a.len);
	memcpy(text + a.len, b.at, b.len);
	return slice_of(text, a.len + b.len);
}

/* Whether two records are the halves of one key; the fix, or NULL. */
static const char *join_fix(const char *owner, const struct dns_answer *answer, struct arena *arena)
{
	for (size_t i = 0; answer->records == 2 && i < 2; i++) {
		const struct slice text =
		    joined(text_of(&answer->record[i]), text_of(&answer->record[1 - i]), arena);
		struct dkim_key key = {.selector = ""};

		dkim_key_read(owner, text, arena, &key);
		if (key.state == AUTH_OK || key.state == AUTH_WEAK)
			return problems_txt(owner, text, arena);
	}
	return NULL;
}

static const struct dns_record *first_key(const struct dns_answer *answer, struct arena *arena)
{
	struct dkim_key key = {.selector = ""};

	for (size_t i = 0; i < answer->records; i++) {
		dkim_key_read("", text_of(&answer->record[i]), arena, &key);
		if (key.state == AUTH_OK || key.state == AUTH_WEAK)
			return &answer->record[i];
	}
	return NULL;
}

/* RFC 6376 section 3.6.2.2: with several the result is undefined. */
static void judge_several(struct look *look, const char *owner, const struct dns_answer *answer,
			  struct dkim_key *key)
{
	struct arena *const arena = look->ask->arena;
	struct problems problems = problems_over(arena);
	const struct dns_record *usable = first_key(answer, arena);
	const char *fix =
	    usable ? problems_txt(owner, text_of(usable), arena) : join_fix(owner, answer, arena);

	if (usable) {
		dkim_key_read(owner, text_of(usable), arena, key);
		problems_note(&problems, SEVERITY_MAJOR, fix,
			      "%s has %zu TXT records, and receivers read whichever comes first: "
			      "leave the one that is meant",
			      owner, answer->records);
	} else if (fix) {
		problems_note(&problems, SEVERITY_MAJOR, fix,
			      "the key is spread over %zu TXT records: it must be one record of "
			      "several strings",
			      answer->records);
	} else {
		problems_note(&problems, SEVERITY_MAJOR, publish_fix(owner, arena),
			      "%s has %zu TXT records, and none is a usable key", owner,
			      answer->records);
	}
	set_problems(key, AUTH_BROKEN, &problems);
}

static void judge_stranger(struct look *look, const char *owner, enum dkim_text kind,
			   struct dkim_key *key)
{
	static const char *const what[] = {
	    [DKIM_TEXT_OTHER] = "a text that is no key",
	    [DKIM_TEXT_KEY] = "a key",
	    [DKIM_TEXT_SPF] = "an SPF record",
	    [DKIM_TEXT_DMARC] = "a DMARC record",
	};
	struct problems problems = problems_over(look->ask->arena);

	problems_note(&problems, SEVERITY_MAJOR, publish_fix(owner, look->ask->arena),
		      "%s answers at %s: a wildcard TXT record in the zone, or one that was "
		      "published at the wrong name",
		      what[kind], owner);
	set_problems(key, AUTH_BROKEN, &problems);
}

static void add_revoked(struct look *look, const char *owner, struct dkim_key *key)
{
	struct problems problems = problems_over(look->ask->arena);

	problems_note(&problems, SEVERITY_MAJOR, NULL,
		      "the key at %s is revoked (p= is empty): mail signed with it fails", owner);
	set_problems(key, AUTH_MISSING, &problems);
}

static void read_one(struct look *look, const char *owner, const struct dns_answer *answer,
		     struct dkim_key *key)
{
	const struct slice text = text_of(&answer->record[0]);
	const enum dkim_text kind = dkim_text_of(text);

	if (answer->records > 1) {
		judge_several(look, owner, answer, key);
	} else if (kind != DKIM_TEXT_KEY) {
		judge_stranger(look, owner, kind, key);
	} else {
		dkim_key_read(owner, text, look->ask->arena, key);
		if (key->state == AUTH_MISSING)
			add_revoked(look, owner, key);
	}
}

static struct dkim_key *add_key(struct look *look, const char *selector, bool is_configured)
{
	struct dkim_key *key = &look->key[look->out->keys++];

	*key = (struct dkim_key){.selector = selector, .type = "", .is_configured = is_configured};
	return key;
}

static void look_at_configured(struct look *look, const char *selector)
{
	struct dkim_key *key = add_key(look, selector, true);
	struct problems problems = problems_over(look->ask->arena);
	char owner[DNS_NAME_BYTES];
	const struct dns_answer *answer;

	if (!owner_of(look, selector, owner)) {
		problems_note(&problems, SEVERITY_MAJOR, NULL,
			      "the selector '%.*s' makes no name that DNS can carry",
			      QUOTED(slice_text(selector)));
		set_problems(key, AUTH_BROKEN, &problems);
		return;
	}
	answer = ask_at(look, owner, DNS_TXT);
	if (!answer)
		return;
	if (!dns_is_usable(answer->outcome))
		key->cause = dns_cause(answer->outcome);
	else if (answer->records == 0)
		judge_missing(look, owner, key);
	else
		read_one(look, owner, answer, key);
}

static void look_at_all_configured(struct look *look)
{
	/* What is not known hides nothing that is known to be wrong. */
	static const int weight[] = {
	    [AUTH_OK] = 0,      [AUTH_WEAK] = 1,   [AUTH_UNKNOWN] = 2,
	    [AUTH_MISSING] = 3, [AUTH_BROKEN] = 4,
	};
	struct problems problems = problems_over(look->ask->arena);
	const size_t count = look->subject->selectors;

	_Static_assert(COUNT_OF(weight) == AUTH_STATE_COUNT, "a weight for each state");
	look->out->state = AUTH_OK;
	for (size_t i = 0; i < count && i < DKIM_KEYS_MAX; i++) {
		look_at_configured(look, look->subject->selector[i]);
		if (weight[look->key[i].state] > weight[look->out->state])
			look->out->state = look->key[i].state;
	}
	if (count > DKIM_KEYS_MAX)
		problems_note(&problems, SEVERITY_INFO, NULL,
			      "of %zu selectors the first %d were looked at", count, DKIM_KEYS_MAX);
	look->out->problems = problems_sorted(&problems);
}

/* --- common selectors --- */

/* Whether a record is what answers to any selector. */
static bool is_anybodys(const struct dns_record *record, const struct dns_answer *wildcard)
{
	for (size_t i = 0; i < wildcard->records; i++)
		if (slice_equal(text_of(record), text_of(&wildcard->record[i])))
			return true;
	return false;
}

static bool has_key(const struct dns_answer *answer)
{
	return answer->records > 0 && dkim_text_of(text_of(&answer->record[0])) == DKIM_TEXT_KEY;
}

static void try_selector(struct look *look, const char *selector, const struct dns_answer *wildcard)
{
	char owner[DNS_NAME_BYTES];
	const struct dns_answer *answer;

	if (!owner_of(look, selector, owner))
		return;
	answer = ask_at(look, owner, DNS_TXT);
	if (answer && wildcard && has_key(answer) && !is_anybodys(&answer->record[0], wildcard))
		read_one(look, owner, answer, add_key(look, selector, false));
}

static void take_wildcard(struct look *look, const struct dns_answer *wildcard)
{
	char owner[DNS_NAME_BYTES];

	if (has_key(wildcard) && owner_of(look, "*", owner))
		read_one(look, owner, wildcard, add_key(look, "*", false));
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

static void judge_found(struct look *look, const struct dns_answer *subtree)
{
	struct domain_dkim *const out = look->out;
	struct problems problems = problems_over(look->ask->arena);
	const char *domain = look->subject->domain;

	out->state = best_of(out);
	if (out->state == AUTH_UNKNOWN && look->cause == CAUSE_NONE) {
		/* RFC 8020: below a name that does not exist nothing does. */
		const bool is_empty = subtree && subtree->outcome == DNS_NO_NAME && out->keys == 0;

		if (is_empty)
			problems_note(&problems, SEVERITY_MAJOR, NULL,
				      "%s has no DKIM keys at all: there is no name below "
				      "_domainkey.%s",
				      domain, domain);
		else if (all_is_revoked(out))
			problems_note(&problems, SEVERITY_MAJOR, NULL,
				      "%s revokes every DKIM key by a wildcard record", domain);
		else
			problems_note(
			    &problems, SEVERITY_INFO, NULL,
			    "no usable key at the %zu selectors that are common: name the "
			    "selectors of %s to have them checked",
			    COUNT_OF(common_selector), domain);
		if (is_empty || all_is_revoked(out))
			out->state = AUTH_MISSING;
	}
	out->problems = problems_sorted(&problems);
}

/* Where _domainkey does not exist, nothing below it does (RFC 8020). Some servers deny a name that
 * has only names below it, so the commonest selectors must be denied as well. */
static bool is_all_denied(struct look *look, const struct dns_answer *subtree)
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

static void look_for_common(struct look *look)
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
	if (wildcard)
		take_wildcard(look, wildcard);
	judge_found(look, subtree);
}

bool dkim_look(const struct auth_subject *subject, struct ask *ask, struct domain_dkim *out)
{
	struct look look = {.subject = subject, .ask = ask, .out = out};

	*out = (struct domain_dkim){.state = AUTH_UNKNOWN};
	look.key = arena_calloc(ask->arena, DKIM_KEYS_MAX, sizeof(*look.key));
	out->key = look.key;
	if (subject->selectors)
		look_at_all_configured(&look);
	else
		look_for_common(&look);
	if (out->state == AUTH_UNKNOWN)
		out->cause = look.cause;
	return !look.is_open;
}
