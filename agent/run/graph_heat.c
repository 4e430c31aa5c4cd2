/* Lanes without values: a pool's addresses day by day, and lists that were out of order. */
#include "run/graph_parts.h"

#include "base/mem.h"
#include "base/str.h"
#include "judge/grade.h"
#include "render/escape.h"

#include <stdlib.h>
#include <string.h>

enum { HEAT_LANES_MAX = 256, LISTS_MAX = 120 };

/* --- a pool's addresses --- */

static const enum paint paint_of_grade[] = {
    [GRADE_UNKNOWN] = PAINT_UNKNOWN,
    [GRADE_GOOD] = PAINT_GOOD,
    [GRADE_NEUTRAL] = PAINT_NEUTRAL,
    [GRADE_POOR] = PAINT_POOR,
};
_Static_assert(COUNT_OF(paint_of_grade) == GRADE_COUNT, "a colour for each grade");

/* How the address stood while it had these troubles. Coverage is not kept by the day: only the days
 * before it was watched are unknown. */
static enum grade_letter grade_while(const struct episode *episode, size_t episodes, int64_t from,
				     int64_t to, struct arena *arena)
{
	static const struct coverage full = {1, 1, 0};
	struct standing *standing = arena_calloc(arena, episodes, sizeof(*standing));
	size_t count = 0;

	for (size_t i = 0; i < episodes; i++) {
		const struct episode *const row = &episode[i];
		int belief;

		if (row->from >= to || row->to <= from)
			continue;
		belief = finding_parse(row->word);
		if (belief < 0)
			continue;
		standing[count++] = (struct standing){.check = row->check,
						      .subject = row->subject,
						      .belief = (enum finding)belief,
						      .severity = row->severity,
						      .means = "",
						      .text = "",
						      .fix = "",
						      .since = row->from,
						      .last_good = row->from};
	}
	return grade_of(standing, count, &full, arena).letter;
}

/* Picked once: a pool has thousands of episodes, and each lane asks for each of its days. */
static struct episode *episodes_of(const char *address, const struct episode *episode,
				   size_t *count, struct arena *arena)
{
	struct episode *own = arena_calloc(arena, *count, sizeof(*own));
	size_t owned = 0;

	for (size_t i = 0; i < *count; i++)
		if (strcmp(episode[i].address, address) == 0)
			own[owned++] = episode[i];
	*count = owned;
	return own;
}

static bool watched_since(struct graph *graph, const struct stored_address *address, int64_t *since,
			  struct err *err)
{
	struct sample *sample;
	size_t samples;

	if (!store_samples(graph->source->store, address->id, graph->request->from, graph->arena,
			   &sample, &samples, err))
		return false;
	*since = samples ? sample[0].at : INT64_MAX;
	return true;
}

static bool add_address(struct graph *graph, const struct graph_grid *grid,
			const struct stored_address *address, const struct episode *episode,
			size_t episodes, struct picture_lane *lane, struct err *err)
{
	struct picture_span *span = arena_calloc(graph->arena, grid->cells, sizeof(*span));
	struct arena *scratch = arena_new();
	struct arena *kept = arena_new();
	const struct episode *const own = episodes_of(address->address, episode, &episodes, kept);
	int64_t since;
	bool ok = watched_since(graph, address, &since, err);

	for (size_t i = 0; ok && i < grid->cells && grid->at[i] < graph->source->now; i++) {
		const int64_t end = grid->at[i + 1];
		const enum grade_letter letter =
		    end <= since ? GRADE_UNKNOWN
				 : grade_while(own, episodes, grid->at[i], end, scratch);

		span[lane->spans++] =
		    (struct picture_span){grid->at[i], end, paint_of_grade[letter]};
		arena_reset(scratch);
	}
	arena_free(scratch);
	arena_free(kept);
	lane->span = span;
	lane->name = address->address;
	return ok;
}

static void add_grade_keys(struct graph *graph)
{
	const struct picture_key key[] = {{"GOOD", PAINT_GOOD},
					  {"NEUTRAL", PAINT_NEUTRAL},
					  {"POOR", PAINT_POOR},
					  {"UNKNOWN", PAINT_UNKNOWN}};
	struct picture_key *kept = arena_calloc(graph->arena, COUNT_OF(key), sizeof(*kept));

	memcpy(kept, key, sizeof(key));
	graph->picture->key = kept;
	graph->picture->keys = COUNT_OF(key);
}

bool graph_add_heat(struct graph *graph, struct err *err)
{
	struct picture_lane *lane = arena_calloc(graph->arena, graph->members, sizeof(*lane));
	struct episode *episode;
	struct graph_grid grid;
	size_t episodes;

	graph_grid_open(&grid, graph);
	if (!graph_story(graph, &episode, &episodes, err))
		return false;
	for (size_t i = 0; i < graph->members && i < HEAT_LANES_MAX; i++)
		if (!add_address(graph, &grid, graph->member[i], episode, episodes,
				 &lane[graph->picture->lanes++], err))
			return false;
	graph->picture->lane = lane;
	add_grade_keys(graph);
	return true;
}

/* --- lists --- */

struct list_story {
	const char *zone;
	struct picture_span *span;
	size_t spans, room;
	int64_t out_since; /* 0: in order */
	enum paint paint;
};

static struct list_story *story_of(struct list_story *story, size_t *stories, const char *zone)
{
	for (size_t i = 0; i < *stories; i++)
		if (strcmp(story[i].zone, zone) == 0)
			return &story[i];
	if (*stories == LISTS_MAX)
		return NULL;
	story[*stories] = (struct list_story){.zone = zone};
	return &story[(*stories)++];
}

static void end_out(struct list_story *story, int64_t at, struct arena *arena)
{
	struct picture_span *grown;

	if (!story->out_since)
		return;
	if (story->spans == story->room) {
		story->room = story->room ? 2 * story->room : 8;
		grown = arena_calloc(arena, story->room, sizeof(*grown));
		if (story->spans)
			memcpy(grown, story->span, story->spans * sizeof(*grown));
		story->span = grown;
	}
	story->span[story->spans++] = (struct picture_span){story->out_since, at, story->paint};
	story->out_since = 0;
}

static enum paint paint_of_health(const char *word)
{
	if (strcmp(word, list_health_name(HEALTH_SICK)) == 0)
		return PAINT_CRITICAL;
	return strcmp(word, list_health_name(HEALTH_REFUSED)) == 0 ? PAINT_MAJOR : PAINT_BLIND;
}

static void tell_list(struct graph *graph, struct list_story *story, const struct event *event)
{
	end_out(story, event->at, graph->arena);
	if (event->change != CHANGE_LIST_SICK)
		return;
	story->out_since = event->at;
	story->paint = paint_of_health(event->to);
}

static void add_health_keys(struct graph *graph)
{
	const struct picture_key key[] = {
	    {graph_word(graph, "fails its test entries"), PAINT_CRITICAL},
	    {graph_word(graph, "refuses our questions"), PAINT_MAJOR},
	    {graph_word(graph, "silent, or held back"), PAINT_BLIND},
	};
	struct picture_key *kept = arena_calloc(graph->arena, COUNT_OF(key), sizeof(*kept));

	memcpy(kept, key, sizeof(key));
	graph->picture->key = kept;
	graph->picture->keys = COUNT_OF(key);
}

bool graph_add_lists(struct graph *graph, struct err *err)
{
	const struct event_filter all = {0};
	struct list_story *story = arena_calloc(graph->arena, LISTS_MAX, sizeof(*story));
	struct picture_lane *lane = arena_calloc(graph->arena, LISTS_MAX, sizeof(*lane));
	struct event *event;
	size_t events;
	size_t stories = 0;

	if (!store_events(graph->source->store, &all, graph->arena, &event, &events, err))
		return false;
	for (size_t i = 0; i < events; i++) {
		struct list_story *at;

		if (event[i].change != CHANGE_LIST_SICK && event[i].change != CHANGE_LIST_WELL)
			continue;
		at = story_of(story, &stories, event[i].subject);
		if (at)
			tell_list(graph, at, &event[i]);
	}
	for (size_t i = 0; i < stories; i++) {
		struct str name = {0};

		end_out(&story[i], graph->source->now, graph->arena);
		if (!story[i].spans || story[i].span[story[i].spans - 1].to < graph->request->from)
			continue;
		escape_terminal(&name, story[i].zone, strlen(story[i].zone));
		lane[graph->picture->lanes++] = (struct picture_lane){
		    arena_strdup(graph->arena, str_text(&name)), story[i].span, story[i].spans};
		str_release(&name);
	}
	graph->picture->lane = lane;
	add_health_keys(graph);
	return true;
}
