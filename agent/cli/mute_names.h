#ifndef CLI_MUTE_NAMES_H
#define CLI_MUTE_NAMES_H

#include "cli/cli.h"

#include <stdbool.h>
#include <stddef.h>

/* What an operator types where `ack` wants to know what it is about. */

/* An address, a block, a pool, a domain, or a host's name: the configured one, its HELO or PTR, which
 * stands for each of its addresses. As incidents have it, "" for "all". A mistake names what is
 * near. */
bool mute_addresses(struct cli *cli, const char *word, const char *const **out, size_t *count,
		    struct err *err);
/* A list, by zone or name, a receiver, or a check; NULL with a sentence. */
const char *mute_subject(struct cli *cli, const char *word, struct err *err);

#endif
