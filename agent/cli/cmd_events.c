#include "cli/cli.h"

#include "base/ip.h"
#include "base/mem.h"
#include "base/parse.h"
#include "cli/since.h"
#include "render/json.h"
#include "store/store.h"

static const char default_since[] = "7d";

static bool canonical(struct cli *cli, const char ***address, struct err *err)
{
	char text[IP_TEXT_BYTES];
	struct ip ip;

	*address = arena_calloc(cli->arena, cli->arguments + 1, sizeof(**address));
	for (size_t i = 0; i < cli->arguments; i++) {
		if (!ip_parse_unmapped(cli->argument[i], &ip))
			return err_set(err, "'%s' is no address", cli->argument[i]);
		(*address)[i] = arena_strdup(cli->arena, ip_text(&ip, text));
	}
	return true;
}

static bool show(struct cli *cli, const struct event *event, size_t events, int64_t since)
{
	char minute[CIVIL_TEXT_BYTES];
	struct str text = {0};
	bool ok;

	if (cli->wants_json)
		return cli_print_json(json_events(&cli->zone, event, events));
	if (!events)
		cli_note(cli, "no events since %s", civil_minute(&cli->zone, since, minute));
	text_events(&text, &cli->style, event, events);
	ok = cli_print(&text);
	str_release(&text);
	return ok;
}

static bool read_events(struct cli *cli, const struct event_filter *filter, struct event **event,
			size_t *events, struct err *err)
{
	struct store *store = store_open(cli->conf.state_dir, STORE_READ, err);
	bool ok;

	if (!store)
		return false;
	ok = store_events(store, filter, cli->arena, event, events, err);
	store_close(store);
	return ok;
}

static enum cli_status run(struct cli *cli)
{
	const char *since = cli_value(cli, "since");
	struct event_filter filter = {.addresses = cli->arguments};
	const char **address;
	struct event *event;
	size_t events;
	struct err err;

	if (!cli_conf_to_look(cli))
		return CLI_USAGE;
	if (!since_parse(since ? since : default_since, &cli->zone, cli->now, &filter.since,
			 &err) ||
	    !canonical(cli, &address, &err))
		return cli_fail(&err);
	filter.address = address;
	if (!read_events(cli, &filter, &event, &events, &err))
		return cli_fail(&err);
	return show(cli, event, events, filter.since) ? CLI_DONE : CLI_USAGE;
}

static const struct cli_option option[] = {
    {"since", 0, "AGE|DATE", false, default_since,
     "From so long ago (12h, 7d, 4w), or from the beginning of a day (2026-11-21), on."},
};

const struct cli_command command_events = {
    .name = "events",
    .arguments = "[ADDRESS]...",
    .summary = "the journal: what changed and when, oldest first",
    .about = "Shows the changes of belief that the passes have written down: listings raised, "
	     "escalated and cleared, lists that turned sick and well again.",
    .examples = "  repwatch events\n"
		"  repwatch events 192.0.2.10 --since 90d\n"
		"  repwatch events --since 2026-11-01 --json\n",
    .option = option,
    .options = COUNT_OF(option),
    .max_arguments = SIZE_MAX,
    .run = run,
};
