#ifndef MAILLOG_FORMAT_H
#define MAILLOG_FORMAT_H

#include "maillog/line.h"
#include "maillog/maillog.h"
#include "maillog/open.h"
#include "maillog/scan.h"
#include "maillog/source.h"

/* What maillog.c lends to the formats. */
struct log_reader {
	struct log_settings settings;
	struct sources *sources;
	struct open_ids *open;
	delivery_fn *deliver;
	void *context;
	struct signing_hearer signing;
	struct log_counts counts;
};

/* Counts it and hands it over. */
void log_deliver(struct log_reader *reader, const struct delivery *delivery);
/* What is known of an id, into a delivery. */
void log_join(const struct log_reader *reader, const struct open_id *open,
	      struct delivery *delivery);
/* The envelope's sender of an open id; an empty address is a bounce, which has no account. */
void log_set_sender(struct log_reader *reader, struct open_id *open, struct slice address);
/* Mail went through a filter on this host and came back as `to`: what is known of it, too. */
void log_requeue(struct log_reader *reader, const struct open_id *from, struct slice to,
		 int64_t at);

/* NAME_knows: only this MTA writes such lines. NAME_line: reads one; true when it is of a kind
 * the format knows. */
#define FORMAT(value, word, prefix)                                                                \
	bool prefix##_knows(const struct log_line *line);                                          \
	bool prefix##_line(struct log_reader *reader, const struct log_line *line);
#include "maillog/formats.def"
#undef FORMAT

#endif
