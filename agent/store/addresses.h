#ifndef STORE_ADDRESSES_H
#define STORE_ADDRESSES_H

#include "store/query.h"
#include "store/standings.h"

/* Inside store/: rows of the table `address`, for addresses.c and domains.c. */

#define ADDRESS_COLUMNS                                                                            \
	"id, address, is_watched, name, pool, helo, grade, grade_since, asked, answered, seen_at," \
	" is_identity_known, is_forward_confirmed, is_ptr_generic, does_helo_resolve,"             \
	" identity_helo, ptr, pair, is_domain"

/* The next columns, which are ADDRESS_COLUMNS. */
void addresses_read(struct query *query, struct arena *arena, struct stored_address *address);
/* Both come in the order of ids; standings of what is not among the rows are passed over. */
void addresses_give(struct stored_address *address, size_t count, struct standing_set *set);

#endif
