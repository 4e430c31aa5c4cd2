#ifndef JUDGE_USUAL_H
#define JUDGE_USUAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What a day usually brings, learned from the days before it. */

/* A year and a month, so that a habit of months has a few of them. */
enum { USUAL_DAYS = 400 };

/* The days up to yesterday without gaps. Days are named by their place: USUAL_DAYS - 1 is
 * yesterday, USUAL_DAYS today, of which nothing is known here. */
struct usual_series {
	int64_t today; /* civil day number */
	double sent[USUAL_DAYS];
};

/* What the figure is learned from. */
enum usual_by {
	USUAL_WEEKDAY,
	USUAL_FORTNIGHT, /* every second week on this weekday */
	USUAL_MONTH, /* about this day, so long before the end, or a first Tuesday */
	USUAL_NOW_AND_THEN /* no rhythm, but it happened often */
};

struct usual {
	double sent;
	enum usual_by by;
	double scale; /* how far such days lie from it: a robust deviation of the logarithm */
	double offset; /* added before taking logarithms, so that nothing is a number too */
};

/* The day of `at` as the days from `from` to before `at` let it expect; habits of months are
 * looked for before `from` too. `sent` is what the day brought: a size that was seen twice in
 * a rhythm, or often without one, is usual. */
struct usual usual_day(const struct usual_series *series, size_t from, size_t at, double sent);
/* Robust deviations of `sent` from the usual; negative below it. */
double usual_surprise(const struct usual *usual, double sent);

/* The median of the same weekday in the last weeks, and the third-lowest of them, which
 * one or two holidays do not touch. False with less than three of them. */
bool usual_weekday(const struct usual_series *series, size_t from, size_t at, double *median,
		   double *low);

/* How many times the seven days before `at` bring what the four weeks before them did on the same
 * weekdays: the median over the days. 0 with less than five weeks. */
double usual_week_growth(const struct usual_series *series, size_t from, size_t at);

/* 0: Sunday. */
unsigned usual_weekday_of(const struct usual_series *series, size_t at);

#endif
