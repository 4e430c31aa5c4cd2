#ifndef RUN_INGEST_H
#define RUN_INGEST_H

#include "base/arena.h"
#include "base/civil.h"
#include "base/err.h"
#include "conf/conf.h"
#include "maillog/maillog.h"
#include "maillog/tally.h"
#include "store/store.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* From logs to counts: read what was written since, parse, add up, store. The caller owns the
 * transaction, so that counts and positions are kept together with whatever else it records. */

/* What is about to be stored; called more than once when much was read. */
typedef void ingest_counted_fn(void *context, const struct tally *tally);

struct ingest {
	const struct conf *conf;
	const struct zone *zone; /* the operator's: days are counted in it */
	int64_t now;
	struct replies *replies; /* NULL: what receivers say stays unmatched, or `load` */
	struct replies *(*load)(
	    void *context); /* gives them when they are needed; NULL: there are none */
	struct store *store; /* NULL: nothing is known of earlier readings */
	bool is_dry; /* nothing is written to the store */
	ingest_counted_fn *counted; /* may be NULL */
	void *context;
};

struct ingest_report { /* begins as {0}; what follows is added */
	struct log_counts counts;
	uint64_t bytes;
	uint64_t unmatched; /* replies no rule knew */
	uint64_t unaddressed; /* deliveries from nobody knows which address */
	size_t failed; /* logs that could not be read; a notice says why */
	const char **notice; /* sentences like those of base/err.h, from the arena */
	size_t notices;
};

/* Every configured log on from its position; one that cannot be read is a notice. Also drops
 * counts that are too old. False: the store failed, nothing may be committed. */
bool ingest_logs(const struct ingest *ingest, struct arena *arena, struct ingest_report *report,
		 struct err *err);

/* Bytes of the file that were read, as they stand on the disk. */
typedef void ingest_progress_fn(void *context, uint64_t bytes);

struct ingest_source {
	const char *path; /* "-": standard input */
	enum log_format format; /* LOG_AUTO: that of its entry, or found out */
	struct ip address; /* family 0: its entry's */
	const struct zone *log_zone; /* NULL: its entry's, or the operator's */
	int32_t year; /* 0: found out */
	bool is_again; /* also what was counted before */
	ingest_progress_fn *progress; /* may be NULL */
	void *context;
};

/* One file, plain or compressed, from its beginning or from where it was counted up to. False:
 * it cannot be read to its end or the store failed, and nothing of it may be committed. */
bool ingest_file(const struct ingest *ingest, const struct ingest_source *source,
		 struct arena *arena, struct ingest_report *report, struct err *err);

#endif
