/* The pictures of a pass, after its commit: whatever fails here, nothing is lost. */
#include "run/pass_parts.h"

#include "base/map.h"
#include "base/mem.h"
#include "base/parse.h"
#include "io/series.h"
#include "run/traffic_parts.h"
#include "run/volume_points.h"
#include "store/volumes.h"
#include "sys/clock.h"
#include "sys/files.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { UPTO_MAX_BYTES = 32, MADE_OF_MAX_BYTES = 256, REBUILD_MAX_US = 30 * 1000000 };

static struct series_point point_of(const struct sample *sample)
{
	return (struct series_point){
	    .at = sample->at,
	    .value =
		{
		    [SERIES_LISTINGS] = sample->listings,
		    [SERIES_BLIND] = sample->blind,
		    [SERIES_COVERAGE] = sample->coverage,
		    [SERIES_LATENCY] = sample->latency_s < 0 ? NAN : sample->latency_s,
		},
	};
}

/* All the store knows of an address since a moment, as points. */
static bool points_since(struct pass *pass, const struct stored_address *stored, int64_t since,
			 struct arena *arena, struct series_point **point, size_t *points,
			 struct err *err)
{
	struct sample *sample;

	if (!store_samples(pass->store, stored->id, since, arena, &sample, points, err))
		return false;
	*point = arena_calloc(arena, *points, sizeof(**point));
	for (size_t i = 0; i < *points; i++)
		(*point)[i] = point_of(&sample[i]);
	return true;
}

/* What writing the series of a pass needs. */
struct pictures {
	struct pass *pass;
	struct series *series;
	int64_t upto; /* the last pass whose points are in the files */
	bool has_row; /* a row of the reputation has ended since then */
	bool are_counts_same; /* as when all their files were held against the store */
	int64_t rebuild_until_us; /* nothing that may be put off is begun after it */
	size_t failed;
	size_t put_off;
	struct err err;
};

static struct series_name reputation_of(const struct stored_address *stored)
{
	return (struct series_name){SERIES_REPUTATION, stored->address};
}

static bool is_late(const struct pictures *pictures)
{
	return clock_monotonic_us() > pictures->rebuild_until_us;
}

/* Years of passes take a second to draw again, and the next pass is a good time too. */
static enum series_result rebuild(struct pictures *pictures, const struct stored_address *stored,
				  struct arena *arena)
{
	struct series_point *point;
	size_t points;

	if (is_late(pictures)) {
		pictures->put_off++;
		return SERIES_OK;
	}
	if (!points_since(pictures->pass, stored, 0, arena, &point, &points, &pictures->err))
		return SERIES_FAILED;
	return series_rebuild(pictures->series, reputation_of(stored), point, points,
			      &pictures->err);
}

static void write_reputation(struct pictures *pictures, size_t target)
{
	struct pass *const pass = pictures->pass;
	const struct stored_address *const stored = &pass->stored[target];
	const struct series_point now = point_of(&pass->sample[target]);
	struct arena *arena = arena_new();
	enum series_result result = SERIES_FAILED;
	struct series_point *point;
	size_t points;

	if (!pictures->has_row)
		result = series_is_there(pictures->series, reputation_of(stored)) ? SERIES_OK
										  : SERIES_REBUILD;
	else if (pictures->upto == pass->last.at)
		result =
		    series_append(pictures->series, reputation_of(stored), &now, 1, &pictures->err);
	else if (points_since(pass, stored, pictures->upto + 1, arena, &point, &points,
			      &pictures->err))
		result = series_append(pictures->series, reputation_of(stored), point, points,
				       &pictures->err);
	if (result == SERIES_REBUILD)
		result = rebuild(pictures, stored, arena);
	pictures->failed += result != SERIES_OK;
	arena_free(arena);
}

/* The kinds that hold counts, and what makes their points. */
static const struct {
	enum series_kind kind;
	bool (*make)(struct volume_points *points, struct err *err);
} volume_kind[] = {{SERIES_HOURS, volume_points_hours}, {SERIES_DAYS, volume_points_days}};

static enum series_result write_counts(struct pictures *pictures, size_t kind,
				       struct volume_points *made)
{
	const struct series_name name = {volume_kind[kind].kind, made->address};
	struct series *const series = pictures->series;
	struct err *const err = &pictures->err;
	enum series_result result;

	if (!volume_kind[kind].make(made, err))
		return SERIES_FAILED;
	result = series_update(series, name, made->point, made->points, err);
	if (result == SERIES_REBUILD)
		result = series_rebuild(series, name, made->point, made->points, err);
	return result;
}

/* Without a row that has ended nothing would show; what passes of the same row saw is written
 * from the store by the first one behind it. */
static bool ends_row(const struct pictures *pictures)
{
	const int64_t step_s = series_step_s(SERIES_REPUTATION);

	return pictures->pass->at / step_s != pictures->upto / step_s;
}

static bool has_volumes(struct pictures *pictures, const char *address)
{
	for (size_t i = 0; i < COUNT_OF(volume_kind); i++)
		if (!series_is_there(pictures->series,
				     (struct series_name){volume_kind[i].kind, address}))
			return false;
	return true;
}

/* Logs may bring mail of hours long past, by an import too, so the files are held against the
 * store whenever an hour has ended or counts were added. */
static void write_volume(struct pictures *pictures, size_t target)
{
	struct pass *const pass = pictures->pass;
	const char *const address = pass->targets.target[target].text;
	struct arena *arena;

	if (!pass->traffic || !map_get(pass->traffic->senders, address))
		return;
	if (pictures->are_counts_same && has_volumes(pictures, address))
		return;
	if (is_late(pictures)) {
		pictures->put_off++;
		return;
	}
	arena = arena_new();
	for (size_t i = 0; i < COUNT_OF(volume_kind); i++) {
		struct volume_points made = {
		    .store = pass->store,
		    .address = address,
		    .zone = pass->options->zone,
		    .now = pass->at,
		    .arena = arena,
		};

		pictures->failed += write_counts(pictures, i, &made) != SERIES_OK;
		arena_reset(arena);
	}
	arena_free(arena);
}

/* The pass up to which all series were written; a pass that died in between leaves a gap that
 * the next one fills from the store. */
static int64_t read_upto(const char *path)
{
	struct err err;
	uint64_t at = 0;
	char *text;
	size_t len;

	if (!files_slurp(path, UPTO_MAX_BYTES, &text, &len, &err))
		return 0;
	text[strcspn(text, "\n")] = '\0';
	if (!parse_u64(text, &at) || at > INT64_MAX)
		at = 0;
	free(text);
	return (int64_t)at;
}

static void write_upto(const char *path, int64_t at)
{
	char text[UPTO_MAX_BYTES];
	struct err err;
	const int len = snprintf(text, sizeof(text), "%" PRId64 "\n", at);

	/* Without it the next pass only does more than it must. */
	files_replace(path, text, (size_t)len, &err);
}

/* What the files of counts are made of; "" when it cannot be told. */
static const char *counts_of(const struct pass *pass)
{
	const int64_t hour = pass->at / series_step_s(SERIES_HOURS);
	struct err err;
	int64_t number;

	if (!volumes_change(pass->store, &number, &err))
		return "";
	return arena_printf(pass->arena, "%" PRId64 " %" PRId64 " %" PRId64 " %016" PRIx64 " %s\n",
			    hour, pass_day(pass), number, pass->conf->digest, PACKAGE_VERSION);
}

static bool is_text_of(const char *path, const char *text)
{
	struct err err;
	char *found;
	size_t len;
	bool is_same;

	if (!files_slurp(path, MADE_OF_MAX_BYTES, &found, &len, &err))
		return false;
	is_same = *text && strcmp(found, text) == 0;
	free(found);
	return is_same;
}

static void write_volumes(struct pictures *pictures)
{
	struct pass *const pass = pictures->pass;
	const char *const path =
	    arena_printf(pass->arena, "%s/rrd/counts-made-of", pass->conf->state_dir);
	const char *const made_of = counts_of(pass);
	const size_t unmade = pictures->failed + pictures->put_off;
	struct err err;

	if (!pass->traffic)
		return;
	pictures->are_counts_same = is_text_of(path, made_of);
	for (size_t i = 0; i < pass->targets.addresses; i++)
		write_volume(pictures, i);
	if (!pictures->are_counts_same && pictures->failed + pictures->put_off == unmade)
		files_replace(path, made_of, strlen(made_of), &err);
}

/* What there is to say about the pictures; they are all there when there is nothing. */
static bool note_pictures(struct pictures *pictures)
{
	struct pass *const pass = pictures->pass;

	if (*series_notice(pictures->series))
		pass_notice(pass, arena_strdup(pass->arena, series_notice(pictures->series)));
	if (pictures->failed)
		pass_notice(pass, arena_printf(pass->arena, "%zu series were not written: %s",
					       pictures->failed, pictures->err.text));
	if (pictures->put_off)
		pass_notice(pass, arena_printf(pass->arena,
					       "%zu series are drawn again by the next passes",
					       pictures->put_off));
	return !pictures->failed && !pictures->put_off;
}

void draw_series(struct pass *pass)
{
	const char *const path =
	    arena_printf(pass->arena, "%s/rrd/written-up-to", pass->conf->state_dir);
	struct pictures pictures = {
	    .pass = pass,
	    .rebuild_until_us = clock_monotonic_us() + REBUILD_MAX_US,
	};

	pictures.series =
	    series_open(pass->conf->state_dir, pass->conf->series.rrdcached, &pictures.err);
	if (!pictures.series) {
		pass_notice(pass, arena_printf(pass->arena, "no graphs: %s", pictures.err.text));
		return;
	}
	pictures.upto = read_upto(path);
	if (pictures.upto > pass->last.at)
		pictures.upto = pass->last.at;
	pictures.has_row = ends_row(&pictures);
	for (size_t i = 0; i < pass->targets.addresses; i++)
		write_reputation(&pictures, i);
	write_volumes(&pictures);
	if (note_pictures(&pictures) && pictures.has_row)
		write_upto(path, pass->at);
	series_close(pictures.series);
}
