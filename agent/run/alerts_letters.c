/* Who hears of it: each channel has its own least severity, pools, language and quiet hours, and
 * more letters than a person reads become one. A letter is rendered once, in the pass that raises
 * it. */
#include "run/alerts_parts.h"
#include "run/route.h"

#include "base/mem.h"
#include "base/parse.h"
#include "judge/quiet.h"
#include "render/letter.h"
#include "store/channels.h"
#include "store/outbox.h"
#include "sys/host.h"

#include <stdlib.h>
#include <string.h>

enum {
	DIGEST_SHOWN_MAX = 50, /* incidents in one message; the rest is counted */
	WEEK_S = 7 * 86400
};

struct way {
	const struct conf_channel *channel;
	const struct letter_kind *kind;
	bool is_new; /* nothing was ever told there, though it was elsewhere */
};

/* --- what goes where --- */

static bool is_wanted(const struct conf_channel *channel, const struct incident *incident)
{
	return incident->severity >= channel->min_severity && route_concerns(channel, incident);
}

/* Of what was there before it was configured a new channel hears in one message. What stands until
 * it is called off is not raised for what is over; its end is told by call_off(). */
static bool is_for(const struct way *way, const struct incident_letter *letter)
{
	return is_wanted(way->channel, letter->incident) &&
	       (!way->is_new || letter->kind == ALERT_OPENED) &&
	       (!way->kind->stands || !letter->incident->ended_at);
}

static bool is_open_and_heard(const struct incident *incident)
{
	for (size_t i = 0; i < incident->items; i++)
		if (!incident->item[i].ended_at && !incident->item[i].is_muted)
			return true;
	return false;
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

/* --- one letter --- */

struct outbox_letter alerts_letter(const struct alert *alert, const struct conf_channel *channel,
				   const struct letter_style *style, struct arena *arena)
{
	struct letter letter = {.content_type = "", .subject = "", .body = ""};

	letter_kind(channel->type)->render(alert, style, arena, &letter);
	return (struct outbox_letter){
	    .key = arena_printf(arena, "%s.%u.%s", alert->uid, alert->seq, channel->name),
	    .uid = alert->uid,
	    .seq = alert->seq,
	    .channel = channel->name,
	    .kind = alert_kind_name(alert->kind),
	    .severity = severity_name(alert->severity),
	    .content_type = letter.content_type,
	    .subject = letter.subject ? letter.subject : "",
	    .body = letter.body,
	    .len = letter.len,
	    .created_at = alert->at,
	    .error = "",
	};
}

/* `*is_queued` may be NULL. */
static bool post(const struct mail *mail, const struct way *way, const struct alert *alert,
		 bool *is_queued, struct err *err)
{
	struct alerts *const alerts = mail->alerts;
	struct pass *const pass = alerts->pass;
	const struct letter_style style = {
	    .language = *way->channel->language ? way->channel->language : pass->conf->language,
	    .zone = pass->options->zone,
	    .expires_at = pass->at + pass->conf->stale_after_ms / 1000,
	};
	struct outbox_letter row = alerts_letter(alert, way->channel, &style, alerts->arena);

	if (is_queued)
		*is_queued = row.len > 0;
	if (!row.len)
		return true;
	row.created_at = pass->at;
	row.next_at = not_before(alerts, way->channel, alert->severity);
	alerts->queued++;
	return outbox_add(pass->store, &row, err);
}

/* Remembers what stands at the channel from now on. */
static bool stand(const struct mail *mail, const struct way *way, const char *uid,
		  const struct incident *incident, struct err *err)
{
	return !way->kind->stands ||
	       alarms_raise(mail->alerts->pass->store, way->channel->name, uid, incident->id, err);
}

static bool post_one(struct mail *mail, const struct way *way, const struct incident_letter *letter,
		     struct err *err)
{
	struct alert alert = facts_alert(mail, letter->kind);
	const struct incident incident = facts_shown(mail, way->channel, letter->incident);

	bool is_queued;

	alert.uid = incident.uid;
	alert.seq = letter->seq;
	alert.severity = incident.severity;
	alert.incident = &incident;
	alert.incidents = 1;
	facts_traffic(mail, &alert);
	return post(mail, way, &alert, &is_queued, err) &&
	       (!is_queued || stand(mail, way, incident.uid, letter->incident, err));
}

/* `incident` worst first; at least one. */
static void add_incidents(struct mail *mail, const struct way *way, struct alert *alert,
			  const struct incident *const *incident, size_t count)
{
	const size_t most = count < DIGEST_SHOWN_MAX ? count : DIGEST_SHOWN_MAX;
	struct incident *const copy = arena_calloc(mail->alerts->arena, most + 1, sizeof(*copy));

	for (size_t i = 0; i < most; i++)
		copy[i] = facts_shown(mail, way->channel, incident[i]);
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

static struct bundle new_bundle(const struct alerts *alerts)
{
	const size_t most = alerts->outcome.letters + alerts->outcome.incidents + 1;

	return (struct bundle){
	    .single = arena_calloc(alerts->arena, most, sizeof(void *)),
	    .together = arena_calloc(alerts->arena, most, sizeof(void *)),
	};
}

static struct bundle sort_letters(const struct mail *mail, const struct way *way)
{
	const struct alerts *const alerts = mail->alerts;
	const struct incident_outcome *const outcome = &alerts->outcome;
	const size_t most = (size_t)alerts->pass->conf->alerts.digest_over;
	struct bundle bundle = new_bundle(alerts);
	size_t apart = 0;
	size_t together = 0;

	for (size_t i = 0; i < outcome->letters; i++)
		if (is_for(way, &outcome->letter[i])) {
			together += outcome->letter[i].is_together;
			apart += !outcome->letter[i].is_together;
		}
	for (size_t i = 0; i < outcome->letters; i++) {
		const struct incident_letter *const letter = &outcome->letter[i];
		const bool is_lonely = together == 1 && letter->kind != ALERT_BASELINE;

		if (!is_for(way, letter))
			continue;
		if (apart > most || (letter->is_together && !is_lonely))
			bundle.together[bundle.togethers++] = letter->incident;
		else
			bundle.single[bundle.singles++] = letter;
	}
	return bundle;
}

static bool post_bundle(struct mail *mail, const struct way *way, enum alert_kind kind,
			const struct bundle *bundle, struct err *err)
{
	struct alert alert = facts_alert(mail, kind);
	bool is_queued;

	if (!mail->round_uid)
		mail->round_uid = alerts_uid(mail->alerts);
	alert.uid = mail->round_uid;
	/* A new channel may get both. */
	alert.seq = way->is_new && kind == ALERT_DIGEST ? 2 : 1;
	add_incidents(mail, way, &alert, bundle->together, bundle->togethers);
	if (!post(mail, way, &alert, &is_queued, err))
		return false;
	for (size_t i = 0; is_queued && i < bundle->togethers; i++)
		if (!stand(mail, way, alert.uid, bundle->together[i], err))
			return false;
	return true;
}

static bool post_letters(struct mail *mail, const struct way *way, struct err *err)
{
	const bool is_first = !mail->alerts->alerting.began_at;
	const struct bundle bundle = sort_letters(mail, way);

	for (size_t i = 0; i < bundle.singles; i++)
		if (!post_one(mail, way, bundle.single[i], err))
			return false;
	return !bundle.togethers ||
	       post_bundle(mail, way, is_first ? ALERT_BASELINE : ALERT_DIGEST, &bundle, err);
}

/* --- a channel that is new --- */

static int worse(const void *a, const void *b)
{
	const struct incident *const first = *(const struct incident *const *)a;
	const struct incident *const second = *(const struct incident *const *)b;

	if (first->severity != second->severity)
		return second->severity > first->severity ? 1 : -1;
	return (first->id > second->id) - (first->id < second->id);
}

/* What is open and heard of, worst first; without what this pass opened, where `is_past`. */
static struct bundle gather_open(const struct mail *mail, const struct way *way, bool is_past)
{
	const struct incident_outcome *const outcome = &mail->alerts->outcome;
	struct bundle bundle = new_bundle(mail->alerts);
	bool *const is_told =
	    arena_calloc(mail->alerts->arena, outcome->incidents + 1, sizeof(*is_told));

	for (size_t i = 0; is_past && i < outcome->letters; i++)
		is_told[outcome->letter[i].incident - outcome->incident] =
		    is_for(way, &outcome->letter[i]);
	for (size_t i = 0; i < outcome->incidents; i++)
		if (!is_told[i] && is_open_and_heard(&outcome->incident[i]) &&
		    is_wanted(way->channel, &outcome->incident[i]))
			bundle.together[bundle.togethers++] = &outcome->incident[i];
	if (bundle.togethers)
		qsort(bundle.together, bundle.togethers, sizeof(*bundle.together), worse);
	return bundle;
}

static bool post_first(struct mail *mail, const struct way *way, struct err *err)
{
	const struct bundle open = gather_open(mail, way, true);

	return !open.togethers || post_bundle(mail, way, ALERT_BASELINE, &open, err);
}

static bool has_begun(const struct mail *mail, const char *channel)
{
	for (size_t i = 0; i < mail->begins; i++)
		if (strcmp(mail->begun[i], channel) == 0)
			return true;
	return false;
}

static bool is_configured(const struct conf *conf, const char *channel)
{
	for (size_t i = 0; i < conf->alerts.channels; i++)
		if (strcmp(conf->alerts.channel[i].name, channel) == 0)
			return true;
	return false;
}

static bool forget_gone(const struct mail *mail, struct err *err)
{
	struct pass *const pass = mail->alerts->pass;

	for (size_t i = 0; i < mail->begins; i++)
		if (!is_configured(pass->conf, mail->begun[i]) &&
		    !channels_forget(pass->store, mail->begun[i], err))
			return false;
	return true;
}

/* --- what stands until it is called off --- */

/* Also what was told in a digest, and what ends without a letter of its own. */
static bool call_off(const struct mail *mail, const struct way *way, struct err *err)
{
	struct pass *const pass = mail->alerts->pass;
	struct alert alert = facts_alert(mail, ALERT_ENDED);
	const char **uid;
	size_t uids;

	if (!way->kind->stands)
		return true;
	/* It disturbs nobody, so that no quiet hours hold it; and no letter of a thread has the
	 * number of a second. */
	alert.severity = SEVERITY_CRITICAL;
	alert.seq = (uint32_t)pass->at;
	if (!alarms_over(pass->store, way->channel->name, mail->alerts->arena, &uid, &uids, err))
		return false;
	for (size_t i = 0; i < uids; i++) {
		alert.uid = uid[i];
		if (!alarms_drop(pass->store, way->channel->name, uid[i], err) ||
		    !post(mail, way, &alert, NULL, err))
			return false;
	}
	return true;
}

/* --- the week's summary --- */

static bool is_week_over(const struct alerts *alerts)
{
	const struct pass *const pass = alerts->pass;

	return alerts->alerting.began_at && *pass->conf->alerts.weekly &&
	       alerts->alerting.weekly_at <
		   week_morning(pass->options->zone, pass->at, pass->conf->alerts.weekly);
}

static bool post_week(struct mail *mail, const struct way *way, struct err *err)
{
	const struct alerts *const alerts = mail->alerts;
	const struct bundle open = gather_open(mail, way, false);
	struct alert alert = facts_alert(mail, ALERT_WEEKLY);

	if (!mail->week_uid)
		mail->week_uid = alerts_uid(mail->alerts);
	alert.uid = mail->week_uid;
	alert.seq = 1;
	add_incidents(mail, way, &alert, open.together, open.togethers);
	/* It is no alarm, whatever is open. */
	alert.severity = SEVERITY_INFO;
	return incidents_count(alerts->pass->store, alerts->pass->at - WEEK_S, &alert.opened_week,
			       &alert.ended_week, err) &&
	       post(mail, way, &alert, NULL, err);
}

/* --- all of it --- */

static bool post_to(struct mail *mail, const struct way *way, struct err *err)
{
	return (!way->is_new || post_first(mail, way, err)) && post_letters(mail, way, err) &&
	       call_off(mail, way, err) &&
	       (!is_week_over(mail->alerts) || post_week(mail, way, err)) &&
	       (has_begun(mail, way->channel->name) ||
		channels_begin(mail->alerts->pass->store, way->channel->name,
			       mail->alerts->pass->at, err));
}

static bool keep_week(const struct alerts *alerts, struct err *err)
{
	const struct alerting now = {alerts->alerting.began_at, alerts->pass->at};

	return !is_week_over(alerts) || alerting_save(alerts->pass->store, &now, err);
}

bool alerts_letters(struct alerts *alerts, struct err *err)
{
	struct pass *const pass = alerts->pass;
	struct mail mail = {.alerts = alerts, .host = host_name(alerts->arena)};

	if (!channels_load(pass->store, alerts->arena, &mail.begun, &mail.begins, err))
		return false;
	for (size_t i = 0; i < pass->conf->alerts.channels; i++) {
		const struct conf_channel *const channel = &pass->conf->alerts.channel[i];
		const struct way way = {
		    .channel = channel,
		    .kind = letter_kind(channel->type),
		    .is_new = alerts->alerting.began_at && !has_begun(&mail, channel->name),
		};

		if (way.kind && !post_to(&mail, &way, err))
			return false;
	}
	return forget_gone(&mail, err) && keep_week(alerts, err);
}
