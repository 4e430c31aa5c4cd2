#include "io/series_layout.h"

#include "base/mem.h"

#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { HOUR_S = 3600, DAY_S = 86400, SOURCES_MAX = 4, ARCHIVES_MAX = 5, ARGUMENT_BYTES = 64 };

_Static_assert((int)SERIES_COUNT <= (int)SOURCES_MAX &&
		   (int)SERIES_VOLUME_COUNT <= (int)SOURCES_MAX,
	       "SOURCES_MAX is enough for all");

static const char *const reputation_source[] = {"listings", "blind", "coverage", "latency"};
static const char *const volume_source[] = {"volume", "deferred", "bounced", "blocked"};
_Static_assert(COUNT_OF(reputation_source) == SERIES_COUNT, "one name for each value");
_Static_assert(COUNT_OF(volume_source) == SERIES_VOLUME_COUNT, "one name for each value");

static const struct layout_archive reputation_archive[] = {
    {"AVERAGE", 1, 576}, /* 5 min for 2 days */
    {"AVERAGE", 12, 1440}, /* 1 h for 60 days */
    {"AVERAGE", 288, 1095}, /* 1 day for 3 years */
    {"MAX", 12, 1440},      {"MAX", 288, 1095},
};
/* Counts are never consolidated: librrd's days are UTC's, the operator's are not. */
static const struct layout_archive hours_archive[] = {{"AVERAGE", 1, 62 * 24}};
static const struct layout_archive days_archive[] = {{"AVERAGE", 1, 3 * 366}};
_Static_assert(COUNT_OF(reputation_archive) <= ARCHIVES_MAX, "ARCHIVES_MAX is enough for all");

/* The heartbeat of the counts is their step: time between two points that are not neighbours is
 * unknown. */
static const struct layout layouts[] = {
    [SERIES_REPUTATION] =
	{
	    .suffix = "",
	    .step_s = 300,
	    .heartbeat_s = 9000, /* an hourly pass may be missed once */
	    .source = reputation_source,
	    .sources = SERIES_COUNT,
	    .archive = reputation_archive,
	    .archives = COUNT_OF(reputation_archive),
	},
    [SERIES_HOURS] =
	{
	    .suffix = "-volume-hours",
	    .step_s = HOUR_S,
	    .heartbeat_s = HOUR_S,
	    .source = volume_source,
	    .sources = SERIES_BLOCKED, /* replies are counted by day */
	    .archive = hours_archive,
	    .archives = COUNT_OF(hours_archive),
	},
    [SERIES_DAYS] =
	{
	    .suffix = "-volume-days",
	    .step_s = DAY_S,
	    .heartbeat_s = DAY_S,
	    .source = volume_source,
	    .sources = SERIES_VOLUME_COUNT,
	    .archive = days_archive,
	    .archives = COUNT_OF(days_archive),
	},
};
_Static_assert(COUNT_OF(layouts) == SERIES_KIND_COUNT, "one row for each kind");

const struct layout *layout_of(enum series_kind kind)
{
	return &layouts[kind];
}

/* --- the header --- */

/* The part of a file before its values. All these structures are multiples of 8 bytes and stand
 * without gaps. */
enum {
	HEADER_MAX_BYTES = sizeof(stat_head_t) + SOURCES_MAX * sizeof(ds_def_t) +
			   ARCHIVES_MAX * sizeof(rra_def_t) + sizeof(live_head_t) +
			   SOURCES_MAX * sizeof(pdp_prep_t) +
			   SOURCES_MAX * ARCHIVES_MAX * sizeof(cdp_prep_t) +
			   ARCHIVES_MAX * sizeof(rra_ptr_t)
};
_Static_assert((sizeof(stat_head_t) | sizeof(ds_def_t) | sizeof(rra_def_t) | sizeof(live_head_t) |
		sizeof(pdp_prep_t) | sizeof(cdp_prep_t) | sizeof(rra_ptr_t)) %
		       sizeof(uint64_t) ==
		   0,
	       "the file has no gaps");

struct header {
	uint64_t bytes[HEADER_MAX_BYTES / sizeof(uint64_t)];
};

/* Where its structures are. */
struct parts {
	stat_head_t *stat;
	ds_def_t *source;
	rra_def_t *archive;
	/* What is above never changes, what is below does with every update. */
	live_head_t *live;
	pdp_prep_t *source_state;
	cdp_prep_t *archive_state;
	rra_ptr_t *place;
};

static struct parts parts_of(const struct layout *layout, struct header *header)
{
	struct parts parts = {.stat = (void *)header->bytes};

	parts.source = (void *)(parts.stat + 1);
	parts.archive = (void *)(parts.source + layout->sources);
	parts.live = (void *)(parts.archive + layout->archives);
	parts.source_state = (void *)(parts.live + 1);
	parts.archive_state = (void *)(parts.source_state + layout->sources);
	parts.place = (void *)(parts.archive_state + layout->sources * layout->archives);
	return parts;
}

static size_t fixed_bytes(const struct layout *layout)
{
	return sizeof(stat_head_t) + layout->sources * sizeof(ds_def_t) +
	       layout->archives * sizeof(rra_def_t);
}

static size_t header_bytes(const struct layout *layout)
{
	return fixed_bytes(layout) + sizeof(live_head_t) + layout->sources * sizeof(pdp_prep_t) +
	       layout->sources * layout->archives * sizeof(cdp_prep_t) +
	       layout->archives * sizeof(rra_ptr_t);
}

size_t layout_bytes(const struct layout *layout)
{
	size_t rows = 0;

	for (size_t i = 0; i < layout->archives; i++)
		rows += layout->archive[i].rows;
	return header_bytes(layout) + rows * layout->sources * sizeof(rrd_value_t);
}

/* NaN has a sign, and librrd's is the processor's. */
static void settle_nan(const struct layout *layout, ds_def_t *source)
{
	for (size_t i = 0; i < layout->sources; i++)
		if (isnan(source[i].par[DS_max_val].u_val))
			source[i].par[DS_max_val].u_val = NAN;
}

static void expect(const struct layout *layout, struct header *header)
{
	const struct parts parts = parts_of(layout, header);

	memset(header, 0, sizeof(*header)); /* the padding is compared as well */
	memcpy(parts.stat->cookie, RRD_COOKIE, sizeof(RRD_COOKIE));
	memcpy(parts.stat->version, RRD_VERSION3, sizeof(RRD_VERSION3));
	parts.stat->float_cookie = FLOAT_COOKIE;
	parts.stat->ds_cnt = layout->sources;
	parts.stat->rra_cnt = layout->archives;
	parts.stat->pdp_step = layout->step_s;
	for (size_t i = 0; i < layout->sources; i++) {
		ds_def_t *def = &parts.source[i];

		memcpy(def->ds_nam, layout->source[i], strlen(layout->source[i]));
		memcpy(def->dst, "GAUGE", sizeof("GAUGE"));
		def->par[DS_mrhb_cnt].u_cnt = layout->heartbeat_s;
		def->par[DS_min_val].u_val = 0;
		def->par[DS_max_val].u_val = NAN;
	}
	for (size_t i = 0; i < layout->archives; i++) {
		const struct layout_archive *const archive = &layout->archive[i];
		rra_def_t *def = &parts.archive[i];

		memcpy(def->cf_nam, archive->function, strlen(archive->function));
		def->row_cnt = archive->rows;
		def->pdp_cnt = archive->steps;
		def->par[RRA_cdp_xff_val].u_val = 0.5;
	}
}

/* Indices and counts that librrd would trust. */
static bool is_state_sane(const struct layout *layout, const struct parts *parts)
{
	if (parts->live->last_up < 0 || parts->live->last_up_usec < 0 ||
	    parts->live->last_up_usec >= 1000000)
		return false;
	for (size_t i = 0; i < layout->archives; i++)
		if (parts->place[i].cur_row >= layout->archive[i].rows)
			return false;
	for (size_t i = 0; i < layout->sources; i++)
		if (parts->source_state[i].scratch[PDP_unkn_sec_cnt].u_cnt > layout->step_s)
			return false;
	return true;
}

/* --- files --- */

/* Reads the header of a whole file of this layout; returns its descriptor, or -1. */
static int open_whole(const struct layout *layout, const char *path, struct header *header)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	const struct parts parts = parts_of(layout, header);
	const size_t bytes = header_bytes(layout);
	struct header expected;
	struct stat st;
	bool ok;

	if (fd < 0)
		return -1;
	expect(layout, &expected);
	ok = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
	     st.st_size == (off_t)layout_bytes(layout) &&
	     pread(fd, header->bytes, bytes, 0) == (ssize_t)bytes;
	if (ok)
		settle_nan(layout, parts.source);
	if (ok && memcmp(header, &expected, fixed_bytes(layout)) == 0 &&
	    is_state_sane(layout, &parts))
		return fd;
	close(fd);
	return -1;
}

bool layout_look(const struct layout *layout, const char *path, int64_t *last)
{
	struct header header;
	const int fd = open_whole(layout, path, &header);

	if (fd < 0)
		return false;
	close(fd);
	*last = parts_of(layout, &header).live->last_up;
	return true;
}

bool layout_read(const struct layout *layout, const char *path, struct layout_rows *rows)
{
	const size_t row_bytes = layout->sources * sizeof(rrd_value_t);
	const size_t count = layout->archive[0].rows;
	const int64_t row_s = (int64_t)(layout->archive[0].steps * layout->step_s);
	struct header header;
	const int fd = open_whole(layout, path, &header);
	const struct parts parts = parts_of(layout, &header);
	size_t oldest;
	off_t begin;
	bool ok;

	if (fd < 0)
		return false;
	/* A ring: behind the newest row stands the oldest. */
	oldest = (parts.place[0].cur_row + 1) % count;
	begin = (off_t)header_bytes(layout);
	*rows = (struct layout_rows){
	    .value = xcalloc(count, row_bytes),
	    .rows = count,
	    .last = parts.live->last_up / row_s * row_s,
	};
	ok =
	    pread(fd, rows->value, (count - oldest) * row_bytes,
		  begin + (off_t)(oldest * row_bytes)) == (ssize_t)((count - oldest) * row_bytes) &&
	    pread(fd, rows->value + (count - oldest) * layout->sources, oldest * row_bytes,
		  begin) == (ssize_t)(oldest * row_bytes);
	close(fd);
	if (!ok)
		free(rows->value);
	return ok;
}

bool layout_create(const struct layout *layout, const struct librrd *rrd, const char *path)
{
	char text[SOURCES_MAX + ARCHIVES_MAX][ARGUMENT_BYTES];
	const char *argv[SOURCES_MAX + ARCHIVES_MAX];
	int argc = 0;

	for (size_t i = 0; i < layout->sources; i++)
		snprintf(text[argc++], ARGUMENT_BYTES, "DS:%s:GAUGE:%lu:0:U", layout->source[i],
			 layout->heartbeat_s);
	for (size_t i = 0; i < layout->archives; i++)
		snprintf(text[argc++], ARGUMENT_BYTES, "RRA:%s:0.5:%lu:%lu",
			 layout->archive[i].function, layout->archive[i].steps,
			 layout->archive[i].rows);
	for (int i = 0; i < argc; i++)
		argv[i] = text[i];
	rrd->clear_error();
	return rrd->create_r(path, layout->step_s, DAY_S, argc, argv) == 0;
}

void layout_begin(const struct layout *layout, char *file, int64_t midnight)
{
	const time_t when = midnight;

	memcpy(file + fixed_bytes(layout) + offsetof(live_head_t, last_up), &when, sizeof(when));
}
