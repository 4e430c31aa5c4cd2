#include "cli/cli.h"

#include "base/ip.h"
#include "base/mem.h"
#include "base/parse.h"
#include "cli/state.h"
#include "render/warmup.h"
#include "run/look.h"
#include "run/warmup_view.h"
#include "sys/clock.h"

#include <unistd.h>

/* Most published schedules begin with 50 a day; SendGrid's automated one grows by 1.4. */
static const uint64_t default_first = 50;
static const double default_growth = 1.4;

static int64_t today_of(const struct cli *cli)
{
	return civil_days(civil_date_at(&cli->zone, cli->now));
}

/* Canonical, as the store has it; NULL: it is none. */
static const char *address_of(const struct cli *cli, size_t argument, struct err *err)
{
	char canonical[IP_TEXT_BYTES];
	struct ip ip;

	if (ip_parse_unmapped(cli->argument[argument], &ip))
		return arena_strdup(cli->arena, ip_text(&ip, canonical));
	err_set(err, "'%s' is no address", cli->argument[argument]);
	return NULL;
}

static bool print_text(struct str *text)
{
	const bool ok = cli_print(text);

	str_release(text);
	return ok;
}

/* --- plan --- */

static bool parse_target(const struct cli *cli, struct warmup_plan *plan, struct err *err)
{
	const char *const text = cli_value(cli, "target");

	if (!text)
		return err_set(err, "'warmup plan' needs --target PER_DAY");
	return parse_u64(text, &plan->target) ||
	       err_set(err, "--target: '%s' is no number of messages a day", text);
}

static bool parse_start(const struct cli *cli, struct warmup_plan *plan, struct err *err)
{
	const char *const text = cli_value(cli, "start");
	struct civil_date date = civil_date_at(&cli->zone, cli->now);

	if (text && !civil_date_parse(text, &date))
		return err_set(err, "--start: '%s' is no date like 2026-11-21", text);
	plan->start = civil_days(date);
	return true;
}

static bool parse_growth(const struct cli *cli, struct warmup_plan *plan, struct err *err)
{
	const char *const growth = cli_value(cli, "growth");
	const char *const first = cli_value(cli, "first");

	plan->growth = default_growth;
	plan->first = plan->target < default_first ? plan->target : default_first;
	if (growth && !parse_decimal(growth, &plan->growth))
		return err_set(err, "--growth: '%s' is no number like 1.4", growth);
	if (first && !parse_u64(first, &plan->first))
		return err_set(err, "--first: '%s' is no number of messages", first);
	return true;
}

/* A curve has its own growth and first day. */
static bool parse_curve(const struct cli *cli, struct warmup_plan *plan, struct err *err)
{
	const char *const curve = cli_value(cli, "curve");

	if (!curve)
		return parse_growth(cli, plan, err);
	if (!*curve)
		return err_set(err, "--curve needs a name; 'repwatch warmup curves' has them");
	if (cli_has(cli, "growth") || cli_has(cli, "first"))
		return err_set(err, "--curve goes with neither --growth nor --first");
	plan->curve = curve;
	return true;
}

static bool parse_plan(const struct cli *cli, struct stored_warmup *warmup, struct err *err)
{
	struct warmup_plan *const plan = &warmup->plan;

	*plan = (struct warmup_plan){.curve = ""};
	warmup->address = address_of(cli, 0, err);
	return warmup->address && parse_target(cli, plan, err) && parse_start(cli, plan, err) &&
	       parse_curve(cli, plan, err) && warmup_check(plan, err);
}

static bool record(struct store *store, const struct stored_warmup *warmup, struct arena *arena,
		   const struct stored_warmup **old, struct err *err)
{
	return store_begin(store, err) &&
	       warmup_view_find(store, warmup->address, arena, old, err) &&
	       warmups_save(store, warmup, err) && store_commit(store, err);
}

static bool print_plan(struct cli *cli, const struct warmup_schedule *schedule)
{
	struct str text = {0};

	if (cli->wants_json)
		return cli_print_json(json_warmup_plan(schedule));
	text_warmup_plan(&text, &cli->style, schedule);
	return print_text(&text);
}

static enum cli_status record_and_print(struct cli *cli, const struct stored_warmup *warmup)
{
	struct warmup_schedule schedule = warmup_view_plan(warmup, cli->arena);
	const struct stored_warmup *old = NULL;
	struct warmup_terms replaced;
	struct state state;
	struct err err;
	enum cli_status status = state_open(cli->conf.state_dir, &state, &err);

	if (status == CLI_DONE && !record(state.store, warmup, cli->arena, &old, &err))
		status = CLI_USAGE;
	state_close(&state);
	if (status != CLI_DONE) {
		cli_error("%s", err.text);
		return status;
	}
	if (!look_knows(&cli->conf, warmup->address, cli->arena))
		cli_note(cli,
			 "'%s' is not among 'addresses' of the configuration: no pass looks at it",
			 warmup->address);
	schedule.is_recorded = true;
	if (old) {
		replaced = warmup_view_terms(old);
		schedule.replaced = &replaced;
	}
	return print_plan(cli, &schedule) ? CLI_DONE : CLI_USAGE;
}

/* A dry run plans on a machine where nothing is set up. */
static bool read_conf(struct cli *cli, bool is_dry)
{
	struct err err;

	if (!is_dry || cli_has(cli, "config") || access(cli_conf_path(cli), F_OK) == 0)
		return cli_conf_to_look(cli);
	if (clock_zone("", cli->now, cli->arena, &cli->zone, &err))
		return true;
	cli_error("%s", err.text);
	return false;
}

static enum cli_status run_plan(struct cli *cli)
{
	const bool is_dry = cli_has(cli, "dry-run");
	struct warmup_schedule schedule;
	struct stored_warmup warmup;
	struct err err;

	if (!read_conf(cli, is_dry))
		return CLI_USAGE;
	if (!parse_plan(cli, &warmup, &err))
		return cli_fail(&err);
	if (!is_dry)
		return record_and_print(cli, &warmup);
	schedule = warmup_view_plan(&warmup, cli->arena);
	return print_plan(cli, &schedule) ? CLI_DONE : CLI_USAGE;
}

/* --- status --- */

struct warmup_status {
	struct warmup_view *view;
	size_t views;
	struct stored_pass pass;
	bool has_pass;
};

static bool choose(struct cli *cli, struct warmup_choice *choice, struct err *err)
{
	const char **address = arena_calloc(cli->arena, cli->arguments, sizeof(*address));

	for (size_t i = 0; i < cli->arguments; i++) {
		address[i] = address_of(cli, i, err);
		if (!address[i])
			return false;
	}
	*choice = (struct warmup_choice){address, cli->arguments, today_of(cli)};
	return true;
}

static bool read_status(struct cli *cli, const struct warmup_choice *choice,
			struct warmup_status *out, struct err *err)
{
	struct store *const store = store_open(cli->conf.state_dir, STORE_READ, err);
	bool ok;

	if (!store)
		return false;
	ok = warmup_view_status(store, choice, cli->arena, &out->view, &out->views, err);
	if (ok) {
		out->has_pass = store_last_pass(store, &out->pass, err);
		ok = out->has_pass || !*err->text;
	}
	store_close(store);
	return ok;
}

static bool print_status(struct cli *cli, const struct warmup_status *status)
{
	char minute[CIVIL_TEXT_BYTES], age[CIVIL_TEXT_BYTES];
	struct str text = {0};

	if (cli->wants_json)
		return cli_print_json(
		    json_warmup_status(&cli->zone, cli->now, status->view, status->views));
	if (!status->views)
		cli_note(cli, "no address is being warmed up; 'repwatch warmup plan' begins it");
	text_warmup_status(&text, &cli->style, status->view, status->views);
	if (status->views && status->has_pass)
		str_addf(&text, "\nLast pass: %s (%s ago)\n",
			 civil_minute(&cli->zone, status->pass.at, minute),
			 civil_age(cli->now - status->pass.at, age));
	return print_text(&text);
}

/* What is left for today is not known from logs that nobody read since. A state without passes
 * lives from imports. */
static bool is_stale(const struct cli *cli, const struct warmup_status *status)
{
	const int64_t age_s = status->has_pass ? cli->now - status->pass.at : 0;
	char age[CIVIL_TEXT_BYTES];

	if (!status->views || age_s <= cli->conf.stale_after_ms / 1000)
		return false;
	cli_error("the last pass ended %s ago, which is too long: more may have been sent",
		  civil_age(age_s, age));
	return true;
}

static enum cli_status status_verdict(const struct warmup_status *status, bool is_blind)
{
	for (size_t i = 0; i < status->views; i++) {
		if (status->view[i].verdict == WARMUP_OVER_PLAN)
			return CLI_FOUND;
		is_blind |= status->view[i].verdict == WARMUP_UNKNOWN;
	}
	return is_blind ? CLI_BLIND : CLI_DONE;
}

static enum cli_status run_status(struct cli *cli)
{
	struct warmup_status status = {0};
	struct warmup_choice choice;
	struct err err = {""};
	bool is_blind;

	if (!cli_conf_to_look(cli))
		return CLI_USAGE;
	if (!choose(cli, &choice, &err) || !read_status(cli, &choice, &status, &err))
		return cli_fail(&err);
	is_blind = is_stale(cli, &status);
	if (!print_status(cli, &status))
		return CLI_USAGE;
	return status_verdict(&status, is_blind);
}

/* --- stop --- */

static bool stop(struct store *store, const char *address, struct arena *arena,
		 const struct stored_warmup **old, struct err *err)
{
	bool was_there;

	return store_begin(store, err) && warmup_view_find(store, address, arena, old, err) &&
	       (*old || err_set(err, "there is no plan for '%s'", address)) &&
	       warmups_stop(store, address, &was_there, err) && store_commit(store, err);
}

static bool print_stop(struct cli *cli, const struct stored_warmup *old)
{
	const struct warmup_terms terms = warmup_view_terms(old);
	struct str text = {0};

	if (cli->wants_json)
		return cli_print_json(json_warmup_stop(&terms));
	if (cli->is_quiet)
		return true;
	text_warmup_stop(&text, &cli->style, &terms);
	return print_text(&text);
}

static enum cli_status run_stop(struct cli *cli)
{
	const struct stored_warmup *old = NULL;
	const char *address;
	enum cli_status status;
	struct state state;
	struct err err;

	if (!cli_conf_to_look(cli))
		return CLI_USAGE;
	address = address_of(cli, 0, &err);
	if (!address)
		return cli_fail(&err);
	status = state_open(cli->conf.state_dir, &state, &err);
	if (status == CLI_DONE && !stop(state.store, address, cli->arena, &old, &err))
		status = CLI_USAGE;
	state_close(&state);
	if (status != CLI_DONE) {
		cli_error("%s", err.text);
		return status;
	}
	return print_stop(cli, old) ? CLI_DONE : CLI_USAGE;
}

/* --- curves --- */

static enum cli_status run_curves(struct cli *cli)
{
	uint32_t curves;
	const struct warmup_curve *const curve = warmup_curves(&curves);
	struct curve_view *const view = arena_calloc(cli->arena, curves, sizeof(*view));
	struct str text = {0};

	for (uint32_t i = 0; i < curves; i++)
		view[i] =
		    (struct curve_view){curve[i].name, curve[i].about, curve[i].day, curve[i].days};
	if (cli->wants_json)
		return cli_print_json(json_warmup_curves(view, curves)) ? CLI_DONE : CLI_USAGE;
	text_warmup_curves(&text, &cli->style, view, curves);
	return print_text(&text) ? CLI_DONE : CLI_USAGE;
}

/* --- what can be said --- */

static const struct cli_option plan_option[] = {
    {"target", 0, "PER_DAY", false, NULL, "Messages a day at the end; needed."},
    {"start", 0, "DATE", false, "today", "The first day."},
    {"growth", 0, "FACTOR", false, "1.4",
     "How many times as much a day allows as the day before, from 1.01 to 2."},
    {"first", 0, "N", false, "50, or the target when that is less", "Messages on the first day."},
    {"curve", 0, "NAME", false, NULL,
     "Follow a published schedule up to the target instead; 'repwatch warmup curves' has them."},
    {"dry-run", 0, NULL, false, NULL, "Show the schedule, record nothing."},
};

const struct cli_command command_warmup_plan = {
    .name = "warmup plan",
    .arguments = "ADDRESS",
    .summary = "how much a new address may send, day by day",
    .about =
	"Receivers distrust an address that suddenly sends much. This plans how its mail may grow "
	"until it reaches the target, shows the schedule, and records it, so that 'warmup status' "
	"can tell whether the address keeps to it. An older plan for the address is replaced, "
	"which is said.\n\n"
	"Days are the operator's. A start in the past is fine: the address is then where the "
	"schedule is today.",
    .examples = "  repwatch warmup plan 192.0.2.10 --target 20000\n"
		"  repwatch warmup plan 192.0.2.10 --target 50000 --curve ses-45 "
		"--start 2026-12-01\n"
		"  repwatch warmup plan 192.0.2.10 --target 20000 --growth 1.2 --dry-run\n",
    .can_be_busy = true,
    .option = plan_option,
    .options = COUNT_OF(plan_option),
    .min_arguments = 1,
    .max_arguments = 1,
    .run = run_plan,
};

const struct cli_command command_warmup_status = {
    .name = "warmup status",
    .arguments = "[ADDRESS]...",
    .summary = "whether addresses keep to their plans",
    .about =
	"Shows for each plan which day it is, what today allows, what was sent today so far, "
	"what is left, and yesterday. Sent is what receivers accepted, as counted from mail "
	"logs.\n\n"
	"Over plan is an address that sent more than was allowed, today or yesterday; behind is "
	"one that sent less than half of what was allowed yesterday; done is one that has "
	"reached its target, which it still may not exceed until the plan is stopped. Of an "
	"address of which no mail was ever counted it is unknown.",
    .examples = "  repwatch warmup status\n"
		"  repwatch warmup status 192.0.2.10 --json\n",
    .found = "An address is over its plan.",
    .can_be_blind = true,
    .max_arguments = SIZE_MAX,
    .run = run_status,
};

const struct cli_command command_warmup_stop = {
    .name = "warmup stop",
    .arguments = "ADDRESS",
    .summary = "forget the plan of an address",
    .about = "Removes the plan. What was counted of the address stays.",
    .examples = "  repwatch warmup stop 192.0.2.10\n",
    .can_be_busy = true,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = run_stop,
};

const struct cli_command command_warmup_curves = {
    .name = "warmup curves",
    .arguments = "",
    .summary = "published schedules that a plan can follow",
    .about = "Shows the schedules by name: how many days each has, what it allows on the first "
	     "and on the last, who published it, and what in it is ours. With --json also every "
	     "day.\n\n"
	     "Works without a configuration.",
    .examples = "  repwatch warmup curves\n"
		"  repwatch warmup curves --json\n",
    .run = run_curves,
};
