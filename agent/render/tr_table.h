#ifndef RENDER_TR_TABLE_H
#define RENDER_TR_TABLE_H

#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the build makes of po/LANGUAGE.po: sorted by the bytes of the English sentence. */
struct tr_row {
	const char *english, *translated;
	bool is_said; /* by checks and judges: render/retell.h */
	uint64_t pair[4]; /* tr_pair() of all that stand in any text made of it */
};

/* Which of the bits of `pair` two bytes are; po/table.awk does the same. */
static inline uint8_t tr_pair(unsigned char first, unsigned char second)
{
	return (uint8_t)(first * 7 + second * 31);
}

extern const struct tr_row tr_ja[];
extern const size_t tr_ja_rows;

struct tr_table {
	const struct tr_row *row;
	size_t rows;
};

/* Without rows where the language is not known. */
struct tr_table tr_table(const char *language);

/* A place of a translation. */
struct tr_place {
	size_t len; /* bytes of it; 0: none begins here */
	size_t which; /* filling it takes */
	bool is_told; /* %t: the filling is told in the other language, too */
	bool is_word; /* %w: it is where it is one of ours, and shown as it is where not */
};
/* `next`: of a place without a number, the one behind the last. */
struct tr_place tr_place(const char *at, size_t next);

/* A translation has a blank where a name in other letters is to be kept apart from Japanese. When
 * what stands there is Japanese, too ("12 addresses"), there is none. `begin`: of the sentence. */
bool tr_is_needless_blank(const struct str *out, size_t begin, const char *blank,
			  const char *behind);

#endif
