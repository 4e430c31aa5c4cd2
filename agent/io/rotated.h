#ifndef IO_ROTATED_H
#define IO_ROTATED_H

#include "model/log_position.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Inside io/: the files that rotation left beside a log. */

/* A file and how it begins, compression undone. */
struct rotated {
	char *path;
	uint64_t device, inode, size;
	int64_t written_s, written_ns; /* mtime; compression programs keep it, some to the second */
	bool is_packed;
	bool is_sibling; /* by its name; else only its inode was looked for */
	char head[LOG_HEAD_BYTES];
	size_t head_len;
};

struct rotated_set {
	struct rotated *file; /* the one written to longest ago first */
	size_t count;
};

/* Regular files of the log's folder that have a rotated name, or the inode, and any content. */
void rotated_find(struct rotated_set *set, const char *path, uint64_t inode);
void rotated_release(struct rotated_set *set);
/* Fills all of `file` but the name from an open file; the descriptor stays where it was. False:
 * it is not a regular file, or it cannot be read. */
bool rotated_look(int fd, struct rotated *file);
/* A descriptor, or -1; never of a FIFO and never through a symbolic link. */
int rotated_open(const char *path);

#endif
