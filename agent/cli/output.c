#include "cli/cli.h"

#include "base/mem.h"
#include "render/escape.h"
#include "render/json.h"
#include "render/json_print.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A full disk is noticed here, not by whoever reads half an answer. A reader that left early
 * (EPIPE: "| head") wanted no more and is told nothing, but the exit status tells. */
bool cli_print(const struct str *text)
{
	errno = 0;
	if (fwrite(str_text(text), 1, text->len, stdout) == text->len && fflush(stdout) == 0)
		return true;
	if (errno != EPIPE)
		cli_error("cannot write to standard output: %s", strerror(errno));
	return false;
}

bool cli_print_json(json_t *document)
{
	struct str text = {0};
	bool ok;

	json_print(&text, document);
	ok = cli_print(&text);
	str_release(&text);
	return ok;
}

bool cli_print_json_list(json_t *document, const struct json_list *list)
{
	return json_print_list(document, list, cli_print);
}

/* Sentences quote file names, arguments and servers' words: all of it is escaped. */
static void __attribute__((format(printf, 1, 0))) say(const char *format, va_list args)
{
	struct str line = {0};
	char *sentence;
	const int len = vasprintf(&sentence, format, args);

	if (len < 0)
		bug("no sentence for '%s'", format);
	str_add(&line, "repwatch: ");
	escape_terminal(&line, sentence, (size_t)len);
	str_add_char(&line, '\n');
	fputs(str_text(&line), stderr);
	free(sentence);
	str_release(&line);
}

void cli_error(const char *format, ...)
{
	va_list args;

	va_start(args, format);
	say(format, args);
	va_end(args);
}

enum cli_status cli_fail(const struct err *err)
{
	cli_error("%s", err->text);
	return CLI_USAGE;
}

void cli_note(const struct cli *cli, const char *format, ...)
{
	va_list args;

	if (cli->is_quiet)
		return;
	va_start(args, format);
	say(format, args);
	va_end(args);
}
