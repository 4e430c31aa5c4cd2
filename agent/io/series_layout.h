#ifndef IO_SERIES_LAYOUT_H
#define IO_SERIES_LAYOUT_H

#include "base/err.h"
#include "io/librrd.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What is in our RRD files: the tables of data sources and archives, and the header that follows
 * from them. */

enum { SERIES_STEP_S = 300 };

size_t layout_bytes(void); /* of a file; every one has the same size */
/* Whether it is a whole file of exactly this layout that librrd may map; `*last` is its last
 * update. A few microseconds: every file is looked at in every pass. */
bool layout_look(const char *path, int64_t *last);
/* Makes a file without values by librrd. On false rrd_get_error may have a text, or not. */
bool layout_create(const struct librrd *rrd, const char *path);
/* Gives the bytes of a file made by layout_create another beginning, a midnight (UTC). */
void layout_begin(char *file, int64_t midnight);

#endif
