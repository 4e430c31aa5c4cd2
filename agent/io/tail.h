#ifndef IO_TAIL_H
#define IO_TAIL_H

#include "base/err.h"
#include "io/stream.h"
#include "model/log_position.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What was written to a log since it was last read, each line once, however it was rotated:
 * by renaming, twice, compressed meanwhile, or copied and truncated. Nothing is kept open between
 * passes; a file is known again by its bytes (io/content.h). A log that is read for the first time
 * begins with the file that has its name; what was rotated before is left to an import. */

enum { TAIL_FILES_MAX = 64 };

/* What happened to the log since; bits. */
enum tail_seen {
	TAIL_ROTATED = 1, /* another file has its name now; the old one was finished */
	TAIL_TRUNCATED = 2, /* emptied in place: what was written while it was copied is lost */
	TAIL_LOST = 4, /* the file last read is gone, and what it held behind the position */
	TAIL_MISSING = 8, /* nothing has its name now; the old file was finished */
	TAIL_DAMAGED = 16, /* a rotated file could not be read to its end */
	TAIL_NO_EXPORT = 32 /* a journal's export has places that are none */
};

/* What was counted of a file that begins with these bytes, by the longest row that fits; `out`
 * is empty when there is none. */
struct tail_known {
	uint32_t head_bytes; /* of the row */
	uint64_t bytes, tail_hash; /* counted, and what stands before that; bytes 0: it was there
				    * when the log was read for the first time */
};
typedef void tail_known_fn(void *context, const char *head, size_t len, struct tail_known *out);
/* A file that is older than the first reading: its row has 0 bytes. */
typedef void tail_note_fn(void *context, const struct log_position *file);

struct tail_request {
	const char *path;
	const struct log_position *from; /* NULL: never read, begin with the first line */
	int64_t now;
	struct stream_take take;
	tail_known_fn *known; /* may be NULL; its context is that of `take` */
	tail_note_fn *note; /* likewise */
};

struct tail_report {
	struct log_position file[TAIL_FILES_MAX]; /* those that were read, oldest first; the last
	                                           * is the position for the next time */
	size_t files; /* at least 1 on true */
	unsigned seen; /* enum tail_seen */
	uint64_t bytes, lines;
	uint64_t cut; /* of the lines: longer than LINE_MAX_BYTES */
};

/* A last line without its end stays for the next time, unless its file was rotated away; so does
 * an entry of an export. False:
 * nothing was read, `err` says why. */
bool tail_read(const struct tail_request *request, struct tail_report *report, struct err *err);

/* Whether `name` is what rotation makes of `base`: base.1, base-20261121.gz, and for mail.log
 * also mail-20261121.log. */
bool tail_is_rotated_name(const char *base, const char *name);

#endif
