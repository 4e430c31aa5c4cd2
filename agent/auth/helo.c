#include "auth/helo.h"

#include "base/tr_mark.h"

#include "auth/hostname.h"
#include "dns/outcome.h"

static bool is_among(const struct identity *identity, const char *name)
{
	for (size_t i = 0; i < identity->ptrs; i++)
		if (dns_name_equal(identity->ptr[i], name))
			return true;
	return false;
}

static const char *forward_fix(const struct target *target, struct arena *arena)
{
	return arena_printf(arena, "%s. IN %s %s", target->helo,
			    target->ip.family == 4 ? "A" : "AAAA", target->text);
}

/* Whether the name has the address. False, with the observation set, when not or not known. */
static bool resolves(const struct target *target, const struct dns_answer *forward,
		     struct arena *arena, struct observation *out)
{
	const char *type = target->ip.family == 4 ? "A" : "AAAA";
	char other[IP_TEXT_BYTES];

	if (!dns_is_usable(forward->outcome)) {
		observation_set_blind(out, dns_cause(forward->outcome));
		return false;
	}
	if (forward->records == 0) {
		observation_set_broken(out, SEVERITY_MAJOR,
				       arena_printf(arena,
						    SAID("the HELO name %s has no %s record"),
						    target->helo, type),
				       forward_fix(target, arena));
		return false;
	}
	if (!dns_has_ip(forward, &target->ip)) {
		observation_set_broken(
		    out, SEVERITY_MAJOR,
		    arena_printf(arena, SAID("the HELO name %s leads to %s and not to %s"),
				 target->helo, ip_text(&forward->record[0].ip, other),
				 target->text),
		    forward_fix(target, arena));
		return false;
	}
	return true;
}

/* Does the address give the name back? One without any name is the business of `ptr`. */
static void compare_with_ptr(const struct target *target, const char *owner,
			     const struct identity *identity, struct arena *arena,
			     struct observation *out)
{
	if (identity->ptrs == 0 || is_among(identity, target->helo))
		return;
	out->finding = FINDING_NOTED;
	out->severity = SEVERITY_MINOR;
	out->text = arena_printf(arena, SAID("the HELO name %s is not the PTR name %s"),
				 target->helo, identity->ptr[0]);
	out->fix = arena_printf(arena, "%s. IN PTR %s.", owner, target->helo);
}

bool helo_check(const struct target *target, struct ask *ask, struct identity *identity,
		struct observation *out)
{
	char owner[DNS_NAME_BYTES];
	const struct dns_answer *forward;
	const struct dns_answer *reverse;

	identity->helo = target->helo;
	*out = (struct observation){.check = "helo",
				    .subject = "",
				    .finding = FINDING_CLEAR,
				    .means = "",
				    .text = "",
				    .fix = ""};
	if (!*target->helo) {
		out->text = SAID("no HELO name is configured");
		return true;
	}
	if (!hostname_is_qualified(target->helo)) {
		observation_set_broken(out, SEVERITY_MAJOR,
				       arena_printf(ask->arena,
						    SAID("the HELO name '%s' is no full host name"),
						    target->helo),
				       "");
		return true;
	}
	dns_name_of_ptr(&target->ip, owner);
	forward = ask_dns(ask, target->helo, target->ip.family == 4 ? DNS_A : DNS_AAAA);
	reverse = ask_dns(ask, owner, DNS_PTR);
	if (!forward || !reverse)
		return false;
	out->ttl_s = forward->ttl_s;
	out->rtt_us = forward->rtt_us;
	identity->helo_resolves = resolves(target, forward, ask->arena, out);
	if (out->finding == FINDING_BLIND)
		identity->is_known = false;
	if (!identity->helo_resolves)
		return true;
	/* Without the names, agreement is not known, and a note made earlier must stand. */
	if (!dns_is_usable(reverse->outcome))
		observation_set_blind(out, dns_cause(reverse->outcome));
	else
		compare_with_ptr(target, owner, identity, ask->arena, out);
	return true;
}
