#ifndef IO_CONTENT_H
#define IO_CONTENT_H

#include "io/rotated.h"

/* Inside io/: whether two files hold the same log, told by their bytes, compression undone. Names
 * move on, inode numbers are used again, copies and compressed files have others, and times are
 * set by anybody; what a log begins with and what stands before the place where reading ended
 * does not change. */

/* The last bytes of what was added. */
struct content_end { /* {0} to begin with */
	char bytes[LOG_HEAD_BYTES];
	size_t len;
};
void content_end_add(struct content_end *end, const char *bytes, size_t len);
/* A tail_hash of model/log_position.h; 0: nothing was added. */
uint64_t content_end_hash(const struct content_end *end);

/* The tail_hash at `offset` of a plain file; 0: it is shorter. */
uint64_t content_tail_hash(int fd, uint64_t offset);
/* Whether the file has this tail_hash at `offset`. */
bool content_has_tail(const struct rotated *file, uint64_t offset, uint64_t tail_hash);

enum content_match {
	CONTENT_OTHER,
	CONTENT_ALIKE, /* the same beginning; it was cut or edited, or is another file after all */
	CONTENT_SAME
};
enum content_match content_match(const struct rotated *file, const struct log_position *from);

/* How many bytes both have when the one is a copy of the other, or of its beginning. 0: neither
 * is. */
uint64_t content_shared(const struct rotated *a, const struct rotated *b);

#endif
