/* What large receivers ask of those who send much, held against what DNS tells of a domain. Gmail
 * (answer 81126) and Yahoo ask it of bulk senders since February 2024, Microsoft (550 5.7.515) since
 * May 2025. At Gmail who was a bulk sender once stays one, so the time to mend is before. */
#include "judge/bulk.h"

#include "base/mem.h"
#include "base/parse.h"
#include "base/tr_mark.h"

/* One requirement while it is put together: the first thing that is missing is told. */
struct finding_of {
	struct arena *arena;
	size_t unmet, unknown;
	const char *unmet_text, *unknown_text, *fix;
};

static void add_unmet(struct finding_of *need, const char *text, const char *fix)
{
	if (need->unmet++ == 0) {
		need->unmet_text = text;
		need->fix = fix;
	}
}

static void add_unknown(struct finding_of *need, const char *text)
{
	if (need->unknown++ == 0)
		need->unknown_text = text;
}

static struct bulk_requirement settle(const struct finding_of *need, const char *met_text)
{
	struct bulk_requirement out = {.met = BULK_MET, .text = met_text, .fix = ""};

	if (need->unmet) {
		out.met = BULK_UNMET;
		out.fix = need->fix;
		out.text = need->unmet == 1 ? need->unmet_text
					    : arena_printf(need->arena, SAID("%s, and %zu more"),
							   need->unmet_text, need->unmet - 1);
	} else if (need->unknown) {
		out.met = BULK_NOT_KNOWN;
		out.text = need->unknown_text;
	}
	return out;
}

static const char *first_text(const struct auth_problems *problems, const char *otherwise)
{
	return problems->count ? problems->problem[0].text : otherwise;
}

/* --- the requirements --- */

/* What SPF says for one domain, whatever the number of its addresses. */
static void weigh_spf(const struct domain_auth *domain, struct finding_of *need)
{
	const struct domain_spf *const spf = &domain->spf;
	char ip[IP_TEXT_BYTES];

	for (size_t i = 0; i < spf->senders; i++) {
		const struct spf_sender *sender = &spf->sender[i];

		ip_text(&sender->ip, ip);
		if (sender->result == SPF_TEMPERROR)
			add_unknown(need,
				    arena_printf(need->arena,
						 SAID("what SPF of %s says of %s could not be "
						      "learned"),
						 domain->domain, ip));
		else if (sender->result != SPF_PASS)
			add_unmet(need,
				  arena_printf(need->arena, SAID("SPF of %s gives %s for %s"),
					       domain->domain, spf_result_name(sender->result), ip),
				  spf->fix);
	}
	if (spf->senders)
		return;
	if (spf->result == SPF_PERMERROR || spf->result == SPF_NONE)
		add_unmet(need,
			  arena_printf(need->arena, SAID("SPF of %s gives %s"), domain->domain,
				       spf_result_name(spf->result)),
			  spf->fix);
	else
		add_unknown(need,
			    arena_printf(need->arena,
					 SAID("no address is known that mail of %s leaves from"),
					 domain->domain));
}

static enum bulk_met own_key(const struct domain_auth *domain)
{
	const struct domain_dkim *const dkim = &domain->dkim;

	for (size_t i = 0; i < dkim->keys; i++)
		if (dkim->key[i].state == AUTH_OK || dkim->key[i].state == AUTH_WEAK)
			return BULK_MET;
	return dkim->state == AUTH_UNKNOWN ? BULK_NOT_KNOWN : BULK_UNMET;
}

/* With relaxed alignment (RFC 7489 section 3.1.1) the key of any name below the organisational
 * domain serves. */
static enum bulk_met key_for(const struct bulk_input *input, const struct domain_auth *domain)
{
	enum bulk_met met = own_key(domain);

	for (size_t i = 0; i < input->domains && !domain->dmarc.is_dkim_strict; i++) {
		const enum bulk_met other = own_key(input->domain[i]);

		if (other == BULK_MET || (other == BULK_NOT_KNOWN && met == BULK_UNMET))
			met = other;
	}
	return met;
}

static const char *dkim_text(const struct domain_auth *domain)
{
	const struct domain_dkim *const dkim = &domain->dkim;

	for (size_t i = 0; i < dkim->keys; i++)
		if (dkim->key[i].problems.count)
			return dkim->key[i].problems.problem[0].text;
	return first_text(&dkim->problems, SAID("its key could not be asked for"));
}

static const char *dkim_fix(const struct domain_auth *domain)
{
	for (size_t i = 0; i < domain->dkim.keys; i++)
		if (domain->dkim.key[i].problems.count)
			return domain->dkim.key[i].problems.problem[0].fix;
	return "";
}

static void weigh_dkim(const struct bulk_input *input, const struct domain_auth *domain,
		       struct finding_of *need)
{
	const enum bulk_met met = key_for(input, domain);

	if (met == BULK_MET)
		return;
	if (met == BULK_UNMET)
		add_unmet(need,
			  arena_printf(need->arena, SAID("%s has no usable DKIM key: %s"),
				       domain->domain, dkim_text(domain)),
			  dkim_fix(domain));
	else
		add_unknown(need, arena_printf(need->arena,
					       SAID("whether %s has a DKIM key is not known: %s"),
					       domain->domain, dkim_text(domain)));
}

static void weigh_dmarc(const struct domain_auth *domain, struct finding_of *need)
{
	const struct domain_dmarc *const dmarc = &domain->dmarc;

	if (dmarc->state == AUTH_UNKNOWN)
		add_unknown(need, arena_printf(need->arena,
					       SAID("DMARC of %s could not be asked for: %s"),
					       domain->domain, cause_text(dmarc->cause)));
	else if (dmarc->policy == DMARC_NO_POLICY)
		add_unmet(need,
			  arena_printf(need->arena, SAID("%s has no DMARC policy: %s"),
				       domain->domain,
				       first_text(&dmarc->problems, SAID("there is no record"))),
			  dmarc->fix);
}

/* The worst of its addresses. */
static enum bulk_met spf_of(const struct domain_auth *domain)
{
	const struct domain_spf *const spf = &domain->spf;
	enum bulk_met met = spf->senders ? BULK_MET : BULK_NOT_KNOWN;

	if (spf->result == SPF_PERMERROR || spf->result == SPF_NONE)
		return BULK_UNMET;
	for (size_t i = 0; i < spf->senders; i++) {
		if (spf->sender[i].result == SPF_TEMPERROR)
			met = BULK_NOT_KNOWN;
		else if (spf->sender[i].result != SPF_PASS)
			return BULK_UNMET;
	}
	return met;
}

/* One of the two must be able to pass for the domain itself; whether the From header names it, only
 * the mail tells. */
static void weigh_alignment(const struct bulk_input *input, const struct domain_auth *domain,
			    struct finding_of *need)
{
	const enum bulk_met spf = spf_of(domain);
	const enum bulk_met dkim = key_for(input, domain);

	if (spf == BULK_MET || dkim == BULK_MET)
		return;
	if (spf == BULK_UNMET && dkim == BULK_UNMET)
		add_unmet(
		    need,
		    arena_printf(need->arena,
				 SAID("neither SPF nor DKIM can pass for %s, so nothing aligns "
				      "with its From"),
				 domain->domain),
		    "");
	else
		add_unknown(need,
			    arena_printf(need->arena,
					 SAID("whether SPF or DKIM can pass for %s is not known"),
					 domain->domain));
}

static void weigh_address(const struct bulk_address *address, struct finding_of *need)
{
	char ip[IP_TEXT_BYTES];

	ip_text(&address->ip, ip);
	if (!address->is_known)
		add_unknown(need, arena_printf(need->arena,
					       SAID("the PTR of %s could not be learned"), ip));
	else if (!address->has_name)
		add_unmet(need, arena_printf(need->arena, SAID("%s has no PTR record"), ip), "");
	else if (!address->is_confirmed)
		add_unmet(need,
			  arena_printf(need->arena,
				       SAID("the PTR name of %s does not lead back to it"), ip),
			  "");
}

static void weigh_needs(const struct bulk_input *input, struct arena *arena,
			struct bulk_verdict *out)
{
	static const char *const met[] = {
	    [BULK_SPF] = SAID("SPF passes for every address used"),
	    [BULK_DKIM] = SAID("a usable DKIM key is published"),
	    [BULK_DMARC] = SAID("a DMARC policy is published"),
	    [BULK_ALIGNMENT] = SAID("SPF or DKIM can align with From"),
	    [BULK_REVERSE] = SAID("every address used has a PTR that leads back to it"),
	};
	struct finding_of need[BULK_NEED_COUNT];

	_Static_assert(COUNT_OF(met) == BULK_NEED_COUNT, "a text for each need");
	for (size_t i = 0; i < BULK_NEED_COUNT; i++)
		need[i] = (struct finding_of){.arena = arena};
	for (size_t i = 0; i < input->domains; i++) {
		weigh_spf(input->domain[i], &need[BULK_SPF]);
		weigh_dkim(input, input->domain[i], &need[BULK_DKIM]);
		weigh_dmarc(input->domain[i], &need[BULK_DMARC]);
		weigh_alignment(input, input->domain[i], &need[BULK_ALIGNMENT]);
	}
	for (size_t i = 0; i < input->addresses; i++)
		weigh_address(&input->address[i], &need[BULK_REVERSE]);
	for (size_t i = 0; i < BULK_NEED_COUNT && input->domains == 0; i++)
		if (i != BULK_REVERSE)
			add_unknown(&need[i], SAID("no domain was looked at yet"));
	if (input->addresses == 0)
		add_unknown(&need[BULK_REVERSE],
			    SAID("no address is known that its mail leaves from"));
	for (size_t i = 0; i < BULK_NEED_COUNT; i++)
		out->need[i] = settle(&need[i], met[i]);
}

/* --- the volume --- */

static bool is_recent(const struct bulk_input *input, const struct bulk_day *day)
{
	return day->day >= input->today - BULK_DAYS && day->day <= input->today;
}

static enum bulk_level level_of(uint64_t a_day)
{
	if (a_day >= BULK_THRESHOLD)
		return BULK_OVER;
	return a_day * 100 >= (uint64_t)BULK_THRESHOLD * BULK_NEAR_PERCENT ? BULK_NEAR : BULK_FEW;
}

static struct bulk_volume weigh_volume(const struct bulk_input *input, enum bulk_receiver receiver)
{
	struct bulk_volume out = {.level = BULK_NOT_COUNTED};
	int64_t first = input->today;
	uint64_t sum = 0;

	if (!input->is_counted[receiver])
		return out;
	for (size_t i = 0; i < input->days; i++) {
		const struct bulk_day *day = &input->day[i];
		const uint64_t sent = day->to[receiver];

		/* Days to come are a clock's mistake. */
		if (receiver == BULK_GMAIL && sent >= BULK_THRESHOLD && day->day <= input->today)
			out.is_permanent = true;
		if (day->day < first)
			first = day->day;
		if (!is_recent(input, day))
			continue;
		if (sent > out.largest) {
			out.largest = sent;
			out.largest_day = day->day;
		}
		if (day->day == input->today - 1)
			out.yesterday = sent;
		if (day->day < input->today)
			sum += sent;
	}
	if (first < input->today - BULK_DAYS)
		first = input->today - BULK_DAYS;
	if (first < input->today)
		out.mean = (double)sum / (double)(input->today - first);
	out.level = level_of(out.largest);
	return out;
}

/* --- the verdict --- */

static size_t count_needs(const struct bulk_verdict *verdict, enum bulk_met met)
{
	size_t count = 0;

	for (size_t i = 0; i < BULK_NEED_COUNT; i++)
		count += verdict->need[i].met == met;
	return count;
}

/* The receiver that is nearest to the threshold, or beyond it. */
static enum bulk_receiver nearest_receiver(const struct bulk_verdict *verdict)
{
	enum bulk_receiver nearest = BULK_GMAIL;

	for (int i = BULK_GMAIL; i < BULK_RECEIVER_COUNT; i++)
		if (verdict->volume[i].largest > verdict->volume[nearest].largest)
			nearest = (enum bulk_receiver)i;
	return nearest;
}

static enum bulk_level worst_level(const struct bulk_verdict *verdict)
{
	const enum bulk_level level = verdict->volume[nearest_receiver(verdict)].level;

	return verdict->volume[BULK_GMAIL].is_permanent ? BULK_OVER : level;
}

static void set_readiness(struct bulk_verdict *out)
{
	static const struct {
		enum bulk_readiness unmet;
		enum severity unmet_severity, unknown_severity;
	} policy[] = {
	    [BULK_NOT_COUNTED] = {BULK_UNREADY, SEVERITY_INFO, SEVERITY_INFO},
	    [BULK_FEW] = {BULK_UNREADY, SEVERITY_INFO, SEVERITY_INFO},
	    [BULK_NEAR] = {BULK_NEAR_UNREADY, SEVERITY_MINOR, SEVERITY_INFO},
	    [BULK_OVER] = {BULK_OVER_UNREADY, SEVERITY_MAJOR, SEVERITY_MINOR},
	};
	const enum bulk_level level = worst_level(out);

	_Static_assert(COUNT_OF(policy) == BULK_LEVEL_COUNT, "a row for each level");
	out->readiness = BULK_READY;
	out->severity = SEVERITY_INFO;
	if (count_needs(out, BULK_UNMET)) {
		out->readiness = policy[level].unmet;
		out->severity = policy[level].unmet_severity;
	} else if (count_needs(out, BULK_NOT_KNOWN)) {
		out->readiness = BULK_UNKNOWN;
		out->severity = policy[level].unknown_severity;
	}
}

/* "DKIM, DMARC and PTR" */
static const char *needs_words(const struct bulk_verdict *verdict, enum bulk_met met,
			       struct arena *arena)
{
	static const char *const word[] = {
	    [BULK_SPF] = SAID("SPF"),     [BULK_DKIM] = SAID("DKIM"),
	    [BULK_DMARC] = SAID("DMARC"), [BULK_ALIGNMENT] = SAID("alignment"),
	    [BULK_REVERSE] = SAID("PTR"),
	};
	size_t left = count_needs(verdict, met);
	const char *text = "";

	for (size_t i = 0; i < BULK_NEED_COUNT; i++) {
		if (verdict->need[i].met != met)
			continue;
		left--;
		if (!*text)
			text = word[i];
		else if (left)
			text = arena_printf(arena, SAID("%s, %s"), text, word[i]);
		else
			text = arena_printf(arena, SAID("%s and %s"), text, word[i]);
	}
	return text;
}

static const char *first_need(const struct bulk_verdict *verdict, enum bulk_met met)
{
	for (size_t i = 0; i < BULK_NEED_COUNT; i++)
		if (verdict->need[i].met == met)
			return verdict->need[i].text;
	return "";
}

static const char *receiver_words(enum bulk_receiver receiver)
{
	static const char *const word[] = {
	    [BULK_GMAIL] = "Gmail", [BULK_MICROSOFT] = "Microsoft", [BULK_YAHOO] = "Yahoo"};

	_Static_assert(COUNT_OF(word) == BULK_RECEIVER_COUNT, "a word for each receiver");
	return word[receiver];
}

/* "up to 4,100 messages a day went to Gmail, 82 % of the 5,000 that make a bulk sender" */
static const char *volume_words(const struct bulk_verdict *verdict, struct arena *arena)
{
	const enum bulk_receiver receiver = nearest_receiver(verdict);
	const struct bulk_volume *volume = &verdict->volume[receiver];
	char sent[GROUPED_BYTES], threshold[GROUPED_BYTES];
	const char *const limit = grouped_text(BULK_THRESHOLD, threshold);

	if (volume->level != BULK_OVER && verdict->volume[BULK_GMAIL].is_permanent)
		return arena_printf(arena,
				    SAID("%s or more a day went to Gmail once, which makes a bulk "
					 "sender for good"),
				    limit);
	return arena_printf(
	    arena,
	    SAID("up to %s messages a day went to %s, %llu %% of the %s that make a bulk sender"),
	    grouped_text(volume->largest, sent), receiver_words(receiver),
	    (unsigned long long)(volume->largest / (BULK_THRESHOLD / 100)), limit);
}

static const char *verdict_text(const struct bulk_verdict *verdict, struct arena *arena)
{
	switch (verdict->readiness) {
	case BULK_READY:
		return SAID("all that DNS tells of the requirements for bulk senders is met");
	case BULK_UNKNOWN:
		return arena_printf(
		    arena, SAID("whether %s would pass as a bulk sender's is not known: %s"),
		    needs_words(verdict, BULK_NOT_KNOWN, arena),
		    first_need(verdict, BULK_NOT_KNOWN));
	case BULK_UNREADY:
		return arena_printf(arena, SAID("bulk senders need %s, which fails here: %s"),
				    needs_words(verdict, BULK_UNMET, arena),
				    first_need(verdict, BULK_UNMET));
	case BULK_NEAR_UNREADY:
	case BULK_OVER_UNREADY:
		return arena_printf(
		    arena, SAID("%s, and %s fails: %s"), volume_words(verdict, arena),
		    needs_words(verdict, BULK_UNMET, arena), first_need(verdict, BULK_UNMET));
	case BULK_READINESS_COUNT:
		break;
	}
	bug("no text for readiness %d", (int)verdict->readiness);
}

void bulk_judge(const struct bulk_input *input, struct arena *arena, struct bulk_verdict *out)
{
	*out = (struct bulk_verdict){.registrable = input->registrable};
	for (int i = BULK_GMAIL; i < BULK_RECEIVER_COUNT; i++)
		out->volume[i] = weigh_volume(input, (enum bulk_receiver)i);
	weigh_needs(input, arena, out);
	set_readiness(out);
	out->text = verdict_text(out, arena);
}
