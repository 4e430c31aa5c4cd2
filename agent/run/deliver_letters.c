#include "run/deliver_parts.h"

#include "base/mem.h"
#include "base/parse.h"
#include "judge/quiet.h"
#include "sys/clock.h"

#include <string.h>
#include <sys/random.h>

enum { RETRY_FIRST_S = 60, RETRY_MAX_S = 3600, JITTER_PERCENT = 20 };

/* A minute, two, four, up to an hour, and a fifth more or less: what failed together does not come
 * back together. */
static int64_t retry_in_s(uint32_t attempts)
{
	const uint32_t doublings = attempts > 7 ? 6 : attempts ? attempts - 1 : 0;
	int64_t wait_s = (int64_t)RETRY_FIRST_S << doublings;
	uint32_t dice = 0;

	if (wait_s > RETRY_MAX_S)
		wait_s = RETRY_MAX_S;
	if (getrandom(&dice, sizeof(dice), GRND_NONBLOCK) != sizeof(dice))
		dice = 0;
	return wait_s * (100 - JITTER_PERCENT + (int64_t)(dice % (2 * JITTER_PERCENT + 1))) / 100;
}

/* When quiet hours that hold now are over; now: they do not hold. */
static int64_t out_from(const struct sending *delivery, const struct conf_channel *channel)
{
	const int64_t now = delivery->options->now;
	uint32_t from_min;
	uint32_t until_min;

	if (!parse_day_span(channel->quiet_hours, &from_min, &until_min))
		return now;
	return quiet_until(delivery->options->zone, now, from_min, until_min);
}

static bool save(struct sending *delivery, const struct outbox_letter *letter)
{
	if (!delivery->store || !letter->id)
		return true;
	if (!delivery->has_failed && !outbox_save(delivery->store, letter, &delivery->err))
		delivery->has_failed = true;
	return !delivery->has_failed;
}

/* In quiet hours only what is critical goes; the rest is put off at once. */
static bool keep_quiet(struct delivery_lane *lane)
{
	const int64_t until = out_from(lane->delivery, lane->channel);
	size_t kept = 0;

	if (until <= lane->delivery->options->now || lane->delivery->options->ignores_time)
		return true;
	for (size_t i = 0; i < lane->letters; i++) {
		struct outbox_letter *const letter = &lane->letter[i];

		if (strcmp(letter->severity, "critical") == 0) {
			lane->letter[kept++] = *letter;
			continue;
		}
		letter->next_at = until;
		if (!save(lane->delivery, letter))
			return false;
	}
	lane->letters = kept;
	return true;
}

bool letters_load(struct delivery_lane *lane, struct err *err)
{
	struct sending *const delivery = lane->delivery;
	const int64_t now = delivery->options->ignores_time ? INT64_MAX : delivery->options->now;

	if (!outbox_due(delivery->store, lane->channel->name, now, LETTERS_MAX, delivery->arena,
			&lane->letter, &lane->letters, err))
		return false;
	if (keep_quiet(lane))
		return true;
	*err = delivery->err;
	return false;
}

/* Letters of one thread stay in order: behind one that was put off in this call they wait. */
static bool is_behind(const struct delivery_lane *lane, const struct outbox_letter *letter)
{
	for (size_t i = 0; i < lane->at; i++)
		if (lane->letter[i].state == OUTBOX_PENDING &&
		    strcmp(lane->letter[i].uid, letter->uid) == 0)
			return true;
	return false;
}

struct outbox_letter *letters_next(struct delivery_lane *lane)
{
	while (lane->at < lane->letters && is_behind(lane, &lane->letter[lane->at]))
		lane->at++;
	if (lane->delivery->has_failed || lane->laters >= LATERS_MAX || lane->at >= lane->letters)
		return NULL;
	return &lane->letter[lane->at];
}

void letters_notice(struct delivery_lane *lane, const char *what)
{
	const struct deliver_options *const options = lane->delivery->options;

	if (options->notice && !lane->error)
		options->notice(options->context,
				arena_printf(lane->delivery->arena, "channel '%s': %s",
					     lane->channel ? lane->channel->name : "heartbeat",
					     what));
	if (!lane->error)
		lane->error = arena_strdup(lane->delivery->arena, what);
}

/* Once a call for what goes well, so that a letter costs one transaction. */
static void note_channel(struct delivery_lane *lane, int64_t now, const char *error)
{
	struct sending *const delivery = lane->delivery;
	const bool is_known = lane->is_noted && !error;

	lane->is_noted = !error;
	if (delivery->store && !is_known && !delivery->has_failed &&
	    !outbox_note(delivery->store, lane->channel->name, now, error, &delivery->err))
		delivery->has_failed = true;
}

/* No connection, and what tells that the server wants to be left alone. */
static bool is_channel_shut(const struct post_result *result)
{
	return result->code == 0 || result->code == 421 || result->code == 429 ||
	       result->code == 503;
}

static void put_off(struct delivery_lane *lane, struct outbox_letter *letter,
		    const struct post_result *result, int64_t now)
{
	const int64_t wait_s = retry_in_s(letter->attempts);

	letter->next_at = now + (result->retry_after_s > wait_s ? result->retry_after_s : wait_s);
	lane->laters += is_channel_shut(result) ? LATERS_MAX : 1;
	if (letter->created_at + OUTBOX_EXPIRES_S > now)
		return;
	letter->state = OUTBOX_DEAD;
	letter->ended_at = now;
}

void letters_done(struct delivery_lane *lane, const struct post_result *result)
{
	struct sending *const delivery = lane->delivery;
	struct outbox_letter *const letter = &lane->letter[lane->at];
	const int64_t now = clock_now();

	lane->said = arena_strdup(delivery->arena,
				  result->outcome == POST_TAKEN ? result->reply : result->error);
	letter->attempts++;
	letter->error = result->outcome == POST_TAKEN ? "" : lane->said;
	switch (result->outcome) {
	case POST_TAKEN:
		letter->state = OUTBOX_SENT;
		letter->ended_at = now;
		delivery->counts->sent++;
		break;
	case POST_LATER:
		put_off(lane, letter, result, now);
		break;
	case POST_REFUSED:
		letter->state = OUTBOX_DEAD;
		letter->ended_at = now;
		break;
	}
	delivery->counts->failed += result->outcome != POST_TAKEN;
	if (letter->state == OUTBOX_DEAD)
		letters_notice(lane,
			       arena_printf(delivery->arena, "a message will not be delivered: %s",
					    lane->said));
	else if (result->outcome == POST_LATER)
		letters_notice(lane, lane->said);
	if (save(delivery, letter))
		note_channel(lane, now, result->outcome == POST_TAKEN ? NULL : letter->error);
	lane->at++;
}

/* Of channels that are configured no more, or whose letters waited behind others all the time. */
static bool is_expired(const struct sending *delivery, const struct outbox_letter *letter)
{
	if (letter->created_at + OUTBOX_EXPIRES_S > delivery->options->now)
		return false;
	for (size_t i = 0; i < delivery->conf->alerts.channels; i++)
		if (strcmp(delivery->conf->alerts.channel[i].name, letter->channel) == 0)
			return letter->attempts > 0 &&
			       letter->created_at + 2 * OUTBOX_EXPIRES_S < delivery->options->now;
	return true;
}

bool letters_expire(struct sending *delivery, struct err *err)
{
	struct outbox_letter *letter;
	size_t letters;

	if (!outbox_list(delivery->store, OUTBOX_PENDING, delivery->arena, &letter, &letters, err))
		return false;
	for (size_t i = 0; i < letters; i++) {
		if (!is_expired(delivery, &letter[i]))
			continue;
		letter[i].state = OUTBOX_DEAD;
		letter[i].ended_at = delivery->options->now;
		if (!*letter[i].error)
			letter[i].error = "nothing took it in seven days";
		if (!outbox_save(delivery->store, &letter[i], err))
			return false;
	}
	return outbox_trim(delivery->store, delivery->options->now, err);
}
