#ifndef DNS_PACE_H
#define DNS_PACE_H

#include <stdbool.h>
#include <stdint.h>

/* How fast to ask and how long to wait. Pure arithmetic on microseconds of a steady clock. */

/* Smoothed round trip and retransmission time (RFC 6298 section 2). */
struct round_trip {
	int64_t smoothed_us; /* 0: nothing measured yet */
	int64_t variation_us;
};

enum {
	PACE_UNKNOWN_US = 600000, /* before the first answer: a recursive resolver's cold lookup */
	PACE_RESEND_MIN_US = 100000, /* sooner would be abuse of a server that is merely busy */
	PACE_STRAGGLE_MIN_US = 20000
};

void round_trip_add(struct round_trip *trip, int64_t sample_us);
/* When to send again. */
int64_t round_trip_resend_us(const struct round_trip *trip);
/* When an answer is late enough that it should not keep others waiting. */
int64_t round_trip_straggle_us(const struct round_trip *trip);

/* How many questions may be open at one server at a time. Grows while growing pays: a
 * wider window that does not bring answers faster only fills queues, and small receive buffers
 * (rbldnsd's 64 KiB holds some 150 questions) then drop. A server this near needs no wider one:
 * the first window already keeps it busy. Loss alone does not shrink it. */
struct window {
	uint32_t size;
	uint32_t max;
	uint32_t answered; /* in this epoch, which ends after `size` answers */
	uint32_t resent;
	int64_t epoch_began_us;
	bool was_full; /* the window was the limit in this epoch */
	double last_rate; /* answers a second before the last step */
	uint32_t last_size; /* the size before the last step, 0: none is on trial */
	uint32_t rest; /* epochs until the next trial */
	uint32_t next_rest; /* doubles with every trial that did not pay */
};

enum { WINDOW_FIRST = 128, WINDOW_MIN = 32, WINDOW_NEAR_US = 2000 };

struct window window_of(uint32_t max);
/* The first question starts the first epoch; later ones follow each other. */
void window_send(struct window *window, int64_t now_us);
/* `trip` is the server's. */
void window_answer(struct window *window, const struct round_trip *trip, int64_t now_us);
void window_resend(struct window *window);

/* A steady rate with small bursts. */
struct bucket {
	int64_t every_us; /* 0: no limit */
	int64_t next_us;
};

enum { BUCKET_BURST = 4 };

/* `rate` a second; 0 for no limit. */
struct bucket bucket_of(double rate);
/* When the next one may go: not later than now, when now is fine. */
int64_t bucket_due_us(const struct bucket *bucket);
void bucket_take(struct bucket *bucket, int64_t now_us);

#endif
