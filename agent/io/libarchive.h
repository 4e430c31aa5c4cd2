#ifndef IO_LIBARCHIVE_H
#define IO_LIBARCHIVE_H

#include "io/library.h"

#include <archive.h>
#include <archive_entry.h>

/* What reading compressed files needs. */
/* clang-format off */
#define LIBARCHIVE_CALLS(CALL) \
	CALL(archive_, read_new) \
	CALL(archive_, read_free) \
	CALL(archive_, read_support_format_raw) \
	CALL(archive_, read_support_format_empty) \
	CALL(archive_, read_support_filter_gzip) \
	CALL(archive_, read_support_filter_bzip2) \
	CALL(archive_, read_support_filter_xz) \
	CALL(archive_, read_support_filter_zstd) \
	CALL(archive_, read_open_fd) \
	CALL(archive_, read_next_header) \
	CALL(archive_, read_data_block) \
	CALL(archive_, filter_bytes) \
	CALL(archive_, error_string)
/* clang-format on */

struct libarchive {
	LIBARCHIVE_CALLS(LIBRARY_FIELD)
};

bool libarchive_load(struct libarchive *into, struct err *err);

#endif
