#include "io/lines.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

static void hand_over(struct lines *lines, const char *line, uint64_t len)
{
	lines->count++;
	if (len > LINE_MAX_BYTES) {
		lines->cut++;
		len = LINE_MAX_BYTES;
	}
	lines->take(lines->context, line, (size_t)len);
}

static void hold(struct lines *lines, const char *bytes, size_t len)
{
	const size_t room = LINE_MAX_BYTES - lines->held_len;
	const size_t kept = len < room ? len : room;

	if (!lines->held)
		lines->held = xcalloc(LINE_MAX_BYTES, 1);
	memcpy(lines->held + lines->held_len, bytes, kept);
	lines->held_len += kept;
	lines->pending += len;
}

static void release_held(struct lines *lines)
{
	hand_over(lines, lines->held, lines->pending);
	lines->held_len = 0;
	lines->pending = 0;
}

void lines_feed(struct lines *lines, const char *bytes, size_t len)
{
	const char *const end = bytes + len;

	while (bytes < end) {
		const char *newline = memchr(bytes, '\n', (size_t)(end - bytes));
		const size_t part = (size_t)((newline ? newline : end) - bytes);

		if (newline && !lines->pending) {
			hand_over(lines, bytes, part);
		} else {
			hold(lines, bytes, part);
			if (newline)
				release_held(lines);
		}
		bytes += part + (newline ? 1 : 0);
	}
}

void lines_end(struct lines *lines)
{
	if (lines->pending)
		release_held(lines);
}

void lines_release(struct lines *lines)
{
	free(lines->held);
	lines->held = NULL;
	lines->held_len = 0;
	lines->pending = 0;
}
