#ifndef IO_AHEAD_H
#define IO_AHEAD_H

#include "base/err.h"

#include <stdint.h>
#include <sys/types.h>

/* The content of a file as io/unpack.h has it, but a thread of its own reads and unpacks what
 * will be asked for next: so a long log takes the time of its unpacking or of what is done with
 * it, whichever is longer, rather than both. A short one and a pipe never start the thread. */
struct ahead;

/* Takes the descriptor over, also when it fails. `name` is for sentences and is borrowed. */
struct ahead *ahead_open(int fd, const char *name, struct err *err);
/* Ends the thread; what it has read beyond is dropped. */
void ahead_close(struct ahead *ahead);
/* The next bytes, valid until the next call. 0 at the end; -1 with err when the file is damaged
 * or cannot be read, after all bytes before the damage. */
ssize_t ahead_next(struct ahead *ahead, const char **bytes, struct err *err);
/* How much of the file itself the bytes so far stood in: for progress. */
uint64_t ahead_taken(const struct ahead *ahead);

#endif
