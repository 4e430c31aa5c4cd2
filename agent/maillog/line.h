#ifndef MAILLOG_LINE_H
#define MAILLOG_LINE_H

#include "base/ip.h"
#include "maillog/stamp.h"

/* "HOST TAG[", behind the stamp of most lines. A log repeats a few of them: one that came before
 * is known by its bytes, and what the format noted of it then is not found out again. */
enum { HEAD_MAX_BYTES = 96 }; /* longer ones are not remembered */

struct head {
	uint32_t service_len; /* notes of the format, 0 at first */
	uint8_t program;
	bool has_source;
	struct ip source;
	uint8_t host_len; /* private, as what follows */
	uint8_t len; /* 0: not remembered */
	char text[HEAD_MAX_BYTES];
};

struct heads;

struct heads *heads_new(void);
void heads_free(struct heads *heads);

/* What syslog, journald or the MTA itself put around the words of a program. */
struct log_line {
	int64_t at; /* UTC seconds */
	struct slice host; /* empty: the MTA wrote the file itself */
	struct slice tag; /* "postfix/smtp", without pid; empty with the host */
	struct slice pid; /* empty: none */
	struct slice text;
	struct head *head; /* for the format's notes; NULL: it has none that comes again */
};

/* False when no time can be read. A line with a time and without a tag has no text. */
bool line_split(struct stamps *stamps, struct heads *heads, struct slice line,
		struct log_line *out);

#endif
