#include "io/resolver_parts.h"

#include "base/mem.h"
#include "sys/clock.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <unistd.h>

enum {
	EVENTS_AT_ONCE = 64,
	TICK_US = 250000, /* how often c-ares may look for what has expired */
	OPEN_PER_WINDOW = 4 /* late questions beside the window: bounds the memory */
};

struct resolver *resolver_new(const struct resolver_config *config, struct err *err)
{
	struct resolver *resolver;

	if (!channel_library_init(err))
		return NULL;
	resolver = xcalloc(1, sizeof(*resolver));
	resolver->arena = arena_new();
	resolver->config = *config;
	resolver->random_used = RANDOM_BYTES;
	resolver->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	resolver->now_us = clock_monotonic_us();
	wheel_init(&resolver->wheel, resolver->now_us);
	if (resolver->epoll_fd < 0) {
		err_set(err, "cannot wait for sockets: %s", strerror(errno));
		goto fail;
	}
	if (!resolver->config.servers &&
	    !channel_system_servers(resolver->arena, &resolver->config.server,
				    &resolver->config.servers, err))
		goto fail;
	return resolver;
fail:
	resolver_free(resolver);
	return NULL;
}

void resolver_free(struct resolver *resolver)
{
	if (!resolver)
		return;
	servers_free(resolver);
	if (resolver->epoll_fd >= 0)
		close(resolver->epoll_fd);
	free(resolver->lane);
	arena_free(resolver->arena);
	free(resolver);
	channel_library_cleanup();
}

int resolver_add_lane(struct resolver *resolver, const struct lane_config *config, struct err *err)
{
	const char *const *const text = config->servers ? config->server : resolver->config.server;
	const size_t servers = config->servers ? config->servers : resolver->config.servers;
	struct lane *lane = arena_calloc(resolver->arena, 1, sizeof(*lane));

	for (size_t i = 0; i < servers && i < LANE_SERVERS_MAX; i++) {
		lane->server[i] = server_find(resolver, text[i], err);
		if (!lane->server[i])
			return -1;
		lane->servers++;
	}
	lane->silence.kind = TIMER_LANE;
	lane->bucket = bucket_of(config->rate);
	lane->quota = config->quota;
	resolver->lane = xrealloc(resolver->lane, resolver->lanes + 1, sizeof(*resolver->lane));
	resolver->lane[resolver->lanes] = lane;
	return (int)resolver->lanes++;
}

void resolver_set_quota(struct resolver *resolver, int number, uint64_t quota)
{
	resolver->lane[number]->quota = quota;
}

/* A lane nobody has heard from (lately) gets a few questions, not the window. */
static bool is_unproven(const struct lane *lane)
{
	return lane->silent_questions >= LANE_UNPROVEN_OPEN_MAX &&
	       lane->open >= lane->silent_questions;
}

bool resolver_takes(struct resolver *resolver, int number)
{
	struct lane *const lane = resolver->lane[number];
	struct server *server;
	int64_t due_us;

	if (resolver->is_over || lane->is_closed || lane->asked >= lane->quota)
		return true;
	server = server_pick(lane, NULL);
	if (server->in_flight >= server->window.size) {
		server->window.was_full = true;
		return false;
	}
	if (resolver->open >= resolver->config.in_flight * OPEN_PER_WINDOW)
		return false;
	if (!lane->has_answered ? lane->open >= LANE_UNPROVEN_OPEN_MAX : is_unproven(lane))
		return false;
	due_us = bucket_due_us(&lane->bucket);
	if (due_us && due_us > resolver->now_us) {
		if (!resolver->next_take_us || due_us < resolver->next_take_us)
			resolver->next_take_us = due_us;
		return false;
	}
	return true;
}

void resolver_ask(struct resolver *resolver, int number, const char *name, enum dns_type type,
		  struct arena *arena, void *token)
{
	struct lane *const lane = resolver->lane[number];
	struct open_question *const question = question_new(resolver, lane);
	const int64_t now_us = resolver->now_us;

	question->type = type;
	question->arena = arena;
	question->token = token;
	if (resolver->is_over) {
		question_end(resolver, question, DNS_DEADLINE);
	} else if (lane->is_closed) {
		question_end(resolver, question, lane->closed_with);
	} else if (lane->asked >= lane->quota) {
		question_end(resolver, question, DNS_BUDGET);
	} else {
		lane->asked++;
		bucket_take(&lane->bucket, now_us);
		server_mix_case(resolver, server_pick(lane, NULL), name, question->name);
		question_send(resolver, question, now_us);
	}
}

bool resolver_next(struct resolver *resolver, struct resolved *out)
{
	struct open_question *const question = resolver->ended;

	if (!question)
		return false;
	resolver->ended = question->next;
	out->token = question->token;
	out->answer = question->answer;
	question->next = resolver->free_question;
	resolver->free_question = question;
	return true;
}

static void fire_timers(struct resolver *resolver, int64_t now_us)
{
	struct wheel_timer *due;

	while ((due = wheel_due(&resolver->wheel, now_us))) {
		/* `wheel` is the first member of struct timer, and that of its owner. */
		struct timer *const timer = (struct timer *)due;

		switch (timer->kind) {
		case TIMER_QUESTION:
			question_timer(resolver, (struct open_question *)timer, now_us);
			break;
		case TIMER_LANE:
			lane_close(resolver, (struct lane *)timer, DNS_TIMEOUT);
			break;
		}
	}
}

static void tick(struct resolver *resolver, int64_t now_us)
{
	if (now_us < resolver->next_tick_us)
		return;
	resolver->next_tick_us = now_us + TICK_US;
	for (size_t i = 0; i < resolver->servers; i++)
		channel_set_tick(resolver->server[i]->channels);
}

static int64_t sleep_us(struct resolver *resolver, int64_t now_us, int64_t max_us)
{
	int64_t until_us = now_us + max_us;

	if (resolver->next_take_us && resolver->next_take_us < until_us)
		until_us = resolver->next_take_us;
	resolver->next_take_us = 0;
	until_us -= now_us;
	if (until_us < 0 || resolver->ended)
		return 0;
	return wheel_sleep_us(&resolver->wheel, now_us, until_us);
}

void resolver_wait(struct resolver *resolver, int64_t max_us)
{
	struct epoll_event event[EVENTS_AT_ONCE];
	/* Rounded up: waking before a timer is due would only spin. */
	const int timeout_ms =
	    (int)((sleep_us(resolver, clock_monotonic_us(), max_us) + 999) / 1000);
	const int events = epoll_wait(resolver->epoll_fd, event, EVENTS_AT_ONCE, timeout_ms);

	resolver->now_us = clock_monotonic_us();
	for (int i = 0; i < events; i++) {
		const uint16_t tag = channel_tag(event[i].data.u64);

		channel_set_read(resolver->server[tag]->channels, event[i].data.u64,
				 event[i].events & EPOLLOUT);
	}
	fire_timers(resolver, resolver->now_us);
	tick(resolver, resolver->now_us);
}

void resolver_end(struct resolver *resolver)
{
	resolver->is_over = true;
	for (size_t i = 0; i < resolver->lanes; i++)
		if (!resolver->lane[i]->is_closed)
			lane_close(resolver, resolver->lane[i], DNS_DEADLINE);
}

void resolver_rotate(struct resolver *resolver)
{
	for (size_t i = 0; i < resolver->servers; i++)
		channel_set_rotate(resolver->server[i]->channels);
}

struct resolver_counts resolver_counts(const struct resolver *resolver)
{
	struct resolver_counts counts = resolver->counts;

	for (size_t i = 0; i < resolver->servers; i++)
		counts.dropped += channel_set_unmatched(resolver->server[i]->channels);
	return counts;
}

uint64_t resolver_lane_asked(const struct resolver *resolver, int lane)
{
	return resolver->lane[lane]->asked;
}

const char *resolver_notice(const struct resolver *resolver)
{
	return resolver->notice;
}
