#ifndef MAILLOG_INTERN_H
#define MAILLOG_INTERN_H

#include "base/slice.h"

#include <stddef.h>
#include <stdint.h>

/* Inside maillog/: texts as numbers from 0 on, each text once. {0} is empty. */
struct intern_slot {
	uint32_t hash;
	uint32_t at; /* of a text, + 1; 0: free */
};

struct intern {
	char *
	    text; /* each behind its number and length, so that finding one is a look at one place */
	size_t text_used, text_room;
	uint32_t *at; /* of each number's text */
	size_t count, room;
	struct intern_slot *slot;
	size_t slots; /* a power of two, or 0 */
	uint32_t last; /* the number asked for last; mail comes in bursts */
};

/* Finds or adds. The bytes are copied as they are. */
uint32_t intern_number(struct intern *intern, struct slice text);
/* Borrowed until the next text is added; a NUL stands behind it. */
struct slice intern_text(const struct intern *intern, uint32_t number);
/* About what the texts take; at most twice that is allocated. */
size_t intern_bytes(const struct intern *intern);
/* Forgets all texts and keeps the memory. */
void intern_clear(struct intern *intern);
void intern_release(struct intern *intern);

#endif
