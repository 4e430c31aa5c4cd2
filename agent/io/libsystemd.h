#ifndef IO_LIBSYSTEMD_H
#define IO_LIBSYSTEMD_H

#include "io/library.h"

#include <systemd/sd-journal.h>

/* What reading journals needs. */
/* clang-format off */
#define LIBSYSTEMD_CALLS(CALL) \
	CALL(sd_journal_, open) \
	CALL(sd_journal_, open_files) \
	CALL(sd_journal_, close) \
	CALL(sd_journal_, get_fd) \
	CALL(sd_journal_, get_usage) \
	CALL(sd_journal_, add_match) \
	CALL(sd_journal_, add_disjunction) \
	CALL(sd_journal_, set_data_threshold) \
	CALL(sd_journal_, get_cutoff_realtime_usec) \
	CALL(sd_journal_, seek_head) \
	CALL(sd_journal_, seek_cursor) \
	CALL(sd_journal_, next) \
	CALL(sd_journal_, test_cursor) \
	CALL(sd_journal_, get_cursor) \
	CALL(sd_journal_, get_data) \
	CALL(sd_journal_, get_realtime_usec)
/* clang-format on */

struct libsystemd {
	LIBSYSTEMD_CALLS(LIBRARY_FIELD)
};

bool libsystemd_load(struct libsystemd *into, struct err *err);

#endif
