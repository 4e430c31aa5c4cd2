#ifndef SYS_LOCK_H
#define SYS_LOCK_H

#include "base/err.h"

#include <stdbool.h>

/* One run at a time: an open-file-description lock on STATE/lock, which the kernel gives back
 * however the holder ends. The file's text (pid and start) is for people only. */
enum lock_result { LOCK_HELD, LOCK_BUSY, LOCK_FAILED };

/* LOCK_HELD: `*fd` keeps it until closed. LOCK_BUSY: err says who. With `wait` it waits. */
enum lock_result lock_take(const char *state_dir, bool wait, int *fd, struct err *err);

#endif
