#ifndef STORE_MIGRATIONS_H
#define STORE_MIGRATIONS_H

#include <stddef.h>

/* Inside store/ only: what makes a database of each version one of the next, from 0, an empty one,
 * on. */

/* The version this program writes. */
size_t migrations_count(void);
/* The SQL that leads from that version to the one behind it. */
const char *migrations_text(size_t from);

#endif
