/* Writes what shells complete by, from the tables of commands and options; run by the build:
 *     completions bash|zsh >FILE */
#include "cli/cli.h"
#include "cli/names.h"

#include "base/str.h"

#include <stdio.h>
#include <string.h>

/* Of "volume import": 6. */
static size_t first_word(const char *name)
{
	return strcspn(name, " ");
}

static bool is_first_of_group(size_t command)
{
	const char *const name = cli_command[command]->name;
	const size_t len = first_word(name);

	for (size_t i = 0; i < command; i++)
		if (first_word(cli_command[i]->name) == len &&
		    strncmp(cli_command[i]->name, name, len) == 0)
			return false;
	return true;
}

/* "ack list" is, though there is an "ack", too. */
static bool is_first_below(size_t command)
{
	const char *const name = cli_command[command]->name;
	const size_t len = first_word(name);

	for (size_t i = 0; i < command; i++)
		if (strncmp(cli_command[i]->name, name, len + 1) == 0)
			return false;
	return name[len] == ' ';
}

/* "auto|always|never" is what may be given; "FILE" names what is to be given. */
static bool is_words(const char *value)
{
	return strchr(value, '|') && strspn(value, "abcdefghijklmnopqrstuvwxyz-|") == strlen(value);
}

static bool is_path(const char *value)
{
	return strstr(value, "FILE") || strstr(value, "DIR");
}

/* The words of "auto|always|never", blanks between them. */
static void add_words(struct str *out, const char *value)
{
	for (; *value; value++)
		str_add_char(out, *value == '|' ? ' ' : *value);
}

/* The kinds of `config names` in "[ADDRESS|BLOCK|POOL]...", blanks between them. */
static void add_kinds(struct str *out, const char *word, size_t len)
{
	const char *before = "";

	for (size_t i = 0; i < len;) {
		const size_t kind = strspn(word + i, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");

		/* "ADDRESS[:PORT]" is of another kind: no address that sends. */
		if (kind && word[i + kind] != '[' && names_has(word + i, kind)) {
			str_addf(out, "%s%.*s", before, (int)kind, word + i);
			before = " ";
		}
		i += kind ? kind : 1;
	}
}

/* --- bash --- */

static void bash_names(struct str *out, const struct cli_option *option, size_t options)
{
	for (size_t i = 0; i < options; i++)
		str_addf(out, " --%s", option[i].name);
}

/* "<ADDRESS POOL>", or "<>" where nobody knows what can be given. */
static void bash_kinds(struct str *out, const char *value)
{
	str_add_char(out, '<');
	add_kinds(out, value, strlen(value));
	str_add_char(out, '>');
}

/* What each argument can be: a word of the array an argument, the last for all that follow. */
static void bash_arguments(struct str *out, const char *arguments)
{
	str_add(out, " kinds=(");
	while (*arguments) {
		const size_t len = strcspn(arguments, " ");

		str_add(out, "'");
		add_kinds(out, arguments, len);
		str_add(out, "' ");
		arguments += len + (arguments[len] == ' ');
	}
	str_add(out, ")");
}

/* The cases of options that take a value: "-c | --config)". */
static void bash_values(struct str *out, const char *command, const struct cli_option *option,
			size_t options)
{
	for (size_t i = 0; i < options; i++) {
		if (!option[i].value)
			continue;
		str_addf(out, "\t'%s --%s'", command, option[i].name);
		if (option[i].letter)
			str_addf(out, " | '%s -%c'", command, option[i].letter);
		str_add(out, ") value='");
		if (is_words(option[i].value))
			add_words(out, option[i].value);
		else if (is_path(option[i].value))
			str_add(out, "<path>");
		else
			bash_kinds(out, option[i].value);
		str_add(out, "' ;;\n");
	}
}

static void bash_commands(struct str *out)
{
	str_add(out, "\tcase $command in\n\t'') words='");
	for (size_t i = 0; i < cli_commands; i++)
		if (is_first_of_group(i))
			str_addf(out, " %.*s", (int)first_word(cli_command[i]->name),
				 cli_command[i]->name);
	str_add(out, "' ;;\n");
	for (size_t i = 0; i < cli_commands; i++) {
		const char *const name = cli_command[i]->name;
		const int len = (int)first_word(name);

		if (!is_first_below(i))
			continue;
		str_addf(out, "\t%.*s) words='", len, name);
		for (size_t j = i; j < cli_commands; j++)
			if (strncmp(cli_command[j]->name, name, (size_t)len + 1) == 0)
				str_addf(out, " %s", cli_command[j]->name + len + 1);
		str_add(out, "' ;;\n");
	}
	str_add(out, "\tesac\n");
}

static void bash_options(struct str *out)
{
	str_add(out, "\toptions='");
	bash_names(out, cli_global, cli_globals);
	str_add(out, "'\n\tcase $command in\n");
	for (size_t i = 0; i < cli_commands; i++) {
		const struct cli_command *const command = cli_command[i];

		str_addf(out, "\t'%s')\n\t\tis_whole=1 files=%d options+='", command->name,
			 is_path(command->arguments));
		bash_names(out, command->option, command->options);
		str_add(out, "'");
		bash_arguments(out, command->arguments);
		str_add(out, "\n\t\t;;\n");
	}
	str_add(out, "\tesac\n");
}

/* Fills COMPREPLY for the line up to the cursor. */
static const char bash_main[] =
    "# The words of these kinds that are configured or known; nothing if that fails.\n"
    "_repwatch_names() {\n"
    "\t[[ $1 ]] || return\n"
    "\tlocal IFS=$' \\t\\n'\n"
    "\tCOMPREPLY=($(compgen -W \"$(\"${line[0]}\" \"${given[@]}\" config names $1 "
    "2>/dev/null)\" -- \"$cur\"))\n"
    "}\n\n"
    "_repwatch() {\n"
    "\tlocal line given=() kinds=() whole=${COMP_LINE:0:COMP_POINT}\n"
    "\tlocal cur= command= value= words= options= word\n"
    "\tlocal -i at files=0 is_whole=0 seen=0\n"
    "\tCOMPREPLY=()\n"
    "\t# Not by COMP_WORDS, which cuts an IPv6 address at its colons.\n"
    "\tread -ra line <<<\"$whole\"\n"
    "\t[[ $whole == *[[:space:]] ]] && line+=('')\n"
    "\tcur=${line[${#line[@]} - 1]}\n"
    "\tfor ((at = 1; at < ${#line[@]} - 1; at++)); do\n"
    "\t\tword=${line[at]}\n"
    "\t\tif [[ $word == -* ]]; then\n"
    "\t\t\t_repwatch_value \"$command\" \"$word\"\n"
    "\t\t\t[[ $value ]] && ((++at < ${#line[@]} - 1)) && value=\n"
    "\t\t\tcase $word in\n"
    "\t\t\t-c | --config | --state) given+=(\"$word\" \"${line[at]}\") ;;\n"
    "\t\t\tesac\n"
    "\t\telif [[ ! $command ]]; then\n"
    "\t\t\tcommand=$word\n"
    "\t\telif [[ $command != *' '* ]] && _repwatch_sub \"$command\" \"$word\"; then\n"
    "\t\t\tcommand+=\" $word\"\n"
    "\t\telse\n"
    "\t\t\tseen+=1\n"
    "\t\tfi\n"
    "\tdone\n"
    "\t_repwatch_words\n"
    "\t# What bash puts in stands behind the last colon.\n"
    "\t[[ $cur == *:* && $COMP_WORDBREAKS == *:* ]] &&\n"
    "\t\tCOMPREPLY=(\"${COMPREPLY[@]#\"${cur%\"${cur##*:}\"}\"}\")\n"
    "}\n\n"
    "# Fills COMPREPLY; the variables are those of _repwatch.\n"
    "_repwatch_words() {\n"
    "\tcase $value in\n"
    "\t'') ;;\n"
    "\t'<path>') COMPREPLY=($(compgen -f -- \"$cur\")); return ;;\n"
    "\t'<'*) value=${value#<}; _repwatch_names \"${value%>}\"; return ;;\n"
    "\t*) COMPREPLY=($(compgen -W \"$value\" -- \"$cur\")); return ;;\n"
    "\tesac\n";

/* What is left of _repwatch_words behind its tables. */
static const char bash_choice[] =
    "\tif [[ $cur == -* ]]; then\n"
    "\t\tCOMPREPLY=($(compgen -W \"$options\" -- \"$cur\"))\n"
    "\telif ((files)); then\n"
    "\t\tCOMPREPLY=($(compgen -f -- \"$cur\"))\n"
    "\telse\n"
    "\t\tat=$((seen < ${#kinds[@]} ? seen : ${#kinds[@]} - 1))\n"
    "\t\t((at >= 0)) && _repwatch_names \"${kinds[at]}\"\n"
    "\t\t((seen)) || COMPREPLY+=($(compgen -W \"$words\" -- \"$cur\"))\n"
    "\tfi\n"
    "}\n\n"
    "# Whether the first word is a command with the second below it.\n"
    "_repwatch_sub() {\n"
    "\tcase \"$1 $2\" in\n";

static void bash_second_words(struct str *out)
{
	for (size_t i = 0; i < cli_commands; i++)
		if (cli_command[i]->name[first_word(cli_command[i]->name)])
			str_addf(out, "\t'%s') return 0 ;;\n", cli_command[i]->name);
	str_add(out, "\tesac\n"
		     "\treturn 1\n"
		     "}\n\n");
}

static void bash(struct str *out)
{
	str_add(out, "# Completion of repwatch for bash; made from its tables of commands.\n"
		     "_repwatch_value() {\n"
		     "\tvalue=\n"
		     "\tcase \"$1 $2\" in\n");
	for (size_t i = 0; i < cli_commands; i++)
		bash_values(out, cli_command[i]->name, cli_command[i]->option,
			    cli_command[i]->options);
	str_add(out, "\tesac\n"
		     "\t[[ $value ]] && return\n"
		     "\tcase \" $2\" in\n");
	bash_values(out, "", cli_global, cli_globals);
	str_add(out, "\tesac\n"
		     "}\n\n");
	str_add(out, bash_main);
	bash_commands(out);
	bash_options(out);
	str_add(out, bash_choice);
	bash_second_words(out);
	str_add(out, "complete -o filenames -F _repwatch repwatch\n");
}

/* --- zsh --- */

/* Between single quotes, where _arguments and _describe give brackets and colons a meaning. */
static void zsh_text(struct str *out, const char *text)
{
	for (; *text; text++) {
		if (*text == '\'')
			str_add(out, "'\\''");
		else if (strchr("[]:\\", *text))
			str_addf(out, "\\%c", *text);
		else
			str_add_char(out, *text);
	}
}

/* What completes an argument or value; nothing where nobody knows. */
static void zsh_names(struct str *out, const char *word, size_t len)
{
	struct str kinds = {0};

	add_kinds(&kinds, word, len);
	if (kinds.len)
		str_addf(out, "{_repwatch_names %s}", str_text(&kinds));
	str_release(&kinds);
}

/* "ADDRESS ZONE" is two arguments, "[ADDRESS]..." any number. */
static void zsh_arguments_of(struct str *out, const char *arguments)
{
	for (size_t number = 1; *arguments; number++) {
		const size_t len = strcspn(arguments, " ");
		struct str one = {0};

		str_add_bytes(&one, arguments, len);
		if (len > 3 && memcmp(arguments + len - 3, "...", 3) == 0)
			str_add(out, " \\\n\t\t\t'*:");
		else
			str_addf(out, " \\\n\t\t\t'%zu:", number);
		zsh_text(out, str_text(&one));
		str_add_char(out, ':');
		if (is_path(str_text(&one)))
			str_add(out, "_files");
		else
			zsh_names(out, arguments, len);
		str_add_char(out, '\'');
		str_release(&one);
		arguments += len + (arguments[len] == ' ');
	}
}

static void zsh_option(struct str *out, const struct cli_option *option)
{
	const char *const star = option->repeats ? "*" : "";
	const char *const equals = option->value ? "=" : "";

	str_add(out, " \\\n\t\t\t'");
	if (option->letter)
		str_addf(out, "%s'{-%c%s,--%s%s}'[", star, option->letter, option->value ? "+" : "",
			 option->name, equals);
	else
		str_addf(out, "%s--%s%s[", star, option->name, equals);
	zsh_text(out, option->help);
	str_add_char(out, ']');
	if (option->value) {
		str_add_char(out, ':');
		zsh_text(out, is_words(option->value) ? "word" : option->value);
		str_add_char(out, ':');
		if (is_words(option->value)) {
			str_add_char(out, '(');
			add_words(out, option->value);
			str_add_char(out, ')');
		} else if (is_path(option->value)) {
			str_add(out, "_files");
		} else {
			zsh_names(out, option->value, strlen(option->value));
		}
	}
	str_add_char(out, '\'');
}

static void zsh_arguments(struct str *out, const struct cli_command *command)
{
	str_addf(out, "\t'%s')\n\t\t_arguments -s", command->name);
	for (size_t i = 0; i < command->options; i++)
		zsh_option(out, &command->option[i]);
	for (size_t i = 0; i < cli_globals; i++)
		zsh_option(out, &cli_global[i]);
	zsh_arguments_of(out, command->arguments);
	str_add(out, "\n\t\t;;\n");
}

/* The second word belongs to the command if there is such a one. */
static void zsh_group(struct str *out, const char *name, size_t len)
{
	str_addf(out, "\t%.*s) ((CURRENT > 3)) && [[ ${words[3]} == (", (int)len, name);
	for (size_t i = 0, given = 0; i < cli_commands; i++)
		if (strncmp(cli_command[i]->name, name, len) == 0 &&
		    cli_command[i]->name[len] == ' ')
			str_addf(out, "%s%s", given++ ? "|" : "", cli_command[i]->name + len + 1);
	str_add(out, ") ]] && command+=\" ${words[3]}\" ;;\n");
}

static void zsh(struct str *out)
{
	str_add(out,
		"#compdef repwatch\n"
		"# Completion of repwatch for zsh; made from its tables of commands.\n"
		"# The words of these kinds that are configured or known; nothing if that fails.\n"
		"_repwatch_names() {\n"
		"\tlocal -a names given\n"
		"\tlocal -i at\n"
		"\tfor ((at = 1; at < $#words; at++)); do\n"
		"\t\t[[ ${words[at]} == (-c|--config|--state) ]] && given+=(${words[at]} "
		"${words[at + 1]})\n"
		"\tdone\n"
		"\tnames=(${(f)\"$(_call_program names ${(q)program} ${(q)given} config names $@ "
		"2>/dev/null)\"})\n"
		"\t(($#names)) && compadd -a names\n"
		"}\n\n"
		"_repwatch() {\n"
		"\tlocal -a commands\n"
		"\tlocal command=\"${words[2]}\" program=\"${words[1]}\"\n\n"
		"\tcase $command in\n");
	for (size_t i = 0; i < cli_commands; i++)
		if (is_first_below(i))
			zsh_group(out, cli_command[i]->name, first_word(cli_command[i]->name));
	str_add(out, "\tesac\n"
		     "\tif ((CURRENT == 2)) || [[ $command != *' '* && $CURRENT == 3 ]]; then\n"
		     "\t\tcommands=(");
	for (size_t i = 0; i < cli_commands; i++) {
		str_addf(out, "\n\t\t\t'%s:", cli_command[i]->name);
		zsh_text(out, cli_command[i]->summary);
		str_add_char(out, '\'');
	}
	str_add(out, "\n\t\t)\n"
		     "\t\tif ((CURRENT == 3)); then\n"
		     "\t\t\tcommands=(${${(M)commands:#$command *}#$command })\n"
		     "\t\telse\n"
		     "\t\t\tcommands=(${(u)commands/(#b)([a-z]#) [a-z]#:*/$match[1]})\n"
		     "\t\tfi\n"
		     "\t\t(($#commands)) && _describe command commands\n"
		     "\t\t((CURRENT == 2)) && return\n"
		     "\tfi\n"
		     "\t# Each command counts its arguments from its own last word on.\n"
		     "\tlocal -a parts=(${(s: :)command})\n"
		     "\tshift $#parts words\n"
		     "\t((CURRENT -= $#parts))\n"
		     "\tcase $command in\n");
	for (size_t i = 0; i < cli_commands; i++)
		zsh_arguments(out, cli_command[i]);
	str_add(out, "\tesac\n"
		     "}\n\n"
		     "setopt localoptions extendedglob\n"
		     "_repwatch \"$@\"\n");
}

int main(int argc, char **argv)
{
	struct str out = {0};
	bool ok;

	if (argc == 2 && strcmp(argv[1], "bash") == 0)
		bash(&out);
	else if (argc == 2 && strcmp(argv[1], "zsh") == 0)
		zsh(&out);
	ok = out.len && fwrite(out.text, 1, out.len, stdout) == out.len && fflush(stdout) == 0;
	str_release(&out);
	return ok ? 0 : CLI_USAGE;
}
