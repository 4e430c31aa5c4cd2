#ifndef RUN_INGEST_PARTS_H
#define RUN_INGEST_PARTS_H

#include "io/stream.h"
#include "maillog/selectors.h"
#include "run/ingest.h"
#include "run/tallier.h"
#include "store/volumes.h"

/* Inside run/: what reading a log and importing a file share. */
struct reading {
	const struct ingest *ingest;
	struct ingest_report *report;
	struct arena *arena;
	struct tallier *tallier;
	struct selectors *selectors; /* DKIM's, that the logs tell of */
	struct maillog *log; /* that lines go to */
	uint64_t lines; /* since it was last looked whether the tally is full */
	struct tally_totals before; /* of the tally, when this log began */
	bool is_broken; /* the store failed, `err` says how; further lines are dropped */
	struct err *err;
};

/* A journal of an entry, on from where `log` was left. */
void reading_journal(struct reading *reading, const struct conf_maillog *entry,
		     struct stored_log *log, bool is_found);
/* Keeps a log's place, and what is known of its open ids. */
bool reading_save(struct reading *reading, struct stored_log *log);

int64_t reading_today(const struct ingest *ingest);
/* Settings from an entry of the configuration, which may be NULL. */
struct log_settings reading_settings(const struct reading *reading,
				     const struct conf_maillog *entry);
/* The reader that lines go to. */
void reading_begin_log(struct reading *reading, const struct log_settings *settings);
/* Where lines and entries go. */
struct stream_take reading_take(struct reading *reading);
/* Hands over and stores what was added up. */
void reading_flush(struct reading *reading);
/* Adds what `log` counted to the report and says what is odd about it. */
void reading_finish_log(struct reading *reading, const char *path);
void reading_notice(struct reading *reading, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
