#ifndef SYS_BALLAST_H
#define SYS_BALLAST_H

#include <stdbool.h>

/* A file of a few megabytes in STATE that holds nothing. When the disk is about to be full it is
 * given up, so that the pass which finds this can still record and tell it. */

/* Gives the ballast up when there is hardly any room, and takes it on again when there is plenty.
 * True from the one until the other. */
bool ballast_weigh(const char *state_dir);

#endif
