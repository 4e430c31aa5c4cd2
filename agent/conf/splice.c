#include "conf/splice.h"

#include "base/err.h"
#include "conf/slurp.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
	TEXT_MAX_BYTES = 2 * SLURP_MAX_BYTES, /* with all includes */
	FILES_MAX = 1000,
	INCLUDE_DEPTH_MAX = 10 /* libconfig's own limit */
};

/* A file on the way down to the one that is being read. */
struct layer {
	const struct layer *above;
	const char *path;
	struct file_id id;
	size_t depth;
};

/* The scan of one file. */
struct scan {
	struct reader *reader;
	struct spliced *out;
	const struct layer *layer;
	const char *text;
	size_t len, at;
	struct where here;
};

void spliced_release(struct spliced *spliced)
{
	str_release(&spliced->text);
	free(spliced->segment);
}

struct where spliced_where(const struct spliced *spliced, unsigned line)
{
	size_t low = 0;
	size_t high = spliced->segments;
	struct where where;

	while (high - low > 1) {
		const size_t middle = (low + high) / 2;

		if (spliced->segment[middle].first <= line)
			low = middle;
		else
			high = middle;
	}
	where = spliced->segment[low].where;
	where.line += line - spliced->segment[low].first;
	return where;
}

static void begin_segment(struct spliced *out, struct where where)
{
	out->segment = array_grow(out->segment, out->segments, sizeof(*out->segment));
	out->segment[out->segments++] = (struct segment){out->line, where};
}

static void copy(struct scan *scan, size_t end)
{
	for (size_t i = scan->at; i < end; i++)
		if (scan->text[i] == '\n') {
			scan->here.line++;
			scan->out->line++;
		}
	str_add_bytes(&scan->out->text, scan->text + scan->at, end - scan->at);
	scan->at = end;
}

static bool looking_at(const struct scan *scan, const char *word)
{
	const size_t len = strlen(word);

	return scan->len - scan->at >= len && memcmp(scan->text + scan->at, word, len) == 0;
}

static size_t find(const struct scan *scan, size_t from, const char *what)
{
	const char *found = from < scan->len
				? memmem(scan->text + from, scan->len - from, what, strlen(what))
				: NULL;

	return found ? (size_t)(found - scan->text) : scan->len;
}

static void block_comment(struct scan *scan)
{
	const size_t end = find(scan, scan->at + 2, "*/");

	if (end == scan->len)
		problems_add(&scan->reader->problems, scan->here,
			     "the comment that starts here has no end; close it with '*/'");
	copy(scan, end < scan->len ? end + 2 : end);
}

/* Behind the closing quote, or the end. */
static size_t string_end(const struct scan *scan, size_t at)
{
	for (; at < scan->len && scan->text[at] != '"'; at++)
		if (scan->text[at] == '\\')
			at++;
	return at < scan->len ? at + 1 : scan->len + 1;
}

static void string(struct scan *scan)
{
	const size_t end = string_end(scan, scan->at + 1);
	const unsigned line = scan->out->line;

	if (end > scan->len)
		problems_add(&scan->reader->problems, scan->here,
			     "the string that starts here has no end; a '\"' is missing");
	copy(scan, end < scan->len ? end : scan->len);
	if (scan->out->line != line && !scan->out->open_string)
		scan->out->open_string = line;
}

static bool is_name(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
	       c == '_' || c == '-' || c == '*' || c == '.' || c == '+';
}

/* libconfig 1.5 cuts whole numbers to 32 bits without a word. */
static void number(struct scan *scan, size_t end)
{
	char text[32];
	char *rest;
	long long value;

	if (end - scan->at >= sizeof(text)) {
		problems_add(&scan->reader->problems, scan->here,
			     "a number is longer than %zu characters", sizeof(text) - 1);
		return;
	}
	memcpy(text, scan->text + scan->at, end - scan->at);
	text[end - scan->at] = '\0';
	errno = 0;
	value = strtoll(text, &rest, text[0] == '0' && (text[1] | 0x20) == 'x' ? 16 : 10);
	if (*rest == '.' || *rest == 'e' || *rest == 'E')
		return;
	if (errno || (*rest != 'L' && (value < INT32_MIN || value > INT32_MAX)))
		problems_add(&scan->reader->problems, scan->here, "the number %s is too large",
			     text);
}

/* A name, a number or what looks like one. */
static void word(struct scan *scan)
{
	size_t end = scan->at;
	const char first = scan->text[scan->at];
	const char second = scan->at + 1 < scan->len ? scan->text[scan->at + 1] : '\0';

	while (end < scan->len && is_name(scan->text[end]))
		end++;
	if ((first >= '0' && first <= '9') ||
	    ((first == '-' || first == '+') && second >= '0' && second <= '9'))
		number(scan, end);
	copy(scan, end);
}

static bool is_line_start(const struct scan *scan)
{
	size_t at = scan->at;

	while (at > 0 && (scan->text[at - 1] == ' ' || scan->text[at - 1] == '\t'))
		at--;
	return at == 0 || scan->text[at - 1] == '\n';
}

/* The name between the quotes; a backslash only guards the next character. */
static const char *include_name(struct scan *scan, size_t from, size_t end)
{
	char *name = arena_strndup(scan->reader->scratch, scan->text + from, end - from);
	size_t len = 0;

	for (size_t i = 0; name[i]; i++) {
		if (name[i] == '\\' && name[i + 1])
			i++;
		name[len++] = name[i];
	}
	name[len] = '\0';
	return name;
}

static bool read_layer(struct reader *reader, struct spliced *out, const struct layer *layer,
		       struct where named);

/* The directive is taken out and the file's text put in its place. */
static void include(struct scan *scan)
{
	struct reader *const reader = scan->reader;
	const size_t line_end = find(scan, scan->at, "\n");
	size_t at = scan->at + strlen("@include");
	size_t end;
	struct layer below = {.above = scan->layer, .depth = scan->layer->depth + 1};

	while (at < line_end && (scan->text[at] == ' ' || scan->text[at] == '\t'))
		at++;
	end = at < line_end && scan->text[at] == '"' ? string_end(scan, at + 1) : scan->len + 1;
	if (end > line_end) {
		problems_add(&reader->problems, scan->here,
			     "'@include' needs a file name in double quotes on the same line");
		scan->at = line_end;
		return;
	}
	below.path = reader_path(reader, include_name(scan, at + 1, end - 1));
	scan->at = end;
	read_layer(reader, scan->out, &below, scan->here);
	begin_segment(scan->out, scan->here);
}

/* Behind a comment or a string that starts at `at`; `at` where neither does. */
static size_t passed(const struct scan *scan, size_t at)
{
	const char next = at + 1 < scan->len ? scan->text[at + 1] : '\0';

	switch (scan->text[at]) {
	case '"':
		return string_end(scan, at + 1);
	case '#':
		return find(scan, at, "\n");
	case '/':
		return next == '/'   ? find(scan, at, "\n")
		       : next == '*' ? find(scan, at + 2, "*/") + 2
				     : at;
	default:
		return at;
	}
}

/* Behind the bracket that closes the one at `at`. */
static size_t nest_end(const struct scan *scan, size_t at)
{
	static const bool is_mark[256] = {
	    ['{'] = true, ['}'] = true, ['('] = true, [')'] = true, ['['] = true,
	    [']'] = true, ['"'] = true, ['#'] = true, ['/'] = true};
	size_t depth = 0;

	while (at < scan->len) {
		const unsigned char c = (unsigned char)scan->text[at];
		size_t behind;

		if (!is_mark[c]) {
			at++;
			continue;
		}
		behind = passed(scan, at);
		depth += c == '{' || c == '(' || c == '[';
		depth -= (c == '}' || c == ')' || c == ']') && depth;
		at = behind > at ? behind : at + 1;
		if (!depth)
			return at;
	}
	return scan->len;
}

/* The brackets stay, with nothing between them; what follows keeps its line. */
static void skip_nest(struct scan *scan)
{
	const size_t end = nest_end(scan, scan->at);
	const char *at = scan->text + scan->at;
	const char *const stop = scan->text + end;

	copy(scan, scan->at + 1);
	while ((at = memchr(at, '\n', (size_t)(stop - at)))) {
		scan->here.line++;
		at++;
	}
	scan->at = end > scan->at ? end - 1 : end;
	begin_segment(scan->out, scan->here);
	copy(scan, end);
}

static void scan_one(struct scan *scan)
{
	const char c = scan->text[scan->at];

	if (scan->reader->is_skimming && (c == '{' || c == '(' || c == '[')) {
		skip_nest(scan);
		return;
	}
	if (c == '#' || looking_at(scan, "//"))
		copy(scan, find(scan, scan->at, "\n"));
	else if (looking_at(scan, "/*"))
		block_comment(scan);
	else if (c == '"')
		string(scan);
	else if (looking_at(scan, "@include") && is_line_start(scan))
		include(scan);
	else if (is_name(c))
		word(scan);
	else
		copy(scan, scan->at + 1 + strspn(scan->text + scan->at + 1, " \t=;,"));
}

static void scan_file(struct scan *scan)
{
	static const char mark[] = "\xef\xbb\xbf"; /* byte order mark, as some editors write it */

	if (looking_at(scan, mark))
		scan->at += strlen(mark);
	while (scan->at < scan->len)
		scan_one(scan);
	/* Without it libconfig takes a comment on the last line for a mistake. */
	if (scan->len == 0 || scan->text[scan->len - 1] != '\n') {
		str_add_char(&scan->out->text, '\n');
		scan->out->line++;
	}
}

static void scan_layer(struct reader *reader, struct spliced *out, const struct layer *layer,
		       const char *text, size_t len)
{
	struct scan scan = {
	    .reader = reader,
	    .out = out,
	    .layer = layer,
	    .text = text,
	    .len = len,
	    .here = reader_new_file(reader, layer->path),
	};
	const size_t nul = strlen(text);

	scan.here.line = 1;
	begin_segment(out, scan.here);
	if (nul < len) {
		for (size_t i = 0; i < nul; i++)
			scan.here.line += text[i] == '\n';
		problems_add(&reader->problems, scan.here,
			     "the file is no text: it holds a NUL byte");
		reader->is_cut = true;
		return;
	}
	scan_file(&scan);
}

/* "a.conf -> b.conf -> a.conf" */
static void chain_text(const struct layer *layer, struct str *out)
{
	if (layer->above) {
		chain_text(layer->above, out);
		str_add(out, " -> ");
	}
	str_add(out, strrchr(layer->path, '/') ? strrchr(layer->path, '/') + 1 : layer->path);
}

static bool is_loop(const struct layer *layer)
{
	for (const struct layer *above = layer->above; above; above = above->above)
		if (above->id.device == layer->id.device && above->id.inode == layer->id.inode)
			return true;
	return false;
}

/* What keeps a file from being read at all, before it is opened. */
static bool has_room(const struct reader *reader, const struct spliced *out,
		     const struct layer *layer, struct err *err)
{
	if (layer->depth > INCLUDE_DEPTH_MAX)
		return err_set(err,
			       "is included too deeply, at most %d files may include each other",
			       INCLUDE_DEPTH_MAX);
	if (reader->files >= FILES_MAX)
		return err_set(err, "is one file too many, at most %d may be read", FILES_MAX);
	if (out->text.len > TEXT_MAX_BYTES)
		return err_set(err, "makes the configuration larger than %d MiB",
			       TEXT_MAX_BYTES >> 20);
	return true;
}

static bool read_layer(struct reader *reader, struct spliced *out, const struct layer *layer,
		       struct where named)
{
	struct layer known = *layer;
	struct err err;
	char *text;
	size_t len;

	if (!has_room(reader, out, layer, &err) ||
	    !slurp_text(layer->path, !reader->trusts_owners, &text, &len, &known.id, &err)) {
		problems_add(&reader->problems, named, "%s %s", quote(reader->scratch, layer->path),
			     err.text);
		reader->is_cut = true;
		return false;
	}
	if (is_loop(&known)) {
		struct str chain = {0};

		chain_text(&known, &chain);
		problems_add(&reader->problems, named, "%s includes itself: %s",
			     quote(reader->scratch, layer->path), str_text(&chain));
		str_release(&chain);
	} else {
		scan_layer(reader, out, &known, text, len);
	}
	free(text);
	return true;
}

bool splice_file(struct reader *reader, struct spliced *spliced, const char *path,
		 struct where named)
{
	const struct layer layer = {.path = path};

	spliced->line = 1;
	return read_layer(reader, spliced, &layer, named);
}

void splice_text(struct reader *reader, struct spliced *spliced, const char *path, const char *text)
{
	const struct layer layer = {.path = path};

	spliced->line = 1;
	scan_layer(reader, spliced, &layer, text, strlen(text));
}
