#include "cli/cli.h"

#include "base/mem.h"
#include "cli/choose.h"
#include "cli/progress.h"
#include "cli/subjects.h"
#include "cli/targets.h"
#include "cli/verdict.h"
#include "lists/catalogue.h"
#include "render/json.h"
#include "run/look.h"

/* The configuration and the targets, with all that the command line says about them. */
static bool prepare(struct cli *cli, struct targets *targets, struct err *err)
{
	const char *helo = cli_value(cli, "helo");
	const struct targets_line line = {cli->argument, cli->arguments, helo ? helo : ""};
	const bool wants_lists = !cli_has(cli, "no-lists");
	const bool wants_identity = !cli_has(cli, "no-identity");

	if (cli_has(cli, "list") && !wants_lists)
		return err_set(err, "--list and --no-lists exclude each other");
	if (cli_has(cli, "catalogue") && cli_has(cli, "config"))
		return err_set(err,
			       "--catalogue and --config exclude each other: a configuration names "
			       "its own catalogue");
	if (!targets_parse(&line, cli->arena, targets, err))
		return false;
	if (!wants_lists && !wants_identity)
		return err_set(err, "without lists and identity there is nothing to ask");
	return true;
}

/* Terms forbid it, or the list asks for registration: said, not refused. */
static void note_disabled(const struct cli *cli, const struct choice *choice)
{
	for (size_t i = 0; i < choice->zones; i++) {
		const struct list *list = catalogue_find(&cli->conf.catalogue, choice->zone[i]);

		if (list && !list->is_enabled)
			cli_note(cli, "'%s' is asked because it was named: %s", list->zone,
				 list->why_disabled);
	}
}

static bool choose(struct cli *cli, unsigned covers, struct err *err)
{
	struct choice choice = {.covers = covers};

	choice.zone = cli_values(cli, "list", &choice.zones);
	if (!choice.zones)
		return true;
	note_disabled(cli, &choice);
	return choose_lists(&cli->conf.catalogue, &choice, cli->arena, err);
}

static bool show(struct cli *cli, const struct address_view *view, size_t views)
{
	struct str text = {0};
	bool ok;

	if (cli->wants_json)
		return cli_print_json(
		    json_check(&cli->zone, cli->now, view, views, &cli->conf.catalogue));
	cli->style.is_live = true;
	text_addresses(&text, &cli->style, view, views, &cli->conf.catalogue);
	ok = cli_print(&text);
	str_release(&text);
	return ok;
}

static void note_limits(const struct cli *cli, const struct targets *targets)
{
	for (size_t i = 0; i < targets->count; i++) {
		const struct target *target = &targets->target[i];

		if (target->kind != TARGET_ADDRESS || !targets_is_private(&target->ip))
			continue;
		cli_note(cli,
			 "%s is no public address: receivers see another one, and lists have "
			 "nothing about this",
			 target->text);
		return;
	}
}

static bool look(struct cli *cli, const struct targets *targets, struct address_view **view,
		 struct err *err)
{
	struct progress progress = progress_begin(cli);
	const struct look_options options = {
	    .wants_lists = !cli_has(cli, "no-lists"),
	    .wants_identity = !cli_has(cli, "no-identity"),
	    .progress = progress_show,
	    .context = &progress,
	};
	const bool ok =
	    look_at(&cli->conf, &options, targets->target, targets->count, cli->arena, view, err);

	progress_end(&progress);
	return ok;
}

static enum cli_status run(struct cli *cli)
{
	struct address_view *view;
	struct targets targets;
	struct err err;

	if (!prepare(cli, &targets, &err))
		return cli_fail(&err);
	if (!cli_conf_or_catalogue(cli, cli_value(cli, "catalogue")))
		return CLI_USAGE;
	if (!choose(cli, targets.covers, &err) || !subjects_give(cli, &targets, &err))
		return cli_fail(&err);
	note_limits(cli, &targets);
	if (!look(cli, &targets, &view, &err))
		return cli_fail(&err);
	if (!show(cli, view, targets.count))
		return CLI_USAGE;
	return verdict_of(view, targets.count);
}

static const struct cli_option option[] = {
    {"catalogue", 0, "FILE", false, "the one that was installed",
     "Take the lists from this catalogue."},
    {"list", 0, "ZONE", true, "every enabled list that covers the target",
     "Ask this list only. One that the catalogue does not know is asked by the rules of RFC 5782."},
    {"helo", 0, "NAME", false, NULL,
     "The name the server greets with; it should resolve to the address."},
    {"selector", 0, "NAME", true, NULL,
     "A DKIM selector of the domain; without any, common ones are tried, and with --config "
     "those that mail logs told of."},
    {"no-lists", 0, NULL, false, NULL, "Leave out the lists."},
    {"no-identity", 0, NULL, false, NULL,
     "Leave out PTR and HELO, and of domains SPF, DKIM, DMARC and MX."},
};

const struct cli_command command_check = {
    .name = "check",
    .arguments = "TARGET...",
    .summary = "ask the lists now, without configuration or state",
    .about =
	"Asks every list of the catalogue that needs no key about each TARGET: an IPv4 or IPv6 "
	"address, a block of them (192.0.2.0/28, at most 4096 addresses) or a domain; and looks at "
	"the PTR and HELO names of addresses, and at SPF, DKIM, DMARC and MX of domains. Addresses "
	"that are named beside a domain are held against its SPF record. What is wrong comes with "
	"the record to publish; domain lists are asked about the registrable domain.\n\n"
	"Each list is tested in the same go with the entries it must and must not have. What a "
	"list says that fails its test is not believed, and no answer is never taken for a good "
	"one: what could not be learned is shown as such, with its cause.\n\n"
	"With --config the lists, keys and resolver of that file are used. Nothing is recorded.",
    .examples = "  repwatch check 192.0.2.10\n"
		"  repwatch check 192.0.2.0/28 2001:db8::25 --helo mail.example.jp\n"
		"  repwatch check example.jp 192.0.2.10 2001:db8::25 --selector rs2024\n"
		"  repwatch check example.jp --list dbl.spamhaus.org\n"
		"  repwatch check 192.0.2.10 --json | jq '.targets[].listings'\n",
    .found = "A target is listed, or a record of it is missing or wrong.",
    .can_be_blind = true,
    .option = option,
    .options = COUNT_OF(option),
    .min_arguments = 1,
    .max_arguments = SIZE_MAX,
    .run = run,
};
