#include "maillog/line.h"

#include "maillog/scan.h"

enum { PRIORITY_BYTES = 3 }; /* RFC 3164 and 5424: 0 to 191 */

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

bool line_split(struct stamps *stamps, struct slice line, struct log_line *out)
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
	else if (kind == STAMP_SYSLOG && scan_until(&line, ' ', &out->host))
		split_tag(line, out);
	return kind != STAMP_NONE;
}
