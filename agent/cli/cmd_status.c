#include "cli/cli.h"

#include "base/ip.h"
#include "cli/verdict.h"
#include "render/json.h"
#include "run/look.h"

/* Addresses as the store has them; what is no address is a pool's name. */
static const char *const *canonical(struct cli *cli)
{
	const char **word = arena_calloc(cli->arena, cli->arguments + 1, sizeof(*word));
	char text[IP_TEXT_BYTES];
	struct ip ip;

	for (size_t i = 0; i < cli->arguments; i++) {
		word[i] = cli->argument[i];
		if (ip_parse(word[i], &ip))
			word[i] = arena_strdup(cli->arena, ip_text(&ip, text));
	}
	return word;
}

/* Old beliefs are not what is believed now. */
static void say_stale(const struct cli *cli, const struct status *status)
{
	char age[CIVIL_TEXT_BYTES];

	if (!status->pass_at)
		cli_error("no pass has ended yet; 'repwatch run' makes one");
	else if (status->is_stale)
		cli_error("the last pass ended %s ago, which is too long: is cron running "
			  "'repwatch run'?",
			  civil_age(cli->now - status->pass_at, age));
}

static bool show(struct cli *cli, const struct status *status)
{
	char minute[CIVIL_TEXT_BYTES], age[CIVIL_TEXT_BYTES];
	struct str text = {0};
	bool ok;

	if (cli->wants_json)
		return cli_print_json(json_status(&cli->zone, cli->now, status->view, status->views,
						  &cli->conf.catalogue));
	text_addresses(&text, &cli->style, status->view, status->views, &cli->conf.catalogue);
	if (status->pass_at)
		str_addf(&text, "\nLast pass: %s (%s ago)\n",
			 civil_minute(&cli->zone, status->pass_at, minute),
			 civil_age(cli->now - status->pass_at, age));
	ok = cli_print(&text);
	str_release(&text);
	return ok;
}

static enum cli_status run(struct cli *cli)
{
	enum cli_status verdict;
	struct status status;
	struct err err;

	if (!cli_conf_to_look(cli))
		return CLI_USAGE;
	if (!look_at_status(&cli->conf, canonical(cli), cli->arguments, cli->now, cli->arena,
			    &status, &err))
		return cli_fail(&err);
	say_stale(cli, &status);
	if (!show(cli, &status))
		return CLI_USAGE;
	verdict = verdict_of(status.view, status.views);
	if (verdict == CLI_DONE && (status.is_stale || !status.pass_at))
		return CLI_BLIND;
	return verdict;
}

const struct cli_command command_status = {
    .name = "status",
    .arguments = "[ADDRESS|POOL]...",
    .summary = "what is believed now about the configured addresses",
    .about = "Shows what the passes so far have found: a table with the worst on top and what is "
	     "wrong with each address, or one address in full. Nothing is asked; 'repwatch check' "
	     "asks now.",
    .examples = "  repwatch status\n"
		"  repwatch status shared-a\n"
		"  repwatch status 192.0.2.10 --json\n",
    .found = "An address is listed, or a record of it is missing or wrong.",
    .can_be_blind = true,
    .max_arguments = SIZE_MAX,
    .run = run,
};
