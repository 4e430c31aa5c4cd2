#include "cli/cli.h"

#include "base/mem.h"
#include "base/parse.h"
#include "cli/mute_names.h"
#include "cli/since.h"
#include "cli/state.h"
#include "render/mutes.h"
#include "store/incidents.h"
#include "sys/user.h"

#include <string.h>

enum { REASON_MAX_BYTES = 1000 };

static bool print_text(struct str *text)
{
	const bool ok = cli_print(text);

	str_release(text);
	return ok;
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

/* Several: a host's name stands for each of its addresses. */
struct mutes {
	struct mute *mute;
	size_t count;
};

static bool make_mutes(struct cli *cli, struct mutes *mutes, struct err *err)
{
	const char *const *address;
	struct mute mute = {.subject = "",
			    .made_at = cli->now,
			    .made_by = user_name(cli->arena),
			    .reason = cli_value(cli, "reason")};

	if (!mute_addresses(cli, cli->argument[0], &address, &mutes->count, err))
		return false;
	if (cli->arguments > 1)
		mute.subject = mute_subject(cli, cli->argument[1], err);
	if (!mute.subject)
		return false;
	if (!mute.reason || !*mute.reason)
		return err_set(err, "'ack' needs --reason: whoever reads it later wants to know");
	if (strlen(mute.reason) > REASON_MAX_BYTES)
		return err_set(err, "--reason is longer than %d bytes", REASON_MAX_BYTES);
	if (!take_times(cli, &mute, err))
		return false;
	mutes->mute = arena_calloc(cli->arena, mutes->count, sizeof(*mutes->mute));
	for (size_t i = 0; i < mutes->count; i++) {
		mutes->mute[i] = mute;
		mutes->mute[i].address = address[i];
	}
	return true;
}

/* --- ack --- */

static bool add(struct store *store, struct mutes *mutes, struct err *err)
{
	bool ok = store_begin(store, err);

	for (size_t i = 0; ok && i < mutes->count; i++)
		ok = mutes_add(store, &mutes->mute[i], err);
	return ok && store_commit(store, err);
}

static bool print_mutes(struct cli *cli, const struct mutes *mutes)
{
	struct str text = {0};

	if (cli->wants_json)
		return cli_print_json(mutes->count == 1
					  ? json_mute(&cli->zone, mutes->mute)
					  : json_mutes(&cli->zone, mutes->mute, mutes->count));
	if (cli->is_quiet)
		return true;
	for (size_t i = 0; i < mutes->count; i++)
		text_mute(&text, &cli->style, &mutes->mute[i]);
	return print_text(&text);
}

static enum cli_status run_ack(struct cli *cli)
{
	enum cli_status status;
	struct mutes mutes;
	struct state state;
	struct err err;

	if (!cli_conf_to_look(cli))
		return CLI_USAGE;
	if (!make_mutes(cli, &mutes, &err))
		return cli_fail(&err);
	status = state_open(cli->conf.state_dir, &state, &err);
	if (status == CLI_DONE && !add(state.store, &mutes, &err))
		status = CLI_USAGE;
	state_close(&state);
	if (status != CLI_DONE) {
		cli_error("%s", err.text);
		return status;
	}
	return print_mutes(cli, &mutes) ? CLI_DONE : CLI_USAGE;
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
    .arguments = "ADDRESS|BLOCK|POOL|HOST|DOMAIN|all [ZONE|RECEIVER|CHECK]",
    .summary = "hear nothing of what is known, for a while",
    .about =
	"What is acknowledged is watched, recorded and shown like everything else, and no messages "
	"are sent of it, reminders neither. When the time is over and it is still wrong, that is "
	"told. The end of what was told before is told in any case.\n\n"
	"The first word is an address, a block of them, a pool, a domain, or a host by its "
	"configured name, its HELO or its PTR: each of its addresses. With a second word only that "
	"list, by zone or name, that receiver, or one check of: dnsbl, receiver, volume, ptr, "
	"helo, spf, dkim, dmarc, mx, sight.",
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
