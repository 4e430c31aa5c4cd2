#ifndef SYS_CHILD_H
#define SYS_CHILD_H

#include "base/err.h"

#include <stdbool.h>
#include <sys/types.h>

/* A program of ours that does one thing apart from the agent, fed and heard through one socket.
 * Nothing of the agent's is handed down: no open file, no secret. */
struct child {
	pid_t pid; /* 0: none */
	int fd; /* its standard input and output; non-blocking for the reader, -1: none */
};

/* `name` is looked for beside the running program, as it stands in a build tree, then where it is
 * installed. */
bool child_start(struct child *child, const char *name, struct err *err);
/* Closes, and ends it when it does not end by itself. */
void child_end(struct child *child);

#endif
