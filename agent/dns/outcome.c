#include "dns/outcome.h"

#include "base/mem.h"

static const enum cause cause_of[] = {
    [DNS_FOUND] = CAUSE_NONE,      [DNS_NO_DATA] = CAUSE_NONE,      [DNS_NO_NAME] = CAUSE_NONE,
    [DNS_TIMEOUT] = CAUSE_TIMEOUT, [DNS_SERVFAIL] = CAUSE_SERVFAIL, [DNS_REFUSED] = CAUSE_REFUSED,
    [DNS_GARBLED] = CAUSE_GARBLED, [DNS_BAD_NAME] = CAUSE_BAD_NAME, [DNS_DEADLINE] = CAUSE_DEADLINE,
    [DNS_BUDGET] = CAUSE_BUDGET,
};
_Static_assert(COUNT_OF(cause_of) == DNS_OUTCOME_COUNT, "one cause for each outcome");

/* An outcome outside the enum is taken for rubbish: blind, never clear. */
enum cause dns_cause(enum dns_outcome outcome)
{
	return (size_t)outcome < DNS_OUTCOME_COUNT ? cause_of[outcome] : CAUSE_GARBLED;
}

bool dns_is_usable(enum dns_outcome outcome)
{
	return dns_cause(outcome) == CAUSE_NONE;
}

bool dns_has_ip(const struct dns_answer *answer, const struct ip *ip)
{
	for (size_t i = 0; i < answer->records; i++)
		if (ip_equal(&answer->record[i].ip, ip))
			return true;
	return false;
}
