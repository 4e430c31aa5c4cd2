#ifndef IO_JOURNAL_H
#define IO_JOURNAL_H

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "maillog/export.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What was written to a systemd journal since it was last read, each entry once. The journal
 * itself knows its entries again, by their cursor, across rotation and boots. */

struct journal_request {
	const char *path; /* "": this host's; or one of journal_files() */
	const char *const *match; /* FIELD=value; of one field either, of several all; "+" stands
	                           * between alternatives of both */
	size_t matches;
	const char *cursor; /* "": never read, begin with the first entry */
	int64_t read_at; /* of the cursor, UTC seconds */
	export_fn *take; /* the line is gone after the call */
	void *context;
};

struct journal_report { /* {0} to begin with; released by the caller */
	struct str cursor; /* for the next time; empty when there never was an entry */
	uint64_t entries;
	uint64_t bytes; /* of the fields that were read */
	uint64_t cut; /* of the entries: longer than EXPORT_VALUE_MAX_BYTES */
	bool is_lost; /* entries newer than read_at were removed before they were read */
	bool is_damaged; /* some of it cannot be read */
};

/* The journals in a folder and the folders in it, sorted, each the path of the file that is or was
 * written to: with those that were rotated from it a journal of its own, which has its own order
 * of entries and its own cursors. A path that is no folder stands for itself. 0 with err: there is
 * none, or it cannot be looked. */
size_t journal_files(const char *path, struct arena *arena, const char *const **file,
		     struct err *err);

/* False: nothing was read, `err` says why; so it is in a program built without libsystemd. */
bool journal_read(const struct journal_request *request, struct journal_report *report,
		  struct err *err);

#endif
