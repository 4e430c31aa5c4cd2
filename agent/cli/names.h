#ifndef CLI_NAMES_H
#define CLI_NAMES_H

#include "cli/cli.h"

#include <stdbool.h>
#include <stddef.h>

/* Whether `config names` has words of this kind, which is one of those in usages: "ADDRESS". */
bool names_has(const char *kind, size_t len);

#endif
