/* What a letter tells beside the incident: what is to be published, whom to ask, who sent. */
#include "run/alerts_parts.h"
#include "run/route.h"

#include "base/mem.h"
#include "conf/replies.h"
#include "run/traffic_parts.h"

#include <string.h>

static void read_receivers(struct mail *mail)
{
	struct conf_problems problems = {0};

	/* Mistakes in the rules were told when the logs were read. */
	if (!conf_receivers(mail->alerts->pass->conf, mail->alerts->arena, &mail->receivers,
			    &problems))
		mail->receivers = (struct receivers){0};
	str_release(&problems.text);
	mail->has_receivers = true;
}

/* Read when the first letter needs them: most passes write none. */
static const struct removal_way *way_of(struct mail *mail, const char *receiver)
{
	if (!mail->has_receivers)
		read_receivers(mail);
	for (size_t i = 0; i < mail->receivers.count; i++)
		if (strcmp(mail->receivers.receiver[i].name, receiver) == 0)
			return &mail->receivers.receiver[i].way;
	return NULL;
}

static void complete_item(struct mail *mail, struct incident_item *item)
{
	const struct alerts *const alerts = mail->alerts;
	const struct stored_address *const stored = alerts_target(alerts, item->address);
	const struct probe_source *const source =
	    strcmp(item->check, CHECK_DNSBL) == 0 ? map_get(alerts->source, item->subject) : NULL;
	const struct standing *const standing =
	    stored ? pass_find_standing(stored, item->check, item->subject) : NULL;

	item->fix = standing ? standing->fix : "";
	item->list = source ? source->list : NULL;
	item->way = strcmp(item->check, "receiver") == 0 ? way_of(mail, item->subject) : NULL;
}

struct incident facts_shown(struct mail *mail, const struct conf_channel *channel,
			    const struct incident *incident)
{
	struct arena *const arena = mail->alerts->arena;
	struct incident part = route_part(channel, incident, arena);
	struct incident_item *const item = arena_calloc(arena, part.items + 1, sizeof(*item));
	size_t loud = 0;

	for (size_t i = 0; i < part.items; i++) {
		item[i] = part.item[i];
		complete_item(mail, &item[i]);
		loud += !item[i].is_muted;
	}
	part.item = item;
	part.items = loud ? loud : part.items;
	return part;
}

static uint64_t mail_of(const struct traffic *traffic)
{
	const struct volume_verdict *const volume = &traffic->volume;

	return volume->yesterday > volume->today ? volume->yesterday : volume->today;
}

static bool has_suspect(const struct traffic *traffic, const char *subject)
{
	static const char prefix[] = "account ";

	if (strncmp(subject, prefix, strlen(prefix)) != 0)
		return false;
	for (size_t i = 0; i < traffic->suspects; i++)
		if (strcmp(traffic->suspect[i].account, subject + strlen(prefix)) == 0)
			return true;
	return false;
}

/* Those with suspects go first: they tell who did it. */
static bool is_louder(const struct traffic *a, const struct traffic *b)
{
	if ((a->suspects > 0) != (b->suspects > 0))
		return a->suspects > 0;
	return mail_of(a) > mail_of(b);
}

static void consider(const struct mail *mail, size_t target, struct alert *alert)
{
	const struct pass *const pass = mail->alerts->pass;
	const struct traffic *const traffic = &pass->traffic->traffic[target];

	if ((traffic->receivers == 0 && traffic->volume.level == VOLUME_NO_DATA) ||
	    (alert->traffic && !is_louder(traffic, alert->traffic)))
		return;
	alert->traffic = traffic;
	alert->traffic_address = pass->targets.target[target].text;
}

static void consider_senders(const struct mail *mail, struct alert *alert)
{
	const struct pass *const pass = mail->alerts->pass;
	const struct incident *const incident = alert->incident;

	for (size_t i = 0; i < pass->targets.addresses; i++)
		if ((*incident->pool &&
		     strcmp(incident->pool, pass->targets.target[i].pool) == 0) ||
		    has_suspect(&pass->traffic->traffic[i], incident->subject))
			consider(mail, i, alert);
}

void facts_traffic(const struct mail *mail, struct alert *alert)
{
	const struct pass *const pass = mail->alerts->pass;
	const struct incident *const incident = alert->incident;

	if (!pass->traffic)
		return;
	if (incident->kind == INCIDENT_SENDER)
		consider_senders(mail, alert);
	for (size_t i = 0; i < incident->items; i++) {
		const struct stored_address *const stored =
		    alerts_target(mail->alerts, incident->item[i].address);

		if (stored && !stored->is_domain && !incident->item[i].ended_at)
			consider(mail, (size_t)(stored - pass->stored), alert);
	}
}

struct alert facts_alert(const struct mail *mail, enum alert_kind kind)
{
	const struct pass *const pass = mail->alerts->pass;
	struct alert alert = {.kind = kind,
			      .at = pass->at,
			      .traffic_address = "",
			      .host = mail->host,
			      .report_url = pass->conf->alerts.report_url};

	alert.addresses = pass->targets.addresses;
	for (size_t i = 0; i < pass->targets.addresses; i++) {
		alert.good += pass->stored[i].grade == GRADE_GOOD;
		alert.poor += pass->stored[i].grade == GRADE_POOR;
	}
	return alert;
}
