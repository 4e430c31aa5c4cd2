#ifndef MAILLOG_REPLY_WORDS_H
#define MAILLOG_REPLY_WORDS_H

#include "base/slice.h"

#include <stdbool.h>
#include <stdint.h>

/* What a text must hold for a pattern to match, read off the pattern itself: most patterns need
 * not run at all. Patterns are valid and caseless, texts in lower case. */

/* Which three bytes stand side by side somewhere, as a set of their hashes. */
enum { GRAM_VALUES = 4096 };
struct grams {
	uint64_t bit[GRAM_VALUES / 64];
};

void grams_set(struct grams *grams, struct slice text);

struct reply_words;

/* NULL: the pattern does not tell, anything may match. */
struct reply_words *reply_words_new(const char *pattern);
void reply_words_free(struct reply_words *words);
/* False: the pattern cannot match. */
bool reply_words_may_match(const struct reply_words *words, const struct grams *grams);
/* Grams of which at least one stands in whatever matches; 0 when there are more than `max`. */
size_t reply_words_triggers(const struct reply_words *words, uint16_t *gram, size_t max);

#endif
