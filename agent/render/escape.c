#include "render/escape.h"

#include "render/utf8.h"

#include <string.h>

static void add_hex(struct str *out, const char *bytes, size_t len)
{
	static const char digit[] = "0123456789abcdef";

	for (size_t i = 0; i < len; i++) {
		const unsigned byte = (unsigned char)bytes[i];

		str_add(out, "\\x");
		str_add_char(out, digit[byte >> 4]);
		str_add_char(out, digit[byte & 15]);
	}
}

void escape_terminal(struct str *out, const char *bytes, size_t len)
{
	for (size_t at = 0; at < len;) {
		int32_t point;
		const size_t taken = utf8_next(bytes + at, len - at, &point);

		if (point == '\\')
			str_add(out, "\\\\");
		else if (point == UTF8_INVALID || utf8_is_hidden(point))
			add_hex(out, bytes + at, taken);
		else
			str_add_bytes(out, bytes + at, taken);
		at += taken;
	}
}

void escape_utf8(struct str *out, const char *bytes, size_t len)
{
	for (size_t at = 0; at < len;) {
		int32_t point;
		const size_t taken = utf8_take(bytes + at, len - at, &point);

		if (point == UTF8_INVALID || point == 0)
			str_add(out, "\xef\xbf\xbd");
		else
			str_add_bytes(out, bytes + at, taken);
		at += taken;
	}
}

size_t escape_columns(const char *text)
{
	return utf8_text_columns(text, strlen(text));
}
