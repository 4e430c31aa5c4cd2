#ifndef IO_SERIES_H
#define IO_SERIES_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* RRD files through librrd: STATE/rrd/ADDRESS.rrd (colons become dashes). Pictures only: any file
 * may be lost and is rebuilt from the store. Data sources and archives stand in two tables in
 * series.c. */
struct series;

/* One row: `value` in the order of series.c's table for addresses, NAN for unknown. */
enum { SERIES_LISTINGS, SERIES_BLIND, SERIES_COVERAGE, SERIES_LATENCY, SERIES_COUNT };
struct series_point {
	int64_t at; /* UTC seconds */
	double value[SERIES_COUNT];
};

enum series_result {
	SERIES_OK,
	SERIES_REBUILD, /* missing, unreadable, of another layout, or ahead of the clock: rebuild it */
	SERIES_FAILED /* err is set; a full disk, say. Nothing of the pass depends on it */
};

/* Makes the folder. `rrdcached` is "" or the socket of a local daemon ("unix:/run/rrdcached.sock"). */
struct series *series_open(const char *state_dir, const char *rrdcached, struct err *err);
void series_close(struct series *series);
/* A sentence for the operator, "" for none: the daemon failed, and files are written directly. */
const char *series_notice(const struct series *series);
/* When the file was updated last, 0 when it is to be rebuilt: what the store has since then fills
 * the gap that a full disk or a lost daemon left. Values a daemon still holds do not count. */
int64_t series_last(struct series *series, const char *address);
/* Appends points (ascending); those not newer than the file's last are skipped. */
enum series_result series_append(struct series *series, const char *address,
				 const struct series_point *point, size_t points, struct err *err);
/* Writes a new file holding the points and puts it in place of the old one by rename. */
enum series_result series_rebuild(struct series *series, const char *address,
				  const struct series_point *point, size_t points, struct err *err);

#endif
