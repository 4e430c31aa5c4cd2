#ifndef CLI_SUBJECTS_H
#define CLI_SUBJECTS_H

#include "cli/cli.h"
#include "cli/targets.h"

/* Gives each domain among the targets what its records are held against: the addresses named beside
 * it, else those of its pool in the configuration; the selectors of --selector, else the configured
 * ones. False: a selector is none, `err` says which. */
bool subjects_give(struct cli *cli, struct targets *targets, struct err *err);

#endif
