#ifndef SYS_USER_H
#define SYS_USER_H

#include "base/arena.h"

/* Who types: behind sudo too, by their login's name; "" when there is none. From the arena. */
const char *user_name(struct arena *arena);

#endif
