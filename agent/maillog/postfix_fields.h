#ifndef MAILLOG_POSTFIX_FIELDS_H
#define MAILLOG_POSTFIX_FIELDS_H

#include "base/slice.h"
#include "model/delivery.h"

#include <stdbool.h>

/* The grammar of Postfix's lines, without any memory. */
struct postfix_fields {
	struct slice to;
	struct slice relay;
	struct slice status; /* dsn= */
	enum outcome outcome;
	struct slice reply; /* what stands in the parentheses */
};

/* "QID: " at the start. */
bool postfix_id(struct slice *rest, struct slice *id);
/* "to=<A>, relay=..., status=WORD (REPLY)". False also when WORD is no outcome of a delivery,
 * as those of address probes are not. */
bool postfix_read(struct slice rest, struct postfix_fields *out);

/* "HOST[IP]:PORT" or "HOST[IP]": a filter on this host, or a socket in its file system. */
bool postfix_is_own(struct slice relay);
/* The host of a relay; empty for "none". */
struct slice postfix_mx(struct slice relay);
/* The receiver's words, without what smtp(8) puts around them. */
struct slice postfix_words(struct slice reply);
/* The id behind the last "queued as " of a filter's reply; empty: none. */
struct slice postfix_queued_as(struct slice reply);

/* Behind "client=". Absent ones are empty. */
void postfix_client(struct slice rest, struct slice *client, struct slice *account,
		    struct slice *origin);
/* Behind "from=<": "A>, size=N, nrcpt=N (queue active)" or "A>, status=expired, returned to
 * sender". */
enum postfix_sender { POSTFIX_SENDER_NONE, POSTFIX_SENDER_ACTIVE, POSTFIX_SENDER_EXPIRED };
enum postfix_sender postfix_sender(struct slice rest, struct slice *sender);

#endif
