#ifndef IO_SERIES_LAYOUT_H
#define IO_SERIES_LAYOUT_H

#include "base/err.h"
#include "io/librrd.h"
#include "io/series.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What is in our RRD files: a table of kinds, each with its data sources and archives, and the
 * header that follows from them. */

struct layout_archive {
	const char *function;
	unsigned long steps; /* points of the series in one row; a divisor of a day's */
	unsigned long rows;
};

struct layout {
	const char *suffix; /* of the file's name, behind the address */
	unsigned long step_s; /* a divisor of a day */
	unsigned long heartbeat_s;
	const char *const *source;
	size_t sources;
	const struct layout_archive *archive;
	size_t archives;
};

const struct layout *layout_of(enum series_kind kind);
size_t layout_bytes(const struct layout *layout); /* of a file; those of a kind have one size */
/* Whether it is a whole file of exactly this layout that librrd may map; `*last` is its last
 * update. A few microseconds: every file is looked at whenever a row has ended. */
bool layout_look(const struct layout *layout, const char *path, int64_t *last);

struct layout_rows {
	double *value; /* of all sources, row by row, the oldest first; the caller frees it */
	size_t rows;
	int64_t last; /* where the newest row ends */
};
/* The first archive of a file that layout_look likes. */
bool layout_read(const struct layout *layout, const char *path, struct layout_rows *rows);

/* Makes a file without values by librrd. On false rrd_get_error may have a text, or not. */
bool layout_create(const struct layout *layout, const struct librrd *rrd, const char *path);
/* Gives the bytes of a file made by layout_create another beginning, a midnight (UTC). */
void layout_begin(const struct layout *layout, char *file, int64_t midnight);

#endif
