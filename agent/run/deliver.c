#include "run/deliver_parts.h"

#include "base/mem.h"
#include "render/letter.h"
#include "sys/host.h"

#include <string.h>

enum { HEARTBEAT_MS = 10000 };

/* --- the lanes' two ends, as post_lanes() calls them --- */

static bool next_letter(struct delivery_lane *lane, struct post *out)
{
	struct outbox_letter *letter;
	struct err err;

	while ((letter = letters_next(lane))) {
		const struct post_result result = {
		    .outcome = POST_REFUSED, .error = err.text, .reply = ""};

		arena_reset(lane->arena);
		if (lane_post(lane, letter, out, &err))
			return true;
		letters_done(lane, &result);
	}
	return false;
}

/* One bad address must not keep a message from the others. */
static void letter_done(struct delivery_lane *lane, const struct post_result *result)
{
	const bool was_for_some = lane->takes_some;

	lane->takes_some = !was_for_some && result->outcome == POST_REFUSED &&
			   lane->channel->tos > 1 && strcmp(lane->channel->type, "mail") == 0;
	if (lane->takes_some)
		return;
	if (was_for_some && result->outcome == POST_TAKEN)
		letters_notice(lane,
			       "one of its recipients is refused; the others got the message");
	letters_done(lane, result);
}

static bool next_beat(struct delivery_lane *lane, struct post *out)
{
	if (lane->at++)
		return false;
	*out = (struct post){
	    .method = POST_GET,
	    .url = lane->url ? lane->url : lane->delivery->conf->alerts.heartbeat_url,
	    .total_ms = HEARTBEAT_MS,
	};
	return true;
}

static void beat_done(struct delivery_lane *lane, const struct post_result *result)
{
	if (result->outcome != POST_TAKEN)
		letters_notice(lane, result->error);
}

static bool lanes_next(void *context, size_t number, struct post *out)
{
	struct delivery_lane *const lane = &((struct sending *)context)->lane[number];

	return lane->next && lane->next(lane, out);
}

static void lanes_done(void *context, size_t number, const struct post_result *result)
{
	struct delivery_lane *const lane = &((struct sending *)context)->lane[number];

	lane->done(lane, result);
}

static bool lanes_beside(void *context)
{
	return commands_step(context);
}

/* --- making them --- */

/* A name for message ids: the host's, which a sender's domain makes whole. */
const char *lane_host(const struct conf *conf, struct arena *arena)
{
	const char *const name = host_name(arena);

	for (size_t i = 0; !strchr(name, '.') && i < conf->alerts.channels; i++) {
		const char *const at = strchr(conf->alerts.channel[i].from, '@');

		if (at)
			return arena_printf(arena, "%s.%s", name, at + 1);
	}
	return name;
}

struct delivery_lane *lane_add(struct sending *delivery, const struct conf_channel *channel)
{
	struct delivery_lane *const lane = &delivery->lane[delivery->lanes++];

	*lane = (struct delivery_lane){
	    .delivery = delivery,
	    .channel = channel,
	    .arena = arena_new(),
	    .command = {.heard = -1},
	};
	return lane;
}

/* A secret that cannot be read is no fault of the letters: they wait. */
bool lane_open(struct delivery_lane *lane)
{
	struct err err;

	if (lane_unlock(lane, &err))
		return true;
	letters_notice(lane, err.text);
	lane->delivery->counts->failed++;
	lane->laters = LATERS_MAX;
	return false;
}

void lane_takes_letters(struct delivery_lane *lane)
{
	if (channel_is_command(lane->channel))
		return;
	lane->next = next_letter;
	lane->done = letter_done;
}

static bool open_channel(struct sending *delivery, const struct conf_channel *channel,
			 struct err *err)
{
	struct delivery_lane *lane;

	if (channel_takes_letters(channel)) {
		lane = lane_add(delivery, channel);
		if (!letters_load(lane, err))
			return false;
		if (lane->letters && lane_open(lane))
			lane_takes_letters(lane);
	}
	if (!delivery->options->tells_state || !channel_is_state(channel))
		return true;
	lane = lane_add(delivery, channel);
	return !lane_open(lane) || state_load(lane, err);
}

static bool open_lanes(struct sending *delivery, struct err *err)
{
	const struct conf *const conf = delivery->conf;
	const char *const only = delivery->options->channel;
	struct delivery_lane *lane;

	/* A channel may have two lanes: letters, and the state. */
	delivery->lane =
	    arena_calloc(delivery->arena, 2 * conf->alerts.channels + 1, sizeof(*delivery->lane));
	for (size_t i = 0; i < conf->alerts.channels; i++) {
		const struct conf_channel *const channel = &conf->alerts.channel[i];

		if (only && strcmp(only, channel->name) != 0)
			continue;
		if (!open_channel(delivery, channel, err))
			return false;
	}
	if (!delivery->options->beats ||
	    !(*conf->alerts.heartbeat_url || *conf->alerts.heartbeat_url_file))
		return true;
	lane = lane_add(delivery, NULL);
	lane->next = next_beat;
	lane->done = beat_done;
	if (!lane_open(lane))
		lane->next = NULL;
	return true;
}

void lanes_send(struct sending *delivery)
{
	const struct post_calls calls = {lanes_next, lanes_done, lanes_beside, delivery};

	post_lanes(delivery->lanes, LIMIT_MS, &calls);
	commands_kill(delivery);
}

void lanes_close(struct sending *delivery)
{
	for (size_t i = 0; i < delivery->lanes; i++) {
		lane_lock(&delivery->lane[i]);
		arena_free(delivery->lane[i].arena);
	}
}

bool deliver(const struct conf *conf, const struct deliver_options *options, struct store *store,
	     struct arena *arena, struct delivery_counts *counts, struct err *err)
{
	struct sending delivery = {
	    .conf = conf,
	    .options = options,
	    .store = store,
	    .arena = arena,
	    .counts = counts,
	    .host = lane_host(conf, arena),
	};
	struct outbox_counts left;
	bool ok = open_lanes(&delivery, err);

	if (ok) {
		lanes_send(&delivery);
		*err = delivery.err;
		ok = !delivery.has_failed;
	}
	lanes_close(&delivery);
	ok = ok && letters_expire(&delivery, err) && outbox_counts(store, &left, err);
	if (ok) {
		counts->pending = left.pending;
		counts->dead = left.dead;
	}
	return ok;
}
