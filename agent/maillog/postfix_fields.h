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

enum {
	POSTFIX_ID_MIN_BYTES = 5, /* 5 hexadecimal digits of microseconds and an inode number */
	POSTFIX_ID_MAX_BYTES = 20
};

static inline bool postfix_is_id_byte(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
}

/* "QID: " at the start. Most texts have none, and most of those no colon near their start. What
 * follows tells an id from a word; the bytes between its first and its last need no look. */
static inline bool postfix_id(struct slice *rest, struct slice *id)
{
	const size_t near = rest->len < NEAR_BYTES ? rest->len : NEAR_BYTES;
	const char *colon = near_find(rest->at, near, ':');
	const size_t len = colon ? (size_t)(colon - rest->at) : 0;

	if (len < POSTFIX_ID_MIN_BYTES || len > POSTFIX_ID_MAX_BYTES || len + 1 >= rest->len ||
	    rest->at[len + 1] != ' ' || !postfix_is_id_byte(rest->at[0]) ||
	    !postfix_is_id_byte(rest->at[len - 1]))
		return false;
	*id = slice_of(rest->at, len);
	*rest = slice_from(*rest, len + 2);
	return true;
}

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
