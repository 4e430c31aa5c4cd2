#ifndef CLI_STATE_H
#define CLI_STATE_H

#include "base/err.h"
#include "cli/cli.h"
#include "store/store.h"

/* The state as a command that writes holds it: the folder, its lock, the database. */
struct state {
	struct store *store;
	int lock;
};

/* CLI_DONE, or CLI_BUSY and CLI_USAGE with err. Does not wait for another run. */
enum cli_status state_open(const char *dir, struct state *state, struct err *err);
/* Also after state_open failed. */
void state_close(struct state *state);

#endif
