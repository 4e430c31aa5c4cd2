#include "run/pass_parts.h"

#include "base/parse.h"
#include "io/series.h"
#include "judge/standing.h"
#include "sys/clock.h"
#include "sys/files.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { UPTO_MAX_BYTES = 32, REBUILD_MAX_US = 30 * 1000000 };

/* --- the store --- */

/* Gives every list its slot, and keeps what the pass learned about those it asked. */
static bool save_lists(struct pass *pass, struct err *err)
{
	for (size_t i = SOURCE_IDENTITY + 1; i < pass->sources; i++) {
		struct stored_list *const stored = &pass->state[i].stored;

		if (stored->slot < 0)
			stored->slot = store_list_slot(pass->store, stored->zone, err);
		if (stored->slot < 0)
			return false;
		if (pass->source[i].is_asked && !store_save_list(pass->store, stored, err))
			return false;
	}
	return true;
}

static size_t slots_needed(const struct pass *pass)
{
	int64_t highest = IDENTITY_SLOT;

	for (size_t i = 0; i < pass->sources; i++)
		if (pass->state[i].stored.slot > highest)
			highest = pass->state[i].stored.slot;
	return (size_t)highest + 1;
}

/* When each pair was asked and last answered usably. Slots of lists that are not configured
 * now keep what they have. */
void pass_update_pairs(struct pass *pass, size_t target, size_t slots)
{
	struct stored_address *const stored = &pass->stored[target];

	if (stored->pairs < slots) {
		struct stored_pair *grown = arena_calloc(pass->arena, slots, sizeof(*grown));

		if (stored->pairs)
			memcpy(grown, stored->pair, stored->pairs * sizeof(*grown));
		stored->pair = grown;
		stored->pairs = slots;
	}
	for (size_t i = 0; i < pass->sources; i++) {
		const struct source_state *const state = &pass->state[i];
		struct stored_pair *pair;

		if (!pass_bit(state->asked, target))
			continue;
		pair = &stored->pair[state->stored.slot];
		pair->asked_at = (uint32_t)pass->at;
		if (state->is_believed && pass_bit(state->usable, target))
			pair->good_at = (uint32_t)pass->at;
	}
}

static bool save_standings(struct pass *pass, const struct stored_address *stored, struct err *err)
{
	for (size_t i = 0; i < stored->standings; i++) {
		const struct standing *const standing = &stored->standing[i];

		if (!store_save_standing(pass->store, stored->id, standing,
					 standing_is_plain(standing), err))
			return false;
	}
	return true;
}

/* Plain ones are as good as none; whoever looks after this sees only what matters. */
static void drop_plain(struct stored_address *stored)
{
	size_t kept = 0;

	for (size_t i = 0; i < stored->standings; i++)
		if (!standing_is_plain(&stored->standing[i]))
			stored->standing[kept++] = stored->standing[i];
	stored->standings = kept;
}

struct view_context pass_view_context(struct pass *pass)
{
	struct view_list *list = arena_calloc(pass->arena, pass->sources, sizeof(*list));
	size_t lists = 0;

	for (size_t i = SOURCE_IDENTITY + 1; i < pass->sources; i++)
		list[lists++] = (struct view_list){
		    .list = pass->source[i].list,
		    .stored = pass->state[i].stored,
		    .every_s = pass->state[i].budget.every_ms / 1000,
		};
	return (struct view_context){
	    .list = list,
	    .lists = lists,
	    .now = pass->at,
	    .stale_after_s = pass->conf->stale_after_ms / 1000,
	    .wants_identity = true,
	};
}

static void grade(struct pass *pass, const struct view_context *context, size_t target,
		  struct arena *arena)
{
	struct stored_address *const stored = &pass->stored[target];
	struct address_view view;

	view_make(context, stored, arena, &view);
	if (stored->grade != view.grade.letter || !stored->grade_since)
		stored->grade_since = pass->at;
	stored->grade = view.grade.letter;
	stored->asked = view.asked;
	stored->answered = view.answered;
	stored->seen_at = pass->at;
	pass->sample[target] = view_sample(&view, pass->at);
	pass->sample[target].latency_s = pass->latency_s;
}

static bool save_addresses(struct pass *pass, struct err *err)
{
	const struct view_context context = pass_view_context(pass);
	const size_t slots = slots_needed(pass);
	struct arena *arena = arena_new();
	bool ok = true;

	pass->sample = arena_calloc(pass->arena, pass->targets.count, sizeof(*pass->sample));
	for (size_t i = 0; ok && i < pass->targets.count; i++) {
		struct stored_address *const stored = &pass->stored[i];

		if (!traffic_judge(pass, i, arena, err)) {
			ok = false;
			break;
		}
		pass_update_pairs(pass, i, slots);
		grade(pass, &context, i, arena);
		ok = store_save_address(pass->store, stored, err) &&
		     save_standings(pass, stored, err) && traffic_keep(pass, i, err) &&
		     store_add_sample(pass->store, stored->id, &pass->sample[i], err);
		drop_plain(stored);
		arena_reset(arena);
	}
	arena_free(arena);
	return ok && store_forget_unseen(pass->store, pass->at, err);
}

static bool save_events(struct pass *pass, struct err *err)
{
	for (size_t i = 0; i < pass->events; i++)
		if (!store_add_event(pass->store, &pass->event[i], err))
			return false;
	return true;
}

bool record_pass(struct pass *pass, struct err *err)
{
	const struct pass_summary *const summary = pass->summary;
	const struct stored_pass row = {
	    .at = pass->at,
	    .seconds = summary->seconds,
	    .latency_s = pass->latency_s,
	    .queries = summary->queries,
	    .answered = summary->answered,
	    .listed = summary->listed,
	    .blind = summary->blind,
	    .is_complete = summary->is_complete,
	};

	return store_begin(pass->store, err) && traffic_read(pass, err) && save_lists(pass, err) &&
	       save_addresses(pass, err) && traffic_judge_groups(pass, err) &&
	       save_events(pass, err) && store_add_pass(pass->store, &row, err) &&
	       store_commit(pass->store, err);
}

/* --- the series --- */

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
	int64_t rebuild_until_us; /* no new rebuild is begun after it */
	size_t failed;
	size_t put_off;
	struct err err;
};

/* Years of passes take a second to draw again, and the next pass is a good time too. */
static enum series_result rebuild(struct pictures *pictures, const struct stored_address *stored,
				  struct arena *arena)
{
	struct series_point *point;
	size_t points;

	if (clock_monotonic_us() > pictures->rebuild_until_us) {
		pictures->put_off++;
		return SERIES_OK;
	}
	if (!points_since(pictures->pass, stored, 0, arena, &point, &points, &pictures->err))
		return SERIES_FAILED;
	return series_rebuild(pictures->series, stored->address, point, points, &pictures->err);
}

static void write_series(struct pictures *pictures, size_t target)
{
	struct pass *const pass = pictures->pass;
	const struct stored_address *const stored = &pass->stored[target];
	const struct series_point now = point_of(&pass->sample[target]);
	struct arena *arena = arena_new();
	enum series_result result = SERIES_FAILED;
	struct series_point *point;
	size_t points;

	if (pictures->upto == pass->last.at)
		result = series_append(pictures->series, stored->address, &now, 1, &pictures->err);
	else if (points_since(pass, stored, pictures->upto + 1, arena, &point, &points,
			      &pictures->err))
		result =
		    series_append(pictures->series, stored->address, point, points, &pictures->err);
	if (result == SERIES_REBUILD)
		result = rebuild(pictures, stored, arena);
	pictures->failed += result != SERIES_OK;
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

void record_series(struct pass *pass)
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
	for (size_t i = 0; i < pass->targets.count; i++)
		write_series(&pictures, i);
	if (note_pictures(&pictures))
		write_upto(path, pass->at);
	series_close(pictures.series);
}
