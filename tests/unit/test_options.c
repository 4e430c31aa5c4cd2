#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/mem.h"
#include "cli/help.h"
#include "cli/options.h"

#include <stdlib.h>
#include <string.h>

static enum cli_status run(struct cli *cli)
{
	(void)cli;
	return CLI_DONE;
}

static const struct cli_option ask_option[] = {
    {"list", 'l', "ZONE", true, NULL, "Only this."},
    {"helo", 0, "NAME", false, NULL, "The name."},
    {"no-lists", 0, NULL, false, NULL, "None."},
};
static const struct cli_command ask = {
    .name = "ask",
    .arguments = "TARGET...",
    .summary = "asks",
    .about = "Asks.",
    .examples = "  repwatch ask x\n",
    .found = "Found.",
    .option = ask_option,
    .options = COUNT_OF(ask_option),
    .min_arguments = 1,
    .max_arguments = 3,
    .run = run,
};
static const struct cli_command plain = {
    .name = "run",
    .arguments = "",
    .summary = "runs",
    .about = "Runs.",
    .examples = "",
    .run = run,
};
static const struct cli_command conf_show = {
    .name = "conf show",
    .arguments = "",
    .summary = "shows",
    .about = "",
    .examples = "",
    .run = run,
};
static const struct cli_command conf_check = {
    .name = "conf check",
    .arguments = "[FILE]",
    .summary = "checks",
    .about = "",
    .examples = "",
    .max_arguments = 1,
    .run = run,
};

/* These stand in for the program's own. */
const struct cli_command *const cli_command[] = {&ask, &plain, &conf_show, &conf_check};
const size_t cli_commands = COUNT_OF(cli_command);

enum { WORDS_MAX = 12 };

static bool parse(struct cli *cli, const char *const *word, struct parsed *parsed, struct err *err)
{
	static char program[] = "repwatch";
	char *argv[WORDS_MAX + 2] = {program};
	int argc = 1;

	*cli = (struct cli){.arena = arena_new()};
	for (; word[argc - 1]; argc++)
		argv[argc] = arena_strdup(cli->arena, word[argc - 1]);
	return options_parse(cli, argc, argv, parsed, err);
}

/* All that was given, in one line: "ask: a b | list=x json". */
static const char *told(const struct cli *cli)
{
	static const char *const name[] = {"config", "state", "resolver", "json",
					   "color",  "quiet", "verbose"};
	static const char *const own[] = {"list", "helo", "no-lists"};
	const char *line = arena_printf(cli->arena, "%s:", cli->command->name);

	for (size_t i = 0; i < cli->arguments; i++)
		line = arena_printf(cli->arena, "%s %s", line, cli->argument[i]);
	for (size_t i = 0; i < COUNT_OF(name) + COUNT_OF(own); i++) {
		const char *option = i < COUNT_OF(name) ? name[i] : own[i - COUNT_OF(name)];
		const char *const *value;
		size_t count;

		if (i >= COUNT_OF(name) && cli->command != &ask)
			break;
		value = cli_values(cli, option, &count);
		for (size_t j = 0; j < count; j++)
			line = arena_printf(cli->arena, "%s %s%s%s", line, option,
					    value[j] ? "=" : "!", value[j] ? value[j] : "");
	}
	return line;
}

static const struct {
	const char *word[WORDS_MAX];
	const char *told;
} good[] = {
    {{"run"}, "run:"},
    {{"ask", "a"}, "ask: a"},
    {{"ask", "a", "b", "c"}, "ask: a b c"},
    {{"--json", "run"}, "run: json!"},
    {{"run", "--json"}, "run: json!"},
    {{"-qv", "run", "-q"}, "run: quiet! quiet! verbose!"},
    {{"-c", "f", "run"}, "run: config=f"},
    {{"--config=f", "run", "--config", "g"}, "run: config=f config=g"},
    {{"--resolver", "a", "run", "--resolver=b"}, "run: resolver=a resolver=b"},
    {{"--resolver", "run", "run"}, "run: resolver=run"},
    {{"ask", "a", "--list", "x", "b", "-ly"}, "ask: a b list=x list=y"},
    {{"ask", "--no-lists", "a", "--state=s"}, "ask: a state=s no-lists!"},
    {{"ask", "--", "--list"}, "ask: --list"},
    {{"ask", "a", "--", "-v", "--"}, "ask: a -v --"},
    {{"ask", "-"}, "ask: -"},
    {{"ask", ""}, "ask: "},
    {{"ask", "--stat=s", "a"}, "ask: a state=s"},
    {{"conf", "show"}, "conf show:"},
    {{"conf", "--json", "show", "-v"}, "conf show: json! verbose!"},
    {{"conf", "check", "f"}, "conf check: f"},
    {{"--", "run"}, "run:"},
};

static void takes_options_before_and_behind(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(good); i++) {
		struct parsed parsed;
		struct err err;
		struct cli cli;

		if (!parse(&cli, good[i].word, &parsed, &err))
			fail_msg("row %zu: %s", i, err.text);
		assert_int_equal(parsed.request, REQUEST_RUN);
		assert_string_equal(told(&cli), good[i].told);
		arena_free(cli.arena);
	}
}

static const struct {
	const char *word[WORDS_MAX];
	const char *err;
} bad[] = {
    {{"rnu"}, "unknown command 'rnu'; did you mean 'run'?"},
    {{"frobnicate"}, "unknown command 'frobnicate'"},
    {{""}, "unknown command ''"},
    {{"conf"}, "'conf' needs one of: show, check"},
    {{"cnof", "show"}, "unknown command 'cnof'; did you mean 'conf'?"},
    {{"conf", "sohw"}, "unknown command 'conf sohw'; did you mean 'conf show'?"},
    {{"--jsn", "run"}, "unknown option '--jsn'; did you mean '--json'?"},
    {{"run", "--jsn=7"}, "unknown option '--jsn'; did you mean '--json'?"},
    {{"run", "--zzzzzz"}, "unknown option '--zzzzzz'"},
    {{"run", "-x"}, "unknown option '-x'"},
    {{"run", "-qx"}, "unknown option '-x'"},
    {{"run", "--list", "x"}, "unknown option '--list'"},
    {{"--list", "x", "ask", "a"}, "unknown option '--list'"},
    {{"run", "--ver"}, "option '--ver' could be more than one; write it out"},
    {{"run", "--json=1"}, "option '--json' takes no value"},
    {{"run", "--config"}, "option '--config' needs a value: --config FILE"},
    {{"run", "-c"}, "option '--config' needs a value: --config FILE"},
    {{"run", "a"}, "'run' has no use for 'a'"},
    {{"ask"}, "'ask' needs TARGET..."},
    {{"ask", "a", "b", "c", "d"}, "'ask' has no use for 'd'"},
    {{"conf", "check", "f", "g"}, "'conf check' has no use for 'g'"},
};

static void says_what_is_wrong(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(bad); i++) {
		struct parsed parsed;
		struct err err;
		struct cli cli;

		if (parse(&cli, bad[i].word, &parsed, &err))
			fail_msg("row %zu was taken", i);
		assert_string_equal(err.text, bad[i].err);
		arena_free(cli.arena);
	}
}

static const struct {
	const char *word[WORDS_MAX];
	enum request request;
	const struct cli_command *command;
	const char *group;
} asking[] = {
    {{NULL}, REQUEST_COMMANDS, NULL, NULL},
    {{"--json"}, REQUEST_COMMANDS, NULL, NULL},
    {{"--help"}, REQUEST_HELP, NULL, NULL},
    {{"help"}, REQUEST_HELP, NULL, NULL},
    {{"help", "ask"}, REQUEST_HELP, &ask, NULL},
    {{"ask", "-h"}, REQUEST_HELP, &ask, NULL},
    {{"ask", "--help", "a", "b", "c", "d"}, REQUEST_HELP, &ask, NULL},
    {{"--help", "ask"}, REQUEST_HELP, &ask, NULL},
    {{"help", "conf"}, REQUEST_HELP, NULL, "conf"},
    {{"conf", "--help"}, REQUEST_HELP, NULL, "conf"},
    {{"conf", "show", "--help"}, REQUEST_HELP, &conf_show, "conf"},
    {{"-V"}, REQUEST_VERSION, NULL, NULL},
    {{"ask", "--version"}, REQUEST_VERSION, &ask, NULL},
};

static void help_and_version_need_nothing_else(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(asking); i++) {
		struct parsed parsed;
		struct err err;
		struct cli cli;

		if (!parse(&cli, asking[i].word, &parsed, &err))
			fail_msg("row %zu: %s", i, err.text);
		assert_int_equal(parsed.request, asking[i].request);
		assert_ptr_equal(cli.command, asking[i].command);
		if (asking[i].group)
			assert_string_equal(parsed.group, asking[i].group);
		else
			assert_null(parsed.group);
		arena_free(cli.arena);
	}
}

/* Arguments in any order, whatever the environment says. */
static void posixly_correct_changes_nothing(void **state)
{
	const char *const word[] = {"ask", "a", "--list", "x", "b", NULL};
	struct parsed parsed;
	struct err err;
	struct cli cli;

	(void)state;
	setenv("POSIXLY_CORRECT", "1", 1);
	assert_true(parse(&cli, word, &parsed, &err));
	assert_string_equal(told(&cli), "ask: a b list=x");
	unsetenv("POSIXLY_CORRECT");
	arena_free(cli.arena);
}

/* No name or letter means two things at one place. */
static void names_are_distinct(void **state)
{
	(void)state;
	for (size_t i = 0; i < cli_globals; i++)
		for (size_t j = i + 1; j < cli_globals; j++) {
			assert_string_not_equal(cli_global[i].name, cli_global[j].name);
			assert_true(!cli_global[i].letter ||
				    cli_global[i].letter != cli_global[j].letter);
		}
}

static void help_names_every_option_and_status(void **state)
{
	const struct layout layout = {false, 0};
	struct str out = {0};

	(void)state;
	help_command(&out, &layout, &ask);
	for (size_t i = 0; i < COUNT_OF(ask_option); i++)
		assert_non_null(strstr(out.text, ask_option[i].help));
	for (size_t i = 0; i < cli_globals; i++)
		assert_non_null(strstr(out.text, cli_global[i].name));
	assert_non_null(strstr(out.text, "Usage: repwatch ask [OPTION]... TARGET...\n"));
	assert_non_null(strstr(out.text, "   1  Found.\n"));
	assert_null(strstr(out.text, "   3  "));
	assert_null(strstr(out.text, "  75  "));
	str_clear(&out);
	help_commands(&out, "conf");
	assert_string_equal(out.text, "  conf show        shows\n"
				      "  conf check       checks\n");
	str_release(&out);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(takes_options_before_and_behind),
	    cmocka_unit_test(says_what_is_wrong),
	    cmocka_unit_test(help_and_version_need_nothing_else),
	    cmocka_unit_test(posixly_correct_changes_nothing),
	    cmocka_unit_test(names_are_distinct),
	    cmocka_unit_test(help_names_every_option_and_status),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
