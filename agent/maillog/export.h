#ifndef MAILLOG_EXPORT_H
#define MAILLOG_EXPORT_H

#include "base/str.h"
#include "maillog/entry.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The Journal Export Format of systemd, as `journalctl -o export` writes it: an entry is a
 * sequence of fields, each NAME=value and a line end or, for values that are no plain text,
 * NAME, a line end, the length in 64 bits little endian, the value and a line end. An empty line
 * ends the entry. Times are UTC, so neither zone nor year is guessed.
 *
 * Bytes come in blocks of any size. Only the fields of maillog/entry.h are kept, up to
 * EXPORT_VALUE_MAX_BYTES of each, however large a field is. Where the bytes cannot be the format,
 * decoding goes on with the next entry, known by its __CURSOR. */

enum {
	EXPORT_VALUE_MAX_BYTES = 65536, /* as much as of a line of a file */
	EXPORT_NAME_MAX_BYTES = 64 /* of those of the journal */
};

/* The limit of the journal for one field. */
#define EXPORT_FIELD_MAX_BYTES (UINT64_C(768) << 20)

/* NULL: the entry has no time. What the line points to is gone after the call. */
typedef void export_fn(void *context, const struct log_line *line);

struct export;

struct export *export_new(export_fn *take, void *context);
void export_free(struct export *export);
/* Leaves out entries that stand at one of these places or before it; they are borrowed. */
void export_skip(struct export *export, const struct entry_place *known, size_t count);
void export_feed(struct export *export, const char *bytes, size_t len);

struct export_counts {
	uint64_t entries; /* also those left out */
	uint64_t known; /* of them left out by export_skip() */
	uint64_t cut; /* whose text was longer than EXPORT_VALUE_MAX_BYTES */
	uint64_t damaged; /* places that are not the format */
	uint64_t pending; /* bytes behind the end of the last entry */
};

struct export_counts export_counts(const struct export *export);
/* Whether a file that begins with these bytes is an export. */
bool export_begins(const char *bytes, size_t len);

#endif
