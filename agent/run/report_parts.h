#ifndef RUN_REPORT_PARTS_H
#define RUN_REPORT_PARTS_H

/* Between the files of run/report*.c. Nobody else includes it. */

#include "base/map.h"
#include "base/str.h"
#include "model/domain_view.h"
#include "model/removal.h"
#include "render/report.h"
#include "run/graph.h"
#include "run/look.h"
#include "run/report.h"
#include "run/report_site.h"
#include "store/volumes.h"

enum { REPORT_HOURS_DAYS = 3 };

/* A picture, light and dark. */
struct report_shot {
	enum graph_kind kind;
	const char *subject; /* as graph_make knows it */
	const char *file; /* within the site, without its end */
	uint64_t digest; /* of all it shows */
	uint32_t days; /* how far back it goes, today included; 0: as the report */
	bool is_kept; /* as it was */
	bool has_failed;
};

struct report {
	const struct report_request *request;
	struct report_outcome *outcome;
	struct arena *arena;
	struct site site;
	struct graph_source source;
	struct status status;
	const struct address_view **view; /* of all, worst first */
	struct report_pool *pool;
	size_t pools;
	struct list_view *list;
	size_t lists;
	struct event *event; /* of all addresses, newest first */
	size_t events;
	struct removal_page removals;
	struct domain_view *domain;
	size_t domains;
	int64_t first_day, today; /* civil day numbers of what is shown */
	int64_t from, to; /* the same as moments; `to` is the last second of today */
	uint64_t seed; /* of all digests: what changes every picture */
	struct report_shot *shot;
	size_t shots;
	/* Index as `view`; NULL: there is nothing to draw. */
	struct report_shot **of_view;
	struct report_shot **of_hours; /* of the last REPORT_HOURS_DAYS */
	struct report_shot *of_lists; /* NULL: all were in order */
};

/* --- report_load.c: what the pages show --- */
bool report_load(struct report *report, struct err *err);

/* --- report_pages.c --- */
/* The pages of the addresses, and what each one's picture would show. */
bool report_write_addresses(struct report *report, struct err *err);
/* A page again, once it turned out that its picture could not be drawn. */
bool report_write_address(struct report *report, size_t at, struct arena *arena, struct err *err);
bool report_write_others(struct report *report, struct err *err);

/* --- report_pictures.c --- */
/* When the hour ends that it is now. */
int64_t report_hour_end(const struct report *report);
struct report_shot *report_add_shot(struct report *report, enum graph_kind kind,
				    const char *subject, const char *file);
/* Draws what has changed and keeps the rest. */
bool report_draw(struct report *report, struct err *err);
/* The marker with the digests. */
bool report_remember(struct report *report, struct err *err);

#endif
