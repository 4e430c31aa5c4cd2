#include "cli/cli.h"

#include "base/mem.h"
#include "dns/suffix.h"
#include "render/domains.h"
#include "run/domain_view.h"

/* Names as the store has them. */
static bool read_words(struct cli *cli, const char *const **word, struct err *err)
{
	const char **out = arena_calloc(cli->arena, cli->arguments, sizeof(*out));
	char name[DNS_NAME_BYTES];

	for (size_t i = 0; i < cli->arguments; i++) {
		if (!suffix_to_ascii(cli->argument[i], name))
			return err_set(err, "'%s' is no domain", cli->argument[i]);
		out[i] = arena_strdup(cli->arena, name);
	}
	*word = out;
	return true;
}

static void keep_unready(struct domains *domains)
{
	size_t kept = 0;

	for (size_t i = 0; i < domains->views; i++)
		if (domains->view[i].is_unready)
			domains->view[kept++] = domains->view[i];
	domains->views = kept;
}

static bool show(struct cli *cli, const struct domains *domains)
{
	struct str text = {0};
	bool ok;

	if (cli->wants_json)
		return cli_print_json(
		    json_domains(&cli->zone, cli->now, domains->view, domains->views));
	text_domains(&text, &cli->style, domains->view, domains->views, &cli->conf.catalogue);
	ok = cli_print(&text);
	str_release(&text);
	return ok;
}

static void say_stale(const struct cli *cli, const struct domains *domains)
{
	char age[CIVIL_TEXT_BYTES];

	if (!domains->pass_at)
		cli_error("no pass has ended yet; 'repwatch run' makes one");
	else if (domains->is_stale)
		cli_error("the last pass ended %s ago, which is too long: is cron running "
			  "'repwatch run'?",
			  civil_age(cli->now - domains->pass_at, age));
}

static enum cli_status verdict(const struct domains *domains)
{
	bool is_blind = !domains->pass_at || domains->is_stale;

	for (size_t i = 0; i < domains->views; i++) {
		if (domains->view[i].is_unready)
			return CLI_FOUND;
		is_blind |= domains->view[i].is_blind;
	}
	return is_blind ? CLI_BLIND : CLI_DONE;
}

static enum cli_status run(struct cli *cli)
{
	struct domains_choice choice = {.words = cli->arguments, .now = cli->now};
	enum cli_status status;
	struct domains domains;
	struct err err;

	if (!read_words(cli, &choice.word, &err))
		return cli_fail(&err);
	if (!cli_conf_to_look(cli))
		return CLI_USAGE;
	choice.zone = &cli->zone;
	if (!look_at_domains(&(struct look_source){.conf = &cli->conf}, &choice, cli->arena,
			     &domains, &err))
		return cli_fail(&err);
	say_stale(cli, &domains);
	status = verdict(&domains);
	if (cli_has(cli, "unready"))
		keep_unready(&domains);
	return show(cli, &domains) ? status : CLI_USAGE;
}

static const struct cli_option option[] = {
    {"unready", 0, NULL, false, NULL, "Show only those that have something to mend."},
};

const struct cli_command command_domains = {
    .name = "domains",
    .arguments = "[DOMAIN]...",
    .summary = "the domains mail is sent for, and what they still lack",
    .about =
	"Shows the domains of the configuration and those the mail logs tell of, the ones with "
	"most "
	"mail first: what they send, how much of it to Gmail and Microsoft, and how the last look "
	"at SPF, DKIM and DMARC ended. SPF is held against the addresses the domain's mail really "
	"left from in the last week. What is to be mended stands below, as the record to "
	"publish.\n\n"
	"A domain that is named is shown in full, with the names below it: its records, the "
	"addresses it uses, and what Gmail, Microsoft and Yahoo ask of those who send 5,000 "
	"messages a day or more.\n\n"
	"Nothing is asked; 'repwatch run' looks, and 'repwatch check DOMAIN' asks now.",
    .examples = "  repwatch domains --unready\n"
		"  repwatch domains example.jp\n"
		"  repwatch domains --json | jq -r '.domains[] | select(.unready) | .domain'\n",
    .found = "A domain is not ready: a record is missing or wrong, or a list has it.",
    .can_be_blind = true,
    .option = option,
    .options = COUNT_OF(option),
    .max_arguments = SIZE_MAX,
    .run = run,
};
