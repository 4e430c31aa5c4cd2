#ifndef STORE_DOMAIN_SHOWN_H
#define STORE_DOMAIN_SHOWN_H

#include "base/arena.h"
#include "base/err.h"
#include "model/domain_view.h"
#include "store/store.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a pass made of the mail of each domain, for those who only look: to add up the counts of two
 * months takes seconds where there are many. */

struct stored_shown {
	int64_t address_id;
	int64_t day; /* the operator's, that it counts from */
	bool is_unready, is_urgent, is_blind;
	const char *text; /* of json_domain_shown() */
};

/* In the order of address_id. */
bool shown_load(struct store *store, struct arena *arena, struct stored_shown **out, size_t *count,
		struct err *err);
/* Of which day each is. */
struct shown_day {
	int64_t address_id, day;
};
bool shown_days(struct store *store, struct arena *arena, struct shown_day **out, size_t *count,
		struct err *err);
bool shown_drop(struct store *store, int64_t address_id, struct err *err);
/* Within a transaction; what is the same already is not written. */
bool shown_save(struct store *store, const struct stored_shown *shown, struct err *err);
/* Over all domains that are looked at. */
bool shown_numbers(struct store *store, struct domain_numbers *out, struct err *err);

/* Volumes, addresses and verdict of a view, as json_domain_shown() wrote them `ago` days before the
 * day that is shown. What is odd is left as it was. */
void shown_parse(const char *text, int64_t ago, struct arena *arena, struct domain_view *view);

#endif
