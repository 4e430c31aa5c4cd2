#include "base/mem.h"
#include "io/post_parts.h"
#include "sys/clock.h"

#include <poll.h>
#include <stdlib.h>

enum { POLL_MS = 1000, BESIDE_POLL_MS = 20 };

struct lane {
	struct transfer transfer;
	bool is_open;
};

struct poster {
	const struct post_calls *calls;
	struct libcurl curl;
	CURLM *multi; /* NULL: not begun yet, or `why` not */
	struct err why;
	struct lane *lane;
	size_t lanes, open;
	int64_t end_us;
};

static bool is_over(const struct poster *poster)
{
	return clock_monotonic_us() >= poster->end_us;
}

static void tell(struct poster *poster, size_t lane, const struct post_result *result)
{
	poster->calls->done(poster->calls->context, lane, result);
}

/* Most passes have no letter, and do without libcurl. */
static bool begin(struct poster *poster)
{
	struct err *const why = &poster->why;

	if (poster->multi || why->text[0])
		return poster->multi;
	if (!libcurl_load(&poster->curl, why))
		return false;
	if (poster->curl.global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK)
		poster->multi = poster->curl.multi_init();
	return poster->multi || err_set(why, "libcurl cannot begin");
}

/* True when the letter is on its way. */
static bool launch(struct poster *poster, size_t number, const struct post *post)
{
	struct lane *const lane = &poster->lane[number];
	const char *const why = post_forbids(post);
	struct post_result result = {.outcome = POST_REFUSED, .error = why, .reply = ""};

	if (why) {
		tell(poster, number, &result);
		return false;
	}
	result.outcome = POST_LATER;
	if (!begin(poster)) {
		result.error = poster->why.text;
		tell(poster, number, &result);
		return false;
	}
	lane->transfer.curl = &poster->curl;
	lane->transfer.post = *post;
	lane->is_open =
	    transfer_begin(&lane->transfer) &&
	    poster->curl.multi_add_handle(poster->multi, lane->transfer.easy) == CURLM_OK;
	poster->open += lane->is_open;
	if (lane->is_open)
		return true;
	transfer_release(&lane->transfer);
	result.error = "libcurl cannot send it";
	tell(poster, number, &result);
	return false;
}

static void begin_next(struct poster *poster, size_t lane)
{
	struct post post;

	do
		post = (struct post){0};
	while (!is_over(poster) && poster->calls->next(poster->calls->context, lane, &post) &&
	       !launch(poster, lane, &post));
}

/* Forgets the transfer before it tells, so that nothing of the letter is needed any more. */
static void finish(struct poster *poster, size_t number, CURLcode code, const char *instead)
{
	struct lane *const lane = &poster->lane[number];
	struct arena *arena = arena_new();
	struct post_result result;

	poster->curl.multi_remove_handle(poster->multi, lane->transfer.easy);
	transfer_judge(&lane->transfer, code, arena, &result);
	transfer_release(&lane->transfer);
	lane->is_open = false;
	poster->open--;
	if (instead && result.outcome != POST_TAKEN) {
		result.outcome = POST_LATER;
		result.error = instead;
	}
	tell(poster, number, &result);
	arena_free(arena);
}

static size_t lane_of(const struct poster *poster, CURL *easy)
{
	for (size_t i = 0; i < poster->lanes; i++)
		if (poster->lane[i].is_open && poster->lane[i].transfer.easy == easy)
			return i;
	bug("a transfer that nobody began has ended");
}

static void collect(struct poster *poster)
{
	const CURLMsg *message;
	int left;

	while (poster->open && (message = poster->curl.multi_info_read(poster->multi, &left))) {
		const size_t lane = lane_of(poster, message->easy_handle);

		finish(poster, lane, message->data.result, NULL);
		begin_next(poster, lane);
	}
}

static void wait_some(const struct poster *poster, bool is_beside)
{
	const int64_t left_ms = (poster->end_us - clock_monotonic_us()) / 1000;
	const int most_ms = is_beside ? BESIDE_POLL_MS : POLL_MS;

	const int wait_ms = left_ms < most_ms ? (int)left_ms : most_ms;

	if (left_ms <= 0)
		return;
	if (poster->multi)
		poster->curl.multi_poll(poster->multi, NULL, 0, wait_ms, NULL);
	else
		poll(NULL, 0, wait_ms);
}

static void run(struct poster *poster)
{
	const struct post_calls *const calls = poster->calls;
	bool is_beside = calls->beside != NULL;
	int running;

	for (size_t i = 0; i < poster->lanes; i++)
		begin_next(poster, i);
	while ((poster->open || is_beside) && !is_over(poster)) {
		if (poster->open)
			poster->curl.multi_perform(poster->multi, &running);
		collect(poster);
		is_beside = is_beside && calls->beside(calls->context);
		if (poster->open || is_beside)
			wait_some(poster, is_beside);
	}
	for (size_t i = 0; i < poster->lanes; i++)
		if (poster->lane[i].is_open)
			finish(poster, i, CURLE_OPERATION_TIMEDOUT,
			       "no answer came in the time that is there for all messages");
}

void post_lanes(size_t lanes, int64_t limit_ms, const struct post_calls *calls)
{
	struct poster poster = {
	    .calls = calls,
	    .lane = xcalloc(lanes + 1, sizeof(*poster.lane)),
	    .lanes = lanes,
	    .end_us = clock_monotonic_us() + limit_ms * 1000,
	};

	run(&poster);
	if (poster.multi) {
		poster.curl.multi_cleanup(poster.multi);
		poster.curl.global_cleanup();
	}
	free(poster.lane);
}
