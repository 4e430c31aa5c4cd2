#include "cli/cli.h"

#include "base/mem.h"
#include "cli/state.h"
#include "render/escape.h"
#include "render/json_parts.h"
#include "render/outbox.h"
#include "run/alerts.h"
#include "store/outbox.h"

#include <string.h>

/* --- pending --- */

static void add_letters(struct outbox_view *view, struct letter_view *to,
			const struct outbox_letter *letter, size_t letters)
{
	for (size_t i = 0; i < letters; i++) {
		const struct outbox_letter *const from = &letter[i];

		to[view->letters++] = (struct letter_view){
		    .key = from->key,
		    .channel = from->channel,
		    .kind = from->kind,
		    .severity = from->severity,
		    .state = outbox_state_name(from->state),
		    .subject = from->subject,
		    .created_at = from->created_at,
		    .next_at = from->state == OUTBOX_PENDING ? from->next_at : 0,
		    .ended_at = from->ended_at,
		    .attempts = from->attempts,
		    .error = from->error,
		};
	}
}

static void add_channels(struct outbox_view *view, const struct outbox_channel *channel,
			 size_t channels, struct arena *arena)
{
	struct channel_view *to = arena_calloc(arena, channels + 1, sizeof(*to));

	for (size_t i = 0; i < channels; i++)
		to[i] = (struct channel_view){channel[i].name, channel[i].taken_at,
					      channel[i].failing_since, channel[i].error};
	view->channel = to;
	view->channels = channels;
}

/* Those that wait, then those that were given up. */
static bool read_outbox(struct cli *cli, struct outbox_view *view, struct err *err)
{
	struct store *store = store_open(cli->conf.state_dir, STORE_READ, err);
	struct outbox_letter *pending, *dead;
	struct outbox_channel *channel;
	struct letter_view *letter;
	size_t pendings, deads, channels;
	bool ok;

	*view = (struct outbox_view){0};
	if (!store)
		return false;
	ok = outbox_list(store, OUTBOX_PENDING, cli->arena, &pending, &pendings, err) &&
	     outbox_list(store, OUTBOX_DEAD, cli->arena, &dead, &deads, err) &&
	     outbox_channels(store, cli->arena, &channel, &channels, err);
	store_close(store);
	if (!ok)
		return false;
	letter = arena_calloc(cli->arena, pendings + deads + 1, sizeof(*letter));
	add_letters(view, letter, pending, pendings);
	add_letters(view, letter, dead, deads);
	add_channels(view, channel, channels, cli->arena);
	view->letter = letter;
	return true;
}

static enum cli_status run_pending(struct cli *cli)
{
	struct outbox_view view;
	struct str text = {0};
	struct err err;
	bool ok;

	if (!cli_conf_to_look(cli))
		return CLI_USAGE;
	if (!read_outbox(cli, &view, &err))
		return cli_fail(&err);
	if (cli->wants_json) {
		ok = cli_print_json(json_outbox(&cli->zone, &view));
	} else {
		text_outbox(&text, &cli->style, &view);
		ok = cli_print(&text);
		str_release(&text);
	}
	if (!ok)
		return CLI_USAGE;
	return view.letters ? CLI_BLIND : CLI_DONE;
}

/* --- flush --- */

static void say(void *context, const char *text)
{
	(void)context;
	cli_error("%s", text);
}

static bool find_channel(const struct cli *cli, const char *name, const struct conf_channel **out,
			 struct err *err)
{
	for (size_t i = 0; i < cli->conf.alerts.channels; i++) {
		*out = &cli->conf.alerts.channel[i];
		if (strcmp((*out)->name, name) == 0)
			return true;
	}
	return err_set(err, "no channel is called '%s'", name);
}

static bool print_counts(struct cli *cli, const struct delivery_counts *counts)
{
	struct str text = {0};
	bool ok;

	if (cli->wants_json)
		return cli_print_json(json_pack("{s:I, s:I, s:I}", "sent", (json_int_t)counts->sent,
						"pending", (json_int_t)counts->pending, "dead",
						(json_int_t)counts->dead));
	if (cli->is_quiet)
		return true;
	str_addf(&text, "%ju sent, %ju pending, %ju given up\n", (uintmax_t)counts->sent,
		 (uintmax_t)counts->pending, (uintmax_t)counts->dead);
	ok = cli_print(&text);
	str_release(&text);
	return ok;
}

static enum cli_status run_flush(struct cli *cli)
{
	const struct deliver_options options = {
	    .zone = &cli->zone,
	    .now = cli->now,
	    .channel = cli->arguments ? cli->argument[0] : NULL,
	    .ignores_time = true,
	    .notice = say,
	};
	struct delivery_counts counts = {0};
	const struct conf_channel *channel = NULL;
	enum cli_status status;
	struct state state;
	struct err err;

	if (!cli_conf(cli))
		return CLI_USAGE;
	if (options.channel && !find_channel(cli, options.channel, &channel, &err))
		return cli_fail(&err);
	status = state_open(cli->conf.state_dir, &state, &err);
	if (status == CLI_DONE &&
	    !deliver(&cli->conf, &options, state.store, cli->arena, &counts, &err))
		status = CLI_USAGE;
	state_close(&state);
	if (status != CLI_DONE) {
		cli_error("%s", err.text);
		return status;
	}
	if (!print_counts(cli, &counts))
		return CLI_USAGE;
	return counts.failed || counts.pending ? CLI_BLIND : CLI_DONE;
}

/* --- test --- */

static bool print_said(struct cli *cli, const char *channel, bool is_taken, const char *said)
{
	struct str text = {0};
	bool ok;

	if (cli->wants_json)
		return cli_print_json(json_pack("{s:s, s:b, s:o}", "channel", channel, "taken",
						is_taken, "said", json_text(said)));
	str_addf(&text, "%s: %s%s", channel, is_taken ? "taken" : "not taken", *said ? ": " : "");
	escape_terminal(&text, said, strlen(said));
	str_add_char(&text, '\n');
	ok = cli_print(&text);
	str_release(&text);
	return ok;
}

static enum cli_status run_test(struct cli *cli)
{
	const struct deliver_options options = {.zone = &cli->zone, .now = cli->now};
	const struct conf_channel *channel = NULL;
	const char *said;
	struct err err;
	bool is_taken;

	if (!cli_conf(cli))
		return CLI_USAGE;
	if (!find_channel(cli, cli->argument[0], &channel, &err))
		return cli_fail(&err);
	is_taken = deliver_test(&cli->conf, channel, &options, cli->arena, &said);
	if (!print_said(cli, channel->name, is_taken, said))
		return CLI_USAGE;
	return is_taken ? CLI_DONE : CLI_BLIND;
}

/* --- what can be said --- */

const struct cli_command command_alerts_test = {
    .name = "alerts test",
    .arguments = "CHANNEL",
    .summary = "send a test message, and show what the other side says",
    .about = "Sends one message through the channel the way all go, whatever its severities, pools "
	     "and quiet hours. It is not kept: when it fails it is not tried again. Nagios and "
	     "Icinga are told the state of each address, as by a pass.",
    .examples = "  repwatch alerts test noc\n",
    .can_be_blind = true,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = run_test,
};

const struct cli_command command_alerts_pending = {
    .name = "alerts pending",
    .arguments = "",
    .summary = "messages that wait, and those that were given up",
    .about =
	"Shows each message that no channel took yet, when it is tried again, and the last "
	"error; behind them those of the last month that were given up, because the other side "
	"refused them or did not take them for seven days; and the channels that fail.",
    .examples = "  repwatch alerts pending\n"
		"  repwatch alerts pending --json\n",
    .can_be_blind = true,
    .run = run_pending,
};

const struct cli_command command_alerts_flush = {
    .name = "alerts flush",
    .arguments = "[CHANNEL]",
    .summary = "send now what waits",
    .about = "Tries to deliver every message that waits, also those whose next attempt is not due "
	     "or that quiet hours hold back; of one channel when it is named.",
    .examples = "  repwatch alerts flush\n"
		"  repwatch alerts flush noc\n",
    .can_be_blind = true,
    .can_be_busy = true,
    .max_arguments = 1,
    .run = run_flush,
};
