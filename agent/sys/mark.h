#ifndef SYS_MARK_H
#define SYS_MARK_H

#include <stdbool.h>
#include <stdint.h>

/* A file that says a time and nothing else. It is empty and its own time is what it says, so that
 * a full disk has room for it. */

/* False: there is none of this user's making. */
bool mark_read(const char *path, int64_t *at);
/* Makes it or changes its time; false with errno. */
bool mark_set(const char *path, int64_t at);

#endif
