#include "cli/help.h"

#include "base/mem.h"

#include <string.h>

enum { HELP_COLUMNS = 80, HELP_WIDEST = 100, HELP_INDENT = 6, HELP_COMMAND_MAX = 17 };

/* Exit status, as section 1 of the interface has it. */
static const struct {
	enum cli_status status;
	const char *text;
} meaning[] = {
    {CLI_DONE, "Done, and nothing wrong was found."},
    {CLI_FOUND, "Done, and something wrong was found."},
    {CLI_USAGE, "The command line or the configuration is wrong, or the answer could not be "
		"given; the message says why."},
    {CLI_BLIND, "Done, but something could not be learned or delivered, and nothing wrong was "
		"found."},
    {CLI_BUG, "A bug, or no memory."},
    {CLI_BUSY, "Another run holds the lock."},
};

static struct layout readable(const struct layout *layout)
{
	struct layout wide = *layout;

	if (!wide.columns)
		wide.columns = HELP_COLUMNS;
	if (wide.columns > HELP_WIDEST)
		wide.columns = HELP_WIDEST;
	return wide;
}

static void add_heading(struct str *out, const struct layout *layout, const char *heading)
{
	str_add_char(out, '\n');
	layout_tint(out, layout, TINT_STRONG, heading);
	str_add_char(out, '\n');
}

static void add_indented(struct str *out, const struct layout *layout, size_t indent,
			 const char *text)
{
	str_add_fill(out, ' ', indent);
	layout_wrap(out, layout, indent, text);
	str_add_char(out, '\n');
}

void help_commands(struct str *out, const char *group)
{
	const size_t len = group ? strlen(group) : 0;

	for (size_t i = 0; i < cli_commands; i++) {
		const struct cli_command *command = cli_command[i];

		if (group && (strncmp(command->name, group, len) != 0 || command->name[len] != ' '))
			continue;
		str_addf(out, "  %-*s%s\n", HELP_COMMAND_MAX, command->name, command->summary);
	}
}

static void add_option(struct str *out, const struct layout *layout,
		       const struct cli_option *option)
{
	struct str help = {0};

	if (option->letter)
		str_addf(out, "  -%c, --%s", option->letter, option->name);
	else
		str_addf(out, "      --%s", option->name);
	str_addf(out, "%s%s\n", option->value ? " " : "", option->value ? option->value : "");
	str_addf(&help, "%s%s", option->help,
		 option->repeats ? " May be given more than once." : "");
	if (option->initial)
		str_addf(&help, " Default: %s.", option->initial);
	add_indented(out, layout, HELP_INDENT + 4, str_text(&help));
	str_release(&help);
}

static void add_options(struct str *out, const struct layout *layout,
			const struct cli_option *option, size_t options)
{
	for (size_t i = 0; i < options; i++)
		add_option(out, layout, &option[i]);
}

static bool is_used(const struct cli_command *command, enum cli_status status)
{
	if (!command)
		return true;
	switch (status) {
	case CLI_FOUND:
		return command->found != NULL;
	case CLI_BLIND:
		return command->can_be_blind;
	case CLI_BUSY:
		return command->can_be_busy;
	case CLI_DONE:
	case CLI_USAGE:
	case CLI_BUG:
		break;
	}
	return true;
}

/* Of one command, or of all. */
static void add_statuses(struct str *out, const struct layout *layout,
			 const struct cli_command *command)
{
	add_heading(out, layout, "Exit status");
	for (size_t i = 0; i < COUNT_OF(meaning); i++) {
		const bool is_own = command && meaning[i].status == CLI_FOUND;

		if (!is_used(command, meaning[i].status))
			continue;
		str_addf(out, "  %2d  ", (int)meaning[i].status);
		layout_wrap(out, layout, HELP_INDENT, is_own ? command->found : meaning[i].text);
		str_add_char(out, '\n');
	}
}

void help_program(struct str *out, const struct layout *layout)
{
	const struct layout wide = readable(layout);

	str_add(out, "Usage: repwatch [OPTION]... COMMAND [OPTION]... [ARGUMENT]...\n\n");
	add_indented(
	    out, &wide, 0,
	    "Watches the reputation of the addresses that send mail: on which block lists they "
	    "are, since when, and what to do about it.");
	add_heading(out, &wide, "Commands");
	help_commands(out, NULL);
	add_heading(out, &wide, "Options, before or behind the command");
	add_options(out, &wide, cli_global, cli_globals);
	add_statuses(out, &wide, NULL);
	add_heading(out, &wide, "Where to begin");
	str_add(out, "  repwatch check 192.0.2.10               ask now; needs no configuration\n"
		     "  repwatch config sample                  a configuration to start from\n"
		     "  repwatch COMMAND --help                 everything about one command\n");
}

void help_command(struct str *out, const struct layout *layout, const struct cli_command *command)
{
	const struct layout wide = readable(layout);

	str_addf(out, "Usage: repwatch %s [OPTION]...%s%s\n\n", command->name,
		 command->arguments[0] ? " " : "", command->arguments);
	add_indented(out, &wide, 0, command->about);
	if (command->options) {
		add_heading(out, &wide, "Options");
		add_options(out, &wide, command->option, command->options);
	}
	add_heading(out, &wide, "Options of every command");
	add_options(out, &wide, cli_global, cli_globals);
	if (command->examples[0]) {
		add_heading(out, &wide, "Examples");
		str_add(out, command->examples);
	}
	add_statuses(out, &wide, command);
}
