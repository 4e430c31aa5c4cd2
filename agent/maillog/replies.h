#ifndef MAILLOG_REPLIES_H
#define MAILLOG_REPLIES_H

#include "base/err.h"
#include "model/delivery.h"
#include "model/removal_way.h"

#include <stdbool.h>
#include <stddef.h>

/* What receivers mean. Rules are data (etc/replies.conf); here they are compiled and run.
 * A code means what its receiver means by it: Gmail's 5.7.27 is SPF, IANA's is a null MX. */
struct reply_rule {
	const char *name; /* for people: "gmail-unauthenticated" */
	const char *receiver; /* "gmail", ...; "" for all */
	/* "550 5.7.26", "5.7.26", "421", "5*", "4.7.*", "5.7.606-649", several with commas; "" for
	 * any */
	const char *codes;
	const char *pattern; /* PCRE2, caseless, on the text of reply_text.h; "" for any */
	enum reply_cause cause;
	enum reply_scope scope;
	const char *note; /* what to do about it, "" for none */
};

struct receiver_rule {
	const char *name;
	const char *const *mx; /* suffixes of host names: ".google.com", "mx.example" */
	size_t mxs;
	struct removal_way way; /* to end its block of an address */
};

struct reply_verdict {
	enum reply_cause cause;
	enum reply_scope scope;
	const struct reply_rule *rule; /* NULL: no rule matched; cause from the codes alone, or other */
};

/* Whether codes and pattern can be compiled; the sentence goes on from the rule's name. */
bool reply_rule_check(const struct reply_rule *rule, struct err *err);

struct replies;

/* The rules are borrowed. The first match in order decides; rules of the receiver come before
 * those for all. False names the rule and what is wrong with its pattern. */
struct replies *replies_new(const struct reply_rule *rule, size_t rules,
                            const struct receiver_rule *receiver, size_t receivers,
                            struct err *err);
void replies_free(struct replies *replies);

/* The receiver's name, or "other"; never NULL. `mx` is a host name in any case. */
const char *replies_receiver(const struct replies *replies, struct slice mx);
/* `status` may be empty: codes are then looked for at the start of the text, also behind a
 * wrapper of the MTA ("host x said: 550-5.7.26 ..."), repeated and split ones folded. */
struct reply_verdict replies_classify(struct replies *replies, const char *receiver,
                                      struct slice status, struct slice reply);

#endif
