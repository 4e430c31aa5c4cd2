/* Lines of any bytes: a stamp that is read lies in a year that logs can be of, and what follows
 * it is the end of the line. */
#include "base/mem.h"
#include "maillog/line.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check_part(struct slice line, struct slice part)
{
	if (part.len && (part.at < line.at || part.at + part.len > line.at + line.len))
		bug("a part lies outside of its line");
}

static bool is_slice(struct slice a, struct slice b)
{
	return a.len == b.len && (a.len == 0 || a.at == b.at);
}

/* A line is split alike, whether its head was met before or not. */
static void compare(struct stamps *stamps, struct heads *heads, struct slice line,
		    const struct log_line *parts)
{
	struct log_line again;

	line_split(stamps, heads, line, &again);
	if (!is_slice(parts->host, again.host) || !is_slice(parts->tag, again.tag) ||
	    !is_slice(parts->pid, again.pid) || !is_slice(parts->text, again.text))
		bug("a line is split in two ways");
}

static void read_line(struct stamps *stamps, struct heads *heads, struct slice line)
{
	struct slice rest = line;
	struct heads *fresh = heads_new();
	struct log_line parts;
	int64_t at = 0;

	if (stamp_read(stamps, &rest, &at) != STAMP_NONE) {
		if (at < -(INT64_C(1) << 48) || at > INT64_C(1) << 48)
			bug("a stamp is of no time");
		if (rest.len >= line.len || rest.at + rest.len != line.at + line.len)
			bug("what follows a stamp is not the end of its line");
	} else if (rest.at != line.at) {
		bug("no stamp was read, and yet the line is shorter");
	}
	line_split(stamps, fresh, line, &parts);
	heads_free(fresh);
	check_part(line, parts.host);
	check_part(line, parts.tag);
	check_part(line, parts.pid);
	check_part(line, parts.text);
	compare(stamps, heads, line, &parts);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const struct zone_change change[] = {{0, 3600}, {1774746000, 7200}};
	static const struct zone zone = {change, COUNT_OF(change)};
	struct stamps stamps = stamps_of(&zone, 0, 1795219200);
	struct heads *heads = heads_new();
	const char *at = (const char *)data;

	while (len) {
		const char *end = memchr(at, '\n', len);
		const size_t line = end ? (size_t)(end - at) : len;

		read_line(&stamps, heads, slice_of(at, line));
		at += line + (end != NULL);
		len -= line + (end != NULL);
	}
	heads_free(heads);
	return 0;
}
