#include "auth/spf_tree.h"

#include "base/tr_mark.h"

#include "auth/spf.h"
#include "auth/spf_macro.h"

#include <string.h>

struct walk {
	struct ask *ask;
	struct problems *problems;
	struct spf_tree *tree;
	const char *path[SPF_TREE_DEPTH_MAX + 1]; /* the domains on the way here */
	size_t records, hosts;
	bool is_open;
};

const struct spf_term *spf_record_all(const struct spf_record *record)
{
	for (size_t i = 0; i < record->terms; i++)
		if (record->term[i].mechanism == SPF_ALL)
			return &record->term[i];
	return NULL;
}

bool spf_tree_target(const char *domain, struct slice spec, char out[DNS_NAME_BYTES])
{
	static const struct spf_macros none = {0};

	if (!spec.len)
		return dns_name_normalise(domain, out);
	return !spf_macro_has_any(spec) && spf_macro_domain(spec, &none, out);
}

static uint32_t walk_record(struct walk *walk, size_t depth, const struct spf_record *record);

static struct spf_cost *add_cost(struct walk *walk, size_t depth, struct slice term)
{
	struct spf_tree *const tree = walk->tree;
	struct spf_cost *cost;

	if (tree->costs == SPF_TREE_COSTS_MAX)
		return NULL;
	cost = &tree->cost[tree->costs++];
	*cost = (struct spf_cost){.depth = (uint32_t)depth,
				  .term = problems_record(term, walk->problems->arena)};
	return cost;
}

/* A problem below, or of the reference itself: mail that gets there ends in a permerror. */
static void break_tree(struct walk *walk, size_t depth, struct slice term, const char *what)
{
	walk->tree->is_unusable = true;
	problems_note(walk->problems, SEVERITY_MAJOR, NULL,
		      "'%.*s' in the record of %s %s: receivers that get there refuse the whole "
		      "record",
		      QUOTED(term), walk->path[depth], what);
}

static bool is_on_path(const struct walk *walk, size_t depth, const char *domain)
{
	for (size_t i = 0; i <= depth; i++)
		if (dns_name_equal(walk->path[i], domain))
			return true;
	return false;
}

/* The record that an include or redirect names, with all below it. */
static uint32_t walk_domain(struct walk *walk, size_t depth, struct slice term, const char *target)
{
	struct spf_record record;
	struct spf_syntax wrong;
	struct spf_found found;

	if (is_on_path(walk, depth, target)) {
		break_tree(walk, depth, term, SAID("leads back to where it came from"));
		return SPF_LOOKUPS_MAX;
	}
	if (depth == SPF_TREE_DEPTH_MAX || walk->records == SPF_TREE_RECORDS_MAX)
		return 0;
	walk->records++;
	if (!spf_fetch(target, walk->ask, &found)) {
		walk->is_open = true;
		return 0;
	}
	if (found.result == SPF_NONE)
		break_tree(walk, depth, term, SAID("names a domain without SPF record"));
	else if (found.result == SPF_PERMERROR)
		break_tree(walk, depth, term, SAID("names a domain with several SPF records"));
	else if (found.result == SPF_TEMPERROR)
		problems_note(walk->problems, SEVERITY_INFO, NULL,
			      "the record of %s, for '%.*s', could not be read (%s)", target,
			      QUOTED(term), cause_name(found.cause));
	if (found.result != SPF_PASS)
		return 0;
	if (!spf_record_parse(found.record, walk->problems->arena, &record, &wrong)) {
		break_tree(
		    walk, depth, term,
		    arena_printf(walk->problems->arena,
				 SAID("names a domain whose record is not valid ('%.*s' %s)"),
				 QUOTED(wrong.term), wrong.text));
		return 0;
	}
	walk->path[depth + 1] = arena_strdup(walk->problems->arena, target);
	return walk_record(walk, depth + 1, &record);
}

static bool is_missing(struct walk *walk, const char *target, enum dns_type type)
{
	const struct dns_answer *const answer = ask_dns(walk->ask, target, type);

	walk->is_open = walk->is_open || !answer;
	return answer && (answer->outcome == DNS_NO_DATA || answer->outcome == DNS_NO_NAME);
}

/* Whether a host has addresses depends on the family of the client; one of either is enough. */
static bool names_nothing(struct walk *walk, const struct spf_term *term, const char *target)
{
	switch (term->mechanism) {
	case SPF_MX:
		return is_missing(walk, target, DNS_MX);
	case SPF_EXISTS:
		return is_missing(walk, target, DNS_A);
	case SPF_A:
		return is_missing(walk, target, DNS_A) && is_missing(walk, target, DNS_AAAA);
	case SPF_ALL:
	case SPF_INCLUDE:
	case SPF_PTR:
	case SPF_IP4:
	case SPF_IP6:
	case SPF_MECHANISM_COUNT:
		break;
	}
	return false;
}

static void look_for(struct walk *walk, size_t depth, const struct spf_term *term,
		     const char *target)
{
	if (walk->hosts == SPF_TREE_HOSTS_MAX)
		return;
	walk->hosts++;
	if (!names_nothing(walk, term, target))
		return;
	walk->tree->voids++;
	problems_note(walk->problems, SEVERITY_MINOR, NULL,
		      "'%.*s' in the record of %s names what does not exist", QUOTED(term->text),
		      walk->path[depth]);
}

static uint32_t walk_reference(struct walk *walk, size_t depth, struct slice term,
			       struct slice spec)
{
	char target[DNS_NAME_BYTES];

	return spf_tree_target(walk->path[depth], spec, target)
		   ? walk_domain(walk, depth, term, target)
		   : 0;
}

/* Section 4.6.4: what the term costs, with all below it. */
static uint32_t walk_term(struct walk *walk, size_t depth, const struct spf_term *term)
{
	struct spf_cost *const cost = add_cost(walk, depth, term->text);
	char target[DNS_NAME_BYTES];
	uint32_t lookups = 1;

	if (!walk->tree->has_counted_p && spf_macro_has_p(term->domain)) {
		walk->tree->has_counted_p = true;
		lookups++;
	}
	if (term->mechanism == SPF_INCLUDE)
		lookups += walk_reference(walk, depth, term->text, term->domain);
	else if (spf_tree_target(walk->path[depth], term->domain, target))
		look_for(walk, depth, term, target);
	if (cost)
		cost->lookups = lookups;
	return lookups;
}

/* What stands behind "all" is never reached. */
static uint32_t walk_record(struct walk *walk, size_t depth, const struct spf_record *record)
{
	const struct spf_term *const all = spf_record_all(record);
	struct spf_cost *cost;
	uint32_t lookups = 0;
	uint32_t below;

	for (size_t i = 0; i < record->terms && &record->term[i] != all; i++)
		if (spf_mechanism_asks(record->term[i].mechanism))
			lookups += walk_term(walk, depth, &record->term[i]);
	if (all || !record->redirect.text.at)
		return lookups;
	cost = add_cost(walk, depth, record->redirect.text);
	below = 1 + walk_reference(walk, depth, record->redirect.text, record->redirect.domain);
	if (cost)
		cost->lookups = below;
	return lookups + below;
}

bool spf_tree_walk(const char *domain, const struct spf_record *record, struct ask *ask,
		   struct problems *problems, struct spf_tree *out)
{
	struct walk walk = {.ask = ask, .problems = problems, .tree = out, .path = {domain}};

	*out = (struct spf_tree){0};
	out->cost = arena_calloc(problems->arena, SPF_TREE_COSTS_MAX, sizeof(*out->cost));
	out->lookups = walk_record(&walk, 0, record);
	out->is_unusable = out->is_unusable || out->lookups > SPF_LOOKUPS_MAX;
	return !walk.is_open;
}
