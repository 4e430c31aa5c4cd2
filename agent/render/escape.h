#ifndef RENDER_ESCAPE_H
#define RENDER_ESCAPE_H

#include "base/str.h"

#include <stddef.h>

/* One encoder for each sink. Input is any bytes; output holds no byte its sink could take for
 * a command. */

/* Terminals and logs: C0, DEL, C1 (also as UTF-8), bidi controls and invalid UTF-8 become
 * \xNN, a backslash \\; newline and tab too. Valid printable UTF-8 passes. */
void escape_terminal(struct str *out, const char *bytes, size_t len);
/* Valid UTF-8 for a JSON string value: invalid bytes become U+FFFD; control characters stay
 * (jansson escapes them). NUL becomes U+FFFD. */
void escape_utf8(struct str *out, const char *bytes, size_t len);

/* How many terminal columns escaped text takes (wide East Asian characters take two). */
size_t escape_columns(const char *text);

#endif
