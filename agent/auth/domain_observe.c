/* What of a domain's records is worth an observation. The whole policy is one table. */
#include "auth/domain.h"

#include "base/mem.h"
#include "base/tr_mark.h"

#include <string.h>

enum part { PART_SPF, PART_DKIM_CONFIGURED, PART_DKIM_TRIED, PART_DMARC, PART_MX, PART_COUNT };

struct policy {
	enum finding finding;
	enum severity severity;
};

#define CLEAR         FINDING_CLEAR, SEVERITY_INFO
#define NOTE          FINDING_NOTED, SEVERITY_INFO
#define WEAK          FINDING_NOTED, SEVERITY_MINOR
#define BROKEN(grade) FINDING_BROKEN, SEVERITY_##grade

/* A domain that sends. Without SPF mail is refused; without DMARC only bulk mail is. A configured
 * selector signs mail that then fails; one that was guessed may be anybody's. What is not known for
 * want of an answer is blind, before this is looked at; the rest of the unknown is a note. */
static const struct policy sending[][AUTH_STATE_COUNT] = {
    [PART_SPF] = {{NOTE}, {CLEAR}, {WEAK}, {BROKEN(MAJOR)}, {BROKEN(MAJOR)}},
    [PART_DKIM_CONFIGURED] = {{NOTE}, {CLEAR}, {WEAK}, {BROKEN(MAJOR)}, {BROKEN(MAJOR)}},
    [PART_DKIM_TRIED] = {{NOTE}, {CLEAR}, {WEAK}, {BROKEN(MINOR)}, {BROKEN(MINOR)}},
    [PART_DMARC] = {{NOTE}, {CLEAR}, {WEAK}, {BROKEN(MINOR)}, {BROKEN(MAJOR)}},
    [PART_MX] = {{NOTE}, {CLEAR}, {WEAK}, {BROKEN(MAJOR)}, {BROKEN(MAJOR)}},
};
/* One that no mail was seen from, but that somebody asked about or configured. What it lacks lets
 * others forge its mail, and does harm once it sends. */
static const struct policy idle[][AUTH_STATE_COUNT] = {
    [PART_SPF] = {{CLEAR}, {CLEAR}, {NOTE}, {BROKEN(MINOR)}, {BROKEN(MINOR)}},
    [PART_DKIM_CONFIGURED] = {{NOTE}, {CLEAR}, {NOTE}, {BROKEN(MINOR)}, {BROKEN(MINOR)}},
    [PART_DKIM_TRIED] = {{CLEAR}, {CLEAR}, {NOTE}, {NOTE}, {NOTE}},
    [PART_DMARC] = {{CLEAR}, {CLEAR}, {NOTE}, {BROKEN(MINOR)}, {BROKEN(MINOR)}},
    [PART_MX] = {{CLEAR}, {CLEAR}, {NOTE}, {BROKEN(MAJOR)}, {BROKEN(MINOR)}},
};
_Static_assert(AUTH_UNKNOWN == 0 && AUTH_OK == 1 && AUTH_WEAK == 2 && AUTH_MISSING == 3 &&
		   AUTH_BROKEN == 4,
	       "the columns");
_Static_assert(COUNT_OF(sending) == PART_COUNT && COUNT_OF(idle) == PART_COUNT, "the rows");

/* What one part found, on its way to an observation. */
struct part_view {
	enum part part;
	enum auth_state state;
	enum cause cause; /* CAUSE_NONE: not blind */
	const char *text, *fix;
};

static const struct auth_problem *first_of(const struct auth_problems *problems)
{
	static const struct auth_problem none = {SEVERITY_INFO, "", ""};

	return problems->count ? &problems->problem[0] : &none;
}

/* --- SPF --- */

static enum auth_state state_of_result(enum spf_result result)
{
	static const enum auth_state state[] = {
	    [SPF_NONE] = AUTH_MISSING,     [SPF_NEUTRAL] = AUTH_WEAK,
	    [SPF_PASS] = AUTH_OK,          [SPF_FAIL] = AUTH_BROKEN,
	    [SPF_SOFTFAIL] = AUTH_BROKEN,  [SPF_TEMPERROR] = AUTH_UNKNOWN,
	    [SPF_PERMERROR] = AUTH_BROKEN,
	};

	_Static_assert(COUNT_OF(state) == SPF_RESULT_COUNT, "a state for each result");
	return state[result];
}

static enum auth_state state_of_spf(const struct domain_spf *spf)
{
	const bool has_fault = first_of(&spf->problems)->severity > SEVERITY_INFO;
	enum auth_state state = state_of_result(spf->result);

	/* Nobody to be neutral about: the record can be used. */
	if (spf->senders == 0 && spf->result == SPF_NEUTRAL)
		state = AUTH_OK;
	return state == AUTH_OK && has_fault ? AUTH_WEAK : state;
}

static const struct spf_sender *worst_sender(const struct domain_spf *spf)
{
	for (size_t i = 0; i < spf->senders; i++)
		if (spf->sender[i].result == spf->result)
			return &spf->sender[i];
	return NULL;
}

static const char *reason_beside(const struct auth_problems *problems, const char *ip)
{
	for (size_t i = 0; i < problems->count; i++)
		if (problems->problem[i].severity > SEVERITY_INFO &&
		    !strstr(problems->problem[i].text, ip))
			return problems->problem[i].text;
	return "";
}

/* The sender that suffers is the news; what is wrong in the record tells why. */
static const char *spf_text(const struct domain_spf *spf, struct arena *arena)
{
	const struct spf_sender *sender = worst_sender(spf);
	const char *problem = first_of(&spf->problems)->text;
	char ip[IP_TEXT_BYTES];

	/* A sentence about the sender repeats what is said in front of it. */
	if (sender)
		problem = reason_beside(&spf->problems, ip_text(&sender->ip, ip));
	if (spf->result == SPF_PASS || !sender)
		return *problem || spf->result == SPF_PASS || spf->result == SPF_NEUTRAL
			   ? problem
			   : arena_printf(arena, SAID("SPF gives %s"),
					  spf_result_name(spf->result));
	return arena_printf(
	    arena, *problem ? SAID("SPF gives %s for %s: %s") : SAID("SPF gives %s for %s"),
	    spf_result_name(spf->result), ip_text(&sender->ip, ip), problem);
}

static struct part_view view_spf(const struct domain_spf *spf, struct arena *arena)
{
	struct part_view view = {.part = PART_SPF,
				 .state = state_of_spf(spf),
				 .text = spf_text(spf, arena),
				 .fix = spf->fix};

	if (view.state == AUTH_UNKNOWN)
		view.cause = spf->cause == CAUSE_NONE ? CAUSE_SERVFAIL : spf->cause;
	if (!*view.fix)
		view.fix = first_of(&spf->problems)->fix;
	return view;
}

/* --- the others --- */

/* The key that gave the domain its state, or NULL. */
static const struct dkim_key *telling_key(const struct domain_dkim *dkim)
{
	for (size_t i = 0; i < dkim->keys; i++)
		if (dkim->key[i].state == dkim->state && dkim->key[i].problems.count)
			return &dkim->key[i];
	return NULL;
}

static bool is_configured(const struct domain_dkim *dkim)
{
	return dkim->keys > 0 && dkim->key[0].is_configured;
}

static struct part_view view_dkim(const struct domain_dkim *dkim, struct arena *arena)
{
	const struct dkim_key *key = telling_key(dkim);
	const struct auth_problem *problem = first_of(key ? &key->problems : &dkim->problems);

	return (struct part_view){
	    .part = is_configured(dkim) ? PART_DKIM_CONFIGURED : PART_DKIM_TRIED,
	    .state = dkim->state,
	    .cause = dkim->state == AUTH_UNKNOWN ? dkim->cause : CAUSE_NONE,
	    .text = key ? arena_printf(arena, SAID("selector %s: %s"), key->selector, problem->text)
			: problem->text,
	    .fix = problem->fix};
}

static struct part_view view_dmarc(const struct domain_dmarc *dmarc)
{
	const struct auth_problem *problem = first_of(&dmarc->problems);

	return (struct part_view){.part = PART_DMARC,
				  .state = dmarc->state,
				  .cause = dmarc->state == AUTH_UNKNOWN ? dmarc->cause : CAUSE_NONE,
				  .text = problem->text,
				  .fix = *problem->fix ? problem->fix : dmarc->fix};
}

static struct part_view view_mx(const struct domain_mx *mx)
{
	const struct auth_problem *problem = first_of(&mx->problems);

	return (struct part_view){.part = PART_MX,
				  .state = mx->state,
				  .cause = mx->state == AUTH_UNKNOWN ? mx->cause : CAUSE_NONE,
				  .text = problem->text,
				  .fix = problem->fix};
}

static void observe(const struct part_view *view, bool is_sending, const char *check,
		    struct observation *out)
{
	const struct policy *policy =
	    is_sending ? &sending[view->part][view->state] : &idle[view->part][view->state];

	*out =
	    (struct observation){.check = check, .subject = "", .means = "", .text = "", .fix = ""};
	if (view->cause != CAUSE_NONE) {
		observation_set_blind(out, view->cause);
		return;
	}
	out->finding = policy->finding;
	out->severity = policy->severity;
	if (policy->finding == FINDING_CLEAR)
		return;
	out->text = view->text;
	out->fix = view->fix;
}

void domain_observe(const struct domain_auth *auth, struct arena *arena,
		    struct observation out[DOMAIN_OBSERVATIONS])
{
	const bool is_sending = auth->spf.senders > 0;
	const struct part_view spf = view_spf(&auth->spf, arena);
	const struct part_view dkim = view_dkim(&auth->dkim, arena);
	const struct part_view dmarc = view_dmarc(&auth->dmarc);
	const struct part_view mx = view_mx(&auth->mx);

	observe(&spf, is_sending, "spf", &out[0]);
	observe(&dkim, is_sending, "dkim", &out[1]);
	observe(&dmarc, is_sending, "dmarc", &out[2]);
	observe(&mx, is_sending, "mx", &out[3]);
}
