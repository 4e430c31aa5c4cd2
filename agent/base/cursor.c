#include "base/cursor.h"

struct cursor cursor_over(const void *data, size_t len)
{
	return (struct cursor){.data = data, .len = len};
}

size_t cursor_left(const struct cursor *cursor)
{
	return cursor->is_bad ? 0 : cursor->len - cursor->at;
}

const uint8_t *cursor_bytes(struct cursor *cursor, size_t count)
{
	const uint8_t *bytes;

	if (cursor->is_bad || cursor_left(cursor) < count) {
		cursor->is_bad = true;
		return NULL;
	}
	bytes = cursor->data + cursor->at;
	cursor->at += count;
	return bytes;
}

uint8_t cursor_u8(struct cursor *cursor)
{
	const uint8_t *byte = cursor_bytes(cursor, 1);

	return byte ? byte[0] : 0;
}

uint16_t cursor_u16(struct cursor *cursor)
{
	const uint8_t *byte = cursor_bytes(cursor, 2);

	return byte ? (uint16_t)(256u * byte[0] + byte[1]) : 0;
}

uint32_t cursor_u32(struct cursor *cursor)
{
	const uint32_t high = cursor_u16(cursor);

	return high << 16 | cursor_u16(cursor);
}

void cursor_seek(struct cursor *cursor, size_t at)
{
	if (at > cursor->len)
		cursor->is_bad = true;
	else
		cursor->at = at;
}
