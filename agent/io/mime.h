#ifndef IO_MIME_H
#define IO_MIME_H

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stdint.h>

/* A letter as the message that SMTP carries (RFC 5322, MIME; made by GMime). The same input gives
 * the same bytes with the same Message-ID, so that a second attempt is seen to be the same letter;
 * letters of one thread answer its first. */

struct mime_mail {
	const char *from; /* "noc@example.jp" or "Name <noc@example.jp>" */
	const char *const *to; /* likewise */
	size_t tos;
	const char *subject; /* UTF-8 */
	struct slice body; /* UTF-8 text, lines ended by LF */
	const char *uid; /* of the thread */
	uint32_t seq; /* the letter's number in it, 1 first */
	const char *kind, *severity; /* words, for filters */
	const char *host; /* where repwatch runs; what is no host name becomes "localhost" */
	int64_t at; /* when it was written */
	int32_t offset_s; /* the operator's zone then, ahead of UTC */
};

/* The whole message with CRLF line ends, from the arena. False: an address that is none, which the
 * sentence names. Control characters never reach a header: an address that holds one is refused,
 * in other fields each becomes a blank. */
bool mime_message(const struct mime_mail *mail, struct arena *arena, struct slice *out,
		  struct err *err);

/* What it takes is loaded when it is needed; false with a sentence: it cannot be. */
bool mime_is_there(struct err *err);

#endif
