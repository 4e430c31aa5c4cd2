#include "cli/cli.h"

#include "base/mem.h"
#include "base/parse.h"
#include "cli/progress.h"
#include "render/json.h"
#include "render/utf8.h"
#include "run/report.h"
#include "sys/clock.h"
#include "sys/host.h"

#include <string.h>

static const char default_span[] = "90d";
static const int64_t day_ms = 86400 * 1000LL;

static bool parse_days(const struct cli *cli, uint32_t *days, struct err *err)
{
	const char *const span = cli_value(cli, "span");
	int64_t ms;

	if (!parse_duration_ms(span ? span : default_span, &ms) || ms < REPORT_DAYS_MIN * day_ms ||
	    ms > REPORT_DAYS_MAX * day_ms)
		return err_set(err, "--span: '%s' is no duration from 7d to 3 years, such as 90d",
			       span);
	*days = (uint32_t)(ms / day_ms);
	return true;
}

static bool read_receivers(const struct cli *cli, struct receivers *receivers)
{
	struct conf_problems problems = {0};
	const bool ok = conf_receivers(&cli->conf, cli->arena, receivers, &problems);

	if (!ok)
		cli_print_problems(&problems);
	str_release(&problems.text);
	return ok;
}

static bool show(const struct cli *cli, const struct report_request *request,
		 const struct report_outcome *outcome, double seconds)
{
	const size_t pictures = outcome->drawn + outcome->kept;

	if (outcome->failure)
		cli_error("%zu pictures could not be drawn, the first %s", outcome->failed,
			  outcome->failure);
	if (cli->wants_json)
		return cli_print_json(
		    json_pack("{s:s, s:I, s:I, s:I, s:I, s:I, s:f}", "dir", request->dir, "pages",
			      (json_int_t)outcome->pages, "pictures", (json_int_t)pictures, "drawn",
			      (json_int_t)outcome->drawn, "kept", (json_int_t)outcome->kept,
			      "failed", (json_int_t)outcome->failed, "seconds", seconds));
	cli_note(cli, "'%s': %zu pages, %zu pictures (%zu drawn, %zu as they were) in %.1f s",
		 request->dir, outcome->pages, pictures, outcome->drawn, outcome->kept, seconds);
	return true;
}

static enum cli_status make(struct cli *cli, struct report_request *request)
{
	struct progress progress = progress_begin(cli);
	const int64_t began_us = clock_monotonic_us();
	struct report_outcome outcome;
	struct err err;
	bool ok;

	request->host = host_name(cli->arena);
	request->progress = progress_show;
	request->context = &progress;
	ok = report_make(request, cli->arena, &outcome, &err);
	progress_end(&progress);
	if (!ok)
		return cli_fail(&err);
	if (!show(cli, request, &outcome, (double)(clock_monotonic_us() - began_us) / 1e6))
		return CLI_USAGE;
	return outcome.failed ? CLI_BLIND : CLI_DONE;
}

static enum cli_status run(struct cli *cli)
{
	struct report_request request = {
	    .dir = cli_value(cli, "output"), .is_full = cli_has(cli, "full"), .now = cli->now};
	struct receivers receivers;
	struct err err;

	if (!request.dir) {
		err_set(&err, "say where to write the page: -o DIR");
		return cli_fail(&err);
	}
	if (!utf8_is_valid(request.dir)) {
		err_set(&err, "'%s': the name of the folder must be UTF-8", request.dir);
		return cli_fail(&err);
	}
	if (!parse_days(cli, &request.days, &err))
		return cli_fail(&err);
	if (!cli_conf_to_look(cli) || !read_receivers(cli, &receivers))
		return CLI_USAGE;
	request.conf = &cli->conf;
	request.receivers = &receivers;
	request.zone = &cli->zone;
	return make(cli, &request);
}

static const struct cli_option option[] = {
    {"output", 'o', "DIR", false, NULL,
     "The folder to write: one that is not there yet, is empty, or holds an older report."},
    {"span", 0, "AGE", false, default_span, "How far back it goes: 30d, 90d, 52w."},
    {"full", 0, NULL, false, NULL, "Draw every picture anew."},
};

const struct cli_command command_report = {
    .name = "report",
    .arguments = "",
    .summary = "write the web page",
    .about =
	"Writes a folder of HTML pages and SVG pictures that need no server and nothing from the "
	"network: first what needs attention, with the account that is likely behind it, then each "
	"pool and address with volume against reputation, listings, what receivers say, domains, "
	"removal requests and the journal, in light and dark.\n\n"
	"The folder is built beside DIR and put in its place whole: readers see the old page or "
	"the "
	"new one. A picture is drawn only when what it shows has changed. Nothing is asked; what "
	"the "
	"last pass left is shown.",
    .examples = "  repwatch report -o /var/www/html/repwatch\n"
		"  repwatch report -o /var/www/html/repwatch --span 52w --json\n",
    .can_be_blind = true,
    .option = option,
    .options = COUNT_OF(option),
    .run = run,
};
