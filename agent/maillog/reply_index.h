#ifndef MAILLOG_REPLY_INDEX_H
#define MAILLOG_REPLY_INDEX_H

#include "maillog/reply_match.h"

#include <stdbool.h>
#include <stddef.h>

/* Which rules of many may match a text, found through the letters they need instead of by asking
 * one after the other. */
struct reply_index;

struct reply_index *reply_index_new(struct matcher *const *matcher, size_t matchers);
void reply_index_free(struct reply_index *index);
/* Looks at a text; what the index says of rules is about it from then on. */
void reply_index_set(struct reply_index *index, const struct subject *subject);
bool reply_index_may_match(const struct reply_index *index, size_t matcher);

#endif
