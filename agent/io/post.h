#ifndef IO_POST_H
#define IO_POST_H

#include "base/arena.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Sends many letters at once by HTTP and SMTP (libcurl's multi interface), each with its own time
 * limit, so that a dead endpoint delays nobody. TLS is verified, redirects are not followed, no proxy
 * is taken from the environment, replies are bounded. SMTP requires TLS unless the server is on
 * loopback. What is secret (url, user, password, signature) never comes back in a result. */

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
	const char *user, *password; /* SECRET; "" for none */
	const char *ca_file; /* "" for the system's */
	int64_t connect_ms, total_ms; /* 0: the defaults, 10 s and 30 s */
};

enum post_outcome {
	POST_TAKEN, /* 2xx, or 250 for all recipients */
	POST_LATER, /* no connection, time-out, 408, 425, 429, 4xx of SMTP, 5xx of HTTP */
	POST_REFUSED /* will not be taken however often it is sent: other 4xx, 5xx of SMTP */
};
struct post_result {
	enum post_outcome outcome;
	long code; /* of HTTP or SMTP; 0: none came */
	int64_t retry_after_s; /* what the other side asked for; 0: nothing */
	const char *error; /* a sentence without secrets; "" when taken. Holds foreign text. */
};

enum { POST_REPLY_MAX_BYTES = 4096 };

/* One result a post, from the arena, in order. Returns when all have ended. */
const struct post_result *post_all(const struct post *post, size_t posts, struct arena *arena);

#endif
