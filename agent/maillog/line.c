#include "maillog/line.h"

#include "base/mem.h"
#include "maillog/scan.h"

#include <stdlib.h>

enum {
	PRIORITY_BYTES = 3, /* RFC 3164 and 5424: 0 to 191 */
	HEADS = 1024 /* a power of two; only those that are met take memory */
};

struct heads {
	struct head head[HEADS];
};

struct heads *heads_new(void)
{
	return xcalloc(1, sizeof(struct heads));
}

void heads_free(struct heads *heads)
{
	free(heads);
}

static struct head *head_place(struct heads *heads, struct slice text)
{
	return &heads->head[near_hash(0, text.at, text.len) & (HEADS - 1)];
}

/* The known one that the line begins with, or NULL. */
static struct head *head_find(struct heads *heads, struct slice line)
{
	const char *end = near_find(line.at, line.len, '[');
	const size_t len = end ? (size_t)(end + 1 - line.at) : 0;
	const struct slice text = slice_of(line.at, len);
	struct head *head;

	if (!len || len > HEAD_MAX_BYTES)
		return NULL;
	head = head_place(heads, text);
	return slice_equal(slice_of(head->text, head->len), text) ? head : NULL;
}

/* The tag was followed by a pid. A head ends at the first bracket there is. */
static void head_remember(struct heads *heads, struct slice line, struct log_line *out)
{
	const struct slice text =
	    slice_of(line.at, (size_t)(out->tag.at + out->tag.len + 1 - line.at));

	if (text.len > HEAD_MAX_BYTES || memchr(text.at, '[', text.len - 1))
		return;
	out->head = head_place(heads, text);
	*out->head = (struct head){.len = (uint8_t)text.len, .host_len = (uint8_t)out->host.len};
	memcpy(out->head->text, text.at, text.len);
}

/* "<22>", as forwarded messages have it. */
static void skip_priority(struct slice *rest)
{
	struct slice tail = *rest;
	struct slice priority;

	if (scan_text(&tail, "<") && scan_until(&tail, '>', &priority) &&
	    priority.len <= PRIORITY_BYTES && scan_is_all(priority, "0123456789"))
		*rest = tail;
}

/* "prog[pid]: text", "prog: text". The pid is read backwards, because it is short. */
static void split_tag(struct slice rest, struct log_line *out)
{
	struct slice tag;
	size_t open;

	if (!scan_until(&rest, ' ', &tag) || tag.len < 2 || tag.at[tag.len - 1] != ':')
		return;
	tag.len--;
	out->tag = tag;
	out->text = rest;
	open = tag.len - 1;
	if (tag.at[open] != ']')
		return;
	while (open && tag.at[open] != '[')
		open--;
	if (!open)
		return;
	out->pid = slice_of(tag.at + open + 1, tag.len - open - 2);
	out->tag.len = open;
}

/* "HOST TAG[PID]: text" with a head that is known and a pid of digits: what split_tag finds. */
static bool split_known(struct heads *heads, struct slice rest, struct log_line *out)
{
	struct head *const head = head_find(heads, rest);
	struct slice pid, tail;

	if (!head)
		return false;
	tail = slice_from(rest, head->len);
	pid = slice_of(tail.at, near_span(tail.at, tail.len, '0', '9'));
	tail = slice_from(tail, pid.len);
	if (!scan_text(&tail, "]: "))
		return false;
	out->head = head;
	out->host = slice_of(rest.at, head->host_len);
	out->tag = slice_of(rest.at + head->host_len + 1, head->len - head->host_len - 2U);
	out->pid = pid;
	out->text = tail;
	return true;
}

static void split_syslog(struct heads *heads, struct slice line, struct log_line *out)
{
	struct slice rest = line;

	if (!scan_until(&rest, ' ', &out->host))
		return;
	split_tag(rest, out);
	if (out->pid.len)
		head_remember(heads, line, out);
}

/* RFC 5424 section 6.3: "-" or elements in brackets, whose quoted values escape '"', '\', ']'. */
static bool skip_structured(struct slice *rest)
{
	bool is_quoted = false;
	size_t i = 1;

	if (scan_text(rest, "-"))
		return true;
	if (!slice_starts(*rest, "["))
		return false;
	for (; i < rest->len; i++) {
		const char c = rest->at[i];
		const bool is_end = c == ']' && !is_quoted;

		if (c == '\\' && is_quoted)
			i++;
		else if (c == '"')
			is_quoted = !is_quoted;
		if (is_end && (i + 1 == rest->len || rest->at[i + 1] != '['))
			break;
	}
	*rest = slice_from(*rest, i + 1);
	return true;
}

/* "HOST APP PROCID MSGID SD text". */
static void split_5424(struct slice rest, struct log_line *out)
{
	struct slice host, tag, pid, id;

	if (!scan_until(&rest, ' ', &host) || !scan_until(&rest, ' ', &tag) ||
	    !scan_until(&rest, ' ', &pid) || !scan_until(&rest, ' ', &id) ||
	    !skip_structured(&rest) || !scan_text(&rest, " "))
		return;
	scan_text(&rest, "\xef\xbb\xbf"); /* section 6.4: UTF-8 text begins with a BOM */
	out->host = host;
	out->tag = tag;
	if (!slice_is(pid, "-"))
		out->pid = pid;
	out->text = rest;
}

static bool split_any(struct stamps *stamps, struct heads *heads, struct slice line,
		      struct log_line *out)
{
	enum stamp_kind kind;
	bool is_5424;

	*out = (struct log_line){0};
	skip_priority(&line);
	is_5424 = scan_text(&line, "1 ");
	kind = stamp_read(stamps, &line, &out->at);
	if (kind == STAMP_BARE)
		out->text = line;
	else if (kind == STAMP_SYSLOG && is_5424)
		split_5424(line, out);
	else if (kind == STAMP_SYSLOG && !split_known(heads, line, out))
		split_syslog(heads, line, out);
	return kind != STAMP_NONE;
}

bool line_split(struct stamps *stamps, struct heads *heads, struct slice line, struct log_line *out)
{
	struct slice rest = line;

	return ((stamp_again(stamps, &rest, &out->at) ||
		 stamp_again_3339(stamps, &rest, &out->at)) &&
		split_known(heads, rest, out)) ||
	       split_any(stamps, heads, line, out);
}
