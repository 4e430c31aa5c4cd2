#include "cli/cli.h"

#include "base/ip.h"
#include "base/mem.h"
#include "cli/state.h"
#include "conf/replies.h"
#include "render/removal.h"
#include "run/removal.h"
#include "run/targets.h"

#include <string.h>

enum { NOTE_MAX_BYTES = 1000 };

/* --- what is needed --- */

static bool read_receivers(const struct cli *cli, struct receivers *receivers)
{
	struct conf_problems problems = {0};
	const bool ok = conf_receivers(&cli->conf, cli->arena, receivers, &problems);

	if (!ok)
		cli_print_problems(&problems);
	else if (!receivers->count && cli->conf.replies_paths)
		cli_note(cli, "there is no '%s': nothing is known of receivers",
			 cli->conf.replies_path[0]);
	str_release(&problems.text);
	return ok;
}

static bool print_text(struct str *text)
{
	const bool ok = cli_print(text);

	str_release(text);
	return ok;
}

/* --- list --- */

struct listing {
	struct receivers receivers;
	struct removal_page page;
	int64_t pass_at;
};

/* Addresses as the store has them. */
static const char *const *canonical(struct cli *cli)
{
	const char **word = arena_calloc(cli->arena, cli->arguments + 1, sizeof(*word));

	for (size_t i = 0; i < cli->arguments; i++)
		word[i] = target_canonical(cli->argument[i], cli->arena);
	return word;
}

static bool look(struct cli *cli, struct listing *out, struct err *err)
{
	const struct look_source source = {.conf = &cli->conf};
	const struct removal_choice choice = {
	    .word = canonical(cli),
	    .words = cli->arguments,
	    .now = cli->now,
	    .zone = &cli->zone,
	    .receivers = &out->receivers,
	};

	return removal_look(&source, &choice, cli->arena, &out->page, &out->pass_at, err);
}

/* A letter that must not be sent yet is no less needed: it can be prepared. */
static bool print_letter(struct cli *cli, const struct removal_page *page, struct err *err)
{
	const struct removal_view *const view = page->view;
	struct str text = {0};

	if (page->views != 1)
		return err_set(err,
			       "--text needs one listing, and %zu are chosen; name ADDRESS and "
			       "ZONE",
			       page->views);
	if (!removal_has_letter(view))
		return err_set(err, "nobody can be written to: %s", view->advice.reason[0]);
	if (view->advice.verdict != REMOVAL_ASK)
		cli_error("do not send this yet: %s", view->advice.reason[0]);
	removal_letter(&text, view, view->way ? view->way->language : REMOVAL_ENGLISH, &cli->zone);
	return print_text(&text) || err_set(err, "the text could not be written");
}

static bool print_list(struct cli *cli, const struct removal_page *page)
{
	const struct removal_shown shown = {page, &cli->zone, cli->now, cli_has(cli, "history")};
	struct str text = {0};

	if (cli->wants_json)
		return cli_print_json(json_removals(&shown));
	if (!page->views)
		cli_note(cli, "no listing and no receiver's block is open");
	text_removals(&text, &cli->style, &shown);
	return print_text(&text);
}

/* What was not looked at lately may be over, or worse. */
static bool is_stale(const struct cli *cli, int64_t pass_at)
{
	char age[CIVIL_TEXT_BYTES];

	if (!pass_at)
		cli_error("no pass has ended yet; 'repwatch run' makes one");
	else if (cli->now - pass_at > cli->conf.stale_after_ms / 1000)
		cli_error("the last pass ended %s ago, which is too long: is cron running "
			  "'repwatch run'?",
			  civil_age(cli->now - pass_at, age));
	else
		return false;
	return true;
}

static enum cli_status run_list(struct cli *cli)
{
	/* The document has the texts anyway. */
	const bool wants_letter = cli_has(cli, "text") && !cli->wants_json;
	struct listing listing = {.pass_at = 0};
	struct err err;
	bool is_blind;

	if (!cli_conf_to_look(cli) || !read_receivers(cli, &listing.receivers))
		return CLI_USAGE;
	if (!look(cli, &listing, &err))
		return cli_fail(&err);
	is_blind = is_stale(cli, listing.pass_at);
	if (wants_letter && !print_letter(cli, &listing.page, &err))
		return cli_fail(&err);
	if (!wants_letter && !print_list(cli, &listing.page))
		return CLI_USAGE;
	return is_blind ? CLI_BLIND : CLI_DONE;
}

/* --- the ledger --- */

typedef bool deed_fn(struct store *store, const struct removal_note *note, struct arena *arena,
		     struct removal *out, struct err *err);

struct deed {
	deed_fn *apply;
	const char *word;
};

/* NULL: not given. Foreign bytes are fine, long texts are not. */
static bool take_text(const struct cli *cli, const char *name, const char **out, struct err *err)
{
	*out = cli_value(cli, name);
	return !*out || strlen(*out) <= NOTE_MAX_BYTES ||
	       err_set(err, "--%s is longer than %d bytes", name, NOTE_MAX_BYTES);
}

static bool make_note(struct cli *cli, bool has_texts, struct removal_note *note, struct err *err)
{
	struct receivers receivers;

	*note = (struct removal_note){.at = cli->now};
	if (!read_receivers(cli, &receivers))
		return err_set(err, "the receivers could not be read");
	return removal_find(&cli->conf, &receivers, cli->argument[0], cli->argument[1], cli->arena,
			    &note->key, err) &&
	       (!has_texts || (take_text(cli, "ticket", &note->ticket, err) &&
			       take_text(cli, "note", &note->note, err)));
}

static bool print_deed(struct cli *cli, const struct removal *request, const char *word)
{
	struct str text = {0};

	if (cli->wants_json)
		return cli_print_json(json_removal(&cli->zone, request));
	if (cli->is_quiet)
		return true;
	text_removal(&text, &cli->style, request, word);
	return print_text(&text);
}

static enum cli_status run_deed(struct cli *cli, const struct deed *deed, bool has_texts)
{
	struct removal_note note;
	struct removal request;
	struct state state;
	struct err err;
	enum cli_status status;

	if (!cli_conf_to_look(cli))
		return CLI_USAGE;
	if (!make_note(cli, has_texts, &note, &err))
		return cli_fail(&err);
	status = state_open(cli->conf.state_dir, &state, &err);
	if (status == CLI_DONE && !deed->apply(state.store, &note, cli->arena, &request, &err))
		status = CLI_USAGE;
	state_close(&state);
	if (status != CLI_DONE) {
		cli_error("%s", err.text);
		return status;
	}
	if (request.was == FINDING_CLEAR && !request.cleared_at && deed->apply == removal_asked)
		cli_note(cli, "the passes so far know of no such listing: when it is seen, its end "
			      "will be noted");
	return print_deed(cli, &request, deed->word) ? CLI_DONE : CLI_USAGE;
}

static enum cli_status run_asked(struct cli *cli)
{
	static const struct deed deed = {removal_asked, "asked"};

	return run_deed(cli, &deed, true);
}

static enum cli_status run_answered(struct cli *cli)
{
	static const struct deed deed = {removal_answered, "answered"};

	return run_deed(cli, &deed, true);
}

static enum cli_status run_drop(struct cli *cli)
{
	static const struct deed deed = {removal_dropped, "the newest request is forgotten"};

	return run_deed(cli, &deed, false);
}

/* --- what can be said --- */

static const struct cli_option list_option[] = {
    {"text", 0, NULL, false, NULL, "Print the text to send and nothing else; one listing only."},
    {"history", 0, NULL, false, NULL, "Also all requests so far, and how long they took."},
};

const struct cli_command command_delist_list = {
    .name = "delist list",
    .arguments = "[ADDRESS|POOL|ZONE]...",
    .summary = "what is listed or blocked, and whether to ask for its end now",
    .about =
	"Shows each open listing and each receiver's own block, and whether asking for its end "
	"makes "
	"sense: 'ask'; 'fix first' while the cause goes on or what they ask for is missing; 'wait' "
	"for an answer; 'expires' where nobody can be asked; 'not advised' where they want money; "
	"'look first' where the list could not be asked lately. The reasons name the account that "
	"sends on, where the mail logs tell it.\n\n"
	"ZONE is a list's zone or a receiver's name. One listing alone comes with the text to "
	"send: "
	"facts are filled in, and one line in brackets is left for what was found and done. It is "
	"in "
	"English, or in Japanese where the receiver is.",
    .examples = "  repwatch delist list\n"
		"  repwatch delist list 192.0.2.10 bl.example.org\n"
		"  repwatch delist list --text 192.0.2.10 docomo\n"
		"  repwatch delist list --history --json\n",
    .can_be_blind = true,
    .option = list_option,
    .options = COUNT_OF(list_option),
    .max_arguments = SIZE_MAX,
    .run = run_list,
};

static const struct cli_option asked_option[] = {
    {"ticket", 0, "TEXT", false, NULL, "Number or name they gave the request."},
    {"note", 0, "TEXT", false, NULL, "Whatever should be remembered."},
};

const struct cli_command command_delist_asked = {
    .name = "delist asked",
    .arguments = "ADDRESS ZONE",
    .summary = "note that the end of a listing or block was asked for",
    .about =
	"Records a request. The passes then note by themselves when the listing ends, after "
	"how many days, and when it comes back. Asking again while a request is open is counted "
	"to it.",
    .examples = "  repwatch delist asked 192.0.2.10 bl.example.org --ticket 4711\n"
		"  repwatch delist asked 192.0.2.10 microsoft --note 'form, as postmaster'\n",
    .can_be_busy = true,
    .option = asked_option,
    .options = COUNT_OF(asked_option),
    .min_arguments = 2,
    .max_arguments = 2,
    .run = run_asked,
};

const struct cli_command command_delist_answered = {
    .name = "delist answered",
    .arguments = "ADDRESS ZONE",
    .summary = "note that a request was answered",
    .about = "Records an answer to the newest request. It ends nothing: only a pass that no longer "
	     "finds the listing does.",
    .examples =
	"  repwatch delist answered 192.0.2.10 bl.example.org --note 'removed within 24 h'\n",
    .can_be_busy = true,
    .option = asked_option,
    .options = COUNT_OF(asked_option),
    .min_arguments = 2,
    .max_arguments = 2,
    .run = run_answered,
};

const struct cli_command command_delist_drop = {
    .name = "delist drop",
    .arguments = "ADDRESS ZONE",
    .summary = "forget the newest request",
    .about = "Removes the newest request about this listing from the ledger, with what came of it: "
	     "for what was recorded by mistake.",
    .examples = "  repwatch delist drop 192.0.2.10 bl.example.org\n",
    .can_be_busy = true,
    .min_arguments = 2,
    .max_arguments = 2,
    .run = run_drop,
};
