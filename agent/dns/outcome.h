#ifndef DNS_OUTCOME_H
#define DNS_OUTCOME_H

#include "dns/answer.h"
#include "model/names.h"

#include <stdbool.h>

/* Whether the outcome says something about the name: found, no such record, no such name. */
bool dns_is_usable(enum dns_outcome outcome);
/* Why the outcome says nothing; CAUSE_NONE when it does. */
enum cause dns_cause(enum dns_outcome outcome);
/* Whether the address is among the records of an A or AAAA answer. */
bool dns_has_ip(const struct dns_answer *answer, const struct ip *ip);

#endif
