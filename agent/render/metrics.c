#include "render/metrics.h"

#include "base/map.h"
#include "base/mem.h"
#include "model/names.h"
#include "render/escape.h"
#include "render/json_parts.h"

#include <stdlib.h>
#include <string.h>

enum { LABELS_MAX = 5 };

struct label {
	const char *name;
	const char *value; /* foreign, or ours */
};

/* Where samples go: text, or a document. */
struct sink {
	struct str *text; /* NULL: a document */
	json_t *families, *samples;
	const char *family;
};

static void begin(struct sink *sink, const char *name, const char *help)
{
	json_t *family;

	sink->family = name;
	if (sink->text) {
		str_addf(sink->text, "# HELP %s %s\n# TYPE %s gauge\n", name, help, name);
		return;
	}
	family = json_object();
	sink->samples = json_array();
	json_put(family, "name", json_string(name));
	json_put(family, "help", json_string(help));
	json_put(family, "samples", sink->samples);
	json_array_append_new(sink->families, family);
}

/* A quote, a backslash and a line end would leave the value. */
static void add_label(struct str *out, const struct label *label)
{
	struct str valid = {0};

	escape_utf8(&valid, label->value, strlen(label->value));
	str_addf(out, "%s=\"", label->name);
	for (size_t i = 0; i < valid.len; i++) {
		const char c = valid.text[i];

		if (c == '\\' || c == '"')
			str_add_char(out, '\\');
		if (c == '\n')
			str_add(out, "\\n");
		else
			str_add_char(out, c);
	}
	str_add_char(out, '"');
	str_release(&valid);
}

/* Ends at the first label without a name. */
static void sample(struct sink *sink, const struct label label[LABELS_MAX], double value)
{
	json_t *object;
	json_t *labels;

	if (sink->text) {
		str_add(sink->text, sink->family);
		for (size_t i = 0; i < LABELS_MAX && label[i].name; i++) {
			str_add_char(sink->text, i ? ',' : '{');
			add_label(sink->text, &label[i]);
		}
		str_addf(sink->text, "%s%.15g\n", label[0].name ? "} " : " ", value);
		return;
	}
	object = json_object();
	labels = json_object();
	for (size_t i = 0; i < LABELS_MAX && label[i].name; i++)
		json_put(labels, label[i].name, json_text(label[i].value));
	json_put(object, "labels", labels);
	json_put(object, "value", json_real(value));
	json_array_append_new(sink->samples, object);
}

static void single(struct sink *sink, const char *name, const char *help, double value)
{
	begin(sink, name, help);
	sample(sink, (struct label[LABELS_MAX]){{NULL, NULL}}, value);
}

#define SAMPLE(sink, value, ...)                                                                   \
	sample(sink, (const struct label[LABELS_MAX]){__VA_ARGS__}, (double)(value))

/* --- the agent --- */

static void add_agent(struct sink *sink, const struct metrics *metrics)
{
	begin(sink, "repwatch_build_info", "The version of repwatch.");
	SAMPLE(sink, 1, {"version", metrics->version});
	single(sink, "repwatch_last_run_timestamp_seconds", "When the last pass ended; 0: never.",
	       (double)metrics->pass_at);
	if (metrics->pass_at) {
		single(sink, "repwatch_run_duration_seconds", "How long the last pass took.",
		       metrics->pass_seconds);
		single(sink, "repwatch_run_questions", "Questions that ended in the last pass.",
		       (double)metrics->questions);
		single(sink, "repwatch_run_blind", "What the last pass asked and could not learn.",
		       (double)metrics->blind);
		single(sink, "repwatch_run_complete",
		       "Whether the last pass ended before its deadline.", metrics->is_complete);
	}
	single(sink, "repwatch_outbox_pending", "Alerts that wait for their channel.",
	       (double)metrics->pending);
	single(sink, "repwatch_outbox_dead", "Alerts that were given up.", (double)metrics->dead);
	begin(sink, "repwatch_channel_up", "Whether a channel took what it was given last.");
	for (size_t i = 0; i < metrics->channels; i++)
		SAMPLE(sink, !metrics->channel[i].is_failing,
		       {"channel", metrics->channel[i].name});
}

/* --- lists --- */

static bool is_known(const struct list_view *view)
{
	return view->list->is_enabled && view->has_health;
}

static void add_lists(struct sink *sink, const struct metrics *metrics)
{
	begin(sink, "repwatch_list_up", "Whether a list answers and is believed.");
	for (size_t i = 0; i < metrics->lists; i++) {
		const struct list_view *const view = &metrics->list[i];

		if (is_known(view))
			SAMPLE(sink, view->health == HEALTH_OK || view->health == HEALTH_UNPROVEN,
			       {"list", view->list->zone});
	}
	begin(sink, "repwatch_list_sick", "Whether a list fails its test entries.");
	for (size_t i = 0; i < metrics->lists; i++)
		if (is_known(&metrics->list[i]))
			SAMPLE(sink, metrics->list[i].health == HEALTH_SICK,
			       {"list", metrics->list[i].list->zone});
}

/* --- addresses --- */

static void add_grades(struct sink *sink, const struct metrics *metrics)
{
	begin(sink, "repwatch_address_grade_info", "The grade of an address that is not GOOD.");
	for (size_t i = 0; i < metrics->views; i++) {
		const struct address_view *const view = &metrics->view[i];

		if (view->grade.letter != GRADE_GOOD)
			SAMPLE(sink, 1, {"address", view->address}, {"name", view->name},
			       {"pool", view->pool}, {"grade", grade_name(view->grade.letter)});
	}
}

static bool is_listing(const struct standing *standing)
{
	return standing->belief == FINDING_LISTED && strcmp(standing->check, "dnsbl") == 0;
}

static size_t count_listings(const struct address_view *view)
{
	size_t listings = 0;

	for (size_t i = 0; i < view->standings; i++)
		listings += is_listing(&view->standing[i]);
	return listings;
}

static void add_listings(struct sink *sink, const struct metrics *metrics)
{
	begin(sink, "repwatch_address_listings", "On how many lists an address is that is on any.");
	for (size_t i = 0; i < metrics->views; i++) {
		const struct address_view *const view = &metrics->view[i];
		const size_t listings = count_listings(view);

		if (listings)
			SAMPLE(sink, listings, {"address", view->address}, {"name", view->name},
			       {"pool", view->pool});
	}
	begin(sink, "repwatch_listing_since_timestamp_seconds",
	      "Since when a list has an address.");
	for (size_t i = 0; i < metrics->views; i++)
		for (size_t j = 0; j < metrics->view[i].standings; j++) {
			const struct address_view *const view = &metrics->view[i];
			const struct standing *const standing = &view->standing[j];

			if (is_listing(standing))
				SAMPLE(sink, standing->since, {"address", view->address},
				       {"name", view->name}, {"pool", view->pool},
				       {"list", standing->subject},
				       {"severity", severity_name(standing->severity)});
		}
}

/* --- pools --- */

struct pool {
	const char *name;
	size_t by_grade[GRADE_COUNT];
	size_t listed;
	uint64_t asked, answered;
};

/* In the order of their first address. */
static struct pool *pools_of(const struct metrics *metrics, size_t *count)
{
	struct pool *pool = xcalloc(metrics->views + 1, sizeof(*pool));
	struct map *by_name = map_new();

	*count = 0;
	for (size_t i = 0; i < metrics->views; i++) {
		const struct address_view *const view = &metrics->view[i];
		struct pool *of = map_get(by_name, view->pool);

		if (!of) {
			of = &pool[(*count)++];
			of->name = view->pool;
			map_put(by_name, view->pool, of);
		}
		of->by_grade[view->grade.letter]++;
		of->listed += count_listings(view) > 0;
		of->asked += view->asked;
		of->answered += view->answered;
	}
	map_free(by_name);
	return pool;
}

static void add_pools(struct sink *sink, const struct metrics *metrics)
{
	size_t pools;
	struct pool *const pool = pools_of(metrics, &pools);

	begin(sink, "repwatch_addresses", "How many addresses of a pool have a grade.");
	for (size_t i = 0; i < pools; i++)
		for (int grade = 0; grade < GRADE_COUNT; grade++)
			SAMPLE(sink, pool[i].by_grade[grade], {"pool", pool[i].name},
			       {"grade", grade_name((enum grade_letter)grade)});
	begin(sink, "repwatch_addresses_listed", "How many addresses of a pool are on a list.");
	for (size_t i = 0; i < pools; i++)
		SAMPLE(sink, pool[i].listed, {"pool", pool[i].name});
	begin(sink, "repwatch_coverage_ratio",
	      "The part of what is to be known of a pool's addresses that was answered.");
	for (size_t i = 0; i < pools; i++)
		if (pool[i].asked)
			SAMPLE(sink, (double)pool[i].answered / (double)pool[i].asked,
			       {"pool", pool[i].name});
	free(pool);
}

/* --- what was sent --- */

static void add_messages(struct sink *sink, const struct metrics *metrics)
{
	begin(sink, "repwatch_address_messages", "Deliveries on a day of the operator's.");
	for (size_t i = 0; i < metrics->volumes; i++)
		for (size_t j = 0; j < metrics->volume[i].rows; j++) {
			const struct volume_row *const row = &metrics->volume[i].row[j];
			const char *const day = row->day == metrics->today ? "today" : "yesterday";

			for (int outcome = 0; outcome < OUTCOME_COUNT; outcome++)
				SAMPLE(sink, row->by_outcome[outcome],
				       {"address", metrics->volume[i].address}, {"day", day},
				       {"outcome", outcome_name((enum outcome)outcome)});
		}
}

static void add_levels(struct sink *sink, const struct metrics *metrics)
{
	begin(sink, "repwatch_address_volume_ratio",
	      "Yesterday's mail as a multiple of last month's daily mean.");
	for (size_t i = 0; i < metrics->views; i++) {
		const struct address_view *const view = &metrics->view[i];

		if (view->traffic && view->traffic->volume.ratio > 0)
			SAMPLE(sink, view->traffic->volume.ratio, {"address", view->address},
			       {"name", view->name}, {"pool", view->pool});
	}
	begin(sink, "repwatch_address_volume_level_info", "A volume that is not normal.");
	for (size_t i = 0; i < metrics->views; i++) {
		const struct address_view *const view = &metrics->view[i];

		if (view->traffic && view->traffic->volume.level > VOLUME_NORMAL)
			SAMPLE(sink, 1, {"address", view->address}, {"name", view->name},
			       {"pool", view->pool},
			       {"level", volume_level_name(view->traffic->volume.level)});
	}
}

static void add_receivers(struct sink *sink, const struct metrics *metrics)
{
	uint64_t unmatched = 0;

	begin(sink, "repwatch_receiver_blocked_since_timestamp_seconds",
	      "Since when a receiver refuses an address.");
	for (size_t i = 0; i < metrics->views; i++) {
		const struct address_view *const view = &metrics->view[i];

		for (size_t j = 0; view->traffic && j < view->traffic->receivers; j++) {
			const struct receiver_view *const to = &view->traffic->receiver[j];

			if (to->blocked_since)
				SAMPLE(sink, to->blocked_since, {"address", view->address},
				       {"name", view->name}, {"pool", view->pool},
				       {"receiver", to->receiver},
				       {"cause", reply_cause_name(to->cause)});
		}
		unmatched += view->traffic ? view->traffic->unmatched : 0;
	}
	single(sink, "repwatch_replies_unmatched",
	       "Replies of the last seven days that no rule knows.", (double)unmatched);
}

static void add_all(struct sink *sink, const struct metrics *metrics)
{
	add_agent(sink, metrics);
	add_lists(sink, metrics);
	add_pools(sink, metrics);
	add_grades(sink, metrics);
	add_listings(sink, metrics);
	add_messages(sink, metrics);
	add_levels(sink, metrics);
	add_receivers(sink, metrics);
}

void metrics_text(struct str *out, const struct metrics *metrics, bool is_open)
{
	struct sink sink = {.text = out};

	add_all(&sink, metrics);
	if (is_open)
		str_add(out, "# EOF\n");
}

json_t *metrics_json(const struct metrics *metrics)
{
	json_t *const document = json_object();
	struct sink sink = {.families = json_array()};

	json_put(document, "metrics", sink.families);
	add_all(&sink, metrics);
	return document;
}
