#ifndef MAILLOG_BYTES_H
#define MAILLOG_BYTES_H

#include "base/cursor.h"
#include "base/slice.h"
#include "base/str.h"

#include <stdint.h>

/* Big-endian numbers and short texts, as `base/cursor.h` reads them back. */

static inline void bytes_add_u8(struct str *out, uint8_t value)
{
	str_add_char(out, (char)value);
}

static inline void bytes_add_u32(struct str *out, uint32_t value)
{
	for (int shift = 24; shift >= 0; shift -= 8)
		bytes_add_u8(out, (uint8_t)(value >> shift));
}

static inline void bytes_add_u64(struct str *out, uint64_t value)
{
	bytes_add_u32(out, (uint32_t)(value >> 32));
	bytes_add_u32(out, (uint32_t)value);
}

/* At most 255 bytes. */
static inline void bytes_add_slice(struct str *out, struct slice slice)
{
	bytes_add_u8(out, (uint8_t)slice.len);
	str_add_bytes(out, slice.at, slice.len);
}

static inline uint64_t bytes_u64(struct cursor *from)
{
	const uint64_t high = cursor_u32(from);

	return high << 32 | cursor_u32(from);
}

static inline struct slice bytes_slice(struct cursor *from)
{
	const uint8_t len = cursor_u8(from);
	const uint8_t *bytes = cursor_bytes(from, len);

	return bytes ? slice_of((const char *)bytes, len) : slice_of("", 0);
}

#endif
