#ifndef IO_LIBRRD_H
#define IO_LIBRRD_H

#include "base/err.h"

/* The types of a file's header are in librrd's headers behind this word, together with functions
 * that are deprecated and not used here. */
#define RRD_EXPORT_DEPRECATED
#include <rrd.h>

/* The few calls of librrd that a pass needs, from the library loaded when the first series is
 * written. It brings some forty others for drawing (Pango, Cairo, X11): loaded at start they
 * would cost every command ten milliseconds and seven megabytes, and a host where one of them
 * is broken could not even be asked for its status. */
struct librrd {
	__typeof__(&rrd_create_r) create_r;
	__typeof__(&rrd_updatex_r) updatex_r;
	__typeof__(&rrd_clear_error) clear_error;
	__typeof__(&rrd_get_error) get_error;
	__typeof__(&rrd_test_error) test_error;
};

/* Fills the table; false with the loader's words. Loading it again is cheap. */
bool librrd_load(struct librrd *rrd, struct err *err);

#endif
