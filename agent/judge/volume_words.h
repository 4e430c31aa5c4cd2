#ifndef JUDGE_VOLUME_WORDS_H
#define JUDGE_VOLUME_WORDS_H

#include "judge/usual.h"
#include "judge/volume.h"

/* The sentences of a verdict. */

/* A day's figures, as judged. */
struct volume_figures {
	double sent; /* the day's, or today's projection */
	double bounced; /* counted into `sent`; 0: only what was accepted was judged */
	double month_mean; /* 0: there is none */
	double plain_mean; /* without the month's few largest days, or of all days known */
	double surprise;
	struct usual usual;
	unsigned weekday;
	bool is_today;
	double so_far; /* of today */
	unsigned hour_now, minute_now;
};

enum { VOLUME_REASON_BYTES = sizeof(((struct volume_verdict *)0)->reason) };

void volume_say_much(char *reason, const struct volume_figures *figures, double ratio);
void volume_say_growth(char *reason, double week_mean, double growth);
/* `days` with mail usual in a row brought `sent`. */
void volume_say_low(char *reason, const struct volume_figures *figures, unsigned days, double sent);
/* `history` days with mail known before, the largest with `largest`; after `idle` silent days. */
void volume_say_cold(char *reason, const struct volume_figures *figures, unsigned history,
		     unsigned idle, double largest);

#endif
