#include "cli/cli.h"

#include "base/mem.h"
#include "conf/load.h"
#include "conf/replies.h"
#include "model/delivery.h"
#include "render/escape.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	PRINT_BYTES = 1 << 16, /* are collected before they are written */
	HOST_MAX_BYTES = 255, /* RFC 1035 section 2.3.4 */
};

/* One line of input and what it means. */
struct classified {
	const char *receiver;
	struct slice mx, reply;
	struct reply_verdict verdict;
};

static struct replies *load(struct cli *cli, struct conf_problems *problems)
{
	const char *file = cli_value(cli, "replies");

	if (file || (!cli_has(cli, "config") && access(cli_conf_path(cli), R_OK) != 0))
		return conf_replies_file(file, cli->arena, problems);
	return cli_conf_to_look(cli) ? conf_replies(&cli->conf, cli->arena, problems) : NULL;
}

/* "mx.example TAB reply"; a host has no blanks. */
static void split(struct slice line, struct classified *out)
{
	const char *tab = line.len ? memchr(line.at, '\t', line.len) : NULL;
	const size_t len = tab ? (size_t)(tab - line.at) : 0;

	out->mx = slice_of(line.at, 0);
	out->reply = line;
	if (len == 0 || len > HOST_MAX_BYTES || memchr(line.at, ' ', len) ||
	    (!memchr(line.at, '.', len) && !memchr(line.at, ':', len)))
		return;
	out->mx = slice_of(line.at, len);
	out->reply = slice_from(line, len + 1);
}

static void classify(struct replies *replies, struct slice line, struct classified *out)
{
	split(line, out);
	out->receiver = replies_receiver(replies, out->mx);
	out->verdict = replies_classify(replies, out->receiver, slice_of("", 0), out->reply);
}

static void add_line(struct str *out, const struct classified *line)
{
	const struct reply_verdict *const verdict = &line->verdict;

	str_addf(out, "%s\t%s\t%s\t", reply_cause_name(verdict->cause),
		 reply_scope_name(verdict->scope), verdict->rule ? verdict->rule->name : "-");
	escape_terminal(out, line->reply.at, line->reply.len);
	str_add_char(out, '\n');
}

static void set_bytes(json_t *object, const char *name, struct slice bytes)
{
	struct str text = {0};

	escape_utf8(&text, bytes.at, bytes.len);
	if (text.len)
		json_object_set_new(object, name, json_string(str_text(&text)));
	str_release(&text);
}

/* One element; the document is written as it grows, since a log may be long. */
static void add_json(struct str *out, const struct classified *line, bool is_first)
{
	const struct reply_verdict *const verdict = &line->verdict;
	json_t *object = json_object();
	char *text;

	json_object_set_new(object, "cause", json_string(reply_cause_name(verdict->cause)));
	json_object_set_new(object, "scope", json_string(reply_scope_name(verdict->scope)));
	if (verdict->rule)
		json_object_set_new(object, "rule", json_string(verdict->rule->name));
	set_bytes(object, "mx", line->mx);
	json_object_set_new(object, "receiver", json_string(line->receiver));
	set_bytes(object, "text", line->reply);
	if (verdict->rule && *verdict->rule->note)
		json_object_set_new(object, "note", json_string(verdict->rule->note));
	text = json_dumps(object, JSON_COMPACT);
	if (!text)
		bug("a reply that is no JSON");
	str_addf(out, "%s%s", is_first ? "" : ",\n", text);
	free(text);
	json_decref(object);
}

static bool flush(struct str *out)
{
	const bool ok = cli_print(out);

	str_clear(out);
	return ok;
}

/* False: input or output failed, which was said. */
static bool classify_input(struct cli *cli, struct replies *replies, struct str *out)
{
	const size_t enough = isatty(STDIN_FILENO) ? 1 : PRINT_BYTES;
	struct classified line;
	char *text = NULL;
	size_t room = 0;
	bool is_first = true;
	bool ok = true;
	ssize_t len;

	while (ok && (len = getline(&text, &room, stdin)) >= 0) {
		len -= len > 0 && text[len - 1] == '\n';
		len -= len > 0 && text[len - 1] == '\r';
		classify(replies, slice_of(text, (size_t)len), &line);
		if (cli->wants_json)
			add_json(out, &line, is_first);
		else
			add_line(out, &line);
		is_first = false;
		if (out->len >= enough)
			ok = flush(out);
	}
	if (ok && ferror(stdin)) {
		cli_error("cannot read standard input: %s", strerror(errno));
		ok = false;
	}
	free(text);
	return ok;
}

static enum cli_status run(struct cli *cli)
{
	struct conf_problems problems = {0};
	struct replies *replies = load(cli, &problems);
	struct str out = {0};
	bool ok = false;

	cli_print_problems(&problems);
	str_release(&problems.text);
	if (!replies)
		return CLI_USAGE;
	if (cli->wants_json)
		str_add(&out, "{\"replies\":[");
	if (classify_input(cli, replies, &out)) {
		if (cli->wants_json)
			str_add(&out, "]}\n");
		ok = flush(&out);
	}
	str_release(&out);
	replies_free(replies);
	return ok ? CLI_DONE : CLI_USAGE;
}

static const struct cli_option option[] = {
    {"replies", 0, "FILE", false, NULL, "Rules to use instead of those of the configuration."},
};

const struct cli_command command_classify = {
    .name = "classify",
    .arguments = "",
    .summary = "what receivers' replies mean",
    .about =
	"Reads the texts of SMTP replies from standard input, one a line, as a log or a bounce "
	"has them, and prints for each its cause, whose fault or quota it is, the rule that told "
	"and the text, with tabs between them. Where the host that replied stands before the "
	"text, with a tab behind it, the rules of its operator are used as well.\n\n"
	"Works without a configuration: then it uses the installed rules.",
    .examples = "  repwatch classify <replies.txt\n"
		"  repwatch classify --json --replies my-rules.conf <replies.txt\n",
    .option = option,
    .options = COUNT_OF(option),
    .run = run,
};
