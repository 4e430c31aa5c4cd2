#ifndef CONF_SPLICE_H
#define CONF_SPLICE_H

#include "base/str.h"
#include "conf/problems.h"
#include "conf/reader.h"

#include <stdbool.h>
#include <stddef.h>

/* One text from a file and all it includes, and where each line of it came from. libconfig could
 * include by itself, but ends the process when told to include a folder, stops at the first file
 * that is missing, and says of neither which file is meant. */

struct segment {
	unsigned first; /* line of the text, from 1 */
	struct where where;
};

struct spliced {
	struct str text; /* NUL-terminated, ends with a line end, holds no @include */
	unsigned line; /* the one that is being written */
	struct segment *segment;
	size_t segments;
	unsigned open_string; /* line on which the first string begins that spans lines, 0: none */
};

void spliced_release(struct spliced *spliced);
/* Adds a file. `named` is where it was asked for (line 0 and the file itself: nowhere). False when
 * it cannot be read; a mistake in what it includes does not stop it. */
bool splice_file(struct reader *reader, struct spliced *spliced, const char *path,
		 struct where named);
/* The same with the file's text at hand. */
void splice_text(struct reader *reader, struct spliced *spliced, const char *path,
		 const char *text);
struct where spliced_where(const struct spliced *spliced, unsigned line);

#endif
