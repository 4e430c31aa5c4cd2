#include "dns/pace.h"

enum {
	WINDOW_STEP = 4, /* a far server is reached in two round trips */
	WINDOW_REST_MIN_EPOCHS = 16, /* after a step that did not pay */
	WINDOW_REST_MAX_EPOCHS = 512,
	WINDOW_LOSS_PERCENT = 20 /* resent in an epoch that make a slowdown a congestion */
};

/* A wider window brings as many more answers when the round trip is the limit, none when the
 * server is. This much tells them apart through noise. */
static const double window_pays = 1.3;

static int64_t at_least(int64_t value, int64_t bound)
{
	return value < bound ? bound : value;
}

void round_trip_add(struct round_trip *trip, int64_t sample_us)
{
	int64_t off;

	sample_us = at_least(sample_us, 1);
	if (!trip->smoothed_us) {
		trip->smoothed_us = sample_us;
		trip->variation_us = sample_us / 2;
		return;
	}
	off = sample_us - trip->smoothed_us;
	trip->variation_us += ((off < 0 ? -off : off) - trip->variation_us) / 4;
	trip->smoothed_us += off / 8;
}

static int64_t late_us(const struct round_trip *trip, int64_t bound)
{
	if (!trip->smoothed_us)
		return PACE_UNKNOWN_US;
	return at_least(trip->smoothed_us + 4 * trip->variation_us, bound);
}

int64_t round_trip_resend_us(const struct round_trip *trip)
{
	return late_us(trip, PACE_RESEND_MIN_US);
}

int64_t round_trip_straggle_us(const struct round_trip *trip)
{
	return late_us(trip, PACE_STRAGGLE_MIN_US);
}

static uint32_t bounded(uint32_t size, uint32_t max)
{
	return size < max ? size : max;
}

struct window window_of(uint32_t max)
{
	return (struct window){
	    .size = bounded(WINDOW_FIRST, max), .max = max, .next_rest = WINDOW_REST_MIN_EPOCHS};
}

void window_resend(struct window *window)
{
	window->resent++;
}

static void step_to(struct window *window, uint32_t size, double rate)
{
	window->last_size = window->size;
	window->last_rate = rate;
	window->size = size;
}

/* One epoch is over: keep the last step or take it back, then think about the next. */
static void judge_epoch(struct window *window, const struct round_trip *trip, double rate)
{
	const bool is_losing =
	    (uint64_t)window->resent * 100 > (uint64_t)window->size * WINDOW_LOSS_PERCENT;

	if (window->last_size && rate < window->last_rate * window_pays) {
		window->size = window->last_size;
		window->last_size = 0;
		window->rest = window->next_rest;
		if (window->next_rest < WINDOW_REST_MAX_EPOCHS)
			window->next_rest *= 2;
		return;
	}
	if (is_losing && rate < window->last_rate / 2 && window->size > WINDOW_MIN) {
		step_to(window, window->size / 2, rate);
		window->last_size = 0;
		return;
	}
	if (window->rest) {
		window->rest--;
		return;
	}
	if (window->size < window->max && trip->smoothed_us >= WINDOW_NEAR_US)
		step_to(window, bounded(window->size * WINDOW_STEP, window->max), rate);
}

void window_send(struct window *window, int64_t now_us)
{
	if (!window->epoch_began_us)
		window->epoch_began_us = now_us;
}

void window_answer(struct window *window, const struct round_trip *trip, int64_t now_us)
{
	if (++window->answered < window->size)
		return;
	if (window->was_full && now_us > window->epoch_began_us)
		judge_epoch(window, trip,
			    window->answered * 1e6 / (double)(now_us - window->epoch_began_us));
	window->answered = 0;
	window->resent = 0;
	window->was_full = false;
	window->epoch_began_us = now_us;
}

struct bucket bucket_of(double rate)
{
	return (struct bucket){.every_us = rate > 0 ? (int64_t)(1e6 / rate) : 0};
}

int64_t bucket_due_us(const struct bucket *bucket)
{
	return bucket->every_us ? bucket->next_us - BUCKET_BURST * bucket->every_us : 0;
}

void bucket_take(struct bucket *bucket, int64_t now_us)
{
	if (bucket->every_us)
		bucket->next_us = at_least(bucket->next_us, now_us) + bucket->every_us;
}
