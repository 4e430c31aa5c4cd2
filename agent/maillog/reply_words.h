#ifndef MAILLOG_REPLY_WORDS_H
#define MAILLOG_REPLY_WORDS_H

#include <stddef.h>

/* What a text must hold for a pattern to match, read off the pattern itself. */

enum { REPLY_WORD_BYTES = 32 };

struct reply_word {
	char text[REPLY_WORD_BYTES]; /* lower case, not NUL-terminated */
	size_t len; /* at least 3 */
};

/* One word for each alternative at the pattern's top level; whatever matches holds one of them.
 * 0: the pattern does not tell, anything may match. Patterns must be valid and caseless. */
size_t reply_words(const char *pattern, struct reply_word *word, size_t max);

#endif
