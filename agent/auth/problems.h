#ifndef AUTH_PROBLEMS_H
#define AUTH_PROBLEMS_H

#include "base/arena.h"
#include "base/slice.h"
#include "model/auth.h"

#include <stddef.h>

/* What is wrong with a record, collected. */
enum { PROBLEMS_MAX = 24 }; /* more would only be scrolled past; the mildest are left out */

struct problems {
	struct arena *arena;
	struct auth_problem item[PROBLEMS_MAX];
	size_t count;
};

struct problems problems_over(struct arena *arena);
/* `fix` may be NULL for none. */
void problems_note(struct problems *list, enum severity severity, const char *fix,
                  const char *format, ...) __attribute__((format(printf, 4, 5)));
/* Worst first, else as they came. */
struct auth_problems problems_sorted(const struct problems *list);
/* AUTH_BROKEN with a major one, AUTH_WEAK with a minor one, else AUTH_OK. */
enum auth_state problems_state(const struct problems *list);

/* Foreign bytes for "%.*s" in a sentence: bounded, so that the sentence stays one. */
enum { QUOTED_MAX_BYTES = 80 };
#define QUOTED(slice) (int)((slice).len < QUOTED_MAX_BYTES ? (slice).len : QUOTED_MAX_BYTES), (slice).at
/* A record as a C string of FOREIGN_TEXT_MAX_BYTES at most, '?' for each NUL. */
const char *problems_record(struct slice record, struct arena *arena);
/* NAME. IN TXT "...", in strings of 255 bytes (RFC 1035 section 3.3.14). */
const char *problems_txt(const char *name, struct slice text, struct arena *arena);

#endif
