#include "cli/cli.h"

#include "base/ip.h"
#include "base/mem.h"
#include "base/parse.h"
#include "cli/since.h"
#include "cli/state.h"
#include "conf/replies.h"
#include "render/mutes.h"
#include "run/look.h"
#include "store/incidents.h"

#include <ctype.h>
#include <string.h>

enum { REASON_MAX_BYTES = 1000 };

static bool print_text(struct str *text)
{
	const bool ok = cli_print(text);

	str_release(text);
	return ok;
}

/* --- what it is about --- */

static bool is_pool(const struct conf *conf, const char *word)
{
	bool found = false;

	for (size_t i = 0; i < conf->addresses && !found; i++)
		found = strcmp(conf->address[i].pool, word) == 0;
	for (size_t i = 0; i < conf->domains && !found; i++)
		found = strcmp(conf->domain[i].pool, word) == 0;
	return found;
}

static const char *lower(struct arena *arena, const char *word)
{
	char *const copy = arena_strdup(arena, word);

	for (char *at = copy; *at; at++)
		*at = (char)tolower((unsigned char)*at);
	return copy;
}

/* As incidents have it: a canonical address, a pool, a domain, "" for all. NULL: it is none. */
static const char *find_address(struct cli *cli, const char *word, struct err *err)
{
	char text[IP_TEXT_BYTES];
	struct ip ip;

	if (strcmp(word, "all") == 0)
		return "";
	if (ip_parse_unmapped(word, &ip)) {
		ip_text(&ip, text);
		if (look_knows(&cli->conf, text, cli->arena))
			return arena_strdup(cli->arena, text);
		err_set(err, "'%s' is not configured", word);
		return NULL;
	}
	if (is_pool(&cli->conf, word))
		return word;
	/* Domains are found in the logs, too. */
	if (strchr(word, '.') && !strchr(word, '/'))
		return lower(cli->arena, word);
	err_set(err, "'%s' is no address, pool or domain", word);
	return NULL;
}

static bool is_check(const char *word)
{
	static const char *const check[] = {"dnsbl", "receiver", "volume", "ptr", "helo",
					    "spf",   "dkim",     "dmarc",  "mx"};

	for (size_t i = 0; i < COUNT_OF(check); i++)
		if (strcmp(check[i], word) == 0)
			return true;
	return false;
}

static bool is_receiver(const struct cli *cli, const char *word)
{
	struct conf_problems problems = {0};
	struct receivers receivers;
	bool found = false;

	/* Mistakes in the rules are told by 'config check'. */
	if (conf_receivers(&cli->conf, cli->arena, &receivers, &problems))
		for (size_t i = 0; i < receivers.count && !found; i++)
			found = strcmp(receivers.receiver[i].name, word) == 0;
	str_release(&problems.text);
	return found;
}

static const char *find_subject(struct cli *cli, const char *typed, struct err *err)
{
	const char *const word = lower(cli->arena, typed);

	for (size_t i = 0; i < cli->conf.catalogue.lists; i++)
		if (strcmp(cli->conf.catalogue.list[i].zone, word) == 0)
			return word;
	if (is_check(word) || is_receiver(cli, word))
		return word;
	err_set(err, "'%s' is no list of the catalogue, no receiver and no check", typed);
	return NULL;
}

static bool take_times(const struct cli *cli, struct mute *mute, struct err *err)
{
	const char *const from = cli_value(cli, "from");
	const char *const until = cli_value(cli, "until");

	mute->from = cli->now;
	if (!until)
		return err_set(err, "'ack' needs --until, such as --until 3d");
	if (from && !until_parse(from, &cli->zone, cli->now, &mute->from, err))
		return false;
	if (!until_parse(until, &cli->zone, mute->from, &mute->until, err))
		return false;
	if (mute->until <= cli->now)
		return err_set(err, "--until: '%s' is over", until);
	return mute->until > mute->from || err_set(err, "--until: '%s' is before --from", until);
}

static bool make_mute(struct cli *cli, struct mute *mute, struct err *err)
{
	*mute =
	    (struct mute){.subject = "", .made_at = cli->now, .reason = cli_value(cli, "reason")};
	mute->address = find_address(cli, cli->argument[0], err);
	if (!mute->address)
		return false;
	if (cli->arguments > 1)
		mute->subject = find_subject(cli, cli->argument[1], err);
	if (!mute->subject)
		return false;
	if (!mute->reason || !*mute->reason)
		return err_set(err, "'ack' needs --reason: whoever reads it later wants to know");
	if (strlen(mute->reason) > REASON_MAX_BYTES)
		return err_set(err, "--reason is longer than %d bytes", REASON_MAX_BYTES);
	return take_times(cli, mute, err);
}

/* --- ack --- */

static bool add(struct store *store, struct mute *mute, struct err *err)
{
	return store_begin(store, err) && mutes_add(store, mute, err) && store_commit(store, err);
}

static bool print_mute(struct cli *cli, const struct mute *mute)
{
	struct str text = {0};

	if (cli->wants_json)
		return cli_print_json(json_mute(&cli->zone, mute));
	if (cli->is_quiet)
		return true;
	text_mute(&text, &cli->style, mute);
	return print_text(&text);
}

static enum cli_status run_ack(struct cli *cli)
{
	enum cli_status status;
	struct state state;
	struct mute mute;
	struct err err;

	if (!cli_conf_to_look(cli))
		return CLI_USAGE;
	if (!make_mute(cli, &mute, &err))
		return cli_fail(&err);
	status = state_open(cli->conf.state_dir, &state, &err);
	if (status == CLI_DONE && !add(state.store, &mute, &err))
		status = CLI_USAGE;
	state_close(&state);
	if (status != CLI_DONE) {
		cli_error("%s", err.text);
		return status;
	}
	return print_mute(cli, &mute) ? CLI_DONE : CLI_USAGE;
}

/* --- ack list --- */

static enum cli_status run_list(struct cli *cli)
{
	struct store *store;
	struct mute *mute = NULL;
	struct str text = {0};
	size_t mutes = 0;
	struct err err;
	bool ok;

	if (!cli_conf_to_look(cli))
		return CLI_USAGE;
	store = store_open(cli->conf.state_dir, STORE_READ, &err);
	ok = store && mutes_load(store, cli->now, cli->arena, &mute, &mutes, &err);
	store_close(store);
	if (!ok)
		return cli_fail(&err);
	if (cli->wants_json)
		return cli_print_json(json_mutes(&cli->zone, mute, mutes)) ? CLI_DONE : CLI_USAGE;
	if (!mutes)
		cli_note(cli, "nothing is acknowledged");
	text_mutes(&text, &cli->style, mute, mutes);
	return print_text(&text) ? CLI_DONE : CLI_USAGE;
}

/* --- ack end --- */

static bool end(const struct cli *cli, struct store *store, uint64_t id, struct err *err)
{
	bool was_there = false;

	if (!store_begin(store, err) || !mutes_end(store, (int64_t)id, cli->now, &was_there, err))
		return false;
	if (!was_there)
		return err_set(err, "there is none of the number %s; 'repwatch ack list' has them",
			       cli->argument[0]);
	return store_commit(store, err);
}

static enum cli_status run_end(struct cli *cli)
{
	enum cli_status status;
	struct state state;
	struct err err;
	uint64_t id;

	if (!cli_conf_to_look(cli))
		return CLI_USAGE;
	if (!parse_u64(cli->argument[0], &id) || id > INT64_MAX) {
		err_set(&err, "'%s' is no number of 'repwatch ack list'", cli->argument[0]);
		return cli_fail(&err);
	}
	status = state_open(cli->conf.state_dir, &state, &err);
	if (status == CLI_DONE && !end(cli, state.store, id, &err))
		status = CLI_USAGE;
	state_close(&state);
	if (status != CLI_DONE) {
		cli_error("%s", err.text);
		return status;
	}
	if (cli->wants_json)
		return cli_print_json(json_pack("{s:I}", "ended", (json_int_t)id)) ? CLI_DONE
										   : CLI_USAGE;
	cli_note(cli, "ended; what is still wrong is told by the next pass");
	return CLI_DONE;
}

/* --- what can be said --- */

static const struct cli_option ack_option[] = {
    {"until", 0, "TIME", false, NULL,
     "How long: 3d, or the beginning of a day (2026-11-21), or 2026-11-21 22:30; needed."},
    {"from", 0, "TIME", false, "now", "A window to come begins then, in the same words."},
    {"reason", 0, "TEXT", false, NULL, "Why, for whoever reads it later; needed."},
};

const struct cli_command command_ack = {
    .name = "ack",
    .arguments = "ADDRESS|POOL|DOMAIN|all [ZONE|RECEIVER|CHECK]",
    .summary = "hear nothing of what is known, for a while",
    .about =
	"What is acknowledged is watched, recorded and shown like everything else, and no messages "
	"are sent of it, reminders neither. When the time is over and it is still wrong, that is "
	"told. The end of what was told before is told in any case.\n\n"
	"With a second word only that list's zone, that receiver, or one check of: dnsbl, "
	"receiver, "
	"volume, ptr, helo, spf, dkim, dmarc, mx.",
    .examples =
	"  repwatch ack 192.0.2.10 bl.example.org --until 3d --reason 'asked, ticket 4711'\n"
	"  repwatch ack shared-a volume --until 2026-12-27 --reason 'seasonal mail'\n"
	"  repwatch ack all --from '2026-11-21 22:00' --until 4h --reason 'new resolver'\n",
    .can_be_busy = true,
    .option = ack_option,
    .options = COUNT_OF(ack_option),
    .min_arguments = 1,
    .max_arguments = 2,
    .run = run_ack,
};

const struct cli_command command_ack_list = {
    .name = "ack list",
    .arguments = "",
    .summary = "what is acknowledged now or will be",
    .about = "Shows what has not ended, the oldest first, with the numbers 'ack end' takes.",
    .examples = "  repwatch ack list\n"
		"  repwatch ack list --json\n",
    .run = run_list,
};

const struct cli_command command_ack_end = {
    .name = "ack end",
    .arguments = "ID",
    .summary = "hear of it again",
    .about =
	"Ends what 'ack' began, or was to begin. What is still wrong is told by the next pass.",
    .examples = "  repwatch ack end 3\n",
    .can_be_busy = true,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = run_end,
};
