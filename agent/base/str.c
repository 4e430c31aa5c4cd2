#include "base/str.h"

#include "base/mem.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { STR_FIRST_BYTES = 64 };

void str_release(struct str *str)
{
	free(str->text);
	*str = (struct str){0};
}

void str_clear(struct str *str)
{
	str->len = 0;
	if (str->text)
		str->text[0] = '\0';
}

static void need(struct str *str, size_t more)
{
	size_t room = str->room ? str->room : STR_FIRST_BYTES;

	while (room - str->len <= more)
		room *= 2;
	if (room == str->room)
		return;
	str->text = xrealloc(str->text, room, 1);
	str->room = room;
}

void str_add_bytes(struct str *str, const char *bytes, size_t len)
{
	need(str, len);
	if (len)
		memcpy(str->text + str->len, bytes, len);
	str->len += len;
	str->text[str->len] = '\0';
}

void str_add(struct str *str, const char *text)
{
	str_add_bytes(str, text, strlen(text));
}

void str_add_char(struct str *str, char c)
{
	str_add_bytes(str, &c, 1);
}

void str_add_fill(struct str *str, char c, size_t count)
{
	need(str, count);
	memset(str->text + str->len, c, count);
	str->len += count;
	str->text[str->len] = '\0';
}

void str_addf(struct str *str, const char *format, ...)
{
	va_list args;
	va_list again;
	int len;

	va_start(args, format);
	va_copy(again, args);
	len = vsnprintf(NULL, 0, format, args);
	if (len < 0)
		bug("a format string is broken: '%s'", format);
	need(str, (size_t)len);
	vsnprintf(str->text + str->len, (size_t)len + 1, format, again);
	str->len += (size_t)len;
	va_end(again);
	va_end(args);
}

const char *str_text(const struct str *str)
{
	return str->text ? str->text : "";
}
