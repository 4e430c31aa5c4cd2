#ifndef IO_COMMAND_H
#define IO_COMMAND_H

#include "base/arena.h"
#include "base/err.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* A program of the operator's that is given a document on standard input. It runs beside the agent,
 * in a process group of its own, with nothing of the agent's but the environment given here, and is
 * ended when its time is over. */
struct command {
	pid_t pid; /* 0: none runs */
	int heard; /* what it writes, up to a bound; -1: none */
	int64_t end_us; /* monotonic: when it is asked to end; a second later it is killed */
	bool is_late;
};

struct command_spec {
	const char *const *word; /* the program's whole path, and its arguments */
	size_t words;
	struct slice input;
	const char *const *variable; /* "NAME=value", beside PATH and LC_ALL */
	size_t variables;
	int64_t limit_ms;
};

bool command_start(struct command *command, const struct command_spec *spec, struct err *err);

struct command_end {
	int status; /* of its exit; -1: a signal ended it, or the time */
	bool is_late;
	const char *said; /* the first lines of its output, foreign text */
};
/* False while it runs; never waits. */
bool command_ended(struct command *command, struct arena *arena, struct command_end *end);
/* Kills what still runs. */
void command_kill(struct command *command);

#endif
