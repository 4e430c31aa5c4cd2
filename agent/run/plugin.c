#include "run/plugin_parts.h"

#include "base/mem.h"
#include "run/look.h"
#include "store/store.h"

#include <stdlib.h>
#include <string.h>

static const char *const mode_word[] = {
    [PLUGIN_OVERALL] = "overall",   [PLUGIN_LISTS] = "lists", [PLUGIN_VOLUME] = "volume",
    [PLUGIN_IDENTITY] = "identity", [PLUGIN_AUTH] = "auth",   [PLUGIN_REPLIES] = "replies",
    [PLUGIN_AGENT] = "agent",
};
_Static_assert(COUNT_OF(mode_word) == PLUGIN_MODE_COUNT, "a word for each mode");

const char *plugin_mode_name(enum plugin_mode mode)
{
	return mode_word[mode];
}

int plugin_mode_parse(const char *word)
{
	for (size_t i = 0; i < COUNT_OF(mode_word); i++)
		if (strcmp(mode_word[i], word) == 0)
			return (int)i;
	return -1;
}

/* What a mode looks at. */
struct material {
	struct store *store;
	struct stored_pass pass;
	struct summary summary;
	struct trouble *trouble;
	size_t troubles;
};

static enum nagios_state worst_of(const struct trouble *trouble, size_t troubles)
{
	enum nagios_state worst = NAGIOS_OK;

	for (size_t i = 0; i < troubles; i++)
		worst = nagios_worse(worst, plugin_state_of(trouble[i].severity));
	return worst;
}

/* Keeps those of the checks that a mode is about; of "overall", all. */
static bool is_of(enum plugin_mode mode, const char *check)
{
	const bool is_list = strcmp(check, "dnsbl") == 0;
	const bool is_volume = strcmp(check, "volume") == 0;
	const bool is_receiver = strcmp(check, "receiver") == 0;

	switch (mode) {
	case PLUGIN_LISTS:
		return is_list;
	case PLUGIN_VOLUME:
		return is_volume;
	case PLUGIN_REPLIES:
		return is_receiver;
	case PLUGIN_IDENTITY:
		return strcmp(check, "ptr") == 0 || strcmp(check, "helo") == 0;
	case PLUGIN_AUTH:
		return !is_list;
	case PLUGIN_OVERALL:
	case PLUGIN_AGENT:
	case PLUGIN_MODE_COUNT:
		break;
	}
	return true;
}

static void keep_of_mode(enum plugin_mode mode, struct material *material)
{
	size_t kept = 0;

	for (size_t i = 0; i < material->troubles; i++)
		if (is_of(mode, material->trouble[i].check))
			material->trouble[kept++] = material->trouble[i];
	material->troubles = kept;
}

static uint64_t blind_of(const struct summary *summary)
{
	return summary->asked > summary->answered ? summary->asked - summary->answered : 0;
}

static void add_age(struct plugin *plugin, const struct material *material)
{
	plugin_perf(plugin, "age", (double)(plugin->request->now - material->pass.at), "s");
}

/* --- modes --- */

static void say_overall(struct plugin *plugin, const struct material *material)
{
	const struct summary *const summary = &material->summary;
	const uint64_t poor = summary->by_grade[GRADE_POOR];
	const uint64_t neutral = summary->by_grade[GRADE_NEUTRAL];
	const uint64_t unknown = summary->by_grade[GRADE_UNKNOWN];
	struct nagios_perf *const perf = plugin_perf(plugin, "poor", (double)poor, "");

	perf->has_max = true;
	perf->max = (double)summary->addresses;
	plugin_weigh(plugin, perf,
		     poor                 ? NAGIOS_CRITICAL
		     : neutral || unknown ? NAGIOS_WARNING
					  : NAGIOS_OK);
	plugin_perf(plugin, "neutral", (double)neutral, "");
	plugin_perf(plugin, "unknown", (double)unknown, "");
	plugin_perf(plugin, "blind", (double)blind_of(summary), "");
	if (!poor && !neutral && !unknown)
		str_addf(&plugin->text, "all %llu addresses GOOD",
			 (unsigned long long)summary->addresses);
	else
		str_addf(&plugin->text, "%llu POOR, %llu NEUTRAL, %llu UNKNOWN of %llu addresses",
			 (unsigned long long)poor, (unsigned long long)neutral,
			 (unsigned long long)unknown, (unsigned long long)summary->addresses);
	plugin_tell(plugin, material->trouble, material->troubles);
}

/* The value is the number of beliefs of the mode that are wrong. */
static void say_count(struct plugin *plugin, const struct material *material, const char *label,
		      const char *what)
{
	struct nagios_perf *const perf = plugin_perf(plugin, label, (double)material->troubles, "");

	if (material->summary.asked && strcmp(label, "listed") == 0) {
		perf->has_max = true;
		perf->max = (double)material->summary.asked;
	}
	plugin_weigh(plugin, perf, worst_of(material->trouble, material->troubles));
	if (material->troubles)
		str_addf(&plugin->text, "%zu %s", material->troubles, what);
	else
		str_addf(&plugin->text, "no %s", what);
	plugin_tell(plugin, material->trouble, material->troubles);
}

static void say_lists(struct plugin *plugin, const struct material *material)
{
	const struct summary *const summary = &material->summary;

	say_count(plugin, material, "listed", material->troubles == 1 ? "listing" : "listings");
	plugin_perf(plugin, "blind", (double)blind_of(summary), "");
	/* Whether all is well is not known when half of it could not be asked. */
	if (summary->asked && summary->answered * 2 < summary->asked) {
		plugin->state = nagios_worse(plugin->state, NAGIOS_WARNING);
		str_addf(&plugin->text, "; only %llu of %llu questions were answered",
			 (unsigned long long)summary->answered, (unsigned long long)summary->asked);
	}
}

static bool say_volume(struct plugin *plugin, const struct material *material, struct err *err)
{
	const struct summary_scope scope = {plugin->request->scope, false};
	struct volume_state *volume;
	struct nagios_perf *perf;
	size_t volumes;
	uint64_t yesterday = 0;
	uint64_t today = 0;

	if (!summary_volumes(material->store, &scope, plugin->arena, &volume, &volumes, err))
		return false;
	for (size_t i = 0; i < volumes; i++) {
		yesterday += volume[i].yesterday;
		today += volume[i].today;
	}
	perf = plugin_perf(plugin, "ratio", volumes ? volume[0].ratio : 0, "");
	perf->is_unknown = volumes == 0;
	plugin_weigh(plugin, perf, worst_of(material->trouble, material->troubles));
	plugin_perf(plugin, "yesterday", (double)yesterday, "");
	plugin_perf(plugin, "today", (double)today, "");
	if (!volumes)
		str_add(&plugin->text, "no log tells what was sent");
	else if (!material->troubles)
		str_addf(&plugin->text, "volume as usual, %llu messages yesterday",
			 (unsigned long long)yesterday);
	else
		str_addf(&plugin->text, "%zu unusual", material->troubles);
	plugin_tell(plugin, material->trouble, material->troubles);
	return true;
}

static bool say_agent(struct plugin *plugin, const struct material *material, struct err *err)
{
	const int64_t age_s = plugin->request->now - material->pass.at;
	const struct summary *const summary = &material->summary;
	struct stored_list *list;
	char age[CIVIL_TEXT_BYTES];
	size_t lists;
	size_t out = 0;

	if (!store_lists(material->store, plugin->arena, &list, &lists, err))
		return false;
	for (size_t i = 0; i < lists; i++)
		out += list[i].has_health && list[i].health != HEALTH_OK &&
		       list[i].health != HEALTH_UNPROVEN;
	plugin_weigh(plugin, plugin_perf(plugin, "age", (double)age_s, "s"),
		     material->pass.is_complete ? NAGIOS_OK : NAGIOS_WARNING);
	plugin_perf(plugin, "seconds", material->pass.seconds, "s");
	plugin_perf(plugin, "queries", (double)material->pass.queries, "");
	plugin_perf(plugin, "blind", (double)blind_of(summary), "");
	plugin_perf(plugin, "lists_out", (double)out, "");
	str_addf(&plugin->text, "last pass %s ago%s, %zu of %zu lists out of order",
		 civil_age(age_s, age),
		 material->pass.is_complete ? "" : ", cut short by its deadline", out, lists);
	for (size_t i = 0; i < lists; i++)
		if (list[i].has_health && list[i].health != HEALTH_OK &&
		    list[i].health != HEALTH_UNPROVEN) {
			nagios_escape(&plugin->details, list[i].zone);
			str_addf(&plugin->details, " %s: ", list_health_name(list[i].health));
			nagios_escape(&plugin->details, list[i].text);
			str_add_char(&plugin->details, '\n');
		}
	return true;
}

static bool say(struct plugin *plugin, const struct material *material, struct err *err)
{
	bool ok = true;

	switch (plugin->request->mode) {
	case PLUGIN_OVERALL:
		say_overall(plugin, material);
		break;
	case PLUGIN_LISTS:
		say_lists(plugin, material);
		break;
	case PLUGIN_VOLUME:
		ok = say_volume(plugin, material, err);
		break;
	case PLUGIN_IDENTITY:
		say_count(plugin, material, "broken", "names missing or wrong");
		break;
	case PLUGIN_AUTH:
		say_count(plugin, material, "unready", "sending domains' records missing or wrong");
		break;
	case PLUGIN_REPLIES:
		say_count(plugin, material, "blocked", "blocks by receivers");
		break;
	case PLUGIN_AGENT:
		return say_agent(plugin, material, err);
	case PLUGIN_MODE_COUNT:
		break;
	}
	add_age(plugin, material);
	return ok;
}

/* --- reading --- */

static bool read_material(const struct plugin *plugin, struct material *material, struct err *err)
{
	const struct plugin_request *const request = plugin->request;
	const struct summary_scope scope = {request->scope, request->mode == PLUGIN_AUTH};
	struct err none = {{0}};

	material->store = store_open(request->conf->state_dir, STORE_READ, err);
	if (!material->store)
		return false;
	if (!store_last_pass(material->store, &material->pass, &none))
		return none.text[0]
			   ? err_set(err, "%s", none.text)
			   : err_set(err, "no pass has ended yet; 'repwatch run' makes one");
	if (!summary_counts(material->store, &scope, &material->summary, err) ||
	    !summary_troubles(material->store, &scope, "", plugin->arena, &material->trouble,
			      &material->troubles, err))
		return false;
	if (!material->summary.addresses && request->mode != PLUGIN_AUTH)
		return err_set(err, "'%s' is no address, pool or name that a pass has seen",
			       request->scope);
	keep_of_mode(request->mode, material);
	return true;
}

/* Old beliefs are not what is believed now: whatever they were, it is not known. */
static void say_stale(struct plugin *plugin, const struct material *material)
{
	const int64_t age_s = plugin->request->now - material->pass.at;
	const bool is_own_limit = plugin->request->mode == PLUGIN_AGENT &&
				  (plugin->request->warn.text || plugin->request->crit.text);
	struct str text = {0};
	char age[CIVIL_TEXT_BYTES];

	if (is_own_limit || age_s <= plugin->request->conf->stale_after_ms / 1000)
		return;
	str_addf(&text, "the last pass ended %s ago; then: %s", civil_age(age_s, age),
		 str_text(&plugin->text));
	str_release(&plugin->text);
	plugin->text = text;
	plugin->state = NAGIOS_UNKNOWN;
}

static void print(const struct plugin *plugin, struct str *out)
{
	const struct nagios_line line = {plugin->state, str_text(&plugin->text),
					 str_text(&plugin->details), plugin->perf, plugin->perfs};

	nagios_print(out, &line);
}

void plugin_fail(struct str *out, const char *sentence)
{
	struct str text = {0};
	struct nagios_line line = {.state = NAGIOS_UNKNOWN, .details = ""};

	nagios_escape(&text, sentence);
	line.text = str_text(&text);
	nagios_print(out, &line);
	str_release(&text);
}

static void finish(struct plugin *plugin, bool ok, const struct err *err, struct str *out,
		   enum nagios_state *state)
{
	if (ok)
		print(plugin, out);
	else
		plugin_fail(out, err->text);
	*state = ok ? plugin->state : NAGIOS_UNKNOWN;
	str_release(&plugin->text);
	str_release(&plugin->details);
}

void plugin_run(const struct plugin_request *request, struct arena *arena, struct str *out,
		enum nagios_state *state)
{
	struct plugin plugin = {.request = request, .arena = arena};
	struct material material = {0};
	struct err err;
	const bool ok = read_material(&plugin, &material, &err) && say(&plugin, &material, &err);

	if (ok)
		say_stale(&plugin, &material);
	store_close(material.store);
	finish(&plugin, ok, &err, out, state);
}

/* --- live --- */

static void take_view(const struct address_view *view, struct arena *arena,
		      struct material *material)
{
	material->trouble = arena_calloc(arena, view->standings, sizeof(*material->trouble));
	material->summary =
	    (struct summary){.addresses = 1, .asked = view->asked, .answered = view->answered};
	material->summary.by_grade[view->grade.letter] = 1;
	for (size_t i = 0; i < view->standings; i++) {
		const struct standing *const standing = &view->standing[i];

		if (standing->belief == FINDING_BLIND || standing->belief == FINDING_CLEAR ||
		    standing->belief == FINDING_NOTED)
			continue;
		material->trouble[material->troubles++] =
		    (struct trouble){.address = view->address,
				     .name = view->name,
				     .pool = view->pool,
				     .check = standing->check,
				     .subject = standing->subject,
				     .belief = standing->belief,
				     .severity = standing->severity,
				     .since = standing->since,
				     .means = standing->means,
				     .text = standing->text};
	}
}

void plugin_run_live(const struct plugin_request *request, struct arena *arena, struct str *out,
		     enum nagios_state *state)
{
	const struct look_options options = {.wants_lists = request->mode != PLUGIN_IDENTITY,
					     .wants_identity = request->mode != PLUGIN_LISTS};
	struct plugin plugin = {.request = request, .arena = arena};
	struct material material = {.pass = {.at = request->now}};
	struct target target = {.name = "", .helo = "", .pool = "", .text = request->scope};
	struct address_view *view;
	struct err err;
	bool ok = ip_parse(request->scope, &target.ip) ||
		  err_set(&err, "--live needs -H with an address, not '%s'", request->scope);

	if (ok && request->mode > PLUGIN_LISTS && request->mode != PLUGIN_IDENTITY)
		ok = err_set(&err, "--live knows the modes overall, lists and identity only");
	if (ok)
		ok = look_at(request->conf, &options, &target, 1, arena, &view, &err);
	if (ok) {
		take_view(view, arena, &material);
		keep_of_mode(request->mode, &material);
		ok = say(&plugin, &material, &err);
	}
	finish(&plugin, ok, &err, out, state);
}
