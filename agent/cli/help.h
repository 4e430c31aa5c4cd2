#ifndef CLI_HELP_H
#define CLI_HELP_H

#include "cli/cli.h"
#include "render/layout.h"

/* What --help shows, made from the tables. A width of 0 is taken as 80. */

/* One line a command, of 80 columns at most; of those that begin with `group` and a blank, when it is not NULL. */
void help_commands(struct str *out, const char *group);
void help_program(struct str *out, const struct layout *layout);
void help_command(struct str *out, const struct layout *layout, const struct cli_command *command);

#endif
