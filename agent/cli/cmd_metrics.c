#include "cli/cli.h"

#include "base/mem.h"
#include "render/json.h"
#include "render/json_print.h"
#include "render/json_parts.h"
#include "render/metrics.h"
#include "run/metrics.h"
#include "sys/files.h"

#include <sys/stat.h>

static enum cli_status write_file(const struct cli *cli, const char *path, const struct str *text)
{
	json_t *document;
	struct err err;

	/* The collector is another user, whatever cron or systemd set for us. */
	umask(022);
	if (!files_replace(path, str_text(text), text->len, &err))
		return cli_fail(&err);
	if (!cli->wants_json)
		return CLI_DONE;
	document = json_object();
	json_put_text(document, "file", path);
	return cli_print_json(document) ? CLI_DONE : CLI_USAGE;
}

/* A collector reads files: those are always text. */
static void render(struct str *text, const struct cli *cli, const struct metrics *metrics)
{
	if (cli->wants_json && !cli_value(cli, "output"))
		json_print(text, metrics_json(metrics));
	else
		metrics_text(text, metrics, cli_has(cli, "openmetrics"));
}

static enum cli_status run(struct cli *cli)
{
	const char *const path = cli_value(cli, "output");
	enum cli_status status = CLI_USAGE;
	struct metrics metrics;
	struct str text = {0};
	struct err err;

	if (!cli_conf_to_look(cli))
		return CLI_USAGE;
	if (!metrics_read(&cli->conf, &cli->zone, cli->now, cli->arena, &metrics, &err))
		return cli_fail(&err);
	render(&text, cli, &metrics);
	if (path)
		status = write_file(cli, path, &text);
	else if (cli_print(&text))
		status = CLI_DONE;
	str_release(&text);
	return status;
}

static const struct cli_option option[] = {
    {"output", 'o', "FILE", false, NULL,
     "Write this file, whole or not at all, instead of standard output; with --json that names "
     "the file."},
    {"openmetrics", 0, NULL, false, NULL,
     "End with the mark that OpenMetrics wants and Prometheus' own format does not know."},
};

const struct cli_command command_metrics = {
    .name = "metrics",
    .arguments = "",
    .summary = "figures for Prometheus",
    .about =
	"Prints what the last pass left as figures in Prometheus' text format, for the textfile "
	"collector of the node exporter: grades and coverage by pool, what is listed and since "
	"when, what each address sent yesterday and today, who refuses it, how each list and the "
	"agent itself fare.\n\n"
	"What is clear has no series of its own, so that thousands of addresses on dozens of "
	"lists stay a few thousand series.",
    .examples = "  repwatch metrics\n"
		"  repwatch metrics -o /var/lib/prometheus/node-exporter/repwatch.prom\n",
    .option = option,
    .options = COUNT_OF(option),
    .run = run,
};
