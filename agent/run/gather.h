#ifndef RUN_GATHER_H
#define RUN_GATHER_H

#include "base/arena.h"
#include "dns/ask.h"
#include "io/resolver.h"
#include "run/pass.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Runs jobs until no question is open or the deadline has come. A job is one probe with its own
 * table of questions; jobs come from streams, one stream a lane, and only as many are alive as
 * the window lets through: memory follows the window, not the plan. */
struct gather;
struct stream;

struct job {
	struct ask ask;
	struct arena *arena; /* of this job; given back when it is done */
	struct stream *stream;
	size_t index; /* the stream's own: which target, which canary */
	struct job *next;
};

struct stream {
	int lane;
	bool shares_answers; /* equal questions of its jobs are asked once while their TTL lasts */
	/* Says what the next job is about; false: there is none (and never will be). */
	bool (*next)(struct stream *stream, struct job *job);
	/* Runs the job's checks. True: done, its results are taken. False: questions are open. */
	bool (*step)(struct stream *stream, struct job *job);
	bool is_exhausted; /* gather's own */
};

struct gather *gather_new(struct resolver *resolver, int64_t deadline_us);
void gather_free(struct gather *gather);
/* Called now and then while questions are open. */
void gather_set_progress(struct gather *gather, progress_fn *progress, void *context,
			 uint64_t total);
void gather_run(struct gather *gather, struct stream *const *stream, size_t streams);
/* Forgets the answers that were shared so far: asking twice means asking, not remembering. */
void gather_forget(struct gather *gather);
/* Waits without asking, but not past the deadline. */
void gather_pause(struct gather *gather, int64_t us);
bool gather_is_over(const struct gather *gather);
/* Questions that ended, for progress and summary. */
uint64_t gather_ended(const struct gather *gather);

#endif
