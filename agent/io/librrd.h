#ifndef IO_LIBRRD_H
#define IO_LIBRRD_H

#include "io/library.h"

/* The types of a file's header are in librrd's headers behind this word, together with functions
 * that are deprecated and not used here. */
#define RRD_EXPORT_DEPRECATED
#include <rrd.h>

/* What a pass needs to write series. */
/* clang-format off */
#define LIBRRD_CALLS(CALL) \
	CALL(rrd_, create_r) \
	CALL(rrd_, updatex_r) \
	CALL(rrd_, clear_error) \
	CALL(rrd_, get_error) \
	CALL(rrd_, test_error)
/* clang-format on */

struct librrd {
	LIBRRD_CALLS(LIBRARY_FIELD)
};

bool librrd_load(struct librrd *into, struct err *err);

#endif
