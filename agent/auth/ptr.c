#include "auth/ptr.h"

#include "auth/hostname.h"
#include "base/mem.h"
#include "base/tr_mark.h"
#include "dns/outcome.h"

#include <stdlib.h>
#include <string.h>

/* Receivers look at a few names only, in any order: RFC 7208 section 5.5 stops at 10. */
enum { PTR_USUAL_MAX = 10 };

/* How the names of an address lead back to it. */
struct forward {
	bool is_confirmed;
	bool is_open; /* questions are */
	enum cause cause; /* of a name that could not be asked about */
};

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Lower case where it is a name; what is none is kept for people to see, as a C string. */
static const char *copy_name(const struct dns_record *record, struct arena *arena)
{
	const size_t len =
	    record->len < FOREIGN_TEXT_MAX_BYTES ? record->len : FOREIGN_TEXT_MAX_BYTES;
	char *copy = arena_strndup(arena, record->data, len);
	char name[DNS_NAME_BYTES];

	for (size_t i = 0; i < len; i++)
		if (!copy[i])
			copy[i] = '?';
	return dns_name_normalise(copy, name) ? arena_strdup(arena, name) : copy;
}

static void keep_name(struct identity *identity, const char *name)
{
	for (size_t i = 0; i < identity->ptrs; i++)
		if (strcmp(identity->ptr[i], name) == 0)
			return;
	if (identity->ptrs < IDENTITY_PTR_MAX)
		identity->ptr[identity->ptrs++] = name;
}

/* Sorted, so that rotation by the server changes nothing. Where there are more than can be
 * kept, the HELO name is kept first. */
static void keep_names(const struct target *target, const struct dns_answer *answer,
		       struct arena *arena, struct identity *identity)
{
	const char **name = arena_calloc(arena, answer->records, sizeof(*name));

	for (size_t i = 0; i < answer->records; i++) {
		name[i] = copy_name(&answer->record[i], arena);
		if (dns_name_equal(name[i], target->helo))
			keep_name(identity, name[i]);
	}
	qsort(name, answer->records, sizeof(*name), compare_names);
	for (size_t i = 0; i < answer->records; i++)
		keep_name(identity, name[i]);
	qsort(identity->ptr, identity->ptrs, sizeof(identity->ptr[0]), compare_names);
}

/* RFC 8601 section 2.7.3: one name that has the address among its own is enough. */
static struct forward look_forward(const struct ip *ip, const struct identity *identity,
				   struct ask *ask)
{
	const enum dns_type type = ip->family == 4 ? DNS_A : DNS_AAAA;
	struct forward forward = {.cause = CAUSE_NONE};

	for (size_t i = 0; i < identity->ptrs; i++) {
		const struct dns_answer *answer = ask_dns(ask, identity->ptr[i], type);

		if (!answer)
			forward.is_open = true;
		else if (answer->outcome == DNS_FOUND && dns_has_ip(answer, ip))
			forward.is_confirmed = true;
		/* A name DNS cannot carry will never lead back: that is known, not blind. */
		else if (!dns_is_usable(answer->outcome) && answer->outcome != DNS_BAD_NAME)
			forward.cause = dns_cause(answer->outcome);
	}
	return forward;
}

/* The name the reverse record should hold: what the host calls itself, or "". */
static const char *wanted_name(const struct target *target)
{
	if (hostname_is_qualified(target->helo))
		return target->helo;
	return hostname_is_qualified(target->name) ? target->name : "";
}

static const char *reverse_fix(const struct target *target, struct arena *arena)
{
	const char *wanted = wanted_name(target);
	char owner[DNS_NAME_BYTES];

	if (!*wanted)
		return "";
	dns_name_of_ptr(&target->ip, owner);
	return arena_printf(arena, "%s. IN PTR %s.", owner, wanted);
}

/* The missing forward record, unless the reverse one holds another name than the host's. */
static const char *forward_fix(const struct target *target, const struct identity *identity,
			       struct arena *arena)
{
	const char *wanted = wanted_name(target);
	const char *name = *wanted ? "" : identity->ptr[0];

	for (size_t i = 0; i < identity->ptrs; i++)
		if (dns_name_equal(identity->ptr[i], wanted))
			name = identity->ptr[i];
	if (!hostname_is_qualified(name))
		return reverse_fix(target, arena);
	return arena_printf(arena, "%s. IN %s %s", name, target->ip.family == 4 ? "A" : "AAAA",
			    target->text);
}

/* Gmail refuses such mail outright (550 5.7.25), and the grade is POOR. */
static const enum severity unconfirmed = SEVERITY_CRITICAL;

static void set_noted(struct observation *out, const char *text, const char *fix)
{
	out->finding = FINDING_NOTED;
	out->severity = SEVERITY_MINOR;
	out->text = text;
	out->fix = fix;
}

/* Every name must look generated: one good name beside them is what receivers may see. */
static bool is_generic(const struct identity *identity, const struct ip *ip)
{
	for (size_t i = 0; i < identity->ptrs; i++)
		if (!ptr_is_generic(identity->ptr[i], ip))
			return false;
	return identity->ptrs > 0;
}

static void judge_names(const struct target *target, size_t records, struct arena *arena,
			struct identity *identity, struct observation *out)
{
	const char *first = identity->ptr[0];

	if (!identity->forward_confirmed) {
		observation_set_broken(
		    out, unconfirmed,
		    identity->ptrs == 1
			? arena_printf(arena, SAID("its name %s does not lead back to %s"), first,
				       target->text)
			: arena_printf(arena, SAID("none of its %zu names leads back to %s"),
				       identity->ptrs, target->text),
		    forward_fix(target, identity, arena));
	} else if (identity->generic_ptr) {
		const char *wanted = wanted_name(target);
		const bool is_better = *wanted && !ptr_is_generic(wanted, &target->ip);

		set_noted(
		    out,
		    arena_printf(arena,
				 SAID("its name %s looks generated, and some receivers refuse such "
				      "names"),
				 first),
		    is_better ? reverse_fix(target, arena) : "");
	} else if (records > PTR_USUAL_MAX) {
		set_noted(out,
			  arena_printf(arena,
				       SAID("it has %zu PTR records; receivers look at %d of them"),
				       records, PTR_USUAL_MAX),
			  reverse_fix(target, arena));
	}
}

bool ptr_check(const struct target *target, struct ask *ask, struct identity *identity,
	       struct observation *out)
{
	char owner[DNS_NAME_BYTES];
	const struct dns_answer *answer;
	struct forward forward;

	*identity = (struct identity){.helo = target->helo};
	*out = (struct observation){.check = "ptr",
				    .subject = "",
				    .finding = FINDING_CLEAR,
				    .means = "",
				    .text = "",
				    .fix = ""};
	dns_name_of_ptr(&target->ip, owner);
	answer = ask_dns(ask, owner, DNS_PTR);
	if (!answer)
		return false;
	out->ttl_s = answer->ttl_s;
	out->rtt_us = answer->rtt_us;
	if (!dns_is_usable(answer->outcome)) {
		observation_set_blind(out, dns_cause(answer->outcome));
		return true;
	}
	keep_names(target, answer, ask->arena, identity);
	if (identity->ptrs == 0) {
		identity->is_known = true;
		observation_set_broken(
		    out, unconfirmed,
		    arena_printf(ask->arena, SAID("%s has no PTR record"), target->text),
		    reverse_fix(target, ask->arena));
		return true;
	}
	forward = look_forward(&target->ip, identity, ask);
	if (forward.is_open)
		return false;
	identity->forward_confirmed = forward.is_confirmed;
	identity->generic_ptr = is_generic(identity, &target->ip);
	if (!forward.is_confirmed && forward.cause != CAUSE_NONE) {
		observation_set_blind(out, forward.cause);
		return true;
	}
	identity->is_known = true;
	judge_names(target, answer->records, ask->arena, identity, out);
	return true;
}
