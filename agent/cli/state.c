#include "cli/state.h"

#include "sys/files.h"
#include "sys/lock.h"

#include <unistd.h>

enum cli_status state_open(const char *dir, struct state *state, struct err *err)
{
	*state = (struct state){.lock = -1};
	if (!files_state_dir(dir, err))
		return CLI_USAGE;
	switch (lock_take(dir, false, &state->lock, err)) {
	case LOCK_BUSY:
		return CLI_BUSY;
	case LOCK_FAILED:
		return CLI_USAGE;
	case LOCK_HELD:
		break;
	}
	state->store = store_open(dir, STORE_WRITE, err);
	return state->store ? CLI_DONE : CLI_USAGE;
}

void state_close(struct state *state)
{
	store_close(state->store);
	if (state->lock >= 0)
		close(state->lock);
}
