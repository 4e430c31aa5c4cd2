#ifndef BASE_CURSOR_H
#define BASE_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Reads big-endian bytes from a bounded buffer. Past the end it turns bad and reads zeros,
 * so decode a whole record, then look at `is_bad` once. */
struct cursor {
	const uint8_t *data;
	size_t len;
	size_t at;
	bool is_bad;
};

struct cursor cursor_over(const void *data, size_t len);
uint8_t cursor_u8(struct cursor *cursor);
uint16_t cursor_u16(struct cursor *cursor);
uint32_t cursor_u32(struct cursor *cursor);
/* Borrowed bytes, or NULL when fewer are left, or when it is bad: also for none at all. */
const uint8_t *cursor_bytes(struct cursor *cursor, size_t count);
void cursor_seek(struct cursor *cursor, size_t at);
size_t cursor_left(const struct cursor *cursor);

#endif
