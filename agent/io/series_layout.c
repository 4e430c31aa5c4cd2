#include "io/series_layout.h"

#include "base/mem.h"
#include "io/series.h"

#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
	HEARTBEAT_S = 9000, /* an hourly pass may be missed once */
	DAY_S = 86400,
	ARCHIVES = 5,
	ARGUMENT_BYTES = 64
};

static const char *const source[] = {"listings", "blind", "coverage", "latency"};
_Static_assert(COUNT_OF(source) == SERIES_COUNT, "one name for each value");

static const struct archive {
	const char *function;
	unsigned long steps; /* points of the series in one row; a divisor of a day's */
	unsigned long rows;
} archive[] = {
    {"AVERAGE", 1, 576}, /* 5 min for 2 days */
    {"AVERAGE", 12, 1440}, /* 1 h for 60 days */
    {"AVERAGE", 288, 1095}, /* 1 day for 3 years */
    {"MAX", 12, 1440},      {"MAX", 288, 1095},
};
_Static_assert(COUNT_OF(archive) == ARCHIVES, "ARCHIVES counts the archives");

/* The part of such a file before its values. */
struct header {
	stat_head_t stat;
	ds_def_t source[SERIES_COUNT];
	rra_def_t archive[ARCHIVES];
	/* What is above never changes, what is below does with every update. */
	live_head_t live;
	pdp_prep_t source_state[SERIES_COUNT];
	cdp_prep_t archive_state[SERIES_COUNT * ARCHIVES];
	rra_ptr_t place[ARCHIVES];
};
_Static_assert(sizeof(struct header) == sizeof(stat_head_t) + SERIES_COUNT * sizeof(ds_def_t) +
					    ARCHIVES * sizeof(rra_def_t) + sizeof(live_head_t) +
					    SERIES_COUNT * sizeof(pdp_prep_t) +
					    SERIES_COUNT * ARCHIVES * sizeof(cdp_prep_t) +
					    ARCHIVES * sizeof(rra_ptr_t),
	       "the file has no gaps");
enum { FIXED_BYTES = offsetof(struct header, live) };

size_t layout_bytes(void)
{
	size_t rows = 0;

	for (size_t i = 0; i < ARCHIVES; i++)
		rows += archive[i].rows;
	return sizeof(struct header) + rows * SERIES_COUNT * sizeof(rrd_value_t);
}

/* NaN has a sign, and librrd's is the processor's. */
static void settle_nan(struct header *header)
{
	for (size_t i = 0; i < SERIES_COUNT; i++)
		if (isnan(header->source[i].par[DS_max_val].u_val))
			header->source[i].par[DS_max_val].u_val = NAN;
}

static void expect(struct header *header)
{
	memset(header, 0, sizeof(*header)); /* the padding is compared as well */
	memcpy(header->stat.cookie, RRD_COOKIE, sizeof(RRD_COOKIE));
	memcpy(header->stat.version, RRD_VERSION3, sizeof(RRD_VERSION3));
	header->stat.float_cookie = FLOAT_COOKIE;
	header->stat.ds_cnt = SERIES_COUNT;
	header->stat.rra_cnt = ARCHIVES;
	header->stat.pdp_step = SERIES_STEP_S;
	for (size_t i = 0; i < SERIES_COUNT; i++) {
		ds_def_t *def = &header->source[i];

		memcpy(def->ds_nam, source[i], strlen(source[i]));
		memcpy(def->dst, "GAUGE", sizeof("GAUGE"));
		def->par[DS_mrhb_cnt].u_cnt = HEARTBEAT_S;
		def->par[DS_min_val].u_val = 0;
		def->par[DS_max_val].u_val = NAN;
	}
	for (size_t i = 0; i < ARCHIVES; i++) {
		rra_def_t *def = &header->archive[i];

		memcpy(def->cf_nam, archive[i].function, strlen(archive[i].function));
		def->row_cnt = archive[i].rows;
		def->pdp_cnt = archive[i].steps;
		def->par[RRA_cdp_xff_val].u_val = 0.5;
	}
}

/* Indices and counts that librrd would trust. */
static bool is_state_sane(const struct header *header)
{
	if (header->live.last_up < 0 || header->live.last_up_usec < 0 ||
	    header->live.last_up_usec >= 1000000)
		return false;
	for (size_t i = 0; i < ARCHIVES; i++)
		if (header->place[i].cur_row >= archive[i].rows)
			return false;
	for (size_t i = 0; i < SERIES_COUNT; i++)
		if (header->source_state[i].scratch[PDP_unkn_sec_cnt].u_cnt > SERIES_STEP_S)
			return false;
	return true;
}

bool layout_look(const char *path, int64_t *last)
{
	const int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	struct header expected;
	struct header header;
	struct stat st;
	bool ok;

	if (fd < 0)
		return false;
	expect(&expected);
	ok = fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size == (off_t)layout_bytes() &&
	     pread(fd, &header, sizeof(header), 0) == (ssize_t)sizeof(header);
	if (ok)
		settle_nan(&header);
	ok = ok && memcmp(&header, &expected, FIXED_BYTES) == 0 && is_state_sane(&header);
	close(fd);
	if (ok)
		*last = header.live.last_up;
	return ok;
}

bool layout_create(const struct librrd *rrd, const char *path)
{
	char text[SERIES_COUNT + ARCHIVES][ARGUMENT_BYTES];
	const char *argv[SERIES_COUNT + ARCHIVES];
	int argc = 0;

	for (size_t i = 0; i < SERIES_COUNT; i++)
		snprintf(text[argc++], ARGUMENT_BYTES, "DS:%s:GAUGE:%d:0:U", source[i],
			 HEARTBEAT_S);
	for (size_t i = 0; i < ARCHIVES; i++)
		snprintf(text[argc++], ARGUMENT_BYTES, "RRA:%s:0.5:%lu:%lu", archive[i].function,
			 archive[i].steps, archive[i].rows);
	for (int i = 0; i < argc; i++)
		argv[i] = text[i];
	rrd->clear_error();
	return rrd->create_r(path, SERIES_STEP_S, DAY_S, argc, argv) == 0;
}

void layout_begin(char *file, int64_t midnight)
{
	const time_t when = midnight;

	memcpy(file + offsetof(struct header, live.last_up), &when, sizeof(when));
}
