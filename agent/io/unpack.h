#ifndef IO_UNPACK_H
#define IO_UNPACK_H

#include "base/err.h"

#include <stdint.h>
#include <sys/types.h>

/* The content of a file that may be compressed: plain, gzip, bzip2, xz, zstd, told by its first
 * bytes and not by its name. Streamed: however large the content, memory stays as it is. */
struct unpack;

/* Takes the descriptor over, also when it fails. `name` is for sentences and is borrowed. */
struct unpack *unpack_open(int fd, const char *name, struct err *err);
void unpack_close(struct unpack *unpack);
/* The next bytes, valid until the next call. 0 at the end; -1 with err when the file is damaged
 * or cannot be read. */
ssize_t unpack_next(struct unpack *unpack, const char **bytes, struct err *err);
/* How much of the file itself was read: for progress. */
uint64_t unpack_taken(const struct unpack *unpack);

#endif
