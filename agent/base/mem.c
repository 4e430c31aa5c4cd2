#include "base/mem.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Exit status for "a bug or no memory", as the interface names it (sysexits' EX_SOFTWARE). */
enum { EXIT_BUG = 70 };

static _Noreturn void out_of_memory(void)
{
	fputs("repwatch: out of memory\n", stderr);
	_Exit(EXIT_BUG);
}

void *xcalloc(size_t count, size_t size)
{
	void *fresh = calloc(count ? count : 1, size ? size : 1);

	if (!fresh)
		out_of_memory();
	return fresh;
}

void *xrealloc(void *old, size_t count, size_t size)
{
	size_t bytes;
	void *fresh;

	if (__builtin_mul_overflow(count, size, &bytes))
		out_of_memory();
	fresh = realloc(old, bytes ? bytes : 1);
	if (!fresh)
		out_of_memory();
	return fresh;
}

char *xstrndup(const char *text, size_t len)
{
	char *copy = xcalloc(len + 1, 1);

	if (len)
		memcpy(copy, text, len);
	return copy;
}

char *xstrdup(const char *text)
{
	return xstrndup(text, strlen(text));
}

void bug(const char *format, ...)
{
	va_list args;

	fputs("repwatch: bug: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	abort();
}
