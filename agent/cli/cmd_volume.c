#include "cli/cli.h"

#include "base/mem.h"
#include "base/parse.h"
#include "cli/progress.h"
#include "cli/state.h"
#include "conf/load.h"
#include "conf/replies.h"
#include "render/volume.h"
#include "run/ingest.h"
#include "run/volume_view.h"
#include "store/volumes.h"
#include "sys/clock.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { YEAR_MIN = 1970, YEAR_MAX = 9999 };

static const uint32_t default_days = 62;

/* Everything an import goes through. */
struct import {
	struct cli *cli;
	struct ingest ingest;
	struct ingest_source source;
	struct zone log_zone;
	struct ingest_report report;
	struct tally *sum; /* of all files that were read to their end */
	struct progress progress;
	uint64_t total, done; /* bytes of all files, and of those before this one */
	struct state state;
};

/* --- what was given --- */

static bool parse_format(struct import *import, struct err *err)
{
	const char *const word = cli_value(import->cli, "format");
	const int format = word ? log_format_parse(word) : LOG_AUTO;

	if (format < 0)
		return err_set(err,
			       "--format is auto, postfix, exim, sendmail, qmail or opensmtpd, "
			       "not '%s'",
			       word);
	import->source.format = (enum log_format)format;
	return true;
}

static bool parse_address(struct import *import, struct err *err)
{
	const char *const text = cli_value(import->cli, "address");

	return !text || ip_parse_unmapped(text, &import->source.address) ||
	       err_set(err, "--address: '%s' is no address", text);
}

static bool parse_year(struct import *import, struct err *err)
{
	const char *const text = cli_value(import->cli, "year");
	uint32_t year = 0;

	if (text && (!parse_u32(text, &year) || year < YEAR_MIN || year > YEAR_MAX))
		return err_set(err, "--year: '%s' is no year", text);
	import->source.year = (int32_t)year;
	return true;
}

static bool parse_zone(struct import *import, struct err *err)
{
	const char *const name = cli_value(import->cli, "timezone");

	if (!name)
		return true;
	import->source.log_zone = &import->log_zone;
	return clock_zone(name, import->cli->now, import->cli->arena, &import->log_zone, err);
}

static bool parse_options(struct import *import, struct err *err)
{
	import->source.is_again = cli_has(import->cli, "again");
	return parse_format(import, err) && parse_address(import, err) && parse_year(import, err) &&
	       parse_zone(import, err);
}

/* --- what is needed --- */

/* A dry run counts a file on a machine where nothing is set up. */
static bool needs_no_conf(const struct cli *cli)
{
	return cli_has(cli, "dry-run") && !cli_has(cli, "config") &&
	       access(cli_conf_path(cli), F_OK) != 0;
}

static bool read_conf(struct cli *cli)
{
	struct err err;

	if (!needs_no_conf(cli))
		return cli_conf_to_look(cli);
	if (clock_zone("", cli->now, cli->arena, &cli->zone, &err))
		return true;
	cli_error("%s", err.text);
	return false;
}

/* Counting goes on without rules; what receivers say then stays unmatched. */
static bool are_rules_missing(const struct cli *cli)
{
	for (size_t i = 0; i < cli->conf.replies_paths; i++)
		if (access(cli->conf.replies_path[i], F_OK) != 0 && errno == ENOENT) {
			cli_note(cli, "there is no '%s': what receivers say stays unmatched",
				 cli->conf.replies_path[i]);
			return true;
		}
	return false;
}

static bool read_rules(struct import *import)
{
	struct cli *const cli = import->cli;
	struct conf_problems problems = {0};
	const bool has_conf = cli->conf.path != NULL;

	if (has_conf && are_rules_missing(cli))
		return true;
	import->ingest.replies = has_conf ? conf_replies(&cli->conf, cli->arena, &problems)
					  : conf_replies_file(NULL, cli->arena, &problems);
	if (!import->ingest.replies && has_conf)
		cli_print_problems(&problems);
	str_release(&problems.text);
	return import->ingest.replies || !has_conf;
}

/* --- the import --- */

static uint64_t bytes_of(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode) ? (uint64_t)st.st_size : 0;
}

static void show_progress(void *context, uint64_t bytes)
{
	struct import *const import = context;

	if (import->total)
		progress_show(&import->progress, import->done + bytes, import->total);
}

static void fold(void *context, const struct tally *tally)
{
	tally_fold(context, tally);
}

/* The first file's sum is that of all files so far. */
static void add_up(struct import *import, struct tally **sum)
{
	struct tally *const before = import->sum;

	if (tally_addresses(before)) {
		tally_fold(before, *sum);
		return;
	}
	import->sum = *sum;
	*sum = before;
}

/* A transaction a file: one that cannot be read to its end leaves nothing behind. */
static bool import_one(struct import *import, const char *path, struct err *err)
{
	const bool is_shown = import->cli->wants_json || !import->cli->is_quiet;
	struct ingest ingest = import->ingest;
	struct tally *sum = tally_new(&import->cli->zone, NULL);
	bool ok;

	ingest.counted = is_shown ? fold : NULL;
	ingest.context = sum;
	import->source.path = path;
	ok = (ingest.is_dry || store_begin(ingest.store, err)) &&
	     ingest_file(&ingest, &import->source, import->cli->arena, &import->report, err) &&
	     (ingest.is_dry || store_commit(ingest.store, err));
	if (ok)
		add_up(import, &sum);
	tally_free(sum);
	import->done += bytes_of(path);
	return ok;
}

static enum cli_status import_all(struct import *import)
{
	const struct cli *const cli = import->cli;
	enum cli_status status = CLI_DONE;
	size_t said = 0;
	struct err err;

	import->sum = tally_new(&cli->zone, NULL);
	import->progress = progress_begin(cli);
	import->progress.is_bytes = true;
	import->source.progress = show_progress;
	import->source.context = import;
	for (size_t i = 0; i < cli->arguments; i++)
		import->total += bytes_of(cli->argument[i]);
	for (size_t i = 0; i < cli->arguments; i++) {
		const bool ok = import_one(import, cli->argument[i], &err);

		progress_end(&import->progress);
		if (!ok)
			status = cli_fail(&err);
		for (; said < import->report.notices; said++)
			cli_note(cli, "%s", import->report.notice[said]);
	}
	return status;
}

static bool print_import_json(const struct import_view *view)
{
	struct json_list accounts;
	json_t *const document = json_volume_import(view, &accounts);

	return cli_print_json_list(document, &accounts);
}

static bool print_import(struct import *import)
{
	struct cli *const cli = import->cli;
	const struct ingest_report *const report = &import->report;
	struct import_view view = {
	    .lines = report->counts.lines,
	    .recognised = report->counts.recognised,
	    .deliveries = report->counts.deliveries,
	    .unmatched_replies = report->unmatched,
	};
	struct str text = {0};
	bool ok;

	if (cli->is_quiet && !cli->wants_json)
		return true;
	volume_view_import(import->sum, cli->arena, &view);
	if (cli->wants_json)
		return print_import_json(&view);
	text_volume_import(&text, &cli->style, &view);
	ok = cli_print(&text);
	str_release(&text);
	return ok;
}

static enum cli_status work(struct import *import)
{
	struct err err;
	enum cli_status status = CLI_DONE;

	if (!import->ingest.is_dry)
		status = state_open(import->cli->conf.state_dir, &import->state, &err);
	if (status != CLI_DONE) {
		cli_error("%s", err.text);
		return status;
	}
	import->ingest.store = import->state.store;
	status = import_all(import);
	return print_import(import) ? status : CLI_USAGE;
}

static enum cli_status run_import(struct cli *cli)
{
	struct import import = {.cli = cli, .state = {.lock = -1}};
	enum cli_status status = CLI_USAGE;
	struct err err;

	if (!parse_options(&import, &err))
		return cli_fail(&err);
	if (!read_conf(cli))
		return CLI_USAGE;
	import.ingest = (struct ingest){
	    .conf = &cli->conf,
	    .zone = &cli->zone,
	    .now = cli->now,
	    .is_dry = cli_has(cli, "dry-run"),
	};
	if (read_rules(&import))
		status = work(&import);
	tally_free(import.sum);
	replies_free(import.ingest.replies);
	state_close(&import.state);
	return status;
}

/* --- what was counted --- */

static bool choose(struct cli *cli, struct volume_choice *choice, struct err *err)
{
	const char **address = arena_calloc(cli->arena, cli->arguments, sizeof(*address));
	const char *const days_text = cli_value(cli, "days");
	uint32_t days = default_days;

	for (size_t i = 0; i < cli->arguments; i++) {
		char canonical[IP_TEXT_BYTES];
		struct ip ip;

		if (!ip_parse_unmapped(cli->argument[i], &ip))
			return err_set(err, "'%s' is no address", cli->argument[i]);
		address[i] = arena_strdup(cli->arena, ip_text(&ip, canonical));
	}
	if (days_text && (!parse_u32(days_text, &days) || !days || days > VOLUME_DAYS_KEPT))
		return err_set(err, "--days is a number from 1 to %d, not '%s'", VOLUME_DAYS_KEPT,
			       days_text);
	choice->address = address;
	choice->addresses = cli->arguments;
	choice->last_day = civil_days(civil_date_at(&cli->zone, cli->now));
	choice->first_day = choice->last_day - days + 1;
	return true;
}

static bool print_days(struct cli *cli, const struct volume_view *view, size_t views)
{
	struct str text = {0};
	bool ok;

	if (cli->wants_json)
		return cli_print_json(json_volume_show(view, views));
	if (!views)
		cli_note(cli, "no mail was counted in these days");
	text_volume_show(&text, &cli->style, view, views);
	ok = cli_print(&text);
	str_release(&text);
	return ok;
}

static enum cli_status run_show(struct cli *cli)
{
	struct volume_choice choice;
	struct volume_view *view;
	struct store *store;
	struct err err;
	size_t views;
	bool ok;

	if (!cli_conf_to_look(cli))
		return CLI_USAGE;
	if (!choose(cli, &choice, &err))
		return cli_fail(&err);
	store = store_open(cli->conf.state_dir, STORE_READ, &err);
	if (!store)
		return cli_fail(&err);
	ok = volume_view_show(store, &choice, cli->arena, &view, &views, &err);
	store_close(store);
	if (!ok)
		return cli_fail(&err);
	return print_days(cli, view, views) ? CLI_DONE : CLI_USAGE;
}

static const struct cli_option import_option[] = {
    {"format", 0, "NAME", false, "auto",
     "Program that wrote the files: auto, postfix, exim, sendmail, qmail, opensmtpd."},
    {"address", 0, "IP", false, "that of the entry in 'maillogs'",
     "Address the mail left from, where a line itself tells none."},
    {"timezone", 0, "NAME", false, "that of the entry, or the operator's",
     "Time zone of stamps that name none."},
    {"year", 0, "YYYY", false, "found out", "Year of the first line, where stamps name none."},
    {"dry-run", 0, NULL, false, NULL, "Count and show, record nothing."},
    {"again", 0, NULL, false, NULL, "Count also what was counted before."},
};

const struct cli_command command_volume_import = {
    .name = "volume import",
    .arguments = "FILE...",
    .summary = "count the deliveries in mail logs, once",
    .about =
	"Reads logs that were written before the first pass, or elsewhere: plain or compressed by "
	"gzip, bzip2, xz or zstd, also the systemd journal as 'journalctl -o export' writes it; - "
	"is "
	"standard input. Counted are attempts to deliver to the "
	"outside, one a recipient, by day, address and account.\n\n"
	"What was counted is not counted again: a file is known by its beginning, under whatever "
	"name, and of one that has grown only the rest is added. That holds for the logs that "
	"'run' reads, too.\n\n"
	"The sending address, the format and the time zone come from the entry of 'maillogs' whose "
	"path is that of the file, or of the log it was rotated from, else from the first entry of "
	"the same format. A line that tells its address itself is always believed.",
    .examples = "  repwatch volume import /var/log/mail.log.*.gz\n"
		"  repwatch volume import --dry-run --format exim --address 192.0.2.10 mainlog\n"
		"  ssh mx2 cat /var/log/mail.log | repwatch volume import --timezone UTC -\n",
    .can_be_busy = true,
    .option = import_option,
    .options = COUNT_OF(import_option),
    .min_arguments = 1,
    .max_arguments = SIZE_MAX,
    .run = run_import,
};

static const struct cli_option show_option[] = {
    {"days", 0, "N", false, "62", "So many days, today the last; at most 1098."},
};

const struct cli_command command_volume_show = {
    .name = "volume show",
    .arguments = "[ADDRESS]...",
    .summary = "how much mail left each address, day by day",
    .about = "Shows what was counted from mail logs: for each address and each of the operator's "
	     "days how many deliveries were accepted, deferred, refused and given up. Days without "
	     "mail are left out. Mail whose address no log tells stands under 'unknown'.",
    .examples = "  repwatch volume show\n"
		"  repwatch volume show 192.0.2.10 --days 14 --json\n",
    .option = show_option,
    .options = COUNT_OF(show_option),
    .max_arguments = SIZE_MAX,
    .run = run_show,
};
