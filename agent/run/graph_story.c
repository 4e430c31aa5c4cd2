/* What happened to addresses, as stretches of time: the journal says when a belief was raised and
 * when it was cleared, and the standings say what is open now. */
#include "run/graph_parts.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

struct story {
	struct episode *episode;
	size_t count, room;
};

static struct episode *find_open(const struct story *story, const struct event *event)
{
	for (size_t i = story->count; i-- > 0;) {
		struct episode *const episode = &story->episode[i];

		if (episode->is_open && strcmp(episode->address, event->address) == 0 &&
		    strcmp(episode->check, event->check) == 0 &&
		    strcmp(episode->subject, event->subject) == 0)
			return episode;
	}
	return NULL;
}

static void begin(struct story *story, const struct episode *episode)
{
	if (story->count == story->room) {
		story->room = story->room ? 2 * story->room : 32;
		story->episode = xrealloc(story->episode, story->room, sizeof(*story->episode));
	}
	story->episode[story->count++] = *episode;
}

static void end(struct episode *open, int64_t at)
{
	if (!open)
		return;
	open->to = at;
	open->is_open = false;
}

/* Worse or another trouble of the same kind is a stretch of its own: its colour differs. */
static void tell(struct story *story, const struct event *event)
{
	struct episode *const open = find_open(story, event);

	switch (event->change) {
	case CHANGE_RAISED:
	case CHANGE_ESCALATED:
	case CHANGE_REMINDER:
		if (event->change == CHANGE_REMINDER && !open)
			return;
		end(open, event->at);
		begin(story, &(struct episode){.address = event->address,
					       .check = event->check,
					       .subject = event->subject,
					       .word = event->to,
					       .severity = event->severity,
					       .from = event->at,
					       .is_open = true});
		break;
	case CHANGE_CLEARED:
		end(open, event->at);
		break;
	case CHANGE_NONE:
	case CHANGE_WENT_BLIND:
	case CHANGE_LIST_SICK:
	case CHANGE_LIST_WELL:
	case CHANGE_COUNT:
		break;
	}
}

static bool is_trouble(enum finding belief)
{
	return belief != FINDING_BLIND && belief != FINDING_CLEAR && belief != FINDING_NOTED;
}

/* What is believed now and has no event: the journal is shorter than it, or a first pass made it. */
static void add_standings(struct story *story, const struct stored_address *address)
{
	for (size_t i = 0; i < address->standings; i++) {
		const struct standing *const standing = &address->standing[i];
		const struct event as_event = {.address = address->address,
					       .check = standing->check,
					       .subject = standing->subject};

		if (!is_trouble(standing->belief) || find_open(story, &as_event))
			continue;
		begin(story, &(struct episode){.address = address->address,
					       .check = standing->check,
					       .subject = standing->subject,
					       .word = finding_name(standing->belief),
					       .severity = standing->severity,
					       .from = standing->since,
					       .is_open = true});
	}
}

static int by_begin(const void *a, const void *b)
{
	const struct episode *const x = a;
	const struct episode *const y = b;

	return (x->from > y->from) - (x->from < y->from);
}

bool graph_story(struct graph *graph, struct episode **out, size_t *count, struct err *err)
{
	const struct event_filter filter = {.address = graph->text, .addresses = graph->members};
	struct story story = {0};
	struct event *event;
	size_t events;

	if (!store_events(graph->source->store, &filter, graph->arena, &event, &events, err))
		return false;
	for (size_t i = 0; i < events; i++)
		tell(&story, &event[i]);
	for (size_t i = 0; i < graph->members; i++)
		add_standings(&story, graph->member[i]);
	*out = arena_calloc(graph->arena, story.count, sizeof(**out));
	*count = 0;
	for (size_t i = 0; i < story.count; i++) {
		struct episode *const episode = &story.episode[i];

		if (episode->is_open)
			episode->to = graph->source->open_until ? graph->source->open_until
								: graph->source->now;
		if (episode->to >= graph->request->from && episode->from <= graph->request->to)
			(*out)[(*count)++] = *episode;
	}
	free(story.episode);
	if (*count)
		qsort(*out, *count, sizeof(**out), by_begin);
	return true;
}
