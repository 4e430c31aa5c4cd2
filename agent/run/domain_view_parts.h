#ifndef RUN_DOMAIN_VIEW_PARTS_H
#define RUN_DOMAIN_VIEW_PARTS_H

/* Between domain_view.c, which says what is believed of domains, and domain_mail.c, which adds what
 * the logs count of them. */

#include "base/map.h"
#include "run/domain_view.h"

/* All domains of one organisation. */
struct domain_group {
	const char *registrable;
	struct bulk_day *day; /* by day - first_day */
	const struct domain_auth **auth;
	size_t auths;
	struct bulk_address *address;
	size_t addresses, addresses_room;
	const struct bulk_verdict *verdict;
};

struct domain_making {
	const struct domain_question *question;
	struct arena *arena;
	struct domain_view *view;
	size_t views;
	struct map *by_name; /* of struct domain_view */
	struct map *groups; /* of struct domain_group, by registrable domain */
	struct map *identity; /* of struct stored_address, by address */
	struct map *targets; /* of struct target, by address */
	int64_t first_day; /* of what is counted */
	int64_t days; /* before today that the logs tell of, DOMAIN_VIEW_DAYS at most */
	bool is_counted; /* there are counts at all */
};

/* What of a belief makes its domain unready. */
static inline bool domain_is_bad(const struct standing *standing)
{
	return (standing->belief == FINDING_BROKEN && standing->severity > SEVERITY_INFO) ||
	       standing->belief == FINDING_LISTED;
}

/* Of the organisation; a new one the first time. NULL for "". */
struct domain_group *domain_group_of(struct domain_making *making, const char *registrable);
/* Volumes, shares and addresses, of views and of groups that are there already. */
bool domain_count_mail(struct domain_making *making, struct err *err);

#endif
