#ifndef CLI_TERMINAL_H
#define CLI_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>

/* How wide a terminal is: what it says itself, else COLUMNS, else 80. */
size_t terminal_columns(int fd);
/* Whether standard output is a terminal that shows more than ASCII: by the locale, which must be set. */
bool terminal_has_blocks(void);
/* "auto", "always" or "never", for standard output; false when it is another word. */
bool terminal_color(const char *choice, bool *has_color);

#endif
