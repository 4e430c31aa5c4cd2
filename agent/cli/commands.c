#include "cli/cli.h"

#include "base/mem.h"

#define COMMAND(word) extern const struct cli_command command_##word;
#include "cli/commands.def"
#undef COMMAND

const struct cli_command *const cli_command[] = {
#define COMMAND(word) &command_##word,
#include "cli/commands.def"
#undef COMMAND
};
const size_t cli_commands = COUNT_OF(cli_command);
