#ifndef BASE_NEAREST_H
#define BASE_NEAREST_H

#include <stddef.h>

/* What somebody who mistyped a name most likely meant: the candidate the fewest edits away
 * (insertions, deletions, replacements, swapped neighbours; letters' case is ignored), or NULL
 * when none is close enough to be worth saying. Names longer than NEAREST_MAX match nothing. */
enum { NEAREST_MAX = 64 };
const char *nearest_of(const char *word, const char *const *candidate, size_t candidates);

#endif
