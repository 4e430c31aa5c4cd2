#ifndef IO_POST_PARTS_H
#define IO_POST_PARTS_H

/* What post.c (lanes and time) and post_easy.c (one letter's transfer) share. Nobody else includes
 * it. */

#include "base/str.h"
#include "io/libcurl.h"
#include "io/post.h"

struct transfer {
	const struct libcurl *curl;
	CURL *easy;
	struct post post;
	struct curl_slist *header, *to;
	size_t body_at; /* of mail: what was read */
	struct str reply; /* HTTP: the body; SMTP: the last reply */
	size_t header_bytes;
	unsigned replies; /* of SMTP */
	char error[CURL_ERROR_SIZE];
};

/* Nothing of it may be sent: why, or NULL. */
const char *post_forbids(const struct post *post);
/* Makes `easy`; false: out of memory or a libcurl that lacks what is needed. */
bool transfer_begin(struct transfer *transfer);
/* What came of it, from the arena. */
void transfer_judge(struct transfer *transfer, CURLcode code, struct arena *arena,
		    struct post_result *out);
void transfer_release(struct transfer *transfer);

#endif
