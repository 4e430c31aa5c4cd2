#ifndef MODEL_DOMAIN_VIEW_H
#define MODEL_DOMAIN_VIEW_H

#include "model/bulk.h"
#include "model/view.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What `domains` shows of a domain that mail is sent for; renderers read nothing else. */

enum { DOMAIN_VIEW_DAYS = 30 }; /* before today: what `month` and `mean` are about */
enum { DOMAIN_ACCOUNTS_MAX = 3 };

struct domain_address {
	const char *address; /* canonical; "": no log tells */
	const char *name; /* the operator's, "" for none */
	uint64_t tried; /* deliveries in these days, today too */
};

struct domain_view {
	struct address_view base; /* beliefs and listings, those of the registrable domain among
				   * them, and what DNS says */
	int64_t id; /* the store's, 0: none yet */
	const char *registrable; /* "" for none */
	bool is_configured; /* else only the logs tell of it */
	int64_t looked_at; /* 0: never */
	uint64_t yesterday, today, month; /* sent; today: so far, as of the last pass */
	double mean; /* a day */
	uint64_t tried; /* in these days and today so far, of all outcomes */
	uint64_t to[BULK_RECEIVER_COUNT]; /* of them */
	const struct domain_address *address; /* the most used first */
	size_t addresses;
	const char
	    *account[DOMAIN_ACCOUNTS_MAX]; /* of most of the last week's mail, the likeliest first;
						   * foreign */
	size_t accounts;
	const struct bulk_verdict *bulk; /* of the registrable domain; NULL: nothing is known */
	bool is_unready; /* something must be mended before it sends much */
	bool is_urgent; /* it is near or over what makes a bulk sender, and lacks something */
	bool is_blind; /* not all could be learned */
};

struct domain_numbers {
	size_t looked_at, unready;
	size_t urgent; /* of those unready */
	size_t blind; /* of the others */
};

#endif
