/* Who hears of it: each channel has its own least severity, pools, language and quiet hours, and
 * more letters than a person reads become one. A letter is rendered once, in the pass that raises
 * it. */
#include "run/alerts_parts.h"
#include "run/route.h"

#include "base/mem.h"
#include "base/parse.h"
#include "conf/replies.h"
#include "judge/quiet.h"
#include "render/letter.h"
#include "run/traffic_parts.h"
#include "store/outbox.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	DIGEST_SHOWN_MAX = 50, /* incidents in one message; the rest is counted */
	WEEK_S = 7 * 86400
};

/* What all letters of a pass have in common. */
struct mail {
	struct alerts *alerts;
	const char *host;
	struct receivers receivers;
	const char *round_uid; /* of the pass's digest or baseline */
	const char *week_uid;
};

struct way {
	const struct conf_channel *channel;
	const struct letter_kind *kind;
};

/* --- what goes where --- */

static bool is_wanted(const struct conf_channel *channel, const struct incident *incident)
{
	return incident->severity >= channel->min_severity && route_concerns(channel, incident);
}

static int64_t not_before(const struct alerts *alerts, const struct conf_channel *channel,
			  enum severity severity)
{
	const int64_t now = alerts->pass->at;
	uint32_t from_min;
	uint32_t until_min;

	if (severity == SEVERITY_CRITICAL || !*channel->quiet_hours ||
	    !parse_day_span(channel->quiet_hours, &from_min, &until_min))
		return now;
	return quiet_until(alerts->pass->options->zone, now, from_min, until_min);
}

/* --- what a letter needs beside the incident --- */

static const struct removal_way *way_of(const struct mail *mail, const char *receiver)
{
	for (size_t i = 0; i < mail->receivers.count; i++)
		if (strcmp(mail->receivers.receiver[i].name, receiver) == 0)
			return &mail->receivers.receiver[i].way;
	return NULL;
}

static void complete_item(const struct mail *mail, struct incident_item *item)
{
	const struct alerts *const alerts = mail->alerts;
	const struct stored_address *const stored = alerts_target(alerts, item->address);
	const struct probe_source *const source =
	    strcmp(item->check, CHECK_DNSBL) == 0 ? map_get(alerts->source, item->subject) : NULL;

	const struct standing *standing = NULL;

	for (size_t i = 0; stored && i < stored->standings && !standing; i++)
		if (strcmp(stored->standing[i].check, item->check) == 0 &&
		    strcmp(stored->standing[i].subject, item->subject) == 0)
			standing = &stored->standing[i];
	item->fix = standing ? standing->fix : "";
	item->list = source ? source->list : NULL;
	item->way = strcmp(item->check, "receiver") == 0 ? way_of(mail, item->subject) : NULL;
}

/* Of an incident that goes on, what nobody wants to hear of and what is of other pools than the
 * channel's is left out. */
static struct incident shown(const struct mail *mail, const struct way *way,
			     const struct incident *incident)
{
	struct arena *const arena = mail->alerts->arena;
	struct incident part = route_part(way->channel, incident, arena);
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

static void add_traffic(const struct mail *mail, struct alert *alert)
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

static struct alert alert_of(const struct mail *mail, enum alert_kind kind)
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

/* --- one letter --- */

static bool post(const struct mail *mail, const struct way *way, const struct alert *alert,
		 struct err *err)
{
	struct alerts *const alerts = mail->alerts;
	struct pass *const pass = alerts->pass;
	const struct letter_style style = {
	    .language = *way->channel->language ? way->channel->language : pass->conf->language,
	    .zone = pass->options->zone,
	    .expires_at = pass->at + pass->conf->stale_after_ms / 1000,
	};
	struct letter letter = {.content_type = "", .subject = "", .body = ""};
	struct outbox_letter row;

	way->kind->render(alert, &style, alerts->arena, &letter);
	if (!letter.len)
		return true;
	row = (struct outbox_letter){
	    .key =
		arena_printf(alerts->arena, "%s.%u.%s", alert->uid, alert->seq, way->channel->name),
	    .uid = alert->uid,
	    .seq = alert->seq,
	    .channel = way->channel->name,
	    .kind = alert_kind_name(alert->kind),
	    .severity = severity_name(alert->severity),
	    .content_type = letter.content_type,
	    .subject = letter.subject ? letter.subject : "",
	    .body = letter.body,
	    .len = letter.len,
	    .created_at = pass->at,
	    .next_at = not_before(alerts, way->channel, alert->severity),
	    .error = "",
	};
	alerts->queued++;
	return outbox_add(pass->store, &row, err);
}

static bool post_one(const struct mail *mail, const struct way *way,
		     const struct incident_letter *letter, struct err *err)
{
	struct alert alert = alert_of(mail, letter->kind);
	const struct incident incident = shown(mail, way, letter->incident);

	alert.uid = incident.uid;
	alert.seq = letter->seq;
	alert.severity = incident.severity;
	alert.incident = &incident;
	alert.incidents = 1;
	add_traffic(mail, &alert);
	return post(mail, way, &alert, err);
}

/* `incident` worst first; at least one. */
static void add_incidents(const struct mail *mail, const struct way *way, struct alert *alert,
			  const struct incident *const *incident, size_t count)
{
	const size_t most = count < DIGEST_SHOWN_MAX ? count : DIGEST_SHOWN_MAX;
	struct incident *const copy = arena_calloc(mail->alerts->arena, most + 1, sizeof(*copy));

	for (size_t i = 0; i < most; i++)
		copy[i] = shown(mail, way, incident[i]);
	alert->incident = copy;
	alert->incidents = most;
	alert->untold = count - most;
	alert->severity = count ? incident[0]->severity : SEVERITY_INFO;
}

/* --- a pass's letters for one channel --- */

struct bundle {
	const struct incident_letter **single;
	size_t singles;
	const struct incident **together;
	size_t togethers;
};

static struct bundle sort_letters(const struct mail *mail, const struct way *way)
{
	const struct alerts *const alerts = mail->alerts;
	const struct incident_outcome *const outcome = &alerts->outcome;
	const size_t most = (size_t)alerts->pass->conf->alerts.digest_over;
	struct bundle bundle = {
	    .single = arena_calloc(alerts->arena, outcome->letters + 1, sizeof(void *)),
	    .together = arena_calloc(alerts->arena, outcome->letters + 1, sizeof(void *)),
	};
	size_t apart = 0;
	size_t together = 0;

	for (size_t i = 0; i < outcome->letters; i++)
		if (is_wanted(way->channel, outcome->letter[i].incident)) {
			together += outcome->letter[i].is_together;
			apart += !outcome->letter[i].is_together;
		}
	for (size_t i = 0; i < outcome->letters; i++) {
		const struct incident_letter *const letter = &outcome->letter[i];
		const bool is_lonely = together == 1 && letter->kind != ALERT_BASELINE;

		if (!is_wanted(way->channel, letter->incident))
			continue;
		if (apart > most || (letter->is_together && !is_lonely))
			bundle.together[bundle.togethers++] = letter->incident;
		else
			bundle.single[bundle.singles++] = letter;
	}
	return bundle;
}

static bool post_bundle(struct mail *mail, const struct way *way, const struct bundle *bundle,
			struct err *err)
{
	const bool is_first = !mail->alerts->alerting.began_at;
	struct alert alert = alert_of(mail, is_first ? ALERT_BASELINE : ALERT_DIGEST);

	if (!mail->round_uid)
		mail->round_uid = alerts_uid(mail->alerts);
	alert.uid = mail->round_uid;
	alert.seq = 1;
	add_incidents(mail, way, &alert, bundle->together, bundle->togethers);
	return post(mail, way, &alert, err);
}

static bool post_letters(struct mail *mail, const struct way *way, struct err *err)
{
	const struct bundle bundle = sort_letters(mail, way);

	for (size_t i = 0; i < bundle.singles; i++)
		if (!post_one(mail, way, bundle.single[i], err))
			return false;
	return !bundle.togethers || post_bundle(mail, way, &bundle, err);
}

/* --- the week's summary --- */

static bool is_week_over(const struct alerts *alerts)
{
	const struct pass *const pass = alerts->pass;

	return alerts->alerting.began_at && *pass->conf->alerts.weekly &&
	       alerts->alerting.weekly_at <
		   week_morning(pass->options->zone, pass->at, pass->conf->alerts.weekly);
}

static int worse(const void *a, const void *b)
{
	const struct incident *const first = *(const struct incident *const *)a;
	const struct incident *const second = *(const struct incident *const *)b;

	if (first->severity != second->severity)
		return second->severity > first->severity ? 1 : -1;
	return (first->id > second->id) - (first->id < second->id);
}

static bool is_open_and_heard(const struct incident *incident)
{
	for (size_t i = 0; i < incident->items; i++)
		if (!incident->item[i].ended_at && !incident->item[i].is_muted)
			return true;
	return false;
}

static bool post_week(struct mail *mail, const struct way *way, struct err *err)
{
	const struct alerts *const alerts = mail->alerts;
	const struct incident_outcome *const outcome = &alerts->outcome;
	const struct incident **open =
	    arena_calloc(alerts->arena, outcome->incidents + 1, sizeof(struct incident *));
	struct alert alert = alert_of(mail, ALERT_WEEKLY);
	size_t count = 0;

	for (size_t i = 0; i < outcome->incidents; i++)
		if (is_open_and_heard(&outcome->incident[i]) &&
		    is_wanted(way->channel, &outcome->incident[i]))
			open[count++] = &outcome->incident[i];
	if (count)
		qsort(open, count, sizeof(struct incident *), worse);
	if (!mail->week_uid)
		mail->week_uid = alerts_uid(mail->alerts);
	alert.uid = mail->week_uid;
	alert.seq = 1;
	add_incidents(mail, way, &alert, open, count);
	/* It is no alarm, whatever is open. */
	alert.severity = SEVERITY_INFO;
	return incidents_count(alerts->pass->store, alerts->pass->at - WEEK_S, &alert.opened_week,
			       &alert.ended_week, err) &&
	       post(mail, way, &alert, err);
}

/* --- all of it --- */

static bool post_to(struct mail *mail, const struct way *way, struct err *err)
{
	return post_letters(mail, way, err) &&
	       (!is_week_over(mail->alerts) || post_week(mail, way, err));
}

static void read_receivers(struct mail *mail)
{
	struct conf_problems problems = {0};

	/* Mistakes in the rules were told when the logs were read. */
	if (!conf_receivers(mail->alerts->pass->conf, mail->alerts->arena, &mail->receivers,
			    &problems))
		mail->receivers = (struct receivers){0};
	str_release(&problems.text);
}

static const char *host_name(struct arena *arena)
{
	char *const name = arena_calloc(arena, HOST_NAME_MAX + 1, 1);

	return gethostname(name, HOST_NAME_MAX) == 0 && *name ? name : "localhost";
}

static bool keep_week(const struct alerts *alerts, struct err *err)
{
	const struct alerting now = {alerts->alerting.began_at, alerts->pass->at};

	return !is_week_over(alerts) || alerting_save(alerts->pass->store, &now, err);
}

bool alerts_letters(struct alerts *alerts, struct err *err)
{
	const struct conf *const conf = alerts->pass->conf;
	struct mail mail = {.alerts = alerts, .host = host_name(alerts->arena)};

	if (!alerts->outcome.letters && !is_week_over(alerts))
		return true;
	read_receivers(&mail);
	for (size_t i = 0; i < conf->alerts.channels; i++) {
		const struct way way = {&conf->alerts.channel[i],
					letter_kind(conf->alerts.channel[i].type)};

		if (way.kind && !post_to(&mail, &way, err))
			return false;
	}
	return keep_week(alerts, err);
}
