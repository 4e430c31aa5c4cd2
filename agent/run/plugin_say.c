#include "run/plugin_parts.h"

#include <string.h>

enum { TOLD_IN_LINE = 2, TOLD_IN_LONG_LINE = 5, LINES_MAX = 50, REASON_BYTES = 100 };

struct nagios_perf *plugin_perf(struct plugin *plugin, const char *label, double value,
				const char *unit)
{
	struct nagios_perf *const perf = &plugin->perf[plugin->perfs++];

	*perf = (struct nagios_perf){
	    .label = label, .value = value, .unit = unit, .warn = "", .crit = ""};
	return perf;
}

void plugin_weigh(struct plugin *plugin, struct nagios_perf *perf, enum nagios_state usual)
{
	const struct plugin_limit *const warn = &plugin->request->warn;
	const struct plugin_limit *const crit = &plugin->request->crit;
	enum nagios_state state = NAGIOS_OK;

	if (!warn->text && !crit->text) {
		plugin->state = nagios_worse(plugin->state, usual);
		return;
	}
	perf->warn = warn->text ? warn->text : "";
	perf->crit = crit->text ? crit->text : "";
	if (perf->is_unknown)
		state = usual;
	else if (crit->text && range_alerts(&crit->range, perf->value))
		state = NAGIOS_CRITICAL;
	else if (warn->text && range_alerts(&warn->range, perf->value))
		state = NAGIOS_WARNING;
	plugin->state = nagios_worse(plugin->state, state);
}

enum nagios_state plugin_state_of(enum severity severity)
{
	return severity >= SEVERITY_MAJOR   ? NAGIOS_CRITICAL
	       : severity == SEVERITY_MINOR ? NAGIOS_WARNING
					    : NAGIOS_OK;
}

static void add_bounded(struct str *out, const char *before, const char *text)
{
	char bounded[REASON_BYTES + 1];
	const size_t len = strnlen(text, REASON_BYTES);

	if (!len)
		return;
	memcpy(bounded, text, len);
	bounded[len] = '\0';
	str_add(out, before);
	nagios_escape(out, bounded);
	if (text[len])
		str_add(out, "...");
}

/* What is wrong with it: the list, the receiver, or the check and what it found. */
static void add_what(struct str *out, const struct trouble *trouble)
{
	if (strcmp(trouble->check, "dnsbl") == 0) {
		add_bounded(out, " listed on ", trouble->subject);
	} else if (strcmp(trouble->check, "receiver") == 0) {
		add_bounded(out, " refused by ", trouble->subject);
	} else {
		str_addf(out, " %s %s", trouble->check, finding_name(trouble->belief));
		add_bounded(out, " ", trouble->subject);
	}
}

/* "192.0.2.10 (www274) listed on zen.spamhaus.org (SBL)"; a check that is no list has only its
 * reason to tell what is wrong. */
static void add_trouble(struct str *out, const struct trouble *trouble, bool wants_reason)
{
	const bool is_plain = !trouble->means[0];

	nagios_escape(out, trouble->address);
	if (trouble->name[0]) {
		add_bounded(out, " (", trouble->name);
		str_add_char(out, ')');
	}
	add_what(out, trouble);
	if (!is_plain) {
		add_bounded(out, " (", trouble->means);
		str_add_char(out, ')');
	}
	if (wants_reason || is_plain)
		add_bounded(out, ": ", trouble->text);
}

static void add_detail(struct plugin *plugin, const struct trouble *trouble)
{
	char age[CIVIL_TEXT_BYTES];

	str_addf(&plugin->details, "%s ", severity_name(trouble->severity));
	add_trouble(&plugin->details, trouble, true);
	if (plugin->request->now > trouble->since && trouble->since)
		str_addf(&plugin->details, ", for %s",
			 civil_age(plugin->request->now - trouble->since, age));
	str_add_char(&plugin->details, '\n');
}

/* The account that became unlike itself: whom to talk to first. */
static void add_suspect(struct plugin *plugin, const struct plugin_material *material)
{
	struct suspect suspect;
	bool is_found = false;
	struct err err;

	for (size_t i = 0; material->store && i < material->troubles && !is_found; i++) {
		if (i &&
		    strcmp(material->trouble[i].address, material->trouble[i - 1].address) == 0)
			continue;
		if (i >= TOLD_IN_LINE ||
		    !summary_suspect(material->store, material->trouble[i].address, plugin->arena,
				     &suspect, &is_found, &err))
			return;
	}
	if (!is_found)
		return;
	add_bounded(&plugin->text, "; suspect: ", suspect.account);
	str_addf(&plugin->text, " sent %llu, usually %.0f", (unsigned long long)suspect.sent,
		 suspect.usual);
}

static void add_details(struct plugin *plugin, const struct plugin_material *material)
{
	const size_t most =
	    plugin->request->verbose >= PLUGIN_ALL_LINES ? material->troubles : LINES_MAX;

	for (size_t i = 0; i < material->troubles && i < most; i++)
		add_detail(plugin, &material->trouble[i]);
	if (material->troubles > most)
		str_addf(&plugin->details, "and %zu more: repwatch status\n",
			 material->troubles - most);
}

void plugin_tell(struct plugin *plugin, const struct plugin_material *material)
{
	const bool is_long = plugin->request->verbose >= PLUGIN_LONG_LINE;
	const size_t most = is_long ? TOLD_IN_LONG_LINE : TOLD_IN_LINE;
	const char *before = plugin->text.len ? ": " : "";

	for (size_t i = 0; i < material->troubles && i < most; i++) {
		str_add(&plugin->text, before);
		add_trouble(&plugin->text, &material->trouble[i], is_long);
		before = "; ";
	}
	if (material->troubles > most)
		str_addf(&plugin->text, "; and %zu more", material->troubles - most);
	add_suspect(plugin, material);
	if (plugin->request->verbose >= PLUGIN_LINES)
		add_details(plugin, material);
}
