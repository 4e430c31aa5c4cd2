#ifndef AUTH_MEND_H
#define AUTH_MEND_H

#include "base/arena.h"
#include "base/slice.h"

#include <stddef.h>

/* What its publisher most likely meant by a record that cannot be used. A guess: whoever calls
 * reads the result again and offers it only when it can be used. */

/* Without quotes, backslashes and control characters, with ';' before each of the tags that only a
 * blank or a comma separates from what stands before it. */
struct slice mend_tags(struct slice text, const char *const *tag, size_t tags,
		       struct arena *arena);
/* Where `text` stands, in any case of letters, or NULL. */
const char *mend_find(struct slice in, const char *text);

#endif
