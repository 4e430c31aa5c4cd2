#ifndef TESTS_UNIT_PACKED_H
#define TESTS_UNIT_PACKED_H

#include <archive.h>

#include <stddef.h>

/* Writes the bytes so many times to the descriptor, packed by a filter of libarchive's
 * (archive_write_add_filter_gzip ...). */
void packed_write(int fd, int (*filter)(struct archive *), const char *bytes, size_t len,
		  size_t times);

#endif
