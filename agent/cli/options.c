#include "cli/options.h"

#include "base/mem.h"
#include "base/nearest.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

/* getopt_long walks the line in parts: the global options before the command's name, those
 * between the two words of a name such as "config show", and all behind the name. It never
 * prints; what it did not like is said here, with what was likely meant. */

enum { CHOICES_MAX = 48, LONG_BASE = 256 };

struct cli_given {
	const struct cli_option *option;
	const char *value;
};

/* The options that may stand at one place, in the shape getopt_long takes. */
struct choices {
	const struct cli_option *option[CHOICES_MAX];
	struct option row[CHOICES_MAX + 1];
	size_t count;
	char letters[2 + 2 * CHOICES_MAX + 1];
};

static void choices_add(struct choices *choices, const struct cli_option *option, size_t options)
{
	for (size_t i = 0; i < options; i++) {
		const size_t n = choices->count++;
		const size_t len = strlen(choices->letters);

		if (n == CHOICES_MAX)
			bug("more than %d options at once", CHOICES_MAX);
		choices->option[n] = &option[i];
		choices->row[n] = (struct option){option[i].name,
						  option[i].value ? required_argument : no_argument,
						  NULL, LONG_BASE + (int)n};
		if (option[i].letter)
			snprintf(choices->letters + len, sizeof(choices->letters) - len, "%c%s",
				 option[i].letter, option[i].value ? ":" : "");
	}
	choices->row[choices->count] = (struct option){0};
}

/* `mode` is '+' to stop at the first argument or '-' to be handed each in its place; the colon
 * tells a missing value from an unknown option. */
static void choices_init(struct choices *choices, char mode, const struct cli_command *command)
{
	choices->count = 0;
	snprintf(choices->letters, sizeof(choices->letters), "%c:", mode);
	choices_add(choices, cli_global, cli_globals);
	if (command)
		choices_add(choices, command->option, command->options);
}

static const struct cli_option *choices_find(const struct choices *choices, int code)
{
	if (code >= LONG_BASE)
		return choices->option[code - LONG_BASE];
	for (size_t i = 0; i < choices->count; i++)
		if (code && choices->option[i]->letter == code)
			return choices->option[i];
	return NULL;
}

static bool wrong_long(const struct choices *choices, const char *word, struct err *err)
{
	const char *name[CHOICES_MAX];
	const char *nearest;
	char typed[64];
	size_t alike = 0;

	snprintf(typed, sizeof(typed), "%.*s", (int)strcspn(word + 2, "="), word + 2);
	for (size_t i = 0; i < choices->count; i++) {
		name[i] = choices->option[i]->name;
		alike += strncmp(name[i], typed, strlen(typed)) == 0;
	}
	if (alike > 1)
		return err_set(err, "option '--%s' could be more than one; write it out", typed);
	nearest = nearest_of(typed, name, choices->count);
	if (nearest)
		return err_set(err, "unknown option '--%s'; did you mean '--%s'?", typed, nearest);
	return err_set(err, "unknown option '--%s'", typed);
}

/* What getopt_long did not like; it leaves the culprit in optopt and behind optind. */
static bool wrong(const struct choices *choices, int code, char **argv, struct err *err)
{
	const struct cli_option *option = choices_find(choices, optopt);

	if (code == ':' && option)
		return err_set(err, "option '--%s' needs a value: --%s %s", option->name,
			       option->name, option->value);
	if (option)
		return err_set(err, "option '--%s' takes no value", option->name);
	if (optopt)
		return err_set(err, "unknown option '-%c'", optopt);
	return wrong_long(choices, argv[optind - 1], err);
}

static void give(struct cli *cli, const struct cli_option *option, const char *value)
{
	cli->given[cli->givens++] = (struct cli_given){option, value};
}

/* What is left of the command line; the first word is the one that was taken last. */
struct line {
	int argc;
	char **argv;
};

/* The global options in front of the next word, or of the end (`argc` 0). */
static bool parse_front(struct cli *cli, struct line *line, struct err *err)
{
	struct choices choices;
	int code;

	choices_init(&choices, '+', NULL);
	optind = 0; /* glibc and musl: begin anew */
	while ((code = getopt_long(line->argc, line->argv, choices.letters, choices.row, NULL)) !=
	       -1) {
		if (code == '?' || code == ':')
			return wrong(&choices, code, line->argv, err);
		give(cli, choices_find(&choices, code), optarg);
	}
	line->argc -= optind;
	line->argv += optind;
	return true;
}

/* All behind the command's name, options and arguments in any order. */
static bool parse_behind(struct cli *cli, const struct line *line, struct err *err)
{
	const char **argument = arena_calloc(cli->arena, (size_t)line->argc, sizeof(*argument));
	struct choices choices;
	int code;

	choices_init(&choices, '-', cli->command);
	optind = 0;
	while ((code = getopt_long(line->argc, line->argv, choices.letters, choices.row, NULL)) !=
	       -1) {
		if (code == '?' || code == ':')
			return wrong(&choices, code, line->argv, err);
		if (code == 1)
			argument[cli->arguments++] = optarg;
		else
			give(cli, choices_find(&choices, code), optarg);
	}
	while (optind < line->argc)
		argument[cli->arguments++] = line->argv[optind++];
	cli->argument = argument;
	return true;
}

static bool is_group(const char *word)
{
	const size_t len = strlen(word);

	for (size_t i = 0; i < cli_commands; i++)
		if (strncmp(cli_command[i]->name, word, len) == 0 &&
		    cli_command[i]->name[len] == ' ')
			return true;
	return false;
}

static const struct cli_command *find_command(const char *name)
{
	for (size_t i = 0; i < cli_commands; i++)
		if (strcmp(cli_command[i]->name, name) == 0)
			return cli_command[i];
	return NULL;
}

/* The nearest name, or the nearest first word of one. */
static bool wrong_command(const struct cli *cli, const char *typed, struct err *err)
{
	const char **name = arena_calloc(cli->arena, 2 * cli_commands, sizeof(*name));
	const char *nearest;

	for (size_t i = 0; i < cli_commands; i++) {
		name[i] = cli_command[i]->name;
		name[cli_commands + i] = arena_strndup(cli->arena, name[i], strcspn(name[i], " "));
	}
	nearest = nearest_of(typed, name, 2 * cli_commands);
	if (nearest)
		return err_set(err, "unknown command '%s'; did you mean '%s'?", typed, nearest);
	return err_set(err, "unknown command '%s'", typed);
}

static bool wrong_group(const char *group, struct err *err)
{
	const size_t len = strlen(group);
	struct str words = {0};

	for (size_t i = 0; i < cli_commands; i++)
		if (strncmp(cli_command[i]->name, group, len) == 0 &&
		    cli_command[i]->name[len] == ' ')
			str_addf(&words, "%s%s", words.len ? ", " : "",
				 cli_command[i]->name + len + 1);
	err_set(err, "'%s' needs one of: %s", group, str_text(&words));
	str_release(&words);
	return false;
}

/* Whether the second word goes on with the name, where the first is a command as well. */
static bool is_longer(const struct cli *cli, const struct line *line)
{
	return line->argc > 1 &&
	       find_command(arena_printf(cli->arena, "%s %s", line->argv[0], line->argv[1]));
}

/* The command's name, one word or two; none at all is left to the caller. */
static bool parse_name(struct cli *cli, struct line *line, struct parsed *parsed, struct err *err)
{
	const char *word;

	if (!parse_front(cli, line, err))
		return false;
	/* What people type first. */
	if (line->argc > 0 && strcmp(line->argv[0], "help") == 0) {
		parsed->request = REQUEST_HELP;
		if (!parse_front(cli, line, err))
			return false;
	}
	if (line->argc == 0)
		return true;
	word = line->argv[0];
	cli->command = find_command(word);
	if (is_group(word) && (!cli->command || is_longer(cli, line))) {
		parsed->group = word;
		if (!parse_front(cli, line, err))
			return false;
		if (line->argc == 0)
			return true;
		word = arena_printf(cli->arena, "%s %s", word, line->argv[0]);
		cli->command = find_command(word);
	}
	return cli->command ? true : wrong_command(cli, word, err);
}

static bool arguments_fit(const struct cli *cli, struct err *err)
{
	const struct cli_command *command = cli->command;

	if (cli->arguments < command->min_arguments)
		return err_set(err, "'%s' needs %s", command->name, command->arguments);
	if (cli->arguments > command->max_arguments)
		return err_set(err, "'%s' has no use for '%s'", command->name,
			       cli->argument[command->max_arguments]);
	return true;
}

/* Every letter of a cluster ("-qv") can be an option of its own. */
static struct cli_given *room_for_options(struct arena *arena, int argc, char **argv)
{
	size_t most = 1;

	for (int i = 0; i < argc; i++)
		most += strlen(argv[i]);
	return arena_calloc(arena, most, sizeof(struct cli_given));
}

bool options_parse(struct cli *cli, int argc, char **argv, struct parsed *parsed, struct err *err)
{
	struct line line = {argc, argv};

	*parsed = (struct parsed){REQUEST_RUN, NULL};
	cli->given = room_for_options(cli->arena, argc, argv);
	opterr = 0;
	if (!parse_name(cli, &line, parsed, err))
		return false;
	if (cli->command && !parse_behind(cli, &line, err))
		return false;
	cli->wants_json = cli_has(cli, "json");
	cli->is_quiet = cli_has(cli, "quiet");
	cli->is_verbose = cli_has(cli, "verbose");
	if (cli_has(cli, "version"))
		parsed->request = REQUEST_VERSION;
	else if (cli_has(cli, "help"))
		parsed->request = REQUEST_HELP;
	if (parsed->request != REQUEST_RUN)
		return true;
	if (cli->command)
		return arguments_fit(cli, err);
	if (parsed->group)
		return wrong_group(parsed->group, err);
	parsed->request = REQUEST_COMMANDS;
	return true;
}

/* A name that is in neither table is a mistake of ours, not a "no". */
static void must_exist(const struct cli *cli, const char *name)
{
	for (size_t i = 0; i < cli_globals; i++)
		if (strcmp(cli_global[i].name, name) == 0)
			return;
	for (size_t i = 0; cli->command && i < cli->command->options; i++)
		if (strcmp(cli->command->option[i].name, name) == 0)
			return;
	bug("there is no option '%s' to look for", name);
}

const char *const *cli_values(const struct cli *cli, const char *name, size_t *count)
{
	const char **value = arena_calloc(cli->arena, cli->givens + 1, sizeof(*value));

	must_exist(cli, name);
	*count = 0;
	for (size_t i = 0; i < cli->givens; i++)
		if (strcmp(cli->given[i].option->name, name) == 0)
			value[(*count)++] = cli->given[i].value;
	return value;
}

const char *cli_value(const struct cli *cli, const char *name)
{
	size_t count;
	const char *const *value = cli_values(cli, name, &count);

	return count ? value[count - 1] : NULL;
}

bool cli_has(const struct cli *cli, const char *name)
{
	size_t count;

	cli_values(cli, name, &count);
	return count > 0;
}
