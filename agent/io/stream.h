#ifndef IO_STREAM_H
#define IO_STREAM_H

#include "io/lines.h"
#include "maillog/export.h"

/* The bytes of a log, cut into lines or, where they are an export of a systemd journal, into
 * entries: the first bytes of the file tell. */
struct stream_take {
	line_fn *line;
	export_fn *entry;
	void *context; /* of both */
};

struct stream {
	struct lines lines;
	struct export *export; /* NULL: these are lines */
};

/* `head`: the first bytes of the file, wherever reading begins. */
struct stream stream_of(const struct stream_take *take, const char *head, size_t len);
/* Of an export: what export_skip() says. */
void stream_skip(struct stream *stream, const struct entry_place *known, size_t count);
void stream_feed(struct stream *stream, const char *bytes, size_t len);
/* Nothing follows: hands over a line without its end. Of an entry that is not complete nobody
 * knows what is missing; it is left out, and stream_counts() says how many bytes it has. */
void stream_end(struct stream *stream);
void stream_release(struct stream *stream);

struct stream_counts {
	uint64_t lines; /* or entries */
	uint64_t known; /* entries that were left out by stream_skip() */
	uint64_t cut; /* longer than LINE_MAX_BYTES */
	uint64_t damaged; /* places of an export that are none */
	uint64_t pending; /* bytes behind the end of the last one */
};

struct stream_counts stream_counts(const struct stream *stream);

#endif
