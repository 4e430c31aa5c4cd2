#include "cli/cli.h"
#include "cli/help.h"
#include "cli/options.h"
#include "cli/terminal.h"
#include "sys/clock.h"

#include <fcntl.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

/* A closed descriptor 0, 1 or 2 would be given to the next file that is opened, and messages
 * would end in the database. What stands in for it cannot be written to. */
static void keep_standard_files(void)
{
	for (int fd = 0; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) == -1 && open("/dev/null", fd ? O_RDONLY : O_WRONLY) != fd)
			_exit(CLI_BUG);
}

/* A broken invariant (`bug`) has said what it is; the status says that it was one. */
static void on_abort(int signal_number)
{
	(void)signal_number;
	_exit(CLI_BUG);
}

static bool style_init(struct cli *cli, struct err *err)
{
	const char *color = cli_value(cli, "color");

	cli->style = (struct text_style){
	    .columns = isatty(STDOUT_FILENO) ? terminal_columns(STDOUT_FILENO) : 0,
	    .has_blocks = terminal_has_blocks(),
	    .is_verbose = cli->is_verbose,
	    .zone = &cli->zone,
	    .now = cli->now,
	};
	if (!terminal_color(color ? color : "auto", &cli->style.has_color))
		return err_set(err, "--color is auto, always or never, not '%s'", color);
	return true;
}

static enum cli_status show(const struct cli *cli, const struct parsed *parsed)
{
	const struct layout layout = {cli->style.has_color, cli->style.columns};
	struct str text = {0};
	bool ok;

	if (parsed->request == REQUEST_VERSION)
		str_add(&text, "repwatch " PACKAGE_VERSION "\n");
	else if (cli->command)
		help_command(&text, &layout, cli->command);
	else if (parsed->request == REQUEST_HELP && !parsed->group)
		help_program(&text, &layout);
	else
		help_commands(&text, parsed->group);
	ok = cli_print(&text);
	str_release(&text);
	return ok ? CLI_DONE : CLI_USAGE;
}

/* As far as the line was understood. */
static enum cli_status refuse(const struct cli *cli, const struct parsed *parsed,
			      const struct err *err)
{
	const char *name = cli->command ? cli->command->name : parsed->group;

	cli_error("%s", err->text);
	cli_note(cli, "'repwatch %s%s--help' shows what can be said", name ? name : "",
		 name ? " " : "");
	return CLI_USAGE;
}

static enum cli_status run(struct cli *cli, int argc, char **argv)
{
	struct parsed parsed;
	struct err err;

	if (!options_parse(cli, argc, argv, &parsed, &err) || !style_init(cli, &err))
		return refuse(cli, &parsed, &err);
	if (parsed.request != REQUEST_RUN)
		return show(cli, &parsed);
	return cli->command->run(cli);
}

int main(int argc, char **argv)
{
	struct cli cli = {.arena = arena_new()};
	enum cli_status status;

	keep_standard_files();
	/* A reader that leaves early is an error of write(2), not the end. */
	signal(SIGPIPE, SIG_IGN);
	signal(SIGABRT, on_abort);
	/* Numbers keep their point and sentences their language. */
	setlocale(LC_CTYPE, "");
	cli.now = clock_now();
	status = run(&cli, argc, argv);
	arena_free(cli.arena);
	return (int)status;
}
