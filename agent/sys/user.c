#include "sys/user.h"

#include <pwd.h>
#include <stdlib.h>
#include <unistd.h>

enum { NAME_MAX_BYTES = 64 };

const char *user_name(struct arena *arena)
{
	/* Only root may be somebody else: others could claim to be anybody. */
	const char *const behind = getuid() == 0 ? getenv("SUDO_USER") : NULL;
	const struct passwd *const user = getpwuid(getuid());
	const char *const name = behind && *behind ? behind : user ? user->pw_name : "";

	return arena_printf(arena, "%.*s", NAME_MAX_BYTES, name);
}
