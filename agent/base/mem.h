#ifndef BASE_MEM_H
#define BASE_MEM_H

#include <stddef.h>
#include <stdint.h>

#define COUNT_OF(array) (sizeof(array) / sizeof((array)[0]))

/* Allocation that cannot fail: out of memory ends the process with a message.
 * Sizes that overflow count as out of memory. Results are freed with free(). */
void *xcalloc(size_t count, size_t size);
void *xrealloc(void *old, size_t count, size_t size);
char *xstrdup(const char *text);
char *xstrndup(const char *text, size_t len);

/* A broken invariant of ours: prints the sentence and aborts. Never for bad input. */
_Noreturn void bug(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif
