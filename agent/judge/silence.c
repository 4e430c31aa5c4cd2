#include "judge/silence.h"

#include <math.h>

enum { WEEK = 7, YESTERDAY = USUAL_DAYS - 1 };

/* A small part of what is usual on the weekday, and below half of what the quietest weekday
 * brings: a holiday is at worst as quiet as a Sunday. */
static const double silent_part = 0.1, below_quietest = 0.5;
/* With so much usual, nothing does not happen by chance; and it is worth a word only from
 * some part of the floor on. */
static const double usual_min = 20, floor_part = 0.02;

enum silence { SILENCE_NOT_TOLD, SILENCE_NONE, SILENCE_HERE };

/* What is known of this sender. */
struct sender {
	const struct usual_series *series;
	size_t from;
	double least; /* less than this is no usual mail */
};

bool silence_is(double sent, double usual)
{
	return sent <= silent_part * usual;
}

/* What the quietest weekday before `at` brings, or 0: on some weekday silence is usual. */
static double quietest_weekday(const struct sender *sender, size_t at)
{
	double quietest = INFINITY;

	for (size_t i = 0; i < WEEK && i <= at; i++) {
		double median, low;

		if (usual_weekday(sender->series, sender->from, at - i, &median, &low))
			quietest = fmin(quietest, median);
	}
	return isfinite(quietest) && quietest >= sender->least ? quietest : 0;
}

static enum silence silence_on(const struct sender *sender, size_t at)
{
	const double sent = sender->series->sent[at];
	double median, low, quietest;

	if (!usual_weekday(sender->series, sender->from, at, &median, &low) || low < sender->least)
		return SILENCE_NOT_TOLD;
	if (!silence_is(sent, median))
		return SILENCE_NONE;
	quietest = quietest_weekday(sender, at);
	if (quietest > 0 && sent > below_quietest * quietest)
		return SILENCE_NONE;
	return SILENCE_HERE;
}

/* The second longest silence before `at`, in days on which mail is usual. Seen twice it is
 * a habit, like the days around New Year; seen once it was an accident. */
static unsigned usual_silence(const struct sender *sender, size_t at)
{
	unsigned run = 0;
	unsigned longest = 0;
	unsigned second = 0;

	for (size_t i = sender->from; i < at; i++) {
		const enum silence silence = silence_on(sender, i);

		run += silence == SILENCE_HERE;
		if (silence != SILENCE_NONE && i + 1 < at)
			continue;
		if (run > longest) {
			second = longest;
			longest = run;
		} else if (run > second) {
			second = run;
		}
		run = 0;
	}
	return second;
}

/* The silent days in a row up to yesterday; `begin` is the first of them. */
static unsigned silent_run(const struct sender *sender, size_t *begin)
{
	unsigned days = 0;

	*begin = YESTERDAY;
	for (size_t at = YESTERDAY + 1; at-- > sender->from;) {
		const enum silence silence = silence_on(sender, at);

		if (silence == SILENCE_NONE)
			break;
		if (silence == SILENCE_NOT_TOLD)
			continue;
		days++;
		*begin = at;
	}
	return days;
}

unsigned silence_days(const struct usual_series *series, size_t from, double floor, double *sent)
{
	const struct sender sender = {series, from, fmax(usual_min, floor_part * floor)};
	size_t begin;
	unsigned days, most;

	*sent = 0;
	if (silence_on(&sender, YESTERDAY) != SILENCE_HERE)
		return 0;
	days = silent_run(&sender, &begin);
	most = usual_silence(&sender, begin);
	if (most == 0 && quietest_weekday(&sender, begin) <= 0)
		most = 1;
	for (size_t at = begin; at <= YESTERDAY; at++)
		*sent += series->sent[at];
	return days > most ? days : 0;
}
