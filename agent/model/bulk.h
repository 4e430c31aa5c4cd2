#ifndef MODEL_BULK_H
#define MODEL_BULK_H

#include "base/ip.h"
#include "model/auth.h"
#include "model/names.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bulk-sender readiness of an organisational domain: whether what Gmail, Microsoft and Yahoo ask of
 * those who send much is there before they ask. What DNS and logs do not show (one-click
 * unsubscription, complaint rate, TLS, the From header itself) is not judged here. */

enum bulk_receiver { BULK_GMAIL, BULK_MICROSOFT, BULK_YAHOO, BULK_RECEIVER_COUNT };

/* Gmail and Microsoft name 5,000 a day, subdomains summed; Yahoo names no figure, and theirs is
 * taken. From 60 % on there is still time to mend things. */
enum { BULK_THRESHOLD = 5000, BULK_NEAR_PERCENT = 60, BULK_DAYS = 30 };

/* --- what is known --- */
struct bulk_day { /* offered, by the domain and all names below it */
	int64_t day; /* civil_days() */
	uint64_t to[BULK_RECEIVER_COUNT];
};

struct bulk_address { /* an address that mail of the domain leaves from */
	struct ip ip;
	bool is_known; /* the two below could be learned (struct identity) */
	bool has_name, is_confirmed; /* a PTR; which leads back */
};

struct bulk_input {
	const char *registrable;
	int64_t today;
	/* In any order; without mail or not there is the same. All days that are known: the last
	 * BULK_DAYS before today, and today so far, give the level, older ones tell Gmail's memory. */
	const struct bulk_day *day;
	size_t days;
	bool is_counted[BULK_RECEIVER_COUNT]; /* false: mail to this receiver is not counted */
	const struct domain_auth *const *domain; /* MAIL FROM domains seen: itself, names below */
	size_t domains;
	const struct bulk_address *address; /* most mail first */
	size_t addresses;
};

/* --- what it means --- */
enum bulk_level { BULK_NOT_COUNTED, BULK_FEW, BULK_NEAR, BULK_OVER, BULK_LEVEL_COUNT };

struct bulk_volume {
	enum bulk_level level;
	uint64_t yesterday;
	uint64_t largest; /* of the last BULK_DAYS days and today so far */
	int64_t largest_day;
	double mean; /* of the days since the first that is known, BULK_DAYS at most */
	bool is_permanent; /* Gmail: the threshold was reached once, now or before */
};

enum bulk_need {
	BULK_SPF, /* passes for every address used */
	BULK_DKIM, /* a usable key */
	BULK_DMARC, /* p=none at least */
	BULK_ALIGNMENT, /* SPF or DKIM can pass for the From domain */
	BULK_REVERSE, /* PTR and forward confirmation of every address used */
	BULK_NEED_COUNT
};
enum bulk_met { BULK_NOT_KNOWN, BULK_MET, BULK_UNMET, BULK_MET_COUNT };

struct bulk_requirement {
	enum bulk_met met;
	const char *text; /* a sentence without full stop, never "" */
	const char *fix; /* the record to publish; "" for none */
};

enum bulk_readiness {
	BULK_UNKNOWN, /* nothing is known to be missing, and not all could be learned */
	BULK_READY,
	BULK_UNREADY, /* far from the threshold */
	BULK_NEAR_UNREADY, /* warn: at Gmail the status is for good once reached */
	BULK_OVER_UNREADY, /* mail is refused, or will be */
	BULK_READINESS_COUNT
};

struct bulk_verdict {
	const char *registrable;
	enum bulk_readiness readiness;
	enum severity severity;
	const char *text; /* the first line for people */
	struct bulk_volume volume[BULK_RECEIVER_COUNT];
	struct bulk_requirement need[BULK_NEED_COUNT];
};

/* "gmail", "microsoft", "yahoo": the words of replies_receiver */
const char *bulk_receiver_name(enum bulk_receiver receiver);
/* "not-counted", "few", "near", "over" */
const char *bulk_level_name(enum bulk_level level);
/* "spf", "dkim", "dmarc", "alignment", "ptr" */
const char *bulk_need_name(enum bulk_need need);
/* "unknown", "met", "unmet" */
const char *bulk_met_name(enum bulk_met met);
/* "unknown", "ready", "unready", "near-unready", "over-unready" */
const char *bulk_readiness_name(enum bulk_readiness readiness);

#endif
