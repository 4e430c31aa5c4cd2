#ifndef IO_POST_H
#define IO_POST_H

#include "base/arena.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Sends letters by HTTP and SMTP (libcurl's multi interface) in lanes: within a lane one after the
 * other, lanes beside each other, so that a dead endpoint delays nobody else. TLS is verified,
 * redirects are not followed, no proxy and no password is taken from the environment, replies are
 * bounded. SMTP requires TLS unless the server is on loopback. What is secret (url, header, user,
 * password) never comes back in a result. */

enum post_method { POST_HTTP, POST_PUT, POST_GET, POST_MAIL };

struct post {
	enum post_method method;
	const char *url; /* SECRET */
	const char *const *header; /* HTTP: complete lines; may be SECRET */
	size_t headers;
	struct slice body; /* mail: the whole message with CRLF line ends */
	const char *mail_from; /* envelope; NULL or "" for the null sender */
	const char *const *mail_to;
	size_t mail_tos;
	bool takes_some; /* one recipient that is accepted is enough */
	const char *user, *password; /* SECRET; NULL or "" for none */
	const char *ca_file; /* NULL or "" for the system's */
	int64_t connect_ms, total_ms; /* 0: the defaults, 10 s and 30 s */
};

enum post_outcome {
	POST_TAKEN, /* 2xx, or 250 for the recipients */
	/* No connection, time-out, 4xx of SMTP, 5xx of HTTP; and what tells that the endpoint, not
	 * the letter, is at fault: 401, 403, 404, 407, 408, 425, 429, a wrong password. */
	POST_LATER,
	POST_REFUSED /* will not be taken however often it is sent: other 3xx, 4xx, 5xx of SMTP */
};

/* Lives until the call it is handed to returns. */
struct post_result {
	enum post_outcome outcome;
	long code; /* of HTTP or SMTP; 0: none came */
	int64_t retry_after_s; /* what the other side asked for, at most an hour; 0: nothing */
	const char *error; /* a sentence without secrets; "" when taken. Holds foreign text. */
	const char *reply; /* what they said, foreign text; "" for nothing */
};

enum { POST_REPLY_MAX_BYTES = 4096, POST_RETRY_AFTER_MAX_S = 3600 };

struct post_calls {
	/* The lane's next letter; what it points to stays until `done` of it. False: none. */
	bool (*next)(void *context, size_t lane, struct post *out);
	void (*done)(void *context, size_t lane, const struct post_result *result);
	/* NULL, or work beside, done in small steps; false when nothing is left of it. */
	bool (*beside)(void *context);
	void *context;
};

/* Returns when no lane has a letter left, or after `limit_ms`: then what is on its way ends with
 * POST_LATER, and nothing is begun. */
void post_lanes(size_t lanes, int64_t limit_ms, const struct post_calls *calls);

/* --- what the two protocols answer, io/post_answer.c --- */
enum post_outcome post_http_outcome(long code);
enum post_outcome post_smtp_outcome(long code);
/* `text` with each secret in it replaced by "***". Secrets shorter than 4 bytes are left: they are
 * in every word. From the arena. */
const char *post_redact(const char *text, const char *const *secret, size_t secrets,
			struct arena *arena);

#endif
