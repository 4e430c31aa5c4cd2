#ifndef RENDER_UTF8_H
#define RENDER_UTF8_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* UTF-8 as the Unicode Standard defines it (table 3-7): no overlong forms, no surrogates,
 * nothing above U+10FFFF. */

enum { UTF8_INVALID = -1 };

/* Takes one character off: returns how many bytes it is made of (0 only when `len` is 0) and its
 * code point, or UTF8_INVALID with the bytes that one U+FFFD stands for. */
size_t utf8_next(const char *bytes, size_t len, int32_t *point);

/* The same, but a run of printable ASCII comes off in one piece (`point` is its first letter):
 * no sink has to look at those one by one. */
size_t utf8_take(const char *bytes, size_t len, int32_t *point);
/* How many bytes from the start are printable ASCII. */
size_t utf8_plain(const char *bytes, size_t len);
bool utf8_is_valid(const char *text);

/* Whether a terminal, or a reader's eye, could take it for something else than a character:
 * control characters (C0, DEL, C1), bidirectional controls, line separators and invisible
 * formatting characters. */
bool utf8_is_hidden(int32_t point);

/* Terminal columns: 0 for combining marks, 2 for wide East Asian characters and emoji. */
size_t utf8_columns(int32_t point);
size_t utf8_text_columns(const char *bytes, size_t len);

#endif
