#ifndef BASE_STR_H
#define BASE_STR_H

#include <stddef.h>

/* Text under construction. `{0}` is the empty one; `text` is NUL-terminated once anything
 * was added and NULL before, so print it through str_text. */
struct str {
	char *text;
	size_t len;
	size_t room;
};

void str_release(struct str *str);
/* Empties it and keeps the memory. */
void str_clear(struct str *str);
void str_add(struct str *str, const char *text);
void str_add_bytes(struct str *str, const char *bytes, size_t len);
void str_add_char(struct str *str, char c);
void str_add_fill(struct str *str, char c, size_t count);
void str_addf(struct str *str, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Borrowed, never NULL, valid until the next call that changes `str`. */
const char *str_text(const struct str *str);

#endif
