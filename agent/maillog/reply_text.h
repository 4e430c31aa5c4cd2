#ifndef MAILLOG_REPLY_TEXT_H
#define MAILLOG_REPLY_TEXT_H

#include "base/slice.h"

#include <stddef.h>
#include <stdint.h>

/* A reply as rules see it: the receiver's own words, whoever logged them and however. Equal
 * replies to different people become the same text.
 *
 * - one line, one blank between words, ASCII letters in lower case, other bytes as they are
 * - the MTA's wrapping is gone; where the dialogue stood is the last word: "[at rcpt]"
 * - codes are gone from the start, and wherever the lines of one reply repeat them
 * - addresses are {ip} and {address}, numbers of six digits and more {n}, queue ids {id} */

enum { REPLY_TEXT_BYTES = 2048 }; /* four replies of the longest line, RFC 5321 section 4.5.3.1.5 */

struct reply_codes {
	uint16_t smtp; /* 0: none */
	uint16_t class, subject, detail; /* RFC 3463; class 0: none */
};

struct reply_text {
	struct reply_codes codes;
	size_t len;
	char text[REPLY_TEXT_BYTES]; /* not NUL-terminated */
};

/* `status` is the enhanced status code when it is known otherwise; it may be empty. */
void reply_text_read(struct reply_text *out, struct slice status, struct slice reply);

/* Where in the dialogue a reply came, as far as its wrapping tells. */
enum reply_stage {
	STAGE_UNKNOWN,
	STAGE_CONNECT,
	STAGE_HELO,
	STAGE_MAIL,
	STAGE_RCPT,
	STAGE_DATA, /* the command */
	STAGE_BODY, /* after the final dot */
	STAGE_COUNT
};

/* Takes the wrapping off a text that is clean already. */
struct slice reply_unwrap(struct slice clean, enum reply_stage *stage);
/* The codes a text starts with, and what is behind them; codes already set are kept. */
struct slice reply_codes_read(struct slice text, struct reply_codes *codes);
/* The length of "5.7.26" at the start, 0 when there is none. */
size_t reply_status_read(struct slice text, struct reply_codes *codes);

#endif
