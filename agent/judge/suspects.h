#ifndef JUDGE_SUSPECTS_H
#define JUDGE_SUSPECTS_H

#include "model/traffic.h"

#include <stddef.h>
#include <stdint.h>

/* Who is likely behind it: accounts of an address by growth over their own usual, in the
 * SUSPECT_HOURS before today and in what there is of today. */
enum { SUSPECT_HOURS = 72 };

struct account_volume {
	const char *account;
	uint64_t recent; /* all outcomes of that time */
	uint64_t bounced, unknown_user, blocked; /* of them */
	double usual; /* for as long, from its days before; 0: it never sent */
	uint32_t receivers; /* how many different ones it reached */
};

/* Fills at most `max`, likeliest first; accounts that did what they always do are left out.
 * Returns how many. */
size_t suspects_rank(const struct account_volume *account, size_t accounts, struct suspect *out,
                     size_t max);

#endif
