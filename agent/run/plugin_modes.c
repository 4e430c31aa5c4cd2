#include "run/plugin_parts.h"

#include "base/mem.h"
#include "model/names.h"
#include "store/outbox.h"

#include <string.h>

static enum nagios_state worst_of(const struct plugin_material *material)
{
	enum nagios_state worst = NAGIOS_OK;

	for (size_t i = 0; i < material->troubles; i++)
		worst = nagios_worse(worst, plugin_state_of(material->trouble[i].severity));
	return worst;
}

static bool is_of(enum plugin_mode mode, const char *check)
{
	switch (mode) {
	case PLUGIN_LISTS:
		return strcmp(check, "dnsbl") == 0;
	case PLUGIN_VOLUME:
		return strcmp(check, "volume") == 0;
	case PLUGIN_REPLIES:
		return strcmp(check, "receiver") == 0;
	case PLUGIN_IDENTITY:
		return strcmp(check, "ptr") == 0 || strcmp(check, "helo") == 0;
	case PLUGIN_AUTH:
		return strcmp(check, "dnsbl") != 0;
	case PLUGIN_AGENT:
		return false;
	case PLUGIN_OVERALL:
	case PLUGIN_MODE_COUNT:
		break;
	}
	return true;
}

void plugin_keep(enum plugin_mode mode, struct plugin_material *material)
{
	size_t kept = 0;

	for (size_t i = 0; i < material->troubles; i++)
		if (is_of(mode, material->trouble[i].check))
			material->trouble[kept++] = material->trouble[i];
	material->troubles = kept;
}

/* --- figures --- */

static void add_count(struct plugin *plugin, const char *label, uint64_t count)
{
	plugin_perf(plugin, label, (double)count, "");
}

/* `of` 0: there is no most. */
static struct nagios_perf *add_part(struct plugin *plugin, const char *label, uint64_t count,
				    uint64_t of)
{
	struct nagios_perf *const perf = plugin_perf(plugin, label, (double)count, "");

	perf->has_min = true;
	perf->has_max = of != 0;
	perf->max = (double)of;
	return perf;
}

/* One is too many, until ranges are given. */
static struct nagios_perf *add_fault(struct plugin *plugin, const char *label, uint64_t count,
				     uint64_t of)
{
	struct nagios_perf *const perf = add_part(plugin, label, count, of);

	perf->warn = perf->crit = "0";
	return perf;
}

/* A clock that was put back a little makes no pass of the future. */
static int64_t age_of(const struct plugin *plugin, const struct plugin_material *material)
{
	const int64_t age_s = plugin->request->now - material->pass.at;

	return age_s > 0 ? age_s : 0;
}

static void add_blind_and_age(struct plugin *plugin, const struct plugin_material *material)
{
	const struct summary *const summary = &material->summary;

	add_count(plugin, "blind",
		  summary->asked > summary->answered ? summary->asked - summary->answered : 0);
	if (material->store)
		plugin_perf(plugin, "age", (double)age_of(plugin, material), "s");
}

static uint64_t count_listed(const struct plugin_material *material)
{
	uint64_t listed = 0;

	for (size_t i = 0; i < material->troubles; i++)
		listed += is_of(PLUGIN_LISTS, material->trouble[i].check);
	return listed;
}

/* Whether all is well is not known when half of it could not be asked. */
static void say_coverage(struct plugin *plugin, const struct summary *summary)
{
	if (!summary->asked || summary->answered * 2 >= summary->asked)
		return;
	plugin->state = nagios_worse(plugin->state, NAGIOS_WARNING);
	str_addf(&plugin->text, "; only %llu of %llu checks were answered",
		 (unsigned long long)summary->answered, (unsigned long long)summary->asked);
}

/* --- modes --- */

static const char *noun_of(uint64_t addresses)
{
	return addresses == 1 ? "address" : "addresses";
}

/* "2 POOR, 1 UNKNOWN of 128 addresses" */
static void add_grades(struct plugin *plugin, const struct summary *summary)
{
	static const enum grade_letter worst_first[] = {GRADE_POOR, GRADE_NEUTRAL, GRADE_UNKNOWN};
	const char *before = "";

	for (size_t i = 0; i < COUNT_OF(worst_first); i++) {
		const uint64_t count = summary->by_grade[worst_first[i]];

		if (!count)
			continue;
		str_addf(&plugin->text, "%s%llu %s", before, (unsigned long long)count,
			 grade_name(worst_first[i]));
		before = ", ";
	}
	str_addf(&plugin->text, " of %llu %s", (unsigned long long)summary->addresses,
		 noun_of(summary->addresses));
}

static void say_overall(struct plugin *plugin, const struct plugin_material *material)
{
	const struct summary *const summary = &material->summary;
	const uint64_t poor = summary->by_grade[GRADE_POOR];
	const uint64_t lesser = summary->by_grade[GRADE_NEUTRAL] + summary->by_grade[GRADE_UNKNOWN];

	add_fault(plugin, "listed", count_listed(material), summary->asked);
	add_blind_and_age(plugin, material);
	plugin_weigh(plugin, add_fault(plugin, "poor", poor, summary->addresses),
		     poor     ? NAGIOS_CRITICAL
		     : lesser ? NAGIOS_WARNING
			      : NAGIOS_OK);
	add_count(plugin, "neutral", summary->by_grade[GRADE_NEUTRAL]);
	add_count(plugin, "unknown", summary->by_grade[GRADE_UNKNOWN]);
	if (!poor && !lesser)
		str_addf(&plugin->text, "%s%llu %s GOOD", summary->addresses > 1 ? "all " : "",
			 (unsigned long long)summary->addresses, noun_of(summary->addresses));
	else if (material->troubles != 1)
		add_grades(plugin, summary);
	plugin_tell(plugin, material);
}

/* The value is the number of beliefs of the mode that are wrong. */
struct faults {
	const char *label, *many;
	uint64_t of;
};

static void say_faults(struct plugin *plugin, const struct plugin_material *material,
		       const struct faults *faults)
{
	const size_t count = material->troubles;
	const uint64_t addresses = material->summary.addresses;

	plugin_weigh(plugin, add_fault(plugin, faults->label, count, faults->of),
		     worst_of(material));
	add_blind_and_age(plugin, material);
	if (!count)
		str_addf(&plugin->text, "no %s at %llu %s", faults->many,
			 (unsigned long long)addresses,
			 plugin->request->mode == PLUGIN_AUTH ? "domains" : noun_of(addresses));
	else if (count > 1)
		str_addf(&plugin->text, "%zu %s", count, faults->many);
	plugin_tell(plugin, material);
	say_coverage(plugin, &material->summary);
}

/* A threshold may be crossed by what is usual. */
static void say_usual_volume(struct plugin *plugin, const struct volume_summary *volume)
{
	if (plugin->state == NAGIOS_OK)
		str_add(&plugin->text, "volume as usual");
	else
		str_addf(&plugin->text, "%s sent %.1f times last month's daily mean",
			 volume->address, volume->largest_ratio);
	str_addf(&plugin->text, ", %llu messages yesterday", (unsigned long long)volume->yesterday);
}

static bool say_volume(struct plugin *plugin, struct plugin_material *material, struct err *err)
{
	const struct summary_scope scope = {plugin->request->scope, false};
	struct volume_summary volume;
	struct nagios_perf *perf;

	if (!summary_volume(material->store, &scope, plugin->arena, &volume, err))
		return false;
	if (!volume.addresses && !plugin_count(plugin, material, err))
		return false;
	perf = plugin_perf(plugin, "ratio", volume.largest_ratio, "");
	perf->is_unknown = volume.largest_ratio <= 0;
	plugin_weigh(plugin, perf, worst_of(material));
	add_count(plugin, "yesterday", volume.yesterday);
	add_count(plugin, "today", volume.today);
	plugin_perf(plugin, "age", (double)age_of(plugin, material), "s");
	if (!volume.addresses)
		str_add(&plugin->text, "no log tells what was sent");
	else if (!material->troubles)
		say_usual_volume(plugin, &volume);
	else if (material->troubles > 1)
		str_addf(&plugin->text, "%zu unusual volumes", material->troubles);
	plugin_tell(plugin, material);
	return true;
}

static bool is_out(const struct stored_list *list)
{
	return list->has_health && list->health != HEALTH_OK && list->health != HEALTH_UNPROVEN;
}

static bool say_lists_out(struct plugin *plugin, const struct plugin_material *material,
			  struct err *err)
{
	struct stored_list *list;
	size_t lists;
	size_t out = 0;

	if (!store_lists(material->store, plugin->arena, &list, &lists, err))
		return false;
	for (size_t i = 0; i < lists; i++) {
		if (!is_out(&list[i]))
			continue;
		out++;
		if (plugin->request->verbose < PLUGIN_LINES)
			continue;
		nagios_escape(&plugin->details, list[i].zone);
		str_addf(&plugin->details, " %s: ", list_health_name(list[i].health));
		nagios_escape(&plugin->details, list[i].text);
		str_add_char(&plugin->details, '\n');
	}
	add_part(plugin, "lists_out", out, lists);
	str_addf(&plugin->text, ", %zu of %zu lists out of order", out, lists);
	return true;
}

/* A channel that takes nothing, for the line and the details. */
static void say_failing(struct plugin *plugin, const struct outbox_channel *channel)
{
	char age[CIVIL_TEXT_BYTES];

	plugin->state = nagios_worse(plugin->state, NAGIOS_WARNING);
	str_add(&plugin->text, ", channel ");
	nagios_escape(&plugin->text, channel->name);
	str_addf(&plugin->text, " fails for %s",
		 civil_age(plugin->request->now - channel->failing_since, age));
	if (plugin->request->verbose) {
		str_add(&plugin->text, ": ");
		nagios_escape(&plugin->text, channel->error);
	}
}

static bool say_outbox(struct plugin *plugin, const struct plugin_material *material,
		       struct err *err)
{
	struct outbox_channel *channel;
	struct outbox_counts counts;
	size_t channels;

	if (!outbox_counts(material->store, &counts, err) ||
	    !outbox_channels(material->store, plugin->arena, &channel, &channels, err))
		return false;
	add_count(plugin, "pending", counts.pending);
	add_count(plugin, "dead", counts.dead);
	if (counts.dead) {
		plugin->state = NAGIOS_CRITICAL;
		str_addf(&plugin->text, ", %llu alert%s given up", (unsigned long long)counts.dead,
			 counts.dead == 1 ? "" : "s");
	}
	if (counts.pending)
		str_addf(&plugin->text, ", %llu alert%s waiting",
			 (unsigned long long)counts.pending, counts.pending == 1 ? "" : "s");
	for (size_t i = 0; i < channels; i++)
		if (channel[i].failing_since)
			say_failing(plugin, &channel[i]);
	return true;
}

static bool say_agent(struct plugin *plugin, const struct plugin_material *material,
		      struct err *err)
{
	const struct stored_pass *const pass = &material->pass;
	const int64_t age_s = age_of(plugin, material);
	char age[CIVIL_TEXT_BYTES];

	str_addf(&plugin->text, "last pass %s ago%s", civil_age(age_s, age),
		 pass->is_complete ? "" : ", cut short by its deadline");
	plugin_weigh(plugin, plugin_perf(plugin, "age", (double)age_s, "s"),
		     pass->is_complete ? NAGIOS_OK : NAGIOS_WARNING);
	plugin_perf(plugin, "seconds", pass->seconds, "s");
	add_count(plugin, "queries", pass->queries);
	add_count(plugin, "blind", pass->blind);
	return say_outbox(plugin, material, err) && say_lists_out(plugin, material, err);
}

bool plugin_say(struct plugin *plugin, struct plugin_material *material, struct err *err)
{
	const uint64_t asked = material->summary.asked;
	const uint64_t addresses = material->summary.addresses;

	switch (plugin->request->mode) {
	case PLUGIN_OVERALL:
		say_overall(plugin, material);
		break;
	case PLUGIN_LISTS:
		say_faults(plugin, material, &(struct faults){"listed", "listings", asked});
		break;
	case PLUGIN_VOLUME:
		return say_volume(plugin, material, err);
	case PLUGIN_IDENTITY:
		say_faults(plugin, material,
			   &(struct faults){"broken", "names missing or wrong", 2 * addresses});
		break;
	case PLUGIN_AUTH:
		say_faults(plugin, material,
			   &(struct faults){"unready", "records missing or wrong", asked});
		break;
	case PLUGIN_REPLIES:
		say_faults(plugin, material, &(struct faults){"blocked", "blocks by receivers", 0});
		break;
	case PLUGIN_AGENT:
		return say_agent(plugin, material, err);
	case PLUGIN_MODE_COUNT:
		break;
	}
	return true;
}

/* --- the end --- */

void plugin_fail(struct str *out, const char *sentence)
{
	struct str text = {0};
	struct nagios_line line = {.state = NAGIOS_UNKNOWN, .details = ""};

	nagios_escape(&text, sentence);
	line.text = str_text(&text);
	nagios_print(out, &line);
	str_release(&text);
}

void plugin_finish(struct plugin *plugin, bool ok, const struct err *err, struct str *out,
		   enum nagios_state *state)
{
	const struct nagios_line line = {plugin->state, str_text(&plugin->text),
					 str_text(&plugin->details), plugin->perf, plugin->perfs};

	if (ok)
		nagios_print(out, &line);
	else
		plugin_fail(out, err->text);
	*state = ok ? plugin->state : NAGIOS_UNKNOWN;
	str_release(&plugin->text);
	str_release(&plugin->details);
}
