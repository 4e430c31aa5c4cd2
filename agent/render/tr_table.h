#ifndef RENDER_TR_TABLE_H
#define RENDER_TR_TABLE_H

#include <stddef.h>

/* What the build makes of po/LANGUAGE.po: sorted by the bytes of the English sentence. */
struct tr_row {
	const char *english, *translated;
};

extern const struct tr_row tr_ja[];
extern const size_t tr_ja_rows;

#endif
