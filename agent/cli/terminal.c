#include "cli/terminal.h"

#include "base/parse.h"

#include <langinfo.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { COLUMNS_MIN = 20, COLUMNS_USUAL = 80, COLUMNS_MAX = 1000 };

size_t terminal_columns(int fd)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size = {0};
	uint32_t wanted = 0;

	if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col)
		wanted = size.ws_col;
	else if (!columns || !parse_u32(columns, &wanted) || wanted == 0)
		wanted = COLUMNS_USUAL;
	if (wanted < COLUMNS_MIN)
		return COLUMNS_MIN;
	return wanted > COLUMNS_MAX ? COLUMNS_MAX : wanted;
}

/* no-color.org: set and not empty; what the command line says goes before it. */
static bool wants_color(void)
{
	const char *no_color = getenv("NO_COLOR");
	const char *term = getenv("TERM");

	return isatty(STDOUT_FILENO) && !(no_color && no_color[0]) && term && term[0] &&
	       strcmp(term, "dumb") != 0;
}

bool terminal_has_blocks(void)
{
	const char *term = getenv("TERM");

	return isatty(STDOUT_FILENO) && strcmp(nl_langinfo(CODESET), "UTF-8") == 0 && term &&
	       term[0] && strcmp(term, "dumb") != 0;
}

bool terminal_color(const char *choice, bool *has_color)
{
	*has_color = strcmp(choice, "always") == 0;
	if (strcmp(choice, "auto") == 0)
		*has_color = wants_color();
	else if (!*has_color && strcmp(choice, "never") != 0)
		return false;
	return true;
}
