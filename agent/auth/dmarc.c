/* Which DMARC record holds for a domain, and what is wrong with it. RFC 7489 section 6.6.3 looks at
 * two places, the domain and its organisational domain by the public suffix list; that decides
 * here. Its successor walks up the tree instead (DMARCbis section 4.10); where that ends at another
 * record it is said, because receivers of both kinds will be met. */
#include "auth/dmarc.h"

#include "auth/dmarc_record.h"
#include "auth/problems.h"
#include "base/mem.h"
#include "base/tr_mark.h"
#include "dns/outcome.h"
#include "dns/suffix.h"

#include <string.h>

/* DMARCbis section 4.10: longer names are asked for at their end only, after themselves. */
enum { WALK_LABELS_MAX = 7, PLACES_MAX = WALK_LABELS_MAX + 2 };

enum found {
	FOUND_NOTHING,
	FOUND_RECORD,
	FOUND_SEVERAL,
	FOUND_OTHER, /* texts, and none is a record */
	FOUND_BLIND
};

struct place {
	const char *domain;
	char owner[DNS_NAME_BYTES]; /* _dmarc.domain */
	const struct dns_answer *answer;
	enum found found;
	struct slice text; /* the record, or the first text that is none */
	struct dmarc_record record;
};

struct look {
	const struct auth_subject *subject;
	struct ask *ask;
	struct domain_dmarc *out;
	struct problems problems;
	struct place place[PLACES_MAX]; /* the first is the domain itself, then upwards */
	size_t places;
	struct place *organisation; /* by the public suffix list */
	bool is_open;
};

static struct slice text_of(const struct dns_record *record)
{
	return slice_of(record->data, record->len);
}

static const struct dns_answer *ask_at(struct look *look, const char *name, enum dns_type type)
{
	const struct dns_answer *answer = ask_dns(look->ask, name, type);

	if (!answer)
		look->is_open = true;
	return answer;
}

/* --- places --- */

static void read_place(struct look *look, struct place *place)
{
	struct problems ignored = problems_over(look->ask->arena);
	const struct dns_answer *answer = place->answer;

	if (!dns_is_usable(answer->outcome)) {
		place->found = FOUND_BLIND;
		return;
	}
	for (size_t i = 0; i < answer->records; i++) {
		const struct slice text = text_of(&answer->record[i]);

		if (dmarc_record_is(text)) {
			place->found = place->found == FOUND_RECORD || place->found == FOUND_SEVERAL
					   ? FOUND_SEVERAL
					   : FOUND_RECORD;
			place->text = text;
		} else if (place->found == FOUND_NOTHING) {
			place->found = FOUND_OTHER;
			place->text = text;
		}
	}
	if (place->found == FOUND_RECORD)
		dmarc_record_read(place->text, &ignored, &place->record);
}

static struct place *add_place(struct look *look, const char *domain)
{
	struct place *place = &look->place[look->places];

	for (size_t i = 0; i < look->places; i++)
		if (dns_name_equal(look->place[i].domain, domain))
			return &look->place[i];
	*place = (struct place){.domain = domain};
	if (look->places == PLACES_MAX || !dns_name_join("_dmarc", domain, place->owner))
		return NULL;
	look->places++;
	place->answer = ask_at(look, place->owner, DNS_TXT);
	if (place->answer)
		read_place(look, place);
	return place;
}

static size_t labels_of(const char *name)
{
	size_t labels = 1;

	for (; *name; name++)
		labels += *name == '.';
	return labels;
}

static void add_places(struct look *look)
{
	char registrable[DNS_NAME_BYTES];
	const char *at = look->subject->domain;
	const char *organisation = at;

	if (suffix_registrable(at, registrable))
		organisation = at + strlen(at) - strlen(registrable);
	add_place(look, at);
	while (labels_of(at) > WALK_LABELS_MAX + 1)
		at = strchr(at, '.') + 1;
	while ((at = strchr(at, '.'))) {
		at++;
		add_place(look, at);
	}
	look->organisation = add_place(look, organisation);
	if (!look->organisation)
		look->organisation = &look->place[0];
}

/* --- which record --- */

/* By RFC 7489: NULL where no record was found, several or one that nobody can be sure of included. */
static struct place *by_suffix_list(struct look *look)
{
	struct place *own = &look->place[0];

	if (own->found == FOUND_NOTHING || own->found == FOUND_OTHER)
		return look->organisation->found == FOUND_RECORD ? look->organisation : NULL;
	return own->found == FOUND_RECORD ? own : NULL;
}

/* By DMARCbis sections 4.10.1 and 4.10.2. `*is_known` false: a place could not be asked. */
static struct place *by_tree_walk(struct look *look, bool *is_known)
{
	struct place *highest = NULL;

	*is_known = true;
	if (look->place[0].found == FOUND_RECORD)
		return &look->place[0];
	for (size_t i = 0; i < look->places; i++) {
		struct place *place = &look->place[i];

		if (place->found == FOUND_BLIND)
			*is_known = false;
		if (place->found != FOUND_RECORD)
			continue;
		/* Below a public suffix that says so, its own record is the last resort. */
		if (place->record.psd == DMARC_PSD_YES)
			return highest ? highest : place;
		highest = place;
		if (place->record.psd == DMARC_PSD_NO)
			break;
	}
	return highest;
}

static enum dmarc_policy policy_at(const struct look *look, const struct place *place)
{
	const struct dns_answer *self = ask_dns(look->ask, look->subject->domain, DNS_TXT);

	if (place == &look->place[0])
		return place->record.policy;
	return self && self->outcome == DNS_NO_NAME ? place->record.nobodys
						    : place->record.subdomains;
}

static const char *policy_words(enum dmarc_policy policy)
{
	return policy == DMARC_NO_POLICY ? SAID("no policy") : dmarc_policy_name(policy);
}

static void compare_ways(struct look *look, const struct place *listed)
{
	bool is_known;
	const struct place *walked = by_tree_walk(look, &is_known);

	if (!is_known || !walked || walked == listed)
		return;
	if (!listed)
		problems_note(&look->problems, SEVERITY_MINOR, NULL,
			      "only receivers that walk up the tree (DMARCbis) find the record of "
			      "%s (%s); those that go by the public suffix list look at %s and %s",
			      walked->domain, policy_words(policy_at(look, walked)),
			      look->place[0].owner, look->organisation->owner);
	else
		problems_note(&look->problems, SEVERITY_MINOR, NULL,
			      "receivers that go by the public suffix list take the record of %s "
			      "(%s), those that walk up the tree (DMARCbis) that of %s (%s)",
			      listed->domain, policy_words(policy_at(look, listed)), walked->domain,
			      policy_words(policy_at(look, walked)));
}

/* --- nothing to use --- */

static const char *first_record(struct look *look)
{
	return problems_txt(look->organisation->owner, slice_text("v=DMARC1; p=none"),
			    look->ask->arena);
}

/* The text, mended where it has to be, as the record of the place; NULL: it can be none. */
static const char *moved(struct look *look, const struct place *to, struct slice text)
{
	const struct slice meant = dmarc_record_mend(text, look->ask->arena);
	struct problems ignored = problems_over(look->ask->arena);
	struct dmarc_record record;

	if (meant.len)
		return problems_txt(to->owner, meant, look->ask->arena);
	if (!dmarc_record_is(text))
		return NULL;
	dmarc_record_read(text, &ignored, &record);
	return record.policy == DMARC_NO_POLICY ? NULL
						: problems_txt(to->owner, text, look->ask->arena);
}

/* A record that stands at the domain itself, or one domain too deep for want of a dot. */
static void seek_misplaced(struct look *look, const struct place *place)
{
	char deeper[DNS_NAME_BYTES];
	const char *const elsewhere[] = {
	    place->domain,
	    dns_name_join(place->owner, place->domain, deeper) ? deeper : NULL,
	};

	for (size_t i = 0; i < COUNT_OF(elsewhere); i++) {
		const struct dns_answer *answer =
		    elsewhere[i] ? ask_at(look, elsewhere[i], DNS_TXT) : NULL;

		for (size_t k = 0; answer && k < answer->records; k++)
			if (dmarc_record_is_meant(text_of(&answer->record[k])))
				problems_note(&look->problems, SEVERITY_MAJOR,
					      moved(look, place, text_of(&answer->record[k])),
					      elsewhere[i] == deeper
						  ? SAID("a DMARC record stands at %s: the dot at "
							 "the end of its name is missing in the "
							 "zone file, and it belongs at %s")
						  : SAID("a DMARC record stands at %s: receivers "
							 "look only at %s"),
					      elsewhere[i], place->owner);
	}
}

static void seek_dead_alias(struct look *look, const struct place *place)
{
	const struct dns_answer *alias = ask_at(look, place->owner, DNS_CNAME);

	if (alias && alias->outcome == DNS_FOUND && alias->records)
		problems_note(&look->problems, SEVERITY_MAJOR, NULL,
			      "%s is an alias of %.*s, which has no record", place->owner,
			      QUOTED(text_of(&alias->record[0])));
}

static void tell_missing(struct look *look)
{
	struct place *const places[] = {&look->place[0], look->organisation};
	const size_t count = look->organisation == &look->place[0] ? 1 : 2;

	for (size_t i = 0; i < count; i++) {
		seek_misplaced(look, places[i]);
		seek_dead_alias(look, places[i]);
	}
	if (look->is_open)
		return;
	look->out->state = AUTH_MISSING;
	problems_note(&look->problems, SEVERITY_MAJOR, first_record(look),
		      "there is no DMARC record: %s does not exist", look->organisation->owner);
}

/* A text at _dmarc that receivers do not take for a record. */
static void tell_other(struct look *look, const struct place *place)
{
	const char *const fix = moved(look, place, place->text);
	const char *why = SAID("v=DMARC1 is not what it begins with");

	if (slice_starts(place->text, "v=spf1"))
		why = SAID("it is an SPF record");
	else if (memchr(place->text.at, '"', place->text.len))
		why = SAID("it holds quotes that belong to the zone file");
	else if (memchr(place->text.at, '\\', place->text.len))
		why = SAID("it holds backslashes that belong to the zone file");
	else if (slice_starts(place->text, "v=DMARC1"))
		why = SAID("there is no ';' behind v=DMARC1");
	else if (!dmarc_record_is_meant(place->text))
		why = SAID("it has nothing to do with DMARC, and may be a wildcard's");
	problems_note(&look->problems, SEVERITY_MAJOR, fix ? fix : first_record(look),
		      "the text at %s is no DMARC record: %s", place->owner, why);
}

static void tell_several(struct look *look, const struct place *place)
{
	problems_note(&look->problems, SEVERITY_MAJOR, NULL,
		      "%s has several DMARC records, and receivers use none of them (RFC 7489 "
		      "section 6.6.3): leave one",
		      place->owner);
}

/* What a wildcard answers is as good as nothing. */
static enum auth_state state_of_other(const struct place *place)
{
	const bool is_claimed =
	    dmarc_record_is_meant(place->text) || slice_starts(place->text, "v=spf1");

	return is_claimed ? AUTH_BROKEN : AUTH_MISSING;
}

/* Where RFC 7489 stops, and why. */
static void tell_unusable(struct look *look)
{
	const struct place *own = &look->place[0];
	const struct place *at = own;

	if (own->found == FOUND_NOTHING || own->found == FOUND_OTHER)
		at = look->organisation;
	if (own->found == FOUND_OTHER && at->found != FOUND_BLIND) {
		tell_other(look, own);
		look->out->state = state_of_other(own);
	}
	switch (at->found) {
	case FOUND_BLIND:
		look->out->state = AUTH_UNKNOWN;
		look->out->cause = dns_cause(at->answer->outcome);
		return;
	case FOUND_SEVERAL:
		tell_several(look, at);
		look->out->state = AUTH_BROKEN;
		return;
	case FOUND_OTHER:
		if (at != own) {
			tell_other(look, at);
			look->out->state = state_of_other(at);
		}
		return;
	case FOUND_NOTHING:
	case FOUND_RECORD:
		if (own->found == FOUND_NOTHING)
			tell_missing(look);
		return;
	}
}

/* --- the record --- */

/* RFC 7489 section 7.1: who takes reports about others says so. */
static void check_consent(struct look *look, const struct place *place,
			  const struct dmarc_report *report)
{
	char ours[DNS_NAME_BYTES], theirs[DNS_NAME_BYTES];
	char zone[DNS_NAME_BYTES], name[DNS_NAME_BYTES];
	const struct dns_answer *answer;

	if (dns_name_equal(place->domain, report->domain) ||
	    (suffix_registrable(place->domain, ours) &&
	     suffix_registrable(report->domain, theirs) && strcmp(ours, theirs) == 0))
		return;
	if (!dns_name_join("_report._dmarc", report->domain, zone) ||
	    !dns_name_join(place->domain, zone, name))
		return;
	answer = ask_at(look, name, DNS_TXT);
	if (!answer)
		return;
	if (!dns_is_usable(answer->outcome)) {
		problems_note(&look->problems, SEVERITY_INFO, NULL,
			      "whether %s takes reports about %s could not be learned: %s",
			      report->domain, place->domain,
			      cause_text(dns_cause(answer->outcome)));
		return;
	}
	for (size_t i = 0; i < answer->records; i++)
		if (dmarc_record_is(text_of(&answer->record[i])))
			return;
	problems_note(&look->problems, SEVERITY_MINOR,
		      problems_txt(name, slice_text("v=DMARC1"), look->ask->arena),
		      "reports to %.*s are not sent: %s does not say that it takes them for %s",
		      QUOTED(report->address), report->domain, place->domain);
}

static bool is_repeated(const struct dmarc_record *record, size_t report)
{
	for (size_t i = 0; i < report; i++)
		if (strcmp(record->report[i].domain, record->report[report].domain) == 0)
			return true;
	return false;
}

static void take_record(struct look *look, const struct place *place)
{
	struct domain_dmarc *const out = look->out;
	const struct slice meant = dmarc_record_mend(place->text, look->ask->arena);
	struct dmarc_record record;

	dmarc_record_read(place->text, &look->problems, &record);
	/* The worst so far is the record's own, and the mended one is without it. */
	if (meant.len) {
		out->fix = problems_txt(place->owner, meant, look->ask->arena);
		for (size_t i = 0; i < look->problems.count; i++)
			if (look->problems.item[i].severity != SEVERITY_INFO)
				look->problems.item[i].fix = out->fix;
	}
	out->record = problems_record(place->text, look->ask->arena);
	out->found_at = place->domain;
	out->policy = policy_at(look, place);
	out->is_dkim_strict = record.is_dkim_strict;
	out->is_spf_strict = record.is_spf_strict;
	out->is_testing = record.is_testing;
	out->percent = record.percent;
	for (size_t i = 0; i < record.reports; i++)
		if (!is_repeated(&record, i))
			check_consent(look, place, &record.report[i]);
	if (place != &look->place[0] && look->place[0].found == FOUND_OTHER)
		tell_other(look, &look->place[0]);
	compare_ways(look, place);
	out->state = record.policy == DMARC_NO_POLICY             ? AUTH_BROKEN
		     : problems_state(&look->problems) == AUTH_OK ? AUTH_OK
								  : AUTH_WEAK;
}

/* Only the tree walk found one: half of the receivers act on it. */
static void take_walked(struct look *look)
{
	bool is_known;
	struct place *walked = by_tree_walk(look, &is_known);

	if (!is_known || !walked || look->out->state != AUTH_MISSING)
		return;
	look->problems = problems_over(look->ask->arena);
	take_record(look, walked);
	compare_ways(look, NULL);
	look->out->state = AUTH_WEAK;
}

bool dmarc_look(const struct auth_subject *subject, struct ask *ask, struct domain_dmarc *out)
{
	struct look *look = arena_calloc(ask->arena, 1, sizeof(*look));
	struct place *place;

	*out = (struct domain_dmarc){
	    .state = AUTH_UNKNOWN, .record = "", .found_at = "", .percent = 100, .fix = ""};
	*look = (struct look){.subject = subject, .ask = ask, .out = out};
	look->problems = problems_over(ask->arena);
	add_places(look);
	/* Whether the domain exists, and what may have been published there by mistake. */
	ask_at(look, subject->domain, DNS_TXT);
	if (look->is_open)
		return false;
	place = by_suffix_list(look);
	if (place) {
		take_record(look, place);
	} else {
		tell_unusable(look);
		take_walked(look);
	}
	out->problems = problems_sorted(&look->problems);
	if (!*out->fix && (out->state == AUTH_MISSING || out->state == AUTH_BROKEN))
		for (size_t i = 0; i < out->problems.count && !*out->fix; i++)
			out->fix = out->problems.problem[i].fix;
	return !look->is_open;
}
