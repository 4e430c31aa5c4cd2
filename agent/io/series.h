#ifndef IO_SERIES_H
#define IO_SERIES_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* RRD files through librrd, in STATE/rrd. Pictures only: any file may be lost and is rebuilt from
 * the store. Data sources and archives of each kind stand in the table of series_layout.c. */
struct series;

enum series_kind {
	SERIES_REPUTATION, /* ADDRESS.rrd: what each pass saw */
	SERIES_HOURS, /* ADDRESS-volume-hours.rrd: messages in each hour of UTC */
	SERIES_DAYS, /* ADDRESS-volume-days.rrd: messages on each of the operator's days */
	SERIES_KIND_COUNT
};

/* A file. Colons of the address become dashes in its name; no address looks like the others
 * with what stands behind them. */
struct series_name {
	enum series_kind kind;
	const char *address;
};

/* One row: `value` in the order of the kind's sources, NAN for unknown. */
enum { SERIES_LISTINGS, SERIES_BLIND, SERIES_COVERAGE, SERIES_LATENCY, SERIES_COUNT };
enum {
	SERIES_VOLUME, /* all attempts */
	SERIES_DEFERRED,
	SERIES_BOUNCED,
	SERIES_BLOCKED, /* of the days only */
	SERIES_VOLUME_COUNT
};
struct series_point {
	int64_t at; /* UTC seconds; where the hour or the day ends that a count is of */
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
/* Seconds of a row; what comes within one shows when it has ended. */
uint32_t series_step_s(enum series_kind kind);
/* Whether the file is there and of its size: enough when there is nothing to write. */
bool series_is_there(struct series *series, struct series_name name);
/* Appends points (ascending); those not newer than the file's last are skipped. */
enum series_result series_append(struct series *series, struct series_name name,
				 const struct series_point *point, size_t points, struct err *err);
/* The same for counts, of which past ones may change: SERIES_REBUILD also when the file holds
 * another value for one of the points, which follow each other by the kind's step. A value that
 * is NAN becomes what the file has. */
enum series_result series_update(struct series *series, struct series_name name,
				 struct series_point *point, size_t points, struct err *err);
/* Writes a new file holding the points and puts it in place of the old one by rename. */
enum series_result series_rebuild(struct series *series, struct series_name name,
				  const struct series_point *point, size_t points, struct err *err);

#endif
