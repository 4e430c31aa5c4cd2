#include "run/plugin_parts.h"

#include <string.h>

enum { TOLD_IN_LINE = 2, DETAILS_USUAL = 8, DETAILS_VERBOSE = 50, REASON_BYTES = 200 };

struct nagios_perf *plugin_perf(struct plugin *plugin, const char *label, double value,
				const char *unit)
{
	struct nagios_perf *const perf = &plugin->perf[plugin->perfs++];

	*perf = (struct nagios_perf){
	    .label = label, .value = value, .unit = unit, .warn = "", .crit = "", .has_min = true};
	return perf;
}

void plugin_weigh(struct plugin *plugin, struct nagios_perf *perf, enum nagios_state usual)
{
	const struct plugin_limit *const warn = &plugin->request->warn;
	const struct plugin_limit *const crit = &plugin->request->crit;
	enum nagios_state state = NAGIOS_OK;

	perf->warn = warn->text ? warn->text : perf->warn;
	perf->crit = crit->text ? crit->text : perf->crit;
	if (!warn->text && !crit->text)
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

/* "192.0.2.10 (www274) listed on zen.spamhaus.org (SBL)" */
static void add_trouble(struct str *out, const struct trouble *trouble)
{
	nagios_escape(out, trouble->address);
	if (trouble->name[0]) {
		str_add(out, " (");
		nagios_escape(out, trouble->name);
		str_add_char(out, ')');
	}
	if (strcmp(trouble->check, "dnsbl") == 0)
		str_add(out, " listed on ");
	else if (strcmp(trouble->check, "receiver") == 0)
		str_add(out, " refused by ");
	else
		str_addf(out, " %s %s", trouble->check, finding_name(trouble->belief));
	nagios_escape(out, trouble->subject);
	if (trouble->means[0]) {
		str_add(out, " (");
		nagios_escape(out, trouble->means);
		str_add_char(out, ')');
	}
}

static void add_reason(struct str *out, const char *text)
{
	char bounded[REASON_BYTES + 1];
	const size_t len = strnlen(text, REASON_BYTES);

	if (!len)
		return;
	memcpy(bounded, text, len);
	bounded[len] = '\0';
	str_add(out, ": ");
	nagios_escape(out, bounded);
}

static void add_detail(struct plugin *plugin, const struct trouble *trouble)
{
	char age[CIVIL_TEXT_BYTES];

	str_addf(&plugin->details, "%s ", severity_name(trouble->severity));
	add_trouble(&plugin->details, trouble);
	str_addf(&plugin->details, ", for %s",
		 civil_age(plugin->request->now - trouble->since, age));
	if (plugin->request->verbose)
		add_reason(&plugin->details, trouble->text);
	str_add_char(&plugin->details, '\n');
}

void plugin_tell(struct plugin *plugin, const struct trouble *trouble, size_t troubles)
{
	const size_t most = plugin->request->verbose > 1 ? troubles
			    : plugin->request->verbose   ? DETAILS_VERBOSE
							 : DETAILS_USUAL;

	for (size_t i = 0; i < troubles && i < TOLD_IN_LINE; i++) {
		str_add(&plugin->text, i ? "; " : ": ");
		add_trouble(&plugin->text, &trouble[i]);
	}
	if (troubles > TOLD_IN_LINE)
		str_addf(&plugin->text, "; and %zu more", troubles - TOLD_IN_LINE);
	for (size_t i = 0; i < troubles && i < most; i++)
		add_detail(plugin, &trouble[i]);
	if (troubles > most)
		str_addf(&plugin->details, "and %zu more: repwatch status\n", troubles - most);
}
