#include "auth/spf_fix.h"

#include "auth/hostname.h"
#include "auth/problems.h"
#include "auth/spf_text.h"
#include "auth/spf_tree.h"
#include "base/mem.h"
#include "base/str.h"
#include "dns/outcome.h"

#include <string.h>

struct fix {
	const struct auth_subject *subject;
	struct ask *ask;
	struct spf_cache *cache;
	struct arena *arena;
	bool is_new; /* there is no record yet */
	struct slice text; /* as it is, or as it is to be */
	struct str why;
	bool is_open;
	bool passes[AUTH_SENDERS_MAX], is_blind[AUTH_SENDERS_MAX]; /* with `text` */
};

static size_t senders_of(const struct auth_subject *subject)
{
	return subject->senders < AUTH_SENDERS_MAX ? subject->senders : AUTH_SENDERS_MAX;
}

struct spf_query spf_sender_query(const struct auth_subject *subject, size_t sender)
{
	const struct auth_sender *const from = &subject->sender[sender];

	return (struct spf_query){
	    .ip = from->ip,
	    .domain = subject->domain,
	    .from = subject->domain, /* no local part: postmaster's */
	    .helo = *from->host ? from->host : subject->domain,
	    .now = subject->now,
	};
}

static enum spf_result evaluate(struct fix *fix, size_t sender, struct slice record)
{
	struct spf_query query = spf_sender_query(fix->subject, sender);
	struct spf_verdict verdict;

	query.record = record;
	query.cache = fix->cache;
	if (spf_check_in(&query, fix->ask, fix->arena, &verdict))
		return verdict.result;
	fix->is_open = true;
	return SPF_TEMPERROR;
}

/* --- a record to start from --- */

static bool takes_mail(struct fix *fix)
{
	const struct dns_answer *const mx = ask_dns(fix->ask, fix->subject->domain, DNS_MX);

	fix->is_open = fix->is_open || !mx;
	return mx && mx->outcome == DNS_FOUND && mx->record[0].len > 0;
}

/* False: nothing can be proposed. */
static bool begin(struct fix *fix)
{
	const char *const domain = fix->subject->domain;
	struct spf_found found;

	if (!spf_fetch(domain, fix->ask, &found)) {
		fix->is_open = true;
		return false;
	}
	if (found.result == SPF_TEMPERROR)
		return false;
	fix->text = found.record;
	if (found.records > 1) {
		fix->text = spf_text_merge(ask_dns(fix->ask, domain, DNS_TXT), fix->arena);
		spf_text_note(&fix->why, "%zu records become one", found.records);
	}
	fix->is_new = found.records == 0;
	if (fix->is_new) {
		const bool has_mx = takes_mail(fix);

		if (!has_mx && fix->subject->senders == 0)
			return false; /* it may be that nothing is ever sent as this domain */
		fix->text = slice_text(has_mx ? "v=spf1 mx ~all" : "v=spf1 ~all");
		spf_text_note(&fix->why, "there is no record yet");
	}
	return spf_text_mend(&fix->text, fix->arena, &fix->why);
}

static bool parse(const struct fix *fix, struct spf_record *record)
{
	struct spf_syntax wrong;

	return spf_record_parse(fix->text, fix->arena, record, &wrong);
}

/* +all, written out or not. */
static void close_all(struct fix *fix)
{
	const struct spf_term *all;
	struct spf_record record;

	if (!parse(fix, &record))
		return;
	all = spf_record_all(&record);
	if (!all || all->qualifier != SPF_PASS)
		return;
	spf_text_note(&fix->why, "'%.*s' lets anybody send and becomes '~all'", QUOTED(all->text));
	fix->text = spf_text_replace(fix->text, all->text, "~all", fix->arena);
}

/* Whether the domain-spec names, for certain, a domain without a record. */
static bool names_no_record(struct fix *fix, struct slice spec)
{
	char target[DNS_NAME_BYTES];
	struct spf_found found;

	if (!spf_tree_target(fix->subject->domain, spec, target))
		return false;
	if (spf_fetch(target, fix->ask, &found))
		return found.result == SPF_NONE;
	fix->is_open = true;
	return false;
}

/* The first reference to nowhere goes. False: there is none. */
static bool drop_missing(struct fix *fix)
{
	struct spf_record record;

	if (!parse(fix, &record))
		return false;
	for (size_t i = 0; i < record.terms; i++) {
		const struct spf_term *const term = &record.term[i];

		if (term->mechanism != SPF_INCLUDE || !names_no_record(fix, term->domain))
			continue;
		spf_text_note(&fix->why, "'%.*s' goes, for there is no record", QUOTED(term->text));
		fix->text = spf_text_replace(fix->text, term->text, "", fix->arena);
		return true;
	}
	if (!record.redirect.text.at || spf_record_all(&record) ||
	    !names_no_record(fix, record.redirect.domain))
		return false;
	spf_text_note(&fix->why, "'%.*s' becomes '~all', for there is no record",
		      QUOTED(record.redirect.text));
	fix->text = spf_text_replace(fix->text, record.redirect.text, "~all", fix->arena);
	return true;
}

/* --- letting senders pass --- */

static void evaluate_all(struct fix *fix)
{
	for (size_t i = 0; i < senders_of(fix->subject); i++) {
		const enum spf_result result = evaluate(fix, i, fix->text);

		fix->passes[i] = result == SPF_PASS;
		fix->is_blind[i] = result == SPF_TEMPERROR;
	}
}

static bool is_missing(const struct fix *fix, size_t sender)
{
	return !fix->passes[sender] && !fix->is_blind[sender];
}

/* Whether the host's name leads to the sender's address. */
static bool leads_to(struct fix *fix, const struct auth_sender *sender)
{
	const enum dns_type type = sender->ip.family == 4 ? DNS_A : DNS_AAAA;
	const struct dns_answer *const answer = ask_dns(fix->ask, sender->host, type);

	fix->is_open = fix->is_open || !answer;
	return answer && answer->outcome == DNS_FOUND && dns_has_ip(answer, &sender->ip);
}

/* A host that is to stand for its addresses must lead to all of them. */
static bool is_good_host(struct fix *fix, const char *host)
{
	bool is_good = hostname_is_qualified(host);

	for (size_t i = 0; is_good && i < senders_of(fix->subject); i++) {
		const struct auth_sender *const sender = &fix->subject->sender[i];

		if (is_missing(fix, i) && dns_name_equal(sender->host, host))
			is_good = leads_to(fix, sender);
	}
	return is_good;
}

/* Terms for the senders that do not pass. */
static const char *terms_for_missing(struct fix *fix, bool wants_hosts)
{
	struct ip ip[AUTH_SENDERS_MAX];
	const char *host[AUTH_SENDERS_MAX];
	struct str terms = {0};
	size_t hosts = 0;
	size_t ips = 0;
	const char *out;

	for (size_t i = 0; i < senders_of(fix->subject); i++) {
		const struct auth_sender *const sender = &fix->subject->sender[i];
		size_t known = 0;

		if (!is_missing(fix, i))
			continue;
		while (known < hosts && !dns_name_equal(host[known], sender->host))
			known++;
		if (!wants_hosts || (known == hosts && !is_good_host(fix, sender->host))) {
			ip[ips++] = sender->ip;
		} else if (known == hosts) {
			host[hosts++] = sender->host;
			str_addf(&terms, "%sa:%s", terms.len ? " " : "", sender->host);
		}
	}
	if (ips)
		str_addf(&terms, "%s%s", terms.len ? " " : "",
			 spf_text_addresses(ip, ips, fix->arena));
	out = arena_strdup(fix->arena, str_text(&terms));
	str_release(&terms);
	return out;
}

/* Whether all that can pass does with this record, and nobody needs more lookups than there are. */
static bool is_good(struct fix *fix, struct slice text, bool counts_lookups)
{
	struct problems unused = problems_over(fix->arena);
	struct spf_record record;
	struct spf_syntax wrong;
	struct spf_tree tree;

	if (!spf_record_parse(text, fix->arena, &record, &wrong))
		return false;
	if (!spf_tree_walk(fix->subject->domain, &record, fix->ask, &unused, &tree))
		fix->is_open = true;
	if (counts_lookups && tree.lookups > SPF_LOOKUPS_MAX)
		return false;
	for (size_t i = 0; i < senders_of(fix->subject); i++)
		if (!fix->is_blind[i] && evaluate(fix, i, text) != SPF_PASS)
			return false;
	return true;
}

/* From the one that reads best to the one that always helps. */
static const struct attempt {
	bool wants_hosts, is_first;
} attempt[] = {{true, false}, {false, false}, {false, true}};

static const char *missing_addresses(const struct fix *fix)
{
	enum { NAMED_MAX = 4 };
	char text[IP_TEXT_BYTES];
	struct str out = {0};
	size_t count = 0;
	const char *list;

	for (size_t i = 0; i < senders_of(fix->subject); i++) {
		if (!is_missing(fix, i))
			continue;
		if (count++ < NAMED_MAX)
			str_addf(&out, "%s%s", out.len ? ", " : "",
				 ip_text(&fix->subject->sender[i].ip, text));
	}
	if (count > NAMED_MAX)
		str_addf(&out, " and %zu more", count - NAMED_MAX);
	list = arena_strdup(fix->arena, str_text(&out));
	str_release(&out);
	return list;
}

static bool has_missing(const struct fix *fix)
{
	for (size_t i = 0; i < senders_of(fix->subject); i++)
		if (is_missing(fix, i))
			return true;
	return false;
}

/* False: nothing helps, or questions are open. */
static bool add_missing(struct fix *fix)
{
	if (!has_missing(fix))
		return true;
	for (size_t i = 0; i < COUNT_OF(attempt); i++) {
		const char *const terms = terms_for_missing(fix, attempt[i].wants_hosts);
		const struct slice text = spf_text_insert(
		    fix->text, terms, attempt[i].is_first || fix->is_new, fix->arena);
		const bool is_fine = !fix->is_open && is_good(fix, text, attempt[i].wants_hosts);

		/* While questions are open, a better attempt may still turn out well. */
		if (fix->is_open)
			return false;
		if (!is_fine)
			continue;
		spf_text_note(&fix->why,
			      attempt[i].is_first
				  ? "'%s' lets %s send, before the record comes to what fails"
				  : "'%s' lets %s send",
			      terms, missing_addresses(fix));
		fix->text = text;
		return true;
	}
	return false;
}

static bool is_changed(struct fix *fix)
{
	struct spf_found found;

	return !spf_fetch(fix->subject->domain, fix->ask, &found) || found.records != 1 ||
	       !slice_equal(found.record, fix->text);
}

static bool look(struct fix *fix)
{
	if (!begin(fix))
		return false;
	close_all(fix);
	while (drop_missing(fix))
		;
	if (fix->is_open)
		return false;
	evaluate_all(fix);
	return !fix->is_open && add_missing(fix) && is_changed(fix);
}

bool spf_fix(const struct auth_subject *subject, struct ask *ask, struct spf_cache *cache,
	     struct arena *arena, struct spf_fixed *out)
{
	struct fix fix = {.subject = subject, .ask = ask, .cache = cache, .arena = arena};

	*out = (struct spf_fixed){"", ""};
	if (look(&fix)) {
		out->record = arena_strndup(arena, fix.text.at, fix.text.len);
		out->why = arena_strdup(arena, str_text(&fix.why));
	}
	str_release(&fix.why);
	return !fix.is_open;
}
