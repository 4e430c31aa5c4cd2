#ifndef TESTS_UNIT_LOG_BOX_H
#define TESTS_UNIT_LOG_BOX_H

#include "base/str.h"
#include "maillog/maillog.h"

/* Reads lines of a log and writes what was delivered as text, one line a delivery:
 *
 *   OUTCOME ADDRESS ACCOUNT FROM > TO @MX STATUS: REPLY
 *
 * with "-" for what is not known. Time is UTC, the year 2026. Some services and a host have
 * addresses of their own; all other mail leaves from nowhere ("-"). */
struct log_box {
	struct str out;
	struct log_settings settings;
	struct maillog *log;
};

void log_box_open(struct log_box *box, enum log_format format);
void log_box_close(struct log_box *box);
/* A reader that knows nothing; what was written stays. */
void log_box_renew(struct log_box *box);
/* Lines end with '\n'; the last one need not. */
void log_box_read(struct log_box *box, const char *lines);
void log_box_read_bytes(struct log_box *box, const char *lines, size_t len);

struct log_case {
	const char *name, *lines, *deliveries;
};
/* Each case with a reader of its own. */
void log_box_check(enum log_format format, const struct log_case *row, size_t rows);

#endif
