#include "cli/cli.h"

#include "conf/load.h"
#include "conf/text.h"
#include "render/escape.h"
#include "sys/clock.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* The configuration as a command sees it: the file or the built-in defaults, with what the
 * command line says on top, and the operator's zone. */

const char *cli_conf_path(const struct cli *cli)
{
	const char *path = cli_value(cli, "config");

	return path ? path : PKGSYSCONFDIR "/repwatch.conf";
}

/* The lines quote the file, so they are escaped. */
void cli_print_problems(const struct conf_problems *problems)
{
	const char *at = str_text(&problems->text);
	struct str out = {0};

	while (*at) {
		const size_t len = strcspn(at, "\n");

		escape_terminal(&out, at, len);
		str_add_char(&out, '\n');
		at += len + (at[len] == '\n');
	}
	fputs(str_text(&out), stderr);
	str_release(&out);
}

static bool apply_line(struct cli *cli)
{
	const char *state_dir = cli_value(cli, "state");
	struct err err;
	size_t servers;
	const char *const *server = cli_values(cli, "resolver", &servers);

	for (size_t i = 0; i < servers; i++)
		if (!server_fits(server[i])) {
			cli_error("--resolver: '%s' is no address; write ADDRESS, ADDRESS:PORT or "
				  "[IPv6-ADDRESS]:PORT",
				  server[i]);
			return false;
		}
	if (state_dir)
		cli->conf.state_dir = state_dir;
	if (servers) {
		cli->conf.resolver.server = server;
		cli->conf.resolver.servers = servers;
	}
	if (!clock_zone(cli->conf.timezone, cli->now, cli->arena, &cli->zone, &err)) {
		cli_error("%s", err.text);
		return false;
	}
	return true;
}

static bool finish(struct cli *cli, bool is_loaded, struct conf_problems *problems)
{
	if (!is_loaded)
		cli_print_problems(problems);
	str_release(&problems->text);
	for (size_t i = 0; is_loaded && cli->is_verbose && i < cli->conf.notes; i++)
		cli_note(cli, "%s", cli->conf.note[i]);
	return is_loaded && apply_line(cli);
}

/* The first thing a new operator meets. */
static bool is_missing(const struct cli *cli)
{
	const char *path = cli_conf_path(cli);

	if (cli_has(cli, "config") || access(path, F_OK) == 0 || errno != ENOENT)
		return false;
	cli_error(
	    "there is no configuration '%s' yet; 'repwatch config sample' prints one to start "
	    "from, --config names another",
	    path);
	return true;
}

bool cli_conf(struct cli *cli)
{
	struct conf_problems problems = {0};

	if (is_missing(cli))
		return false;
	return finish(cli, conf_load(cli_conf_path(cli), cli->arena, &cli->conf, &problems),
		      &problems);
}

bool cli_conf_to_look(struct cli *cli)
{
	struct conf_problems problems = {0};

	if (is_missing(cli))
		return false;
	return finish(cli, conf_load_to_look(cli_conf_path(cli), cli->arena, &cli->conf, &problems),
		      &problems);
}

bool cli_conf_or_catalogue(struct cli *cli, const char *path)
{
	struct conf_problems problems = {0};

	if (cli_has(cli, "config"))
		return cli_conf(cli);
	return finish(cli, conf_load_catalogue(path, cli->arena, &cli->conf, &problems), &problems);
}

bool cli_conf_or_defaults(struct cli *cli)
{
	struct conf_problems problems = {0};

	if (cli_has(cli, "config"))
		return cli_conf_to_look(cli);
	return finish(cli, conf_load_defaults(cli->arena, &cli->conf, &problems), &problems);
}
