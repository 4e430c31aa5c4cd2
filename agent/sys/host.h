#ifndef SYS_HOST_H
#define SYS_HOST_H

#include "base/arena.h"

/* Where this runs; "localhost" when the system does not say. From the arena. */
const char *host_name(struct arena *arena);

#endif
