#ifndef MODEL_VOLUME_VIEW_H
#define MODEL_VOLUME_VIEW_H

#include "model/delivery.h"

#include <stddef.h>
#include <stdint.h>

/* What `volume import` and `volume show` tell; renderers read nothing else. */
struct volume_row {
	int64_t day; /* civil_days() */
	uint64_t by_outcome[OUTCOME_COUNT];
};

struct volume_view {
	const char *address; /* canonical text; "": the log does not tell */
	const struct volume_row *row; /* ascending; a day without mail is left out */
	size_t rows;
};

struct account_view {
	const char *account; /* foreign text */
	const char *address;
	uint64_t by_outcome[OUTCOME_COUNT];
};

struct import_view {
	uint64_t lines, recognised;
	uint64_t deliveries;
	uint64_t unmatched_replies;
	const struct volume_view *address; /* in the order of their text */
	size_t addresses;
	/* One by one, for there may be hundreds of thousands; the one with most mail first. */
	struct account_view (*account)(const struct import_view *view, size_t index);
	const void *accounts_of; /* for `account` */
	size_t accounts;
};

#endif
