#ifndef RUN_REPORT_SITE_H
#define RUN_REPORT_SITE_H

#include "base/arena.h"
#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>

/* A folder of files that is replaced as a whole. It is built as ".NAME.new" beside DIR; whenever the
 * process ends before site_publish, DIR is as it was, and the next one clears what was left. A folder
 * that holds something and no marker of ours is never touched. */

extern const char site_marker[]; /* the name of the file that says the folder is ours */

struct site {
	const char *dir; /* resolved */
	const char *next; /* where it is built */
	const char *aside; /* for file systems that cannot exchange two names */
	int fd; /* of `next`, locked; -1: closed */
	bool has_old; /* DIR is there */
	bool is_published;
	struct arena *arena;
};

bool site_open(struct site *site, const char *dir, struct arena *arena, struct err *err);
/* A folder below it. */
bool site_folder(struct site *site, const char *name, struct err *err);
const char *site_path(const struct site *site, const char *name);
bool site_write(struct site *site, const char *name, const char *bytes, size_t len,
		struct err *err);
/* Takes a file over as it stands in DIR; false when it cannot. */
bool site_keep(struct site *site, const char *name);
/* The marker of DIR, which the caller frees; NULL for none. */
char *site_old_marker(const struct site *site);
bool site_publish(struct site *site, struct err *err);
/* Removes what was not published. */
void site_close(struct site *site);

#endif
