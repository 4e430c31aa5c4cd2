/* check_host(), RFC 7208 section 4. Each call evaluates from the beginning: what was answered is
 * in the ask's table, and reading a record again costs less than remembering where we were. */
#include "auth/spf.h"

#include "auth/spf_eval.h"
#include "dns/outcome.h"

#include <string.h>

/* --- the record, sections 4.4 and 4.5 --- */

bool spf_fetch(const char *domain, struct ask *ask, struct spf_found *out)
{
	const struct dns_answer *const answer = ask_dns(ask, domain, DNS_TXT);

	*out = (struct spf_found){.result = SPF_NONE};
	if (!answer)
		return false;
	out->has_domain = answer->outcome == DNS_FOUND || answer->outcome == DNS_NO_DATA;
	if (!dns_is_usable(answer->outcome) && answer->outcome != DNS_BAD_NAME) {
		out->result = SPF_TEMPERROR;
		out->cause = dns_cause(answer->outcome);
		return true;
	}
	for (size_t i = 0; i < answer->records; i++) {
		const struct slice txt = slice_of(answer->record[i].data, answer->record[i].len);

		if (!spf_record_is(txt))
			continue;
		out->record = txt;
		out->records++;
	}
	if (out->records)
		out->result = out->records == 1 ? SPF_PASS : SPF_PERMERROR;
	return true;
}

/* Section 4.3: two labels or more, and text that can be a host's. An address in brackets
 * (RFC 5321 section 4.1.3) is no domain, and names beyond ASCII come as A-labels. */
static bool is_mail_domain(const char *domain)
{
	const char *dot = strchr(domain, '.');

	if (!dns_name_fits(domain) || !dot || !dot[1] || domain[0] == '[')
		return false;
	for (const char *at = domain; *at; at++)
		if (*at <= ' ' || *at > '~')
			return false;
	return true;
}

static void break_record(struct spf_eval *eval, const struct spf_found *found, const char *domain)
{
	const struct spf_place place = {.domain = domain};

	if (found->result == SPF_PERMERROR) {
		spf_break(
		    eval, SPF_PERMERROR, &place,
		    arena_printf(eval->scratch, "%s has %zu SPF records", domain, found->records));
		return;
	}
	spf_break(eval, SPF_TEMPERROR, &place,
		  arena_printf(eval->scratch, "no answer about the TXT records of %s (%s)", domain,
			       cause_name(found->cause)));
	eval->broken.cause = found->cause;
}

/* Wherever the domain is named, by itself too, it is the record to try that stands there. */
static bool fetch(const struct spf_eval *eval, const char *domain, struct spf_found *found)
{
	const struct spf_query *const query = eval->query;

	if (!query->record.at || !dns_name_equal(domain, eval->first))
		return spf_fetch(domain, eval->ask, found);
	*found = (struct spf_found){
	    .result = SPF_PASS, .record = query->record, .records = 1, .has_domain = true};
	return true;
}

/* False: a question is open. Unless there is a record to go on with, `end` has the result. */
static bool read_record(struct spf_eval *eval, const char *domain, struct spf_record *record,
			struct spf_end *end)
{
	struct spf_syntax wrong;
	struct spf_found found;

	if (!is_mail_domain(domain))
		return true;
	if (!fetch(eval, domain, &found))
		return false;
	end->result = found.result;
	if (found.result == SPF_TEMPERROR || found.result == SPF_PERMERROR)
		break_record(eval, &found, domain);
	if (found.result != SPF_PASS ||
	    spf_cache_parse(eval->query->cache, found.record, eval->scratch, record, &wrong))
		return true;
	/* Section 4.6: an error anywhere spoils the whole record. */
	end->result = SPF_PERMERROR;
	spf_break(eval, SPF_PERMERROR, &(struct spf_place){.domain = domain, .text = wrong.term},
		  arena_printf(eval->scratch, "the record of %s is not valid: '%s' %s", domain,
			       spf_quote(eval, wrong.term), wrong.text));
	return true;
}

/* --- its terms, section 4.6 --- */

/* Section 6.1. */
static bool follow_redirect(struct spf_eval *eval, struct spf_place *place,
			    const struct spf_modifier *redirect, struct spf_end *end)
{
	char target[DNS_NAME_BYTES];
	enum spf_step step;

	end->result = SPF_PERMERROR;
	if (!spf_count_lookup(eval, place))
		return true;
	step = spf_target(eval, place, redirect->domain, target);
	if (step == SPF_OPEN)
		return false;
	if (step == SPF_BROKEN) {
		end->result = eval->broken.result;
		return true;
	}
	if (step == SPF_MATCH) {
		if (!spf_eval_domain(eval, arena_strdup(eval->scratch, target), end))
			return false;
		if (end->result != SPF_NONE)
			return true;
	}
	end->result = SPF_PERMERROR;
	spf_break(eval, SPF_PERMERROR, place,
		  arena_printf(eval->scratch,
			       "'%s' in the record of %s names a domain without SPF record",
			       spf_quote(eval, place->text), place->domain));
	return true;
}

static bool has_all(const struct spf_record *record)
{
	for (size_t i = 0; i < record->terms; i++)
		if (record->term[i].mechanism == SPF_ALL)
			return true;
	return false;
}

static bool eval_record(struct spf_eval *eval, const char *domain, const struct spf_record *record,
			struct spf_end *end)
{
	struct spf_place place = {.domain = domain, .text = record->redirect.text};

	for (size_t i = 0; i < record->terms; i++) {
		const struct spf_term *const term = &record->term[i];
		struct spf_place at = {.domain = domain, .text = term->text};

		switch (spf_eval_term(eval, term, &at)) {
		case SPF_NO_MATCH:
			continue;
		case SPF_MATCH:
			*end = (struct spf_end){term->qualifier, term->text, domain,
						record->explanation.domain};
			return true;
		case SPF_BROKEN:
			end->result = eval->broken.result;
			return true;
		case SPF_OPEN:
			return false;
		}
	}
	if (record->redirect.text.at && !has_all(record))
		return follow_redirect(eval, &place, &record->redirect, end);
	*end = (struct spf_end){.result = SPF_NEUTRAL, .at = domain}; /* section 4.7 */
	return true;
}

/* Recursion ends with the lookups: each level but the first has cost one. */
bool spf_eval_domain(struct spf_eval *eval, const char *domain, struct spf_end *end)
{
	struct spf_record record;

	*end = (struct spf_end){.result = SPF_NONE, .at = domain};
	if (!read_record(eval, domain, &record, end))
		return false;
	return end->result != SPF_PASS || eval_record(eval, domain, &record, end);
}

/* --- the explanation, section 6.2 --- */

static bool is_ascii_text(const char *text, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (text[i] < ' ' || text[i] > '~')
			return false;
	return true;
}

/* Whatever goes wrong with it, it is left out. */
static bool explain(struct spf_eval *eval, const struct spf_end *end, struct str *out)
{
	/* Errors and limits do not reach an explanation: these counts are for nobody. */
	struct spf_eval own = {.ask = eval->ask, .scratch = eval->scratch, .macros = eval->macros};
	struct spf_place place = {.domain = end->at};
	const struct dns_answer *answer;
	char target[DNS_NAME_BYTES];
	struct slice text;
	enum spf_step step = spf_target(&own, &place, end->explanation, target);

	if (step == SPF_MATCH)
		step = spf_ask(&own, &place, target, DNS_TXT, &answer);
	if (step != SPF_MATCH)
		return step != SPF_OPEN;
	text = slice_of(answer->record[0].data, answer->record[0].len);
	if (answer->records != 1 || !spf_macro_is_valid(text, SPF_MACRO_EXPLANATION))
		return true;
	if (spf_macro_has_p(text)) {
		static const char p_alone[] = "%{p}";

		if (spf_target(&own, &place, slice_text(p_alone), target) == SPF_OPEN)
			return false;
	}
	own.macros.domain = end->at;
	spf_macro_explain(text, &own.macros, out);
	if (!is_ascii_text(str_text(out), out->len))
		str_clear(out);
	return true;
}

/* --- the question and the verdict --- */

/* Section 2.4: the null sender is postmaster at HELO; section 4.3: so is a missing local part. */
static void set_sender(struct spf_eval *eval)
{
	const struct spf_query *const query = eval->query;
	const char *from = *query->from ? query->from : query->helo;
	const char *at = strrchr(from, '@');
	const char *domain = at ? at + 1 : from;

	if (!at || at == from)
		from = arena_printf(eval->scratch, "postmaster@%s", domain);
	eval->macros.sender = slice_text(from);
	at = strrchr(from, '@');
	eval->macros.local_part = slice_of(from, (size_t)(at - from));
	eval->macros.sender_domain = slice_text(at + 1);
}

static const char *reason_of(const struct spf_eval *eval, const struct spf_end *end)
{
	char ip[IP_TEXT_BYTES];

	ip_text(&eval->macros.ip, ip);
	if (end->result == SPF_TEMPERROR || end->result == SPF_PERMERROR)
		return eval->broken.reason;
	if (end->result == SPF_NONE)
		return arena_printf(eval->scratch,
				    is_mail_domain(end->at) ? "%s has no SPF record"
							    : "'%s' is no domain of mail",
				    spf_quote(eval, slice_text(end->at)));
	if (!end->mechanism.len)
		return arena_printf(eval->scratch, "no term in the record of %s matches %s",
				    end->at, ip);
	return arena_printf(eval->scratch, "'%s' in the record of %s matches %s",
			    spf_quote(eval, end->mechanism), end->at, ip);
}

static const char *record_of(const struct spf_eval *eval, const char *domain)
{
	struct spf_found found;

	if (!is_mail_domain(domain) || !fetch(eval, domain, &found) || found.result != SPF_PASS)
		return "";
	return found.record.at; /* a NUL is behind every record (dns/answer.h) */
}

static void set_verdict(struct spf_eval *eval, const char *domain, const struct spf_end *end,
			struct spf_verdict *out)
{
	struct arena *const arena = eval->arena;
	const bool is_broken = end->result == SPF_TEMPERROR || end->result == SPF_PERMERROR;
	const char *at = end->result == SPF_NONE ? "" : end->at;

	out->result = end->result;
	out->reason = arena_strdup(arena, reason_of(eval, end));
	out->mechanism =
	    arena_strdup(arena, is_broken ? eval->broken.term : spf_quote(eval, end->mechanism));
	out->at = arena_strdup(arena, is_broken ? eval->broken.at : at);
	out->record = record_of(eval, domain);
	out->cause = is_broken ? eval->broken.cause : CAUSE_NONE;
	out->lookups = eval->lookups;
	out->voids = eval->voids;
}

static const char *without_dot(const struct spf_eval *eval, const char *domain)
{
	const size_t len = strlen(domain);

	if (len < 2 || domain[len - 1] != '.')
		return domain;
	return arena_strndup(eval->scratch, domain, len - 1);
}

static bool check(struct spf_eval *eval, struct spf_verdict *out)
{
	const char *domain = eval->query->domain;
	struct str explanation = {0};
	struct spf_end end;
	bool is_done;

	if (!domain)
		domain = eval->macros.sender_domain.at;
	domain = without_dot(eval, domain);
	eval->first = domain;
	if (!spf_eval_domain(eval, domain, &end))
		return false;
	is_done =
	    end.result != SPF_FAIL || !end.explanation.len || explain(eval, &end, &explanation);
	if (is_done) {
		set_verdict(eval, domain, &end, out);
		out->explanation = arena_strdup(eval->arena, str_text(&explanation));
	}
	str_release(&explanation);
	return is_done;
}

bool spf_check_in(const struct spf_query *query, struct ask *ask, struct arena *arena,
		  struct spf_verdict *out)
{
	struct arena *const scratch = arena_new();
	struct spf_eval eval = {.query = query, .ask = ask, .scratch = scratch, .arena = arena};
	bool is_done;

	*out = (struct spf_verdict){0};
	eval.macros = (struct spf_macros){
	    .helo = query->helo,
	    .receiver = query->receiver ? query->receiver : "unknown",
	    .validated = "unknown",
	    .ip = ip_unmapped(&query->ip),
	    .now = query->now,
	};
	set_sender(&eval);
	is_done = check(&eval, out);
	arena_free(scratch);
	return is_done;
}

bool spf_check(const struct spf_query *query, struct ask *ask, struct spf_verdict *out)
{
	return spf_check_in(query, ask, ask->arena, out);
}
