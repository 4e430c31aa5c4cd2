#ifndef CLI_VERDICT_H
#define CLI_VERDICT_H

#include "cli/cli.h"
#include "model/view.h"

/* The exit status of commands that judge: something wrong, else something blind, else done. */
enum cli_status verdict_of(const struct address_view *view, size_t views);

#endif
