#ifndef MAILLOG_TEXTS_H
#define MAILLOG_TEXTS_H

#include "base/slice.h"

#include <stddef.h>
#include <stdint.h>

/* Each text once, by number, for as long as somebody holds it. Texts that nobody holds are kept
 * until they are many, because accounts come back: most lines then allocate nothing. */
struct texts;

enum { TEXT_MAX_BYTES = 255 }; /* what is longer is cut: RFC 5321 allows domains no more */

struct texts *texts_new(void);
void texts_free(struct texts *texts);
/* Its number, held once more; 0 for the empty text. */
uint32_t texts_take(struct texts *texts, struct slice text);
/* Held once more, by its number. */
uint32_t texts_keep(struct texts *texts, uint32_t number);
void texts_drop(struct texts *texts, uint32_t number);
/* Borrowed, valid while it is held. */
struct slice texts_get(const struct texts *texts, uint32_t number);
/* Memory of the texts that are held. */
size_t texts_bytes(const struct texts *texts);

#endif
