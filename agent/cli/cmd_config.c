#include "cli/cli.h"

#include "base/mem.h"
#include "conf/load.h"
#include "conf/options.h"
#include "conf/replies.h"
#include "render/escape.h"

#include <string.h>

/* The commands about the configuration itself. */

static enum cli_status print_text(struct str *text)
{
	const bool ok = cli_print(text);

	str_release(text);
	return ok ? CLI_DONE : CLI_USAGE;
}

static enum cli_status print_json(json_t *document)
{
	return cli_print_json(document) ? CLI_DONE : CLI_USAGE;
}

static void add_summary(struct str *out, const struct cli *cli)
{
	const struct conf *const conf = &cli->conf;
	uint64_t addresses = 0;
	size_t enabled = 0;

	for (size_t i = 0; i < conf->addresses; i++)
		addresses += prefix_count(&conf->address[i].prefix);
	for (size_t i = 0; i < conf->catalogue.lists; i++)
		enabled += conf->catalogue.list[i].is_enabled;
	str_addf(out, "%s: no problems; %llu address%s, %zu of %zu lists enabled\n", conf->path,
		 (unsigned long long)addresses, addresses == 1 ? "" : "es", enabled,
		 conf->catalogue.lists);
}

/* The lines of a text, each a string. */
static json_t *lines_json(const char *text)
{
	json_t *array = json_array();

	while (*text) {
		const size_t len = strcspn(text, "\n");
		struct str line = {0};

		escape_utf8(&line, text, len);
		json_array_append_new(array, json_string(str_text(&line)));
		str_release(&line);
		text += len + (text[len] == '\n');
	}
	return array;
}

/* The reply rules are read apart from the rest, because most commands need none; here they are a
 * part of it. A configuration that could not be read names none. */
static bool check_replies(struct cli *cli, struct conf_problems *problems, struct str *notes)
{
	const char *missing;

	if (!cli->conf.replies_paths)
		return true;
	if (!conf_replies_check(&cli->conf, cli->arena, problems, &missing))
		return false;
	if (missing)
		str_addf(notes, "there is no '%s': what receivers say stays unmatched\n", missing);
	return true;
}

/* With --json the problems are the answer, and not only for people's eyes. */
static enum cli_status check_json(struct cli *cli)
{
	struct conf_problems problems = {0};
	bool is_good = conf_load(cli_conf_path(cli), cli->arena, &cli->conf, &problems);
	struct str notes = {0};
	json_t *document = json_object();
	bool ok;

	for (size_t i = 0; i < cli->conf.notes; i++)
		str_addf(&notes, "%s\n", cli->conf.note[i]);
	is_good = check_replies(cli, &problems, &notes) && is_good;
	json_object_set_new(document, "problems", lines_json(str_text(&problems.text)));
	json_object_set_new(document, "notes", lines_json(str_text(&notes)));
	str_release(&problems.text);
	str_release(&notes);
	ok = cli_print_json(document);
	return ok && is_good ? CLI_DONE : CLI_USAGE;
}

static enum cli_status run_check(struct cli *cli)
{
	struct conf_problems problems = {0};
	struct str notes = {0};
	struct str text = {0};
	bool is_good;

	if (cli->wants_json)
		return check_json(cli);
	is_good = cli_conf(cli);
	is_good = check_replies(cli, &problems, &notes) && is_good;
	cli_print_problems(&problems);
	/* With --verbose they were printed when the file was read. */
	for (size_t i = 0; is_good && !cli->is_verbose && i < cli->conf.notes; i++)
		cli_note(cli, "%s", cli->conf.note[i]);
	if (is_good && notes.len)
		cli_note(cli, "%.*s", (int)notes.len - 1, notes.text);
	str_release(&problems.text);
	str_release(&notes);
	if (!is_good)
		return CLI_USAGE;
	add_summary(&text, cli);
	return print_text(&text);
}

/* Secrets are not shown, so they need not be readable. */
static enum cli_status run_show(struct cli *cli)
{
	struct str text = {0};

	if (!cli_conf_to_look(cli))
		return CLI_USAGE;
	if (cli->wants_json)
		return print_json(conf_show_json(&cli->conf));
	conf_show_text(&cli->conf, &text);
	return print_text(&text);
}

static enum cli_status run_options(struct cli *cli)
{
	const char *const file = cli_value(cli, "file");
	struct str text = {0};

	if (file && !conf_options_has(file)) {
		cli_error("--file is repwatch.conf, lists.conf or replies.conf, not '%s'", file);
		return CLI_USAGE;
	}
	if (cli->wants_json)
		return print_json(conf_options_json(file));
	if (cli_has(cli, "mdoc"))
		conf_options_mdoc(&text, file ? file : "repwatch.conf");
	else
		conf_options_text(&text, file);
	return print_text(&text);
}

static enum cli_status run_sample(struct cli *cli)
{
	struct str text = {0};
	json_t *document;

	conf_options_sample(&text);
	if (!cli->wants_json)
		return print_text(&text);
	document = json_object();
	json_object_set_new(document, "sample", json_string(str_text(&text)));
	str_release(&text);
	return print_json(document);
}

const struct cli_command command_config_check = {
    .name = "config check",
    .arguments = "",
    .summary = "what is wrong with the configuration",
    .about =
	"Reads the configuration with its includes, conf.d, the catalogue, the reply rules "
	"and the files of secrets, and prints everything that is wrong, each with file and line.",
    .examples = "  repwatch config check\n"
		"  repwatch config check -c /etc/repwatch/new.conf\n",
    .run = run_check,
};

const struct cli_command command_config_show = {
    .name = "config show",
    .arguments = "",
    .summary = "the configuration in force, defaults included",
    .about = "Prints every setting as it holds, from whichever file or default it comes, in a form "
	     "that can be read back. Secrets are never printed, only the names of their files.",
    .examples = "  repwatch config show\n"
		"  repwatch config show --json\n",
    .run = run_show,
};

static const struct cli_option options_option[] = {
    {"file", 0, "NAME", false, "all",
     "Only those of this file: repwatch.conf, lists.conf, replies.conf."},
    {"mdoc", 0, NULL, false, NULL,
     "The OPTIONS section of the file's manual page instead; of repwatch.conf(5) without --file."},
};

const struct cli_command command_config_options = {
    .name = "config options",
    .arguments = "",
    .summary = "every option, with bounds and default",
    .about = "Prints all options of repwatch.conf, of catalogue files and of files of reply rules: "
	     "type, "
	     "bounds, default and a sentence each.",
    .examples = "  repwatch config options\n"
		"  repwatch config options --file replies.conf\n",
    .option = options_option,
    .options = COUNT_OF(options_option),
    .run = run_options,
};

const struct cli_command command_config_sample = {
    .name = "config sample",
    .arguments = "",
    .summary = "a commented configuration to start from",
    .about = "Prints a configuration with every option at its default and examples behind '#'.",
    .examples = "  repwatch config sample >/etc/repwatch/repwatch.conf\n",
    .run = run_sample,
};
