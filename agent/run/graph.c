#include "run/graph_parts.h"

#include "base/mem.h"
#include "base/parse.h"
#include "base/str.h"
#include "render/escape.h"
#include "render/tr.h"

#include <string.h>

static const char *const kind_word[] = {
    [GRAPH_VOLUME] = "volume",
    [GRAPH_HEAT] = "grades",
    [GRAPH_LISTS] = "lists",
    [GRAPH_RECEIVERS] = "receivers",
};
_Static_assert(COUNT_OF(kind_word) == GRAPH_KIND_COUNT, "a word for each kind");

int graph_kind_parse(const char *word)
{
	for (size_t i = 0; i < COUNT_OF(kind_word); i++)
		if (strcmp(kind_word[i], word) == 0)
			return (int)i;
	return -1;
}

bool graph_open(struct graph_source *source, struct arena *arena, struct err *err)
{
	source->store = store_open(source->conf->state_dir, STORE_READ, err);
	source->by_text = map_new();
	if (!source->store ||
	    !store_addresses(source->store, NULL, arena, &source->address, &source->addresses, err))
		return false;
	for (size_t i = 0; i < source->addresses; i++)
		map_put(source->by_text, source->address[i].address, &source->address[i]);
	return true;
}

void graph_close(struct graph_source *source)
{
	store_close(source->store);
	map_free(source->by_text);
	source->store = NULL;
	source->by_text = NULL;
}

const char *graph_word(const struct graph *graph, const char *english)
{
	return tr(graph->source->language, english);
}

const char *graph_said(const struct graph *graph, const char *english, ...)
{
	struct str text = {0};
	va_list arguments;
	const char *kept;

	va_start(arguments, english);
	tr_add_list(&text, graph->source->language, english, arguments);
	va_end(arguments);
	kept = arena_strdup(graph->arena, str_text(&text));
	str_release(&text);
	return kept;
}

/* An address by its text, else all of a pool or of one name. */
static bool find_members(struct graph *graph, struct err *err)
{
	const struct graph_source *const source = graph->source;
	const char *const subject = graph->request->subject;
	const struct stored_address *const one = map_get(source->by_text, subject);
	const struct stored_address *const from = one ? one : source->address;
	const size_t count = one ? 1 : source->addresses;
	const struct stored_address **member = arena_calloc(graph->arena, count, sizeof(*member));
	const char **text = arena_calloc(graph->arena, count, sizeof(*text));

	for (size_t i = 0; i < count; i++) {
		const struct stored_address *const row = &from[i];

		if (!one && strcmp(row->pool, subject) != 0 && strcmp(row->name, subject) != 0)
			continue;
		text[graph->members] = row->address;
		member[graph->members++] = row;
	}
	graph->member = member;
	graph->text = text;
	return graph->members || graph->request->kind == GRAPH_LISTS ||
	       err_set(err,
		       "nothing is known of '%s': it is no address, pool or name that a pass has "
		       "seen",
		       subject);
}

/* --- words --- */

static const char *safe(const struct graph *graph, const char *text)
{
	struct str out = {0};
	const char *kept;

	escape_terminal(&out, text, strlen(text));
	kept = arena_strdup(graph->arena, str_text(&out));
	str_release(&out);
	return kept;
}

static const char *title_of(const struct graph *graph)
{
	static const char *const what[] = {
	    [GRAPH_VOLUME] = TR_LATER("volume and reputation"),
	    [GRAPH_HEAT] = TR_LATER("grades day by day"),
	    [GRAPH_LISTS] = TR_LATER("Lists that were out of order"),
	    [GRAPH_RECEIVERS] = TR_LATER("deliveries by receiver"),
	};
	const enum graph_kind kind = graph->request->kind;
	const char *const words = graph_word(graph, what[kind]);
	const struct stored_address *const one = graph->members == 1 ? graph->member[0] : NULL;

	_Static_assert(COUNT_OF(what) == GRAPH_KIND_COUNT, "a title for each kind");
	if (kind == GRAPH_LISTS)
		return words;
	return arena_printf(graph->arena, "%s%s%s: %s", safe(graph, graph->request->subject),
			    one && one->name[0] ? " " : "", one ? safe(graph, one->name) : "",
			    words);
}

/* "messages a day · pool shared-a · 2026-08-23 to 2026-11-21 · Asia/Tokyo" */
static const char *subtitle_of(const struct graph *graph)
{
	const struct picture *const picture = graph->picture;
	const struct zone *const zone = graph->source->zone;
	const struct stored_address *const one = graph->members == 1 ? graph->member[0] : NULL;
	char from[CIVIL_TEXT_BYTES], to[CIVIL_TEXT_BYTES];
	struct str text = {0};
	const char *kept;

	if (picture->unit)
		str_addf(&text, "%s · ", picture->unit);
	if (one && one->pool[0])
		str_addf(&text, "%s · ", graph_said(graph, "pool %s", safe(graph, one->pool)));
	tr_add(&text, graph->source->language, "%s to %s",
	       civil_date_text(civil_date_at(zone, picture->from), from),
	       civil_date_text(civil_date_at(zone, picture->to), to));
	if (graph->source->zone_name[0])
		str_addf(&text, " · %s", graph->source->zone_name);
	kept = arena_strdup(graph->arena, str_text(&text));
	str_release(&text);
	return kept;
}

/* The text alternative: the figures in sentences. */
static void add_sum(const struct graph *graph, struct str *about)
{
	char number[GROUPED_BYTES];

	for (size_t i = 0; i < graph->picture->curves; i++) {
		const struct picture_curve *const curve = &graph->picture->curve[i];
		double all = 0;

		for (size_t j = 0; curve->kind == CURVE_AREA && j < curve->steps; j++)
			if (curve->step[j].value > 0)
				all += curve->step[j].value;
		if (curve->kind == CURVE_AREA)
			str_addf(about, "%s: %s. ", curve->name,
				 grouped_text((uint64_t)(all + 0.5), number));
		else
			str_addf(about, "%s. ", curve->name);
	}
}

static void add_spans(const struct graph *graph, struct str *about)
{
	enum { TOLD_MAX = 60 };
	char from[CIVIL_TEXT_BYTES], to[CIVIL_TEXT_BYTES];
	size_t told = 0;

	if (graph->request->kind == GRAPH_HEAT)
		return;
	for (size_t i = 0; i < graph->picture->lanes; i++)
		for (size_t j = 0; j < graph->picture->lane[i].spans && told < TOLD_MAX; j++) {
			const struct picture_span *const span = &graph->picture->lane[i].span[j];

			str_addf(about, "%s: %s. ", graph->picture->lane[i].name,
				 graph_said(graph, "%s to %s",
					    civil_minute(graph->source->zone, span->from, from),
					    civil_minute(graph->source->zone, span->to, to)));
			told++;
		}
}

static const char *about_of(const struct graph *graph)
{
	struct str about = {0};
	const char *kept;

	str_addf(&about, "%s. ", graph->picture->subtitle);
	add_sum(graph, &about);
	add_spans(graph, &about);
	kept = arena_strdup(graph->arena, str_text(&about));
	str_release(&about);
	return kept;
}

/* --- all of it --- */

static bool fill(struct graph *graph, struct err *err)
{
	switch (graph->request->kind) {
	case GRAPH_VOLUME:
		return graph_add_volume(graph, err) && graph_add_lanes(graph, err);
	case GRAPH_HEAT:
		return graph_add_heat(graph, err);
	case GRAPH_LISTS:
		return graph_add_lists(graph, err);
	case GRAPH_RECEIVERS:
		return graph_add_receivers(graph, err);
	case GRAPH_KIND_COUNT:
		break;
	}
	bug("no graph of kind %d", (int)graph->request->kind);
}

bool graph_make(struct graph_source *source, const struct graph_request *request,
		struct arena *arena, struct picture *out, struct err *err)
{
	struct graph graph = {.source = source, .request = request, .arena = arena, .picture = out};

	*out = (struct picture){
	    .from = request->from,
	    .to = request->to,
	    .zone = source->zone,
	    .language = source->language,
	};
	if (!find_members(&graph, err) || !fill(&graph, err))
		return false;
	out->title = title_of(&graph);
	out->subtitle = subtitle_of(&graph);
	out->about = about_of(&graph);
	return true;
}
