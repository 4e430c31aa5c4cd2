#ifndef CONF_SLURP_H
#define CONF_SLURP_H

#include "base/err.h"

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Which file it is, whatever it is called. */
struct file_id {
	dev_t device;
	ino_t inode;
};

enum { SLURP_MAX_BYTES = 32 << 20 }; /* a hundred thousand addresses take a third of it */

/* The whole of a regular file with a NUL behind it; the caller frees it. Links are followed, as
 * packages and configuration managers set them. Refused: what everybody may write and, with
 * `checks_owner`, what belongs to neither root nor the caller, since who writes it decides what
 * the program does. `err` goes on from the file's name: "is a folder". */
bool slurp_text(const char *path, bool checks_owner, char **text, size_t *len, struct file_id *id,
		struct err *err);

#endif
