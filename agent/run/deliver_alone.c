/* Letters that are not in the store: a test, and that the store fails. */
#include "run/deliver_parts.h"

#include "base/hash.h"
#include "base/mem.h"
#include "render/letter.h"

#include <string.h>

enum { GOOD_S = 3600 };

/* Rendered for the channel; it is not kept, so it is never sent later. */
static struct outbox_letter letter_of(const struct sending *delivery,
				      const struct conf_channel *channel, const struct alert *alert)
{
	const struct letter_style style = {
	    .language = *channel->language ? channel->language : delivery->conf->language,
	    .zone = delivery->options->zone,
	    .expires_at = alert->at + GOOD_S,
	};

	return alerts_letter(alert, channel, &style, delivery->arena);
}

static struct alert alert_of(const struct sending *delivery, enum alert_kind kind, const char *uid)
{
	return (struct alert){
	    .kind = kind,
	    .uid = uid,
	    .seq = 1,
	    .severity = SEVERITY_INFO,
	    .at = delivery->options->now,
	    .traffic_address = "",
	    .host = delivery->host,
	    .report_url = delivery->conf->alerts.report_url,
	};
}

/* --- a test --- */

static struct outbox_letter test_letter(const struct sending *delivery,
					const struct conf_channel *channel, enum alert_kind kind)
{
	struct alert alert =
	    alert_of(delivery, kind,
		     arena_printf(delivery->arena, "test%lld", (long long)delivery->options->now));

	alert.seq = kind == ALERT_TEST ? 1 : 2;
	return letter_of(delivery, channel, &alert);
}

/* What the lane shall do; false: it cannot. `letter` has room for two: an alarm is called off. */
static bool prepare_test(struct delivery_lane *lane, struct outbox_letter *letter)
{
	struct err err;

	if (!lane_open(lane))
		return false;
	if (!channel_takes_letters(lane->channel)) {
		if (state_load(lane, &err))
			return true;
		letters_notice(lane, err.text);
		return false;
	}
	letter[0] = test_letter(lane->delivery, lane->channel, ALERT_TEST);
	lane->letter = letter;
	lane->letters = 1;
	if (letter_kind(lane->channel->type)->stands)
		letter[lane->letters++] = test_letter(lane->delivery, lane->channel, ALERT_ENDED);
	lane_takes_letters(lane);
	return true;
}

bool deliver_test(const struct conf *conf, const struct conf_channel *channel,
		  const struct deliver_options *options, struct arena *arena, const char **said)
{
	struct delivery_counts counts = {0};
	struct outbox_letter letter[2];
	struct sending delivery = {
	    .conf = conf,
	    .options = options,
	    .arena = arena,
	    .counts = &counts,
	    .lane = arena_calloc(arena, 1, sizeof(*delivery.lane)),
	    .host = lane_host(conf, arena),
	};
	struct delivery_lane *const lane = lane_add(&delivery, channel);

	if (prepare_test(lane, letter))
		lanes_send(&delivery);
	lanes_close(&delivery);
	*said = lane->error ? lane->error : lane->said ? lane->said : "";
	return !lane->error && !counts.failed;
}

/* --- what cannot be kept, because nothing can --- */

/* The same each time and on each host another: [0-9a-z]{20}. */
static const char *alarm_uid(const struct conf *conf, const char *host, struct arena *arena)
{
	const char *const name = arena_printf(arena, "%s %s", host, conf->state_dir);

	return arena_printf(arena, "norecord%012llx",
			    (unsigned long long)(hash_bytes(name, strlen(name)) >> 16));
}

static struct outbox_letter alarm_letter(const struct sending *delivery,
					 const struct conf_channel *channel,
					 const struct unrecorded *what)
{
	const int64_t now = delivery->options->now;
	const struct incident_item item = {
	    .address = "",
	    .name = "",
	    .pool = "",
	    .check = "pass",
	    .subject = "record",
	    .to = "record",
	    .severity = SEVERITY_CRITICAL,
	    .since = what->since,
	    .ended_at = what->is_over ? now : 0,
	    .text = what->text,
	    .fix = "",
	};
	const struct incident incident = {
	    .uid = alarm_uid(delivery->conf, delivery->host, delivery->arena),
	    .kind = INCIDENT_AGENT,
	    .subject = "",
	    .pool = "",
	    .severity = SEVERITY_CRITICAL,
	    .opened_at = what->since,
	    .ended_at = item.ended_at,
	    .seq = 1,
	    .item = &item,
	    .items = 1,
	};
	struct alert alert =
	    alert_of(delivery, what->is_over ? ALERT_ENDED : ALERT_OPENED, incident.uid);

	alert.severity = SEVERITY_CRITICAL;
	alert.seq = (uint32_t)now;
	alert.incident = &incident;
	alert.incidents = 1;
	return letter_of(delivery, channel, &alert);
}

bool deliver_unrecorded(const struct conf *conf, const struct deliver_options *options,
			const struct unrecorded *what, struct arena *arena)
{
	struct delivery_counts counts = {0};
	struct sending delivery = {
	    .conf = conf,
	    .options = options,
	    .arena = arena,
	    .counts = &counts,
	    .lane = arena_calloc(arena, conf->alerts.channels + 1, sizeof(*delivery.lane)),
	    .host = lane_host(conf, arena),
	};
	struct outbox_letter *const letter =
	    arena_calloc(arena, conf->alerts.channels + 1, sizeof(*letter));

	for (size_t i = 0; i < conf->alerts.channels; i++) {
		const struct conf_channel *const channel = &conf->alerts.channel[i];
		struct delivery_lane *lane;

		if (!channel_takes_letters(channel))
			continue;
		lane = lane_add(&delivery, channel);
		if (!lane_open(lane))
			continue;
		letter[i] = alarm_letter(&delivery, channel, what);
		lane->letter = &letter[i];
		lane->letters = letter[i].len > 0;
		lane_takes_letters(lane);
	}
	lanes_send(&delivery);
	lanes_close(&delivery);
	return counts.sent > 0;
}
