#ifndef CLI_OPTIONS_H
#define CLI_OPTIONS_H

#include "base/err.h"
#include "cli/cli.h"

#include <stdbool.h>

/* What a command line asks for. */
enum request { REQUEST_RUN, REQUEST_HELP, REQUEST_VERSION, REQUEST_COMMANDS };

struct parsed {
	enum request request;
	const char *group; /* REQUEST_HELP: of these commands ("config"), NULL for one or all */
};

/* Fills command, argument, given and the flags of `cli` (its arena must be set). The command
 * may be NULL for all requests but REQUEST_RUN. False: the line is wrong, `err` says how. */
bool options_parse(struct cli *cli, int argc, char **argv, struct parsed *parsed, struct err *err);

#endif
