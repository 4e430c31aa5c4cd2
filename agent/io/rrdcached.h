#ifndef IO_RRDCACHED_H
#define IO_RRDCACHED_H

#include "base/err.h"

/* A connection to a local rrdcached(1), which collects updates of RRD files. librrd has a client
 * too, but that waits for an answer for ever: a stopped daemon would hold a pass, and its lock. */
struct rrdcached;

enum { RRDCACHED_LIMIT_MS = 2000 /* for one request and its answer */ };

enum rrdcached_answer {
	RRDCACHED_DONE,
	RRDCACHED_PAST, /* the daemon holds a newer value of this file */
	RRDCACHED_FAILED /* err is set; what follows would fail as well */
};

/* "unix:/path" or "/path"; files on this machine are no use to a daemon on another. */
struct rrdcached *rrdcached_open(const char *address, struct err *err);
void rrdcached_close(struct rrdcached *daemon);

/* `path` is absolute, `value` one "time:value:..." */
enum rrdcached_answer rrdcached_update(struct rrdcached *daemon, const char *path,
				       const char *value, struct err *err);
/* Drops what is not yet written for a file; RRDCACHED_DONE also when there was nothing. */
enum rrdcached_answer rrdcached_forget(struct rrdcached *daemon, const char *path, struct err *err);

#endif
