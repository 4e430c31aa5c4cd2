#ifndef MAILLOG_LINE_H
#define MAILLOG_LINE_H

#include "maillog/stamp.h"

/* What syslog, journald or the MTA itself put around the words of a program. */
struct log_line {
	int64_t at; /* UTC seconds */
	struct slice host; /* empty: the MTA wrote the file itself */
	struct slice tag; /* "postfix/smtp", without pid; empty with the host */
	struct slice pid; /* empty: none */
	struct slice text;
};

/* False when no time can be read. A line with a time and without a tag has no text. */
bool line_split(struct stamps *stamps, struct slice line, struct log_line *out);

#endif
