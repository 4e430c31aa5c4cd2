#ifndef IO_LINES_H
#define IO_LINES_H

#include <stddef.h>
#include <stdint.h>

/* Cuts blocks of bytes into lines. A line that lies in one block is not copied. */

/* RFC 5424 section 6.1 lets receivers cut far shorter ones. */
enum { LINE_MAX_BYTES = 65536 };

/* One line without its end; any bytes. */
typedef void line_fn(void *context, const char *line, size_t len);

struct lines { /* {.take = ..., .context = ...} to begin with */
	line_fn *take;
	void *context;
	char *held; /* the begin of a line that is not complete */
	size_t held_len; /* at most LINE_MAX_BYTES */
	uint64_t pending; /* bytes behind the last line end, also those not held */
	uint64_t count;
	uint64_t cut; /* lines longer than LINE_MAX_BYTES: the rest of them was dropped */
};

void lines_feed(struct lines *lines, const char *bytes, size_t len);
/* Hands over what stands behind the last line end, if anything does. */
void lines_end(struct lines *lines);
void lines_release(struct lines *lines);

#endif
