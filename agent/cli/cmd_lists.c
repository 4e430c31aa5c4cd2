#include "cli/cli.h"

#include "base/mem.h"
#include "render/json.h"
#include "run/look.h"

#include <unistd.h>

static enum cli_status verdict(const struct list_view *view, size_t views)
{
	bool is_blind = false;

	for (size_t i = 0; i < views; i++) {
		if (!view[i].list->is_enabled || !view[i].has_health)
			continue;
		if (view[i].health == HEALTH_SICK)
			return CLI_FOUND;
		is_blind |=
		    view[i].health == HEALTH_REFUSED || view[i].health == HEALTH_UNREACHABLE;
	}
	return is_blind ? CLI_BLIND : CLI_DONE;
}

static bool show(struct cli *cli, const struct list_view *view, size_t views)
{
	struct str text = {0};
	bool ok;

	if (cli->wants_json)
		return cli_print_json(json_lists(view, views));
	text_lists(&text, &cli->style, view, views);
	ok = cli_print(&text);
	str_release(&text);
	return ok;
}

/* The configuration when there is one; without, the lists are there all the same. */
static bool read_conf(struct cli *cli)
{
	if (access(cli_conf_path(cli), F_OK) == 0)
		return cli_conf(cli);
	return cli_conf_or_catalogue(cli, NULL);
}

static enum cli_status run(struct cli *cli)
{
	const struct look_source source = {.conf = &cli->conf};
	const bool verify = cli_has(cli, "verify");
	struct list_view *view;
	struct err err;
	size_t views;

	if (!read_conf(cli))
		return CLI_USAGE;
	if (!look_at_lists(&source, verify, cli->arena, &view, &views, &err))
		return cli_fail(&err);
	if (!show(cli, view, views))
		return CLI_USAGE;
	return verify ? verdict(view, views) : CLI_DONE;
}

static const struct cli_option option[] = {
    {"verify", 0, NULL, false, NULL,
     "Test every enabled list now, through this resolver, with the entries it must and must not "
     "have."},
};

const struct cli_command command_lists = {
    .name = "lists",
    .arguments = "",
    .summary = "the catalogue, and the health of each list",
    .about = "Shows the lists: what each covers, how it stood when it was last tested, how many "
	     "questions a day are planned and how many it allows, and why one is disabled.\n\n"
	     "Works without a configuration: then it shows the installed catalogue.",
    .examples = "  repwatch lists\n"
		"  repwatch lists --verify --resolver 127.0.0.1\n",
    .found = "With --verify: a list is sick.",
    .can_be_blind = true,
    .option = option,
    .options = COUNT_OF(option),
    .run = run,
};
