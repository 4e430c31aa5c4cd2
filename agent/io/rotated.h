#ifndef IO_ROTATED_H
#define IO_ROTATED_H

#include "model/log_position.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Inside io/: the files that rotation left beside a log. */

enum { ROTATED_PART_MAX = 40 };

/* Names that tell their order among each other. */
enum rotated_kind {
	ROTATED_OTHER, /* no sibling, or ".old" */
	ROTATED_COUNTER, /* ".1" is newer than ".2" */
	ROTATED_DATED /* "-20261122" is newer than "-20261121" */
};

/* A file and how it begins, compression undone. */
struct rotated {
	char *path;
	uint64_t device, inode, size;
	int64_t written_s; /* mtime: the clock may be wrong, files may be touched */
	bool is_packed;
	bool is_sibling; /* by its name; else only its inode was looked for */
	enum rotated_kind kind;
	char
	    part[ROTATED_PART_MAX + 1]; /* of the name: what rotation added, compression left out */
	int64_t kind_written_s; /* the newest of all files of its kind */
	char head[LOG_HEAD_BYTES];
	size_t head_len;
};

struct rotated_set {
	struct rotated *file; /* the oldest first, as their names tell it */
	size_t count;
};

/* Regular files of the log's folder that have a rotated name, or the inode, and any content;
 * without `wants_packed` only plain ones. False: the folder changed while it was read. */
bool rotated_find(struct rotated_set *set, const char *path, uint64_t inode, bool wants_packed);
void rotated_release(struct rotated_set *set);
/* Fills all of `file` but the name from an open file; the descriptor stays where it was. False:
 * it is not a regular file, or it cannot be read. */
bool rotated_look(int fd, struct rotated *file);
/* A descriptor, or -1; never of a FIFO and never through a symbolic link. */
int rotated_open(const char *path);
/* The same file again; -1: it has another name by now, or is gone. */
int rotated_reopen(const struct rotated *file);

#endif
