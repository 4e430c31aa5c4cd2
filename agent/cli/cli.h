#ifndef CLI_CLI_H
#define CLI_CLI_H

#include "base/arena.h"
#include "base/civil.h"
#include "base/err.h"
#include "base/str.h"
#include "conf/conf.h"
#include "render/text.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The command line: tables of commands and options, from which parsing, help and the manual's
 * sections are made. A command is one cmd_*.c with `const struct cli_command command_WORD`, one
 * row in commands.def, and what this header offers. */

enum cli_status {
	CLI_DONE = 0,
	CLI_FOUND = 1, /* something wrong was found; commands that judge */
	CLI_USAGE = 2, /* usage or configuration, or the answer could not be given */
	CLI_BLIND = 3, /* something could not be learned, and nothing wrong was found */
	CLI_BUG = 70,
	CLI_BUSY = 75 /* another run holds the lock */
};

struct cli_option {
	const char *name; /* without the dashes */
	char letter; /* 0: none */
	const char *value; /* what the help calls its value; NULL: a switch */
	bool repeats;
	const char *initial; /* the default, as the help shows it; NULL: none */
	const char *help; /* a sentence */
};

struct cli;

struct cli_command {
	const char *name; /* one word, or two: "config show" */
	const char *arguments; /* as the help shows them: "TARGET...", "" for none */
	const char *summary; /* half a line, lower case, no full stop */
	const char *about; /* the help's paragraphs, an empty line between them */
	const char *examples; /* command lines, each with its line end */
	const char *found; /* what exit status 1 means here; NULL: it is not used */
	bool can_be_blind, can_be_busy; /* exit status 3 and 75 are used */
	const struct cli_option *option;
	size_t options;
	size_t min_arguments, max_arguments;
	enum cli_status (*run)(struct cli *cli);
};

struct cli {
	const struct cli_command *command;
	const char *const *argument;
	size_t arguments;
	struct cli_given *given; /* options as they came; read through cli_has and cli_value */
	size_t givens;
	bool wants_json, is_quiet, is_verbose;
	struct arena *arena; /* lives as long as the process */
	struct conf conf; /* after one of the cli_conf functions */
	struct zone zone; /* likewise: the operator's */
	struct text_style style; /* zone likewise */
	int64_t now; /* when the program was started */
};

/* The commands in the order the help shows them. */
extern const struct cli_command *const cli_command[];
extern const size_t cli_commands;
/* The options every command takes. */
extern const struct cli_option cli_global[];
extern const size_t cli_globals;

/* --- what was given: `name` is a row of the command's own table or of the global one --- */
bool cli_has(const struct cli *cli, const char *name);
/* The last one given, or NULL. */
const char *cli_value(const struct cli *cli, const char *name);
/* All that were given, from the arena; each is NULL for a switch. */
const char *const *cli_values(const struct cli *cli, const char *name, size_t *count);

/* --- the configuration, read when first asked for; --state and --resolver applied --- */
/* The file --config names. False: every problem is printed, return CLI_USAGE. */
const char *cli_conf_path(const struct cli *cli);
bool cli_conf(struct cli *cli);
/* For commands that only read the state, often as another user: secrets are left alone. */
bool cli_conf_to_look(struct cli *cli);
/* For commands that work without: the file when --config was given, else the defaults and the
 * catalogue at `path` (NULL: the shipped one). */
bool cli_conf_or_catalogue(struct cli *cli, const char *path);
/* For commands that use no list either: the file when --config was given, else the defaults. */
bool cli_conf_or_defaults(struct cli *cli);

/* What is wrong with a file that was read otherwise: one problem a line on standard error. */
struct conf_problems;
void cli_print_problems(const struct conf_problems *problems);

/* --- output --- */
/* Standard output: text, or the document, which it frees. False: it could not be written,
 * which was said; return CLI_USAGE. */
bool cli_print(const struct str *text);
bool cli_print_json(json_t *document);
struct json_list;
bool cli_print_json_list(json_t *document, const struct json_list *list);
/* Standard error, one sentence behind "repwatch: ", escaped; lower case, no full stop. */
void cli_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The same for a sentence that was handed up; returns CLI_USAGE. */
enum cli_status cli_fail(const struct err *err);
/* What --quiet leaves out. */
void cli_note(const struct cli *cli, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
