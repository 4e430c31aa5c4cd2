#ifndef MODEL_ALERT_H
#define MODEL_ALERT_H

#include "model/event.h"
#include "model/list.h"
#include "model/names.h"
#include "model/traffic.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What people are told. An incident is one cause, whatever number of addresses and lists it
 * touches; an alert is one message about one incident, the same for every channel. Strings are
 * never NULL. Foreign text is bounded bytes and not yet escaped. */

enum incident_kind {
	INCIDENT_ADDRESS, /* an address on lists, its identity, its volume: subject is the address; or
			   * the names of many at once: INCIDENT_IDENTITY */
	INCIDENT_LIST, /* a list with many addresses: the zone */
	INCIDENT_RECEIVER, /* a receiver that refuses several addresses: its name */
	INCIDENT_SENDER, /* sends far more than usual: "account NAME" or "pool NAME" */
	INCIDENT_DOMAIN, /* a sending domain, its records and listings: its name; or what is wrong with
			  * many at once: the check */
	INCIDENT_AGENT, /* a list out of order: the zone; many, the resolver, passes late or cut: "" */
	INCIDENT_KIND_COUNT
};

enum { INCIDENT_FLAP_S = 86400 };
#define INCIDENT_IDENTITY "identity"

/* One belief that is part of an incident. */
struct incident_item {
	const char *address; /* or domain; "" for what is about a list or the agent */
	const char *name, *pool; /* the operator's */
	const char *check, *subject;
	const char *to; /* what it became: the event's word */
	enum severity severity;
	int64_t since;
	int64_t ended_at; /* 0: open */
	const char *text; /* reasons; foreign */
	const char *fix; /* what to publish, "" or NULL for nothing; foreign */
	const struct list *list; /* of check "dnsbl" while the catalogue has it, else NULL */
	const struct removal_way *way; /* of check "receiver" where it is known, else NULL */
	bool is_muted; /* the operator knows: told to nobody */
};

struct incident {
	int64_t id; /* 0 until stored */
	const char *uid; /* [0-9a-z]{20}: message ids, dedup keys; never changes */
	enum incident_kind kind;
	const char *subject;
	const char *pool; /* "" for several */
	enum severity severity; /* the worst of its items so far */
	int64_t opened_at;
	int64_t ended_at; /* 0: open */
	int64_t told_at; /* the last letter; 0: none */
	uint32_t reminders;
	uint32_t seq; /* letters so far */
	uint32_t flaps; /* times it came back within INCIDENT_FLAP_S of its end */
	bool is_baseline; /* found by the first pass: told together, not one by one */
	bool is_told; /* the last letter of its own was not of its end */
	enum severity told_severity; /* as the last letter had it */
	uint32_t told_items;
	const struct incident_item *item; /* those that are told first, then worst first */
	size_t items;
};

enum alert_kind {
	ALERT_OPENED,
	ALERT_GREW, /* worse, or touching more */
	ALERT_REMINDER,
	ALERT_ENDED,
	ALERT_DIGEST, /* more incidents than digest_over in one pass */
	ALERT_BASELINE, /* the first pass: what is wrong already */
	ALERT_WEEKLY,
	ALERT_TEST,
	ALERT_KIND_COUNT
};

struct alert {
	enum alert_kind kind;
	const char *uid; /* of the incident; of its own for digest, baseline, weekly, test */
	uint32_t seq; /* the letter's number in its thread, 1 first */
	enum severity severity;
	int64_t at;
	const struct incident *incident; /* one; for digest, baseline and weekly the worst first */
	size_t incidents;
	size_t untold; /* further ones that are only counted */
	/* Of an incident's address, or of the loudest of its addresses; NULL: not known. */
	const struct traffic *traffic;
	const char *traffic_address;
	int64_t opened_week, ended_week; /* ALERT_WEEKLY: how many in seven days */
	uint64_t addresses, good, poor; /* ALERT_WEEKLY and ALERT_BASELINE: how all stand */
	const char *host; /* where repwatch runs */
	const char *report_url; /* of the page, "" for none */
};

/* "Known, do not tell me": of an address, a list or receiver, a pool, or their combination; "" is
 * any. */
struct mute {
	int64_t id; /* 0 until stored */
	const char *address; /* canonical address or block of them, domain, or pool's name */
	const char *subject; /* zone or receiver, or the word of a check */
	int64_t from, until; /* from > now: a maintenance window to come */
	const char *reason; /* the operator's; never empty */
	int64_t made_at;
	const char *made_by; /* a login's name, "" for unknown */
};

const char *incident_kind_name(enum incident_kind kind);
int incident_kind_parse(const char *word);
const char *alert_kind_name(enum alert_kind kind);
int alert_kind_parse(const char *word);

#endif
