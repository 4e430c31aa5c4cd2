#ifndef DNS_ANSWER_H
#define DNS_ANSWER_H

#include "base/ip.h"

#include <stddef.h>
#include <stdint.h>

/* RFC 1035 section 3.2.2, RFC 3596. */
enum dns_type { DNS_A = 1, DNS_NS = 2, DNS_CNAME = 5, DNS_SOA = 6, DNS_PTR = 12, DNS_MX = 15, DNS_TXT = 16, DNS_AAAA = 28 };

/* How a lookup ended. Only the first three say something about the name. */
enum dns_outcome {
	DNS_FOUND,   /* at least one record of the type asked for, CNAMEs followed */
	DNS_NO_DATA, /* the name exists, the type does not */
	DNS_NO_NAME, /* NXDOMAIN */
	DNS_TIMEOUT,
	DNS_SERVFAIL, /* SERVFAIL, FORMERR, NOTIMP and other failures of the server */
	DNS_REFUSED,  /* often: this resolver is not allowed to ask */
	DNS_GARBLED,  /* a reply came and could not be decoded */
	DNS_BAD_NAME, /* never sent: not a name that DNS can carry */
	DNS_DEADLINE, /* never answered before the pass had to end */
	DNS_BUDGET,   /* never sent: the list's budget for the day is spent */
	DNS_OUTCOME_COUNT
};

/* One record of the type asked for. A and AAAA fill `ip`; the names of PTR, MX, NS and CNAME
 * are `data` without a trailing dot; TXT is its strings joined (RFC 7208 section 3.3), cut at
 * DNS_TXT_MAX_BYTES. `data` may hold any byte; a NUL follows it. */
enum { DNS_TXT_MAX_BYTES = 64 * 1024 };
struct dns_record {
	struct ip ip;
	uint16_t priority;
	const char *data;
	size_t len;
};

struct dns_answer {
	enum dns_outcome outcome;
	uint32_t ttl_s; /* the smallest in the chain; 0 unless DNS_FOUND */
	uint32_t rtt_us; /* 0 when nothing came back */
	const struct dns_record *record;
	size_t records;
};

#endif
