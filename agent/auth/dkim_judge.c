/* What stands where a DKIM key should. */
#include "auth/dkim_parts.h"

#include "base/mem.h"
#include "base/tr_mark.h"
#include "dns/outcome.h"

void dkim_set_problems(struct dkim_key *key, enum auth_state state, const struct problems *problems)
{
	key->state = state;
	key->problems = problems_sorted(problems);
}

const char *dkim_publish_fix(const char *owner, struct arena *arena)
{
	return arena_printf(arena, "%s. IN TXT \"v=DKIM1; k=rsa; p=<the public key>\"", owner);
}

/* No record: is the name an alias of one that does not exist, or does the record stand one domain
 * too deep, as without the dot at the end of its name? */
void dkim_judge_missing(struct dkim_look *look, const char *owner, struct dkim_key *key)
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
			      owner, QUOTED(dkim_text(&alias->record[0])));
	else if (deep && deep->outcome == DNS_FOUND && deep->records &&
		 dkim_text_of(dkim_text(&deep->record[0])) == DKIM_TEXT_KEY)
		problems_note(&problems, SEVERITY_MAJOR,
			      problems_txt(owner, dkim_text(&deep->record[0]), look->ask->arena),
			      "the key stands at %s: the dot at the end of its name is missing in "
			      "the zone file",
			      deeper);
	else
		problems_note(&problems, SEVERITY_MAJOR, dkim_publish_fix(owner, look->ask->arena),
			      "%s has no TXT record: mail signed with this selector fails", owner);
	dkim_set_problems(key, AUTH_MISSING, &problems);
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
		    joined(dkim_text(&answer->record[i]), dkim_text(&answer->record[1 - i]), arena);
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
		dkim_key_read("", dkim_text(&answer->record[i]), arena, &key);
		if (key.state == AUTH_OK || key.state == AUTH_WEAK)
			return &answer->record[i];
	}
	return NULL;
}

/* RFC 6376 section 3.6.2.2: with several the result is undefined. */
static void judge_several(struct dkim_look *look, const char *owner,
			  const struct dns_answer *answer, struct dkim_key *key)
{
	struct arena *const arena = look->ask->arena;
	struct problems problems = problems_over(arena);
	const struct dns_record *usable = first_key(answer, arena);
	const char *fix =
	    usable ? problems_txt(owner, dkim_text(usable), arena) : join_fix(owner, answer, arena);

	if (usable) {
		dkim_key_read(owner, dkim_text(usable), arena, key);
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
		problems_note(&problems, SEVERITY_MAJOR, dkim_publish_fix(owner, arena),
			      "%s has %zu TXT records, and none is a usable key", owner,
			      answer->records);
	}
	dkim_set_problems(key, AUTH_BROKEN, &problems);
}

static void judge_stranger(struct dkim_look *look, const char *owner, enum dkim_text kind,
			   struct dkim_key *key)
{
	static const char *const what[] = {
	    [DKIM_TEXT_OTHER] = SAID("a text that is no key"),
	    [DKIM_TEXT_KEY] = SAID("a key"),
	    [DKIM_TEXT_SPF] = SAID("an SPF record"),
	    [DKIM_TEXT_DMARC] = SAID("a DMARC record"),
	};
	struct problems problems = problems_over(look->ask->arena);

	problems_note(&problems, SEVERITY_MAJOR, dkim_publish_fix(owner, look->ask->arena),
		      "%s answers at %s: a wildcard TXT record in the zone, or one that was "
		      "published at the wrong name",
		      what[kind], owner);
	dkim_set_problems(key, AUTH_BROKEN, &problems);
}

static void add_revoked(struct dkim_look *look, const char *owner, struct dkim_key *key)
{
	struct problems problems = problems_over(look->ask->arena);

	problems_note(&problems, SEVERITY_MAJOR, NULL,
		      "the key at %s is revoked (p= is empty): mail signed with it fails", owner);
	dkim_set_problems(key, AUTH_MISSING, &problems);
}

void dkim_judge(struct dkim_look *look, const char *owner, const struct dns_answer *answer,
		struct dkim_key *key)
{
	const struct slice text = dkim_text(&answer->record[0]);
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
