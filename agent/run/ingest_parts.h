#ifndef RUN_INGEST_PARTS_H
#define RUN_INGEST_PARTS_H

#include "run/ingest.h"

/* Inside run/: what reading a log and importing a file share. */
struct reading {
	const struct ingest *ingest;
	struct ingest_report *report;
	struct arena *arena;
	struct tally *tally;
	struct maillog *log; /* that lines go to */
	uint64_t lines; /* since it was last looked whether the tally is full */
	struct tally_totals before; /* of the tally, when this log began */
	bool is_broken; /* the store failed, `err` says how; further lines are dropped */
	struct err *err;
};

int64_t reading_today(const struct ingest *ingest);
/* Settings from an entry of the configuration, which may be NULL. */
struct log_settings reading_settings(const struct reading *reading,
				     const struct conf_maillog *entry);
/* A line_fn of io/lines.h; `context` is the reading. */
void reading_line(void *context, const char *line, size_t len);
/* Hands over and stores what was added up. */
void reading_flush(struct reading *reading);
/* Adds what `log` counted to the report and says what is odd about it. */
void reading_finish_log(struct reading *reading, const char *path);
void reading_notice(struct reading *reading, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
