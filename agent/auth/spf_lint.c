#include "auth/spf_lint.h"

#include "auth/spf.h"
#include "auth/spf_fix.h"
#include "auth/spf_tree.h"
#include "base/mem.h"
#include "base/str.h"
#include "base/tr_mark.h"

enum { NAMED_MAX = 4 }; /* senders named in a sentence */

struct look {
	const struct auth_subject *subject;
	struct ask *ask;
	struct spf_cache *cache;
	struct arena *arena;
	struct problems problems;
	struct domain_spf *out;
	bool is_open;
};

/* What is worse for mail of the domain; not to know is better than to know that it fails. */
static int badness(enum spf_result result)
{
	static const int of[] = {
	    [SPF_PASS] = 0,     [SPF_TEMPERROR] = 1, [SPF_NEUTRAL] = 2, [SPF_NONE] = 3,
	    [SPF_SOFTFAIL] = 4, [SPF_PERMERROR] = 5, [SPF_FAIL] = 6,
	};

	return of[result];
}

/* --- senders --- */

static void look_at_sender(struct look *look, struct spf_sender *sender, size_t at)
{
	struct spf_query query = spf_sender_query(look->subject, at);
	struct domain_spf *const out = look->out;
	struct spf_verdict verdict;

	query.cache = look->cache;
	if (!spf_check_in(&query, look->ask, look->arena, &verdict)) {
		look->is_open = true;
		return;
	}
	*sender = (struct spf_sender){query.ip, verdict.result, verdict.mechanism};
	if (at > 0 && badness(verdict.result) <= badness(out->result))
		return;
	out->result = verdict.result;
	out->cause = verdict.cause;
}

static enum severity severity_of(enum spf_result result)
{
	return result == SPF_FAIL || result == SPF_PERMERROR ? SEVERITY_CRITICAL : SEVERITY_MAJOR;
}

/* One sentence for all that end the same way. */
static void tell_senders(struct look *look, enum spf_result result)
{
	const struct domain_spf *const out = look->out;
	struct str names = {0};
	size_t count = 0;

	for (size_t i = 0; i < out->senders; i++) {
		char text[IP_TEXT_BYTES];

		if (out->sender[i].result != result)
			continue;
		if (count++ < NAMED_MAX)
			str_addf(&names, "%s%s", names.len ? ", " : "",
				 ip_text(&out->sender[i].ip, text));
	}
	if (count > NAMED_MAX)
		problems_note(&look->problems, severity_of(result), NULL,
			      "mail from %s and %zu more gets %s, %zu of %zu senders",
			      str_text(&names), count - NAMED_MAX, spf_result_name(result), count,
			      out->senders);
	else if (count)
		problems_note(&look->problems, severity_of(result), NULL,
			      "mail from %s gets %s, %zu of %zu senders", str_text(&names),
			      spf_result_name(result), count, out->senders);
	str_release(&names);
}

static void look_at_senders(struct look *look)
{
	const struct auth_subject *const subject = look->subject;
	const size_t count =
	    subject->senders < AUTH_SENDERS_MAX ? subject->senders : AUTH_SENDERS_MAX;
	struct spf_sender *const sender = arena_calloc(look->arena, count, sizeof(*sender));

	look->out->sender = sender;
	look->out->senders = count;
	for (size_t i = 0; i < count; i++)
		look_at_sender(look, &sender[i], i);
}

/* --- the record --- */

/* Where no sender is known, the result is the record's own. */
static void set_result(struct domain_spf *out, enum spf_result result, enum cause cause)
{
	if (out->senders)
		return;
	out->result = result;
	out->cause = cause;
}

static void tell_lookups(struct look *look, const struct spf_tree *tree)
{
	const struct spf_cost *worst = NULL;

	for (size_t i = 0; i < tree->costs; i++)
		if (tree->cost[i].depth == 0 && (!worst || tree->cost[i].lookups > worst->lookups))
			worst = &tree->cost[i];
	if (tree->lookups > SPF_LOOKUPS_MAX && worst)
		problems_note(
		    &look->problems, SEVERITY_MAJOR, NULL,
		    worst->lookups > 1
			? SAID("the record needs %u lookups of %d that are allowed, '%s' alone "
			       "%u: receivers that get so far refuse it")
			: SAID("the record needs %u lookups of %d that are allowed: receivers "
			       "that get so far refuse it"),
		    tree->lookups, SPF_LOOKUPS_MAX, worst->term, worst->lookups);
	if (tree->voids > SPF_VOIDS_MAX)
		problems_note(&look->problems, SEVERITY_MAJOR, NULL,
			      "%u terms name what does not exist: receivers refuse the record "
			      "after %d",
			      tree->voids, SPF_VOIDS_MAX);
}

/* A record that can be read. Senders come first, since a bad one has more problems than are kept;
 * where there is none, or it cannot be read, that says it all. */
static void look_below(struct look *look, struct slice txt, const struct spf_record *record)
{
	static const enum spf_result bad[] = {SPF_FAIL, SPF_PERMERROR, SPF_SOFTFAIL, SPF_NEUTRAL};
	struct domain_spf *const out = look->out;
	struct spf_tree tree;

	for (size_t i = 0; !look->is_open && i < COUNT_OF(bad); i++)
		tell_senders(look, bad[i]);
	spf_style(txt, record, &look->problems);
	if (!spf_tree_walk(look->subject->domain, record, look->ask, &look->problems, &tree))
		look->is_open = true;
	tell_lookups(look, &tree);
	out->lookups = tree.lookups;
	out->voids = tree.voids;
	out->cost = tree.cost;
	out->costs = tree.costs;
	set_result(out, tree.is_unusable ? SPF_PERMERROR : SPF_NEUTRAL, CAUSE_NONE);
}

static void look_at_record(struct look *look, const struct spf_found *found)
{
	struct problems *const problems = &look->problems;
	struct domain_spf *const out = look->out;
	struct spf_record record;
	struct spf_syntax wrong;

	set_result(out, found->result, found->cause);
	if (found->result == SPF_NONE)
		problems_note(problems, SEVERITY_MAJOR, NULL, "there is no SPF record");
	if (found->result == SPF_PERMERROR)
		problems_note(problems, SEVERITY_CRITICAL, NULL,
			      "there are %zu SPF records, and receivers refuse all of them",
			      found->records);
	if (found->result != SPF_PASS)
		return;
	out->record = problems_record(found->record, look->arena);
	if (spf_record_parse(found->record, look->arena, &record, &wrong)) {
		look_below(look, found->record, &record);
		return;
	}
	set_result(out, SPF_PERMERROR, CAUSE_NONE);
	problems_note(problems, SEVERITY_CRITICAL, NULL,
		      "the record is not valid: '%.*s' %s, and receivers refuse all of it",
		      QUOTED(wrong.term), wrong.text);
}

static void add_fix(struct look *look)
{
	struct domain_spf *const out = look->out;
	struct spf_fixed fixed;

	if (!spf_fix(look->subject, look->ask, look->cache, look->arena, &fixed)) {
		look->is_open = true;
		return;
	}
	out->why = fixed.why;
	if (*fixed.record)
		out->fix =
		    problems_txt(look->subject->domain, slice_text(fixed.record), look->arena);
}

static bool look_once(const struct auth_subject *subject, struct ask *ask, struct arena *arena,
		      struct domain_spf *out)
{
	struct look look = {.subject = subject,
			    .ask = ask,
			    .cache = spf_cache_new(arena),
			    .arena = arena,
			    .problems = problems_over(arena),
			    .out = out};
	struct spf_found found;

	*out = (struct domain_spf){.record = "", .fix = "", .why = ""};
	if (!spf_fetch(subject->domain, ask, &found))
		return false;
	look_at_senders(&look);
	look_at_record(&look, &found);
	if (!look.is_open)
		add_fix(&look);
	out->problems = problems_sorted(&look.problems);
	return !look.is_open;
}

/* Rounds that end with open questions leave nothing in the ask's arena: there may be many. */
bool spf_look(const struct auth_subject *subject, struct ask *ask, struct domain_spf *out)
{
	struct arena *const scratch = arena_new();
	const bool is_done = look_once(subject, ask, scratch, out);

	arena_free(scratch);
	return is_done && look_once(subject, ask, ask->arena, out);
}
