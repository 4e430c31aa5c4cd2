#ifndef RENDER_BLOCKS_H
#define RENDER_BLOCKS_H

#include "base/str.h"

#include <stddef.h>
#include <stdint.h>

/* Small pictures of Unicode's block elements, for terminals that speak UTF-8. What is not nothing is
 * never shown as nothing. */

/* A bar of at most `columns`, in eighths of a column, for `value` of `most`. */
void blocks_bar(struct str *out, uint64_t value, uint64_t most, size_t columns);
/* A column a value, the largest of them full; a blank for 0. */
void blocks_spark(struct str *out, const uint64_t *value, size_t values);

#endif
