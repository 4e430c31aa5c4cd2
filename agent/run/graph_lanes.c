/* The lanes under the volume: a lane for each list and receiver, in the order of how bad they were. */
#include "run/graph_parts.h"

#include "base/mem.h"
#include "base/parse.h"
#include "base/str.h"
#include "render/escape.h"
#include "render/page.h"
#include "render/tr.h"

#include <stdlib.h>
#include <string.h>

enum { LANES_MAX = 30, DAY_S = 86400 };

/* Lanes come in this order. */
enum lane_group { LANE_LIST, LANE_RECEIVER, LANE_IDENTITY, LANE_VOLUME, LANE_GROUPS };

struct lane {
	enum lane_group group;
	const char *check, *subject;
	enum severity severity; /* the worst */
	int64_t from; /* the first */
	struct picture_span *span;
	size_t spans;
	size_t seen; /* episodes */
};

static enum lane_group group_of(const char *check)
{
	static const struct {
		const char *check;
		enum lane_group group;
	} row[] = {{"dnsbl", LANE_LIST}, {"receiver", LANE_RECEIVER}, {"volume", LANE_VOLUME}};

	for (size_t i = 0; i < COUNT_OF(row); i++)
		if (strcmp(check, row[i].check) == 0)
			return row[i].group;
	return LANE_IDENTITY;
}

static enum paint paint_of(const struct episode *episode)
{
	static const enum paint by_severity[] = {
	    [SEVERITY_INFO] = PAINT_INFO,
	    [SEVERITY_MINOR] = PAINT_MINOR,
	    [SEVERITY_MAJOR] = PAINT_MAJOR,
	    [SEVERITY_CRITICAL] = PAINT_CRITICAL,
	};

	_Static_assert(COUNT_OF(by_severity) == SEVERITY_COUNT, "a colour for each severity");
	return group_of(episode->check) == LANE_RECEIVER ? PAINT_BLOCK
							 : by_severity[episode->severity];
}

static int worst_first(const void *a, const void *b)
{
	const struct lane *const x = a;
	const struct lane *const y = b;

	if (x->group != y->group)
		return (int)x->group - (int)y->group;
	if (x->severity != y->severity)
		return (int)y->severity - (int)x->severity;
	if (x->from != y->from)
		return x->from < y->from ? -1 : 1;
	return strcmp(x->subject, y->subject);
}

static struct lane *lane_of(struct lane *lane, size_t *lanes, const struct episode *episode)
{
	for (size_t i = 0; i < *lanes; i++)
		if (strcmp(lane[i].check, episode->check) == 0 &&
		    strcmp(lane[i].subject, episode->subject) == 0)
			return &lane[i];
	lane[*lanes] = (struct lane){.group = group_of(episode->check),
				     .check = episode->check,
				     .subject = episode->subject,
				     .from = episode->from};
	return &lane[(*lanes)++];
}

static const char *name_of(const struct graph *graph, const struct lane *lane)
{
	struct str name = {0}, subject = {0};
	const char *kept;

	switch (lane->group) {
	case LANE_LIST:
		escape_terminal(&name, lane->subject, strlen(lane->subject));
		break;
	case LANE_RECEIVER:
		escape_terminal(&subject, lane->subject, strlen(lane->subject));
		tr_add(&name, graph->source->language, "%s refuses", str_text(&subject));
		break;
	case LANE_IDENTITY:
		tr_add(&name, graph->source->language, "%s broken", page_check_name(lane->check));
		break;
	case LANE_VOLUME:
	case LANE_GROUPS:
		str_add(&name, graph_word(graph, "volume unusual"));
		break;
	}
	kept = arena_strdup(graph->arena, str_text(&name));
	str_release(&name);
	str_release(&subject);
	return kept;
}

/* --- when nothing could be learned --- */

struct spans {
	struct picture_span *span;
	size_t count, room;
};

static void add_span(struct spans *spans, int64_t from, int64_t to)
{
	if (spans->count && spans->span[spans->count - 1].to >= from) {
		spans->span[spans->count - 1].to = to;
		return;
	}
	if (spans->count == spans->room) {
		spans->room = spans->room ? 2 * spans->room : 16;
		spans->span = xrealloc(spans->span, spans->room, sizeof(*spans->span));
	}
	spans->span[spans->count++] = (struct picture_span){from, to, PAINT_BLIND};
}

/* Passes that learned less than half, and times without any. What was before the first pass is not
 * known either, but nobody watched. */
static void find_blind(const struct graph *graph, const struct sample *sample, size_t samples,
		       struct spans *spans)
{
	const int64_t stale_s = graph->source->conf->stale_after_ms / 1000;

	for (size_t i = 0; i < samples; i++) {
		const int64_t next = i + 1 < samples ? sample[i + 1].at : graph->source->now;

		if (sample[i].coverage < 0.5)
			add_span(spans, sample[i].at, next);
		else if (next - sample[i].at > stale_s)
			add_span(spans, sample[i].at + stale_s, next);
	}
}

static bool add_blind(struct graph *graph, struct picture_lane *lane, struct err *err)
{
	const int64_t since =
	    graph->request->from - graph->source->conf->stale_after_ms / 1000 - DAY_S;
	struct spans spans = {0};
	struct picture_span *kept;
	struct sample *sample;
	size_t samples;

	if (!graph->members)
		return true;
	if (!store_samples(graph->source->store, graph->member[0]->id, since, graph->arena, &sample,
			   &samples, err))
		return false;
	find_blind(graph, sample, samples, &spans);
	kept = arena_calloc(graph->arena, spans.count, sizeof(*kept));
	for (size_t i = 0; i < spans.count; i++)
		if (spans.span[i].to > graph->request->from)
			kept[lane->spans++] = spans.span[i];
	lane->span = kept;
	lane->name = graph_word(graph, "could not be asked");
	free(spans.span);
	return true;
}

/* --- all of it --- */

static size_t gather_lanes(struct graph *graph, const struct episode *episode, size_t episodes,
			   struct lane *lane)
{
	size_t lanes = 0;

	for (size_t i = 0; i < episodes; i++)
		lane_of(lane, &lanes, &episode[i])->seen++;
	for (size_t i = 0; i < lanes; i++)
		lane[i].span = arena_calloc(graph->arena, lane[i].seen, sizeof(*lane[i].span));
	for (size_t i = 0; i < episodes; i++) {
		struct lane *const at = lane_of(lane, &lanes, &episode[i]);

		at->span[at->spans++] =
		    (struct picture_span){episode[i].from, episode[i].to, paint_of(&episode[i])};
		if (episode[i].severity > at->severity)
			at->severity = episode[i].severity;
	}
	if (lanes)
		qsort(lane, lanes, sizeof(*lane), worst_first);
	return lanes;
}

/* Lanes that have no place share the last one. */
static void fold_rest(struct graph *graph, struct lane *lane, size_t lanes,
		      struct picture_lane *out)
{
	char number[GROUPED_BYTES];
	struct picture_span *span;
	size_t spans = 0;

	for (size_t i = LANES_MAX - 1; i < lanes; i++)
		spans += lane[i].spans;
	span = arena_calloc(graph->arena, spans, sizeof(*span));
	spans = 0;
	for (size_t i = LANES_MAX - 1; i < lanes; i++)
		for (size_t j = 0; j < lane[i].spans; j++)
			span[spans++] = lane[i].span[j];
	*out = (struct picture_lane){
	    graph_said(graph, "%s more", grouped_text(lanes - (LANES_MAX - 1), number)), span,
	    spans};
}

static void add_keys(struct graph *graph, const struct picture_lane *lane, size_t lanes)
{
	const struct picture_key key[] = {
	    {graph_word(graph, "critical"), PAINT_CRITICAL},
	    {graph_word(graph, "major"), PAINT_MAJOR},
	    {graph_word(graph, "minor"), PAINT_MINOR},
	    {graph_word(graph, "for information"), PAINT_INFO},
	    {graph_word(graph, "refused by a receiver"), PAINT_BLOCK},
	    {graph_word(graph, "not known"), PAINT_BLIND},
	};
	struct picture_key *used = arena_calloc(graph->arena, COUNT_OF(key), sizeof(*used));

	for (size_t i = 0; i < COUNT_OF(key); i++) {
		bool is_used = false;

		for (size_t j = 0; j < lanes; j++)
			for (size_t k = 0; k < lane[j].spans; k++)
				is_used |= lane[j].span[k].paint == key[i].paint;
		if (is_used)
			used[graph->picture->keys++] = key[i];
	}
	graph->picture->key = used;
}

bool graph_add_lanes(struct graph *graph, struct err *err)
{
	struct picture *const picture = graph->picture;
	struct picture_lane *out = arena_calloc(graph->arena, LANES_MAX + 1, sizeof(*out));
	struct episode *episode;
	struct lane *lane;
	size_t episodes;
	size_t lanes;

	if (!graph_story(graph, &episode, &episodes, err))
		return false;
	lane = arena_calloc(graph->arena, episodes, sizeof(*lane));
	lanes = gather_lanes(graph, episode, episodes, lane);
	for (size_t i = 0; i < lanes && i < LANES_MAX; i++)
		out[picture->lanes++] =
		    (struct picture_lane){name_of(graph, &lane[i]), lane[i].span, lane[i].spans};
	if (lanes > LANES_MAX)
		fold_rest(graph, lane, lanes, &out[LANES_MAX - 1]);
	if (!add_blind(graph, &out[picture->lanes], err))
		return false;
	picture->lanes += out[picture->lanes].spans > 0;
	picture->lane = out;
	add_keys(graph, out, picture->lanes);
	return true;
}
