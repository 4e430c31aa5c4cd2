#ifndef CLI_TERMINAL_H
#define CLI_TERMINAL_H

#include <stdbool.h>
#include <stddef.h>

/* How wide a terminal is: what it says itself, else COLUMNS, else 80. */
size_t terminal_columns(int fd);
/* "auto", "always" or "never", for standard output; false when it is another word. */
bool terminal_color(const char *choice, bool *has_color);

#endif
