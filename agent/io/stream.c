#include "io/stream.h"

_Static_assert((int)LINE_MAX_BYTES == (int)EXPORT_VALUE_MAX_BYTES, "both are cut alike");

struct stream stream_of(const struct stream_take *take, const char *head, size_t len)
{
	return (struct stream){
	    .lines = {.take = take->line, .context = take->context},
	    .export = export_begins(head, len) ? export_new(take->entry, take->context) : NULL,
	};
}

void stream_skip(struct stream *stream, const struct entry_place *known, size_t count)
{
	if (stream->export)
		export_skip(stream->export, known, count);
}

void stream_feed(struct stream *stream, const char *bytes, size_t len)
{
	if (stream->export)
		export_feed(stream->export, bytes, len);
	else
		lines_feed(&stream->lines, bytes, len);
}

void stream_end(struct stream *stream)
{
	if (!stream->export)
		lines_end(&stream->lines);
}

void stream_release(struct stream *stream)
{
	lines_release(&stream->lines);
	export_free(stream->export);
	stream->export = NULL;
}

struct stream_counts stream_counts(const struct stream *stream)
{
	const struct lines *const lines = &stream->lines;
	struct export_counts counts;

	if (!stream->export)
		return (struct stream_counts){
		    .lines = lines->count, .cut = lines->cut, .pending = lines->pending};
	counts = export_counts(stream->export);
	return (struct stream_counts){.lines = counts.entries,
				      .known = counts.known,
				      .cut = counts.cut,
				      .damaged = counts.damaged,
				      .pending = counts.pending};
}
