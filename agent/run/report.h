#ifndef RUN_REPORT_H
#define RUN_REPORT_H

#include "base/arena.h"
#include "base/civil.h"
#include "base/err.h"
#include "conf/conf.h"
#include "conf/replies.h"
#include "run/pass.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The web page: a folder of files, made beside the one that is there and then put in its place
 * whole. Pages are written each time; a picture is drawn only when what it shows has changed. */

enum { REPORT_DAYS_MIN = 7, REPORT_DAYS_MAX = 3 * 366 };

struct report_request {
	const struct conf *conf;
	const struct receivers *receivers;
	const struct zone *zone;
	const char *dir;
	const char *host; /* whose page it is */
	int64_t now;
	uint32_t days; /* how far back pictures and journals go, today included */
	bool is_full; /* draws everything anew */
	progress_fn *progress; /* may be NULL; counts pictures */
	void *context;
};

struct report_outcome {
	size_t pages;
	size_t drawn, kept; /* pictures: files, light and dark */
	size_t failed; /* could not be drawn: their pages are without */
	const char *failure; /* the first of them, NULL for none */
};

/* False: the folder is as it was before. */
bool report_make(const struct report_request *request, struct arena *arena,
		 struct report_outcome *out, struct err *err);

#endif
