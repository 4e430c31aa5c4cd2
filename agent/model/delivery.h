#ifndef MODEL_DELIVERY_H
#define MODEL_DELIVERY_H

#include "base/ip.h"
#include "base/slice.h"

#include <stdint.h>

/* How an attempt to deliver ended. */
enum outcome { OUTCOME_SENT, OUTCOME_DEFERRED, OUTCOME_BOUNCED, OUTCOME_EXPIRED, OUTCOME_COUNT };

/* What a receiver's reply blames. */
enum reply_cause {
	REPLY_OTHER,
	REPLY_AUTHENTICATION, /* SPF, DKIM, DMARC */
	REPLY_BLOCKLIST, /* names a public list */
	REPLY_IP_BLOCK, /* the receiver's own block of the address or its network */
	REPLY_DOMAIN_REPUTATION,
	REPLY_RATE_LIMIT,
	REPLY_PTR,
	REPLY_HELO,
	REPLY_CONTENT,
	REPLY_TLS,
	REPLY_RECIPIENT_UNKNOWN,
	REPLY_RECIPIENT_FULL,
	REPLY_RECIPIENT_DISABLED,
	REPLY_GREYLIST,
	REPLY_POLICY,
	REPLY_SIZE,
	REPLY_NETWORK, /* refused, reset, timed out, unreachable */
	REPLY_REMOTE_ERROR,
	REPLY_CAUSE_COUNT
};

/* Whose quota or fault it is. */
enum reply_scope {
	SCOPE_UNKNOWN,
	SCOPE_IP,
	SCOPE_NETWORK,
	SCOPE_DOMAIN,
	SCOPE_URL,
	SCOPE_RECIPIENT,
	SCOPE_MESSAGE,
	SCOPE_REMOTE,
	REPLY_SCOPE_COUNT
};

/* One attempt to deliver to one recipient outside, as the log tells it. Slices are valid during
 * the callback that hands it over; all are foreign text. */
struct delivery {
	int64_t at; /* UTC seconds */
	struct ip address; /* it was sent from; family 0: the log does not tell */
	struct slice account; /* SASL user, A=, "uid:1000"; empty: relayed or not known */
	struct slice sender_domain; /* of the envelope sender; empty: bounces, or not known */
	struct slice recipient_domain;
	struct slice mx; /* host name or address that took or refused it; empty: none was reached */
	enum outcome outcome;
	struct slice status; /* enhanced status code, "5.7.26"; empty: none */
	struct slice reply; /* the receiver's words, or the MTA's when there are none */
};

const char *outcome_name(enum outcome outcome);
const char *reply_cause_name(enum reply_cause cause);
const char *reply_scope_name(enum reply_scope scope);
/* The value of a word, or -1. */
int outcome_parse(const char *word);
int reply_cause_parse(const char *word);
int reply_scope_parse(const char *word);

#endif
