#ifndef BASE_SLICE_H
#define BASE_SLICE_H

#include "base/near.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* Somebody else's bytes: borrowed, not NUL-terminated, may hold anything. {0} is empty. */
struct slice {
	const char *at;
	size_t len;
};

static inline struct slice slice_of(const char *at, size_t len)
{
	return (struct slice){at, len};
}

static inline struct slice slice_text(const char *text)
{
	return slice_of(text, strlen(text));
}

static inline bool slice_equal(struct slice a, struct slice b)
{
	return a.len == b.len && near_equal(a.at, b.at, a.len);
}

static inline bool slice_is(struct slice slice, const char *text)
{
	return slice_equal(slice, slice_text(text));
}

static inline bool slice_starts(struct slice slice, const char *text)
{
	const size_t len = strlen(text);

	return slice.len >= len && memcmp(slice.at, text, len) == 0;
}

/* What is behind the first `count` bytes; empty when there are no more. */
static inline struct slice slice_from(struct slice slice, size_t count)
{
	/* An empty slice may stand nowhere, and NULL + 0 is not defined. */
	if (!slice.len)
		return slice;
	return count < slice.len ? slice_of(slice.at + count, slice.len - count)
	                         : slice_of(slice.at + slice.len, 0);
}

#endif
