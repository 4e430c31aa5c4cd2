#include "conf/replies.h"

#include "base/map.h"
#include "base/mem.h"
#include "base/nearest.h"
#include "conf/option.h"
#include "conf/problems.h"
#include "conf/reader.h"
#include "conf/source.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static const char shipped_replies[] = PKGSYSCONFDIR "/replies.conf";

/* One file as read. */
struct replies_file {
	struct reply_rule *rule;
	size_t rules;
	struct receiver_rule *receiver;
	size_t receivers;
};

/* All files put together. */
struct merged {
	struct reader *reader;
	struct map *by_name; /* receiver */
	struct receiver_rule *receiver;
	size_t receivers;
	struct reply_rule *rule;
	size_t rules;
	bool is_whole; /* every file could be read */
};

#define YEAR (366 * 86400.0 * 1000)

static const struct option rows[] = {
    {"receivers", OPTION_GROUPS, LIST_AT(replies_file, receiver, receivers),
     .text = "Who receives mail, told by the host that takes it."},
    {"receivers[].name", OPTION_NAME, .is_required = true, AT(receiver_rule, name),
     .text = "What the receiver is called."},
    {"receivers[].mx", OPTION_TEXT, .is_list = true, .is_required = true,
     LIST_AT(receiver_rule, mx, mxs), .max = 253,
     .text = "Names of its hosts: mx.example is that host and those below it, .mx.example only "
	     "those below; the longest that fits counts."},
    {"receivers[].removal", OPTION_TEXT, AT(receiver_rule, way.words), .max = 512,
     .text = "How its block of an address is ended, in words."},
    {"receivers[].removal_by", OPTION_ENUM, AT(receiver_rule, way.by), .words = removal_by_words,
     .initial = "unknown", .text = "The same for programs."},
    {"receivers[].removal_url", OPTION_URL, AT(receiver_rule, way.url),
     .text = "Page to ask on; {address} is filled in."},
    {"receivers[].removal_mail", OPTION_TEXT, AT(receiver_rule, way.mail), .max = 254,
     .text = "Mailbox to write to."},
    {"receivers[].removal_takes", OPTION_DURATION, AT(receiver_rule, way.takes_ms), .min = 0,
     .max = YEAR, .initial = "0", .text = "How long it may take; 0 where nobody knows."},
    {"receivers[].expires", OPTION_DURATION, AT(receiver_rule, way.expires_ms), .min = 0,
     .max = YEAR, .initial = "0",
     .text = "How long until it ends by itself; 0 where nobody knows."},
    {"receivers[].language", OPTION_ENUM, AT(receiver_rule, way.language),
     .words = removal_language_words, .initial = "en", .text = "Language to write in."},

    {"rules", OPTION_GROUPS, LIST_AT(replies_file, rule, rules),
     .text = "What replies mean. The first that matches decides; rules of the receiver come "
	     "before those for all."},
    {"rules[].name", OPTION_NAME, .is_required = true, AT(reply_rule, name),
     .text = "What the rule is called; each name once."},
    {"rules[].receiver", OPTION_TEXT, AT(reply_rule, receiver), .max = 63,
     .text = "Receiver it holds for; without it for all."},
    {"rules[].codes", OPTION_TEXT, AT(reply_rule, codes), .max = 512,
     .text = "Codes it holds for: 550, 5* (all that start so), 5.7.26, 5.7.*, 5.7.606-649, or an "
	     "SMTP code and a status; several with commas. Without it for all."},
    {"rules[].pattern", OPTION_TEXT, AT(reply_rule, pattern), .max = 2048,
     .text = "Perl-compatible regular expression; letters' case is ignored. Without it for all "
	     "texts."},
    {"rules[].cause", OPTION_ENUM, .is_required = true, AT(reply_rule, cause),
     .words = reply_cause_words, .text = "What the reply blames."},
    {"rules[].scope", OPTION_ENUM, AT(reply_rule, scope), .words = reply_scope_words,
     .initial = "unknown", .text = "Whose quota or fault it is."},
    {"rules[].note", OPTION_TEXT, AT(reply_rule, note), .max = 512, .text = "What to do about it."},
};

const struct option_table options_replies = {"replies.conf", rows, COUNT_OF(rows)};

static struct replies_file *read_files(struct merged *merged, const char *const *path, size_t paths)
{
	struct reader *const reader = merged->reader;
	struct replies_file *file = arena_calloc(reader->scratch, paths + 1, sizeof(*file));

	/* What a reply means decides neither whom to tell nor where to write. */
	reader->trusts_owners = true;
	merged->is_whole = true;
	for (size_t i = 0; i < paths; i++) {
		struct source *source =
		    source_read(reader, path[i], (struct where){.file = path[i]});

		merged->is_whole = merged->is_whole && source && !reader->is_cut;
		reader_fill(reader, &options_replies, &source, 1, &file[i]);
		source_free(source);
	}
	return file;
}

static void check_hosts(struct reader *reader, const struct receiver_rule *receiver)
{
	static const char host_bytes[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
					 "0123456789-_.";

	for (size_t i = 0; i < receiver->mxs; i++)
		if (!strchr(receiver->mx[i], '.') ||
		    strspn(receiver->mx[i], host_bytes) != strlen(receiver->mx[i]))
			problems_add(&reader->problems, reader_where(reader, &receiver->mx[i]),
				     "%s is no host name with a dot in it",
				     quote(reader->scratch, receiver->mx[i]));
}

static void join_hosts(struct merged *merged, struct receiver_rule *into,
		       const struct receiver_rule *more)
{
	const char **mx =
	    arena_calloc(merged->reader->arena, into->mxs + more->mxs + 1, sizeof(*mx));

	for (size_t i = 0; i < into->mxs; i++)
		mx[i] = into->mx[i];
	for (size_t i = 0; i < more->mxs; i++)
		mx[into->mxs + i] = more->mx[i];
	into->mx = mx;
	into->mxs += more->mxs;
}

/* Whether a file says anything about ending its block. */
static bool has_way(const struct removal_way *way)
{
	return way->by || *way->url || *way->mail || *way->words || way->language;
}

static void merge_receiver(struct merged *merged, const struct receiver_rule *receiver)
{
	struct receiver_rule *known =
	    *receiver->name ? map_get(merged->by_name, receiver->name) : NULL;

	check_hosts(merged->reader, receiver);
	if (!*receiver->name)
		return;
	if (known) {
		join_hosts(merged, known, receiver);
		if (!has_way(&known->way))
			known->way = receiver->way;
		return;
	}
	known = &merged->receiver[merged->receivers++];
	*known = *receiver;
	map_put(merged->by_name, receiver->name, known);
}

static void check_receiver(struct merged *merged, const struct reply_rule *rule)
{
	struct reader *const reader = merged->reader;
	const char **known;
	const char *meant;

	if (!*rule->receiver || !merged->is_whole || map_get(merged->by_name, rule->receiver))
		return;
	known = arena_calloc(reader->scratch, merged->receivers + 1, sizeof(*known));
	for (size_t i = 0; i < merged->receivers; i++)
		known[i] = merged->receiver[i].name;
	meant = nearest_of(rule->receiver, known, merged->receivers);
	problems_add(&reader->problems, reader_where(reader, &rule->receiver),
		     "no receiver has the name %s%s%s%s", quote(reader->scratch, rule->receiver),
		     meant ? "; did you mean '" : "", meant ? meant : "", meant ? "'?" : "");
}

static void check_rule(struct merged *merged, struct map *seen, struct reply_rule *rule)
{
	struct reader *const reader = merged->reader;
	const struct where where = reader_where(reader, &rule->name);
	const struct reply_rule *first = *rule->name ? map_get(seen, rule->name) : NULL;

	if (first)
		problems_add(&reader->problems, where, "rule %s is given twice, first at %s:%u",
			     quote(reader->scratch, rule->name),
			     reader_where(reader, &first->name).file,
			     reader_where(reader, &first->name).line);
	else if (*rule->name)
		map_put(seen, rule->name, rule);
	check_receiver(merged, rule);
	if (!*rule->codes && !*rule->pattern)
		problems_add(
		    &reader->problems, where,
		    "rule %s has neither 'codes' nor 'pattern': it would match every reply",
		    quote(reader->scratch, rule->name));
}

/* What is wrong with the codes and patterns themselves. The rules that are used find out alone
 * that something is, which takes half as long; this says what and where. */
static void check_patterns(struct reader *reader, const struct replies_file *file)
{
	struct err err;

	for (size_t i = 0; i < file->rules; i++) {
		const struct reply_rule *const rule = &file->rule[i];

		if (!reply_rule_check(rule, &err))
			problems_add(
			    &reader->problems,
			    reader_where(reader, *rule->pattern ? &rule->pattern : &rule->codes),
			    "rule %s %s", quote(reader->scratch, rule->name), err.text);
	}
}

static void merge(struct merged *merged, const struct replies_file *file, size_t files)
{
	struct reader *const reader = merged->reader;
	struct map *seen = map_new();
	size_t receivers = 0;
	size_t rules = 0;

	for (size_t i = 0; i < files; i++) {
		receivers += file[i].receivers;
		rules += file[i].rules;
	}
	merged->receiver = arena_calloc(reader->arena, receivers + 1, sizeof(*merged->receiver));
	merged->rule = arena_calloc(reader->arena, rules + 1, sizeof(*merged->rule));
	merged->by_name = map_new();
	for (size_t i = 0; i < files; i++)
		for (size_t j = 0; j < file[i].receivers; j++)
			merge_receiver(merged, &file[i].receiver[j]);
	for (size_t i = 0; i < files; i++)
		for (size_t j = 0; j < file[i].rules; j++) {
			check_rule(merged, seen, &file[i].rule[j]);
			merged->rule[merged->rules++] = file[i].rule[j];
		}
	map_free(seen);
	map_free(merged->by_name);
}

static void hand_over(struct reader *reader, struct conf_problems *problems)
{
	problems_sort(&reader->problems);
	for (size_t i = 0; i < reader->problems.count; i++) {
		str_add(&problems->text, problems_line(&reader->problems, i, reader->scratch));
		str_add_char(&problems->text, '\n');
	}
	problems->count += reader->problems.count;
}

static struct replies *load(const char *const *path, size_t paths, struct arena *arena,
			    struct conf_problems *problems)
{
	struct reader reader;
	struct merged merged = {.reader = &reader};
	struct replies *replies = NULL;
	struct replies_file *file;
	struct err err;

	reader_init(&reader, arena);
	file = read_files(&merged, path, paths);
	merge(&merged, file, paths);
	if (reader.problems.count == 0)
		replies =
		    replies_new(merged.rule, merged.rules, merged.receiver, merged.receivers, &err);
	for (size_t i = 0; !replies && i < paths; i++)
		check_patterns(&reader, &file[i]);
	if (!replies && reader.problems.count == 0)
		problems_add(&reader.problems, (struct where){.file = path[0]}, "%s", err.text);
	hand_over(&reader, problems);
	reader_release(&reader);
	return replies;
}

/* A file that nobody named and that is not there. */
static bool is_left_out(const struct conf *conf)
{
	return !conf->are_replies_given && conf->replies_paths == 1 &&
	       access(conf->replies_path[0], F_OK) != 0 && errno == ENOENT;
}

bool conf_receivers(const struct conf *conf, struct arena *arena, struct receivers *out,
		    struct conf_problems *problems)
{
	struct reader reader;
	struct merged merged = {.reader = &reader};
	bool ok;

	*out = (struct receivers){.count = 0};
	if (is_left_out(conf))
		return true;
	reader_init(&reader, arena);
	merge(&merged, read_files(&merged, conf->replies_path, conf->replies_paths),
	      conf->replies_paths);
	*out = (struct receivers){merged.receiver, merged.receivers};
	ok = reader.problems.count == 0;
	hand_over(&reader, problems);
	reader_release(&reader);
	return ok;
}

struct replies *conf_replies(const struct conf *conf, struct arena *arena,
			     struct conf_problems *problems)
{
	return load(conf->replies_path, conf->replies_paths, arena, problems);
}

bool conf_replies_check(const struct conf *conf, struct arena *arena,
			struct conf_problems *problems, const char **missing)
{
	struct replies *replies;

	*missing = NULL;
	if (is_left_out(conf)) {
		*missing = conf->replies_path[0];
		return true;
	}
	replies = conf_replies(conf, arena, problems);
	replies_free(replies);
	return replies != NULL;
}

struct replies *conf_replies_file(const char *path, struct arena *arena,
				  struct conf_problems *problems)
{
	const char *const file = arena_strdup(arena, path ? path : shipped_replies);

	return load(&file, 1, arena, problems);
}
