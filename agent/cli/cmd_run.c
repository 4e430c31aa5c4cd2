#include "cli/cli.h"

#include "base/mem.h"
#include "cli/progress.h"
#include "render/json.h"
#include "run/pass.h"

#include <string.h>
#include <unistd.h>

/* More changes than this are counted, not shown. */
enum { EVENTS_TOLD = 20 };

static const struct {
	const char *word;
	unsigned bit;
} part[] = {{"lists", PASS_LISTS},
	    {"identity", PASS_IDENTITY},
	    {"auth", PASS_AUTH},
	    {"maillog", PASS_MAILLOG},
	    {"alerts", PASS_ALERTS}};

static unsigned part_bit(const char *word, size_t len)
{
	for (size_t i = 0; i < COUNT_OF(part); i++)
		if (strlen(part[i].word) == len && strncmp(part[i].word, word, len) == 0)
			return part[i].bit;
	return 0;
}

/* "lists,identity"; given more than once they add up. */
static bool parse_only(const struct cli *cli, unsigned *only, struct err *err)
{
	size_t count;
	const char *const *value = cli_values(cli, "only", &count);

	*only = count ? 0 : PASS_ALL;
	for (size_t i = 0; i < count; i++) {
		const char *at = value[i];

		do {
			const size_t len = strcspn(at, ",");
			const unsigned bit = part_bit(at, len);

			if (!bit)
				return err_set(err,
					       "--only: '%.*s' is none of: lists, identity, "
					       "auth, maillog, alerts",
					       (int)len, at);
			*only |= bit;
			at += len;
		} while (*at++);
	}
	return true;
}

static bool show(struct cli *cli, const struct pass_summary *pass)
{
	struct str text = {0};
	bool ok = true;

	if (cli->wants_json) {
		for (size_t i = 0; i < pass->notices; i++)
			cli_note(cli, "%s", pass->notice[i]);
		return cli_print_json(json_pass(&cli->zone, pass));
	}
	if (cli->is_quiet)
		return true;
	text_pass(&text, &cli->style, pass);
	if (pass->events && (cli->is_verbose || pass->events <= EVENTS_TOLD))
		text_events(&text, &cli->style, pass->event, pass->events);
	else if (pass->events)
		cli_note(cli, "%s shows the changes",
			 cli_has(cli, "dry-run") ? "--verbose" : "'repwatch events'");
	ok = cli_print(&text);
	str_release(&text);
	return ok;
}

static enum cli_status finish(struct cli *cli, enum pass_result result,
			      const struct pass_summary *pass, const struct err *err)
{
	switch (result) {
	case PASS_BUSY:
		cli_error("%s", err->text);
		return CLI_BUSY;
	case PASS_FAILED:
		for (size_t i = 0; i < pass->notices; i++)
			cli_error("%s", pass->notice[i]);
		return cli_fail(err);
	case PASS_DONE:
	case PASS_BLIND:
		break;
	}
	if (cli_has(cli, "dry-run"))
		cli_note(cli, "dry run: nothing was recorded");
	if (!show(cli, pass))
		return CLI_USAGE;
	return result == PASS_BLIND ? CLI_BLIND : CLI_DONE;
}

static enum cli_status run(struct cli *cli)
{
	struct pass_options options = {
	    .ignores_due = cli_has(cli, "all"),
	    .is_dry = cli_has(cli, "dry-run"),
	    .waits = cli_has(cli, "wait"),
	    .is_watched = isatty(STDERR_FILENO),
	    .progress = progress_show,
	    .zone = &cli->zone,
	};
	struct pass_summary pass;
	struct progress progress;
	enum pass_result result;
	struct err err;

	if (!parse_only(cli, &options.only, &err))
		return cli_fail(&err);
	if (!cli_conf(cli))
		return CLI_USAGE;
	progress = progress_begin(cli);
	options.context = &progress;
	result = pass_run(&cli->conf, &options, cli->arena, &pass, &err);
	progress_end(&progress);
	return finish(cli, result, &pass, &err);
}

static const struct cli_option option[] = {
    {"only", 0, "PARTS", false, "lists,identity,auth,maillog,alerts",
     "Do only these parts, separated by commas: lists, identity, auth, maillog, alerts. Without "
     "alerts messages are written, but wait for the next pass to be sent."},
    {"all", 0, NULL, false, NULL, "Ask what is not due yet as well."},
    {"dry-run", 0, NULL, false, NULL,
     "Ask, read logs and judge, but write nothing and send nothing."},
    {"wait", 0, NULL, false, NULL, "Wait for another run to end instead of giving up."},
};

const struct cli_command command_run = {
    .name = "run",
    .arguments = "",
    .summary = "one pass over the configured addresses, for cron",
    .about =
	"Asks what is due about the configured addresses, judges the answers and records them: "
	"beliefs and events in the database of the state folder, series for the graphs beside it. "
	"A listing is believed when enough answers agree, and cleared the same way.\n\n"
	"Mail logs are read on from where the last pass stopped: what each address sent is judged, "
	"and so is what receivers replied.\n\n"
	"What is found is no error: the exit status says only whether the pass was done. Use "
	"--quiet from cron, so that only errors are mailed.",
    .examples = "  repwatch run --quiet\n"
		"  repwatch run --all --only lists --verbose\n"
		"  repwatch run --dry-run --state /tmp/try\n",
    .can_be_blind = true,
    .can_be_busy = true,
    .option = option,
    .options = COUNT_OF(option),
    .run = run,
};
