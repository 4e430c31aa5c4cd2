/* Letters about more than one incident, or none: digest, first look, week, test. */
#include "render/alert_parts.h"

#include "base/mem.h"

static size_t all_incidents(const struct alert *alert)
{
	return alert->incidents + alert->untold;
}

static bool is_open(const struct incident *incident)
{
	return incident->ended_at == 0;
}

static size_t count_open(const struct alert *alert)
{
	size_t count = alert->untold;

	for (size_t i = 0; i < alert->incidents; i++)
		count += is_open(&alert->incident[i]);
	return count;
}

static const struct incident *longest_open(const struct alert *alert)
{
	const struct incident *longest = NULL;

	for (size_t i = 0; i < alert->incidents; i++)
		if (is_open(&alert->incident[i]) &&
		    (!longest || alert->incident[i].opened_at < longest->opened_at))
			longest = &alert->incident[i];
	return longest;
}

/* Nothing in it is new. */
static bool is_reminder(const struct alert *alert)
{
	for (size_t i = 0; i < alert->incidents; i++)
		if (!is_open(&alert->incident[i]) || !alert->incident[i].reminders)
			return false;
	return alert->incidents && !alert->untold;
}

static void add_count(struct telling *telling)
{
	const struct alert *const alert = telling->alert;
	const char *const severity = alert_severity(telling, alert->severity);
	const char *const count = alert_number(telling, all_incidents(alert));

	if (is_reminder(alert))
		alert_say(telling, "%s, still: %s incidents are open", severity, count);
	else
		alert_say(telling, "%s: %s incidents", severity, count);
}

void alert_round_headline(struct telling *telling)
{
	const struct alert *const alert = telling->alert;

	switch (alert->kind) {
	case ALERT_DIGEST:
		add_count(telling);
		if (alert->incidents && !telling->is_brief)
			alert_say(telling, "; the worst: %s",
				  alert_what(telling, alert->incident, true));
		return;
	case ALERT_BASELINE:
		alert_say(telling, "First look: %s addresses watched, %s of them POOR, %s GOOD",
			  alert_number(telling, alert->addresses),
			  alert_number(telling, alert->poor), alert_number(telling, alert->good));
		if (alert->incidents && !telling->is_brief)
			alert_say(telling, "; the worst: %s",
				  alert_what(telling, alert->incident, true));
		return;
	case ALERT_WEEKLY:
		alert_say(telling, "The week: %s incidents began, %s ended, %s are open",
			  alert_number(telling, (uint64_t)alert->opened_week),
			  alert_number(telling, (uint64_t)alert->ended_week),
			  alert_number(telling, count_open(alert)));
		return;
	case ALERT_TEST:
		alert_say(telling, "Test: letters of repwatch on %s arrive here",
			  alert_name(telling, alert->host));
		return;
	case ALERT_OPENED:
	case ALERT_GREW:
	case ALERT_REMINDER:
	case ALERT_ENDED:
	case ALERT_KIND_COUNT:
		break;
	}
	alert_say(telling, "Nothing is wrong");
}

static void add_more(struct telling *telling, const struct incident *incident)
{
	const size_t more = alert_count_more(incident);

	if (more)
		alert_say(telling, " (and %s more)", alert_number(telling, more));
}

static void add_lines(struct telling *telling)
{
	const struct alert *const alert = telling->alert;

	for (size_t i = 0; i < alert->incidents; i++) {
		const struct incident *const incident = &alert->incident[i];

		str_addf(telling->out, "- [%s] ", alert_severity(telling, incident->severity));
		str_add(telling->out, alert_what(telling, incident, true));
		add_more(telling, incident);
		if (is_open(incident))
			alert_say(telling, ", since %s", alert_time(telling, incident->opened_at));
		else
			alert_say(telling, ", after %s",
				  alert_span(telling, incident->ended_at - incident->opened_at));
		str_add_char(telling->out, '\n');
	}
	if (alert->untold)
		alert_say(telling, " and %s more\n", alert_number(telling, alert->untold));
	if (all_incidents(alert))
		str_add_char(telling->out, '\n');
}

static void add_standing(struct telling *telling)
{
	const struct alert *const alert = telling->alert;
	const uint64_t judged = alert->good + alert->poor;

	if (!alert->addresses)
		return;
	alert_say(telling,
		  "Of %s addresses %s are GOOD, %s POOR and %s between or not known yet.\n\n",
		  alert_number(telling, alert->addresses), alert_number(telling, alert->good),
		  alert_number(telling, alert->poor),
		  alert_number(telling, alert->addresses > judged ? alert->addresses - judged : 0));
}

static void add_longest(struct telling *telling)
{
	const struct incident *const longest = longest_open(telling->alert);

	if (!longest)
		return;
	alert_say(telling, "Open for the longest time, %s: %s\n\n",
		  alert_span(telling, telling->alert->at - longest->opened_at),
		  alert_what(telling, longest, true));
}

void alert_round_body(struct telling *telling)
{
	switch (telling->alert->kind) {
	case ALERT_BASELINE:
		alert_say(telling,
			  "This is the first message here. What is wrong already is told once, "
			  "in this list; from now on changes are told.\n\n");
		add_standing(telling);
		add_lines(telling);
		return;
	case ALERT_WEEKLY:
		add_standing(telling);
		add_longest(telling);
		add_lines(telling);
		return;
	case ALERT_TEST:
		alert_say(telling, "Nothing has happened and nothing is to be done.\n\n");
		return;
	case ALERT_DIGEST:
		if (is_reminder(telling->alert))
			alert_say(telling, "Worst first. All of them were told before.\n\n");
		else
			alert_say(telling,
				  "Worst first. Where many began at once there is often one cause: "
				  "look at what they share.\n\n");
		add_lines(telling);
		return;
	case ALERT_OPENED:
	case ALERT_GREW:
	case ALERT_REMINDER:
	case ALERT_ENDED:
	case ALERT_KIND_COUNT:
		break;
	}
	add_lines(telling);
}
