#include "sys/host.h"

#include <limits.h>
#include <unistd.h>

const char *host_name(struct arena *arena)
{
	char *const name = arena_calloc(arena, HOST_NAME_MAX + 1, 1);

	return gethostname(name, HOST_NAME_MAX) == 0 && *name ? name : "localhost";
}
