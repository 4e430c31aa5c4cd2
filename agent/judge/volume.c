/* How a day's mail compares with what this sender does. Receivers compare a day with the month
 * before, so the ratio to it leads; but a ratio alone cries wolf at every newsletter. So that a
 * level is raised, three must agree: the ratio, the size, and the surprise (usual.h). What
 * rises too slowly to surprise on any day is found by the week against the month before it. */
#include "judge/volume.h"

#include "base/mem.h"
#include "judge/silence.h"
#include "judge/usual.h"
#include "judge/volume_words.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum {
	YESTERDAY = USUAL_DAYS - 1,
	TODAY = USUAL_DAYS,
	HISTORY_MIN_DAYS = 14,
	/* A mean of fewer days of a month is none. */
	MONTH_DAYS_MIN = 7,
	/* Without the three largest of a month, an earlier burst does not hide the next. */
	LARGEST_LEFT_OUT = 3,
	TRIM_DAYS_MIN = 20,
	WEEK = 7,
	NOON = 12,
	PACE_HOURS = 3,
	/* Days are far from where arithmetic on them could overflow. */
	DAY_MAX = 100000000
};

/* Beyond these a day is unlike its kind: deviations, and times the usual. */
static const double surprise_min = 3, elevated_over_usual = 1.5, spike_over_usual = 2;
/* A month whose mean is so much more than without its largest days had a burst. */
static const double burst_in_month = 1.5;
/* The median of seven days scatters half as much as a day, so this much of a day's deviation is
 * three of it. */
static const double growth_surprise = 1.5;
/* A cold address that grows no faster does what a warm-up does. */
static const double cold_growth = 1.5;

/* Which of yesterday's and today's level is told. */
static const int badness[] = {
    [VOLUME_NO_DATA] = 0, [VOLUME_NORMAL] = 1,    [VOLUME_ELEVATED] = 4, [VOLUME_SPIKE] = 5,
    [VOLUME_WARM_UP] = 1, [VOLUME_OVER_PLAN] = 4, [VOLUME_COLD] = 2,     [VOLUME_LOW] = 3,
};
_Static_assert(COUNT_OF(badness) == VOLUME_LEVEL_COUNT, "one rank for each level");

/* One day on trial. */
struct trial {
	const struct usual_series *series;
	const struct volume_policy *policy;
	size_t at;
	size_t first; /* the first day with mail, or `at` */
	size_t from; /* the first since the last long silence, or `at` */
	struct volume_figures figures;
	double projected; /* 0: not */
	enum volume_level level;
	char reason[VOLUME_REASON_BYTES];
};

static uint64_t to_count(double value)
{
	if (!(value > 0))
		return 0;
	return value < 18446744073709549568.0 ? (uint64_t)(value + 0.5) : UINT64_MAX;
}

static void fill_series(struct usual_series *series, const struct volume_input *input,
			bool with_bounced)
{
	memset(series, 0, sizeof(*series));
	series->today = input->today;
	for (size_t i = 0; i < input->days; i++) {
		const struct volume_day *const day = &input->day[i];

		if (day->day < input->today - USUAL_DAYS || day->day >= input->today)
			continue;
		series->sent[USUAL_DAYS - (input->today - day->day)] +=
		    (double)day->sent + (with_bounced ? (double)day->bounced : 0);
	}
}

/* History begins anew after a silence of idle_days: receivers forget as well. */
static void find_history(struct trial *trial)
{
	size_t idle = 0;

	trial->first = trial->from = trial->at;
	for (size_t i = 0; i < trial->at; i++) {
		if (trial->series->sent[i] <= 0) {
			idle++;
			continue;
		}
		if (trial->first == trial->at)
			trial->first = trial->from = i;
		else if (idle >= trial->policy->idle_days)
			trial->from = i;
		idle = 0;
	}
	if (trial->at < TODAY && trial->series->sent[trial->at] <= 0)
		idle++;
	if (idle >= trial->policy->idle_days)
		trial->from = trial->at;
}

static int by_size(const void *a, const void *b)
{
	const double x = *(const double *)a;
	const double y = *(const double *)b;

	return (x > y) - (x < y);
}

static double mean_of(const double *value, size_t count)
{
	double all = 0;

	for (size_t i = 0; i < count; i++)
		all += value[i];
	return count ? all / (double)count : 0;
}

/* The mean of the calendar month before the day's, and of it without its largest days; where the
 * month is not known, of all days of this history. */
static void find_means(struct trial *trial)
{
	const int64_t origin = trial->series->today - USUAL_DAYS;
	const struct civil_date date = civil_from_days(origin + (int64_t)trial->at);
	const int64_t month_end = origin + (int64_t)trial->at - (date.day - 1);
	const int64_t month_begin = month_end - civil_from_days(month_end - 1).day;
	double day[31];
	size_t days = 0;

	for (int64_t i = month_begin - origin; i < month_end - origin; i++)
		if (i >= (int64_t)trial->first)
			day[days++] = trial->series->sent[i];
	if (days >= MONTH_DAYS_MIN)
		trial->figures.month_mean = trial->figures.plain_mean = mean_of(day, days);
	if (days >= TRIM_DAYS_MIN) {
		double without;

		qsort(day, days, sizeof(*day), by_size);
		without = mean_of(day, days - LARGEST_LEFT_OUT);
		if (trial->figures.month_mean > burst_in_month * without)
			trial->figures.plain_mean = without;
	}
	if (trial->figures.plain_mean <= 0)
		trial->figures.plain_mean =
		    mean_of(trial->series->sent + trial->from, trial->at - trial->from);
}

static bool is_large(const struct trial *trial, double ratio, double over_usual)
{
	const struct volume_figures *const figures = &trial->figures;

	return figures->sent >= (double)trial->policy->floor && figures->sent > 0 &&
	       figures->sent >= ratio * figures->plain_mean &&
	       figures->sent >= over_usual * figures->usual.sent &&
	       figures->surprise >= surprise_min;
}

static void judge_size(struct trial *trial)
{
	const struct volume_policy *const policy = trial->policy;

	if (is_large(trial, policy->spike_ratio, spike_over_usual)) {
		trial->level = VOLUME_SPIKE;
		volume_say_much(trial->reason, &trial->figures, policy->spike_ratio);
	} else if (is_large(trial, policy->elevated_ratio, elevated_over_usual)) {
		trial->level = VOLUME_ELEVATED;
		volume_say_much(trial->reason, &trial->figures, policy->elevated_ratio);
	}
}

/* The week up to yesterday against the month before it. */
static void judge_growth(struct trial *trial)
{
	const double growth = usual_week_growth(trial->series, trial->from, TODAY);
	const double week = mean_of(trial->series->sent + TODAY - WEEK, WEEK);

	if (trial->level == VOLUME_SPIKE || growth < trial->policy->elevated_ratio ||
	    week < (double)trial->policy->floor ||
	    log(growth) < growth_surprise * trial->figures.usual.scale)
		return;
	if (growth >= trial->policy->spike_ratio)
		trial->level = VOLUME_SPIKE;
	else if (trial->level == VOLUME_ELEVATED)
		return;
	else
		trial->level = VOLUME_ELEVATED;
	volume_say_growth(trial->reason, week, growth);
}

static bool is_history_short(const struct trial *trial)
{
	return trial->at - trial->from < HISTORY_MIN_DAYS;
}

/* Little or no history: only sudden volume is worth a word, and not even that when a habit of
 * months explains it. */
static void judge_cold(struct trial *trial)
{
	const double sent = trial->figures.sent;
	double largest = 0;
	size_t idle = 0;

	if (sent > 0 && sent < elevated_over_usual * trial->figures.usual.sent &&
	    trial->figures.usual.by != USUAL_WEEKDAY) {
		trial->level = VOLUME_NORMAL;
		return;
	}
	trial->level = VOLUME_COLD;
	for (size_t i = trial->from; i < trial->at; i++)
		largest = fmax(largest, trial->series->sent[i]);
	if (sent <= 0 || sent < (double)trial->policy->floor || sent <= cold_growth * largest)
		return;
	while (trial->first < trial->at && idle < trial->at &&
	       trial->series->sent[trial->at - 1 - idle] <= 0)
		idle++;
	volume_say_cold(trial->reason, &trial->figures, (unsigned)(trial->at - trial->from),
			(unsigned)idle, largest);
}

static void judge_silence(struct trial *trial)
{
	double sent;
	const unsigned days =
	    silence_days(trial->series, trial->from, (double)trial->policy->floor, &sent);

	if (!days)
		return;
	trial->level = VOLUME_LOW;
	volume_say_low(trial->reason, &trial->figures, days, sent);
}

/* What is known of a day before it is judged. */
static void prepare(struct trial *trial, const struct usual_series *series,
		    const struct volume_policy *policy, size_t at)
{
	memset(trial, 0, sizeof(*trial));
	trial->series = series;
	trial->policy = policy;
	trial->at = at;
	trial->figures.weekday = usual_weekday_of(series, at);
	find_history(trial);
	find_means(trial);
}

static void weigh(struct trial *trial, double sent)
{
	trial->figures.sent = sent;
	trial->figures.usual = usual_day(trial->series, trial->from, trial->at, sent);
	trial->figures.surprise = usual_surprise(&trial->figures.usual, sent);
	trial->level = VOLUME_NORMAL;
	if (is_history_short(trial))
		judge_cold(trial);
	else
		judge_size(trial);
}

static void judge_yesterday(struct trial *trial, const struct usual_series *series,
			    const struct volume_policy *policy)
{
	prepare(trial, series, policy, YESTERDAY);
	weigh(trial, series->sent[YESTERDAY]);
	if (is_history_short(trial))
		return;
	judge_growth(trial);
	if (trial->level == VOLUME_NORMAL)
		judge_silence(trial);
}

static double sent_so_far(const struct volume_input *input)
{
	double all = 0;

	for (size_t i = 0; i < COUNT_OF(input->today_hour); i++)
		all += input->today_hour[i];
	return all;
}

/* Shares that are some: not negative, and one day together. */
static bool is_profile(const double *share)
{
	double all = 0;

	for (size_t i = 0; share && i < 24; i++) {
		if (!(share[i] >= 0))
			return false;
		all += share[i];
	}
	return all > 0.99 && all < 1.01;
}

/* How many times its usual today runs. What went on for three whole hours is taken to go on; a
 * newsletter that is out after one is not. Hours in which little is usual are weighed with an
 * even day, so that a few messages at night are no pace. */
static double pace_of(const struct volume_input *input, unsigned hour_now, double usual)
{
	const double even = fmax(usual / 24, 1);
	double pace = INFINITY;

	if (hour_now < PACE_HOURS)
		return 1;
	for (unsigned hour = hour_now - PACE_HOURS; hour < hour_now; hour++)
		pace = fmin(pace, (input->today_hour[hour] + even) /
				      (input->hour_share[hour] * usual + even));
	return fmax(pace, 1);
}

static double project(const struct volume_input *input, unsigned hour_now, double usual)
{
	double whole = 0;
	double pace;

	if (!is_profile(input->hour_share)) {
		/* When the day is half over, the rest is as even as any guess. */
		const double rest = (23 - hour_now) / 24.0;

		return hour_now < NOON ? 0 : sent_so_far(input) + rest * usual;
	}
	pace = pace_of(input, hour_now, usual);
	for (unsigned hour = 0; hour < 24; hour++) {
		const double expected = input->hour_share[hour] * usual * pace;

		whole += hour < hour_now ? input->today_hour[hour]
					 : fmax(input->today_hour[hour], expected);
	}
	return whole;
}

static void judge_today(struct trial *trial, const struct volume_input *input,
			const struct usual_series *series, const struct volume_policy *policy)
{
	const unsigned hour_now = input->hour_now < 24 ? input->hour_now : 23;
	const double so_far = sent_so_far(input);
	double usual;

	prepare(trial, series, policy, TODAY);
	trial->figures.is_today = true;
	trial->figures.so_far = so_far;
	trial->figures.hour_now = hour_now;
	trial->figures.minute_now = input->minute_now < 60 ? input->minute_now : 59;
	/* Of a cold address no hour is usual: what it sent is all there is to judge. */
	usual = is_history_short(trial) ? 0 : usual_day(series, trial->from, TODAY, 0).sent;
	if (usual > 0)
		trial->projected = project(input, hour_now, usual);
	weigh(trial, fmax(trial->projected, so_far));
	if (so_far >= (double)policy->floor)
		return;
	/* Not for two messages at five past midnight, whatever they would become. */
	if (trial->level != VOLUME_COLD)
		trial->level = VOLUME_NORMAL;
	*trial->reason = '\0';
}

/* Of equal levels the one that has something to say. That a day without mail would be a cold
 * one is nothing against another. */
static bool is_worse(const struct trial *trial, const struct trial *other)
{
	if (trial->level == VOLUME_COLD && !*trial->reason)
		return false;
	if (badness[trial->level] != badness[other->level])
		return badness[trial->level] > badness[other->level];
	return !*other->reason && *trial->reason;
}

/* Mail that nobody takes is traffic to receivers too. */
static void judge_bounced(struct trial *trial, const struct volume_input *input,
			  const struct volume_policy *policy)
{
	struct usual_series tried;
	struct trial other;
	double bounced;

	fill_series(&tried, input, true);
	bounced = tried.sent[YESTERDAY] - trial->series->sent[YESTERDAY];
	if (bounced <= 0 || bounced < (double)policy->floor)
		return;
	prepare(&other, &tried, policy, YESTERDAY);
	other.figures.bounced = bounced;
	weigh(&other, tried.sent[YESTERDAY]);
	if (!is_worse(&other, trial))
		return;
	trial->level = other.level;
	memcpy(trial->reason, other.reason, sizeof(trial->reason));
}

static void tell(struct volume_verdict *verdict, const struct trial *trial)
{
	verdict->level = trial->level;
	verdict->usual = trial->figures.usual.sent;
	verdict->surprise = trial->figures.surprise;
	verdict->is_today = trial->figures.is_today;
	memcpy(verdict->reason, trial->reason, sizeof(verdict->reason));
}

struct volume_verdict volume_judge(const struct volume_input *input,
				   const struct volume_policy *policy)
{
	struct volume_verdict verdict = {.level = VOLUME_NO_DATA};
	struct usual_series series;
	struct trial yesterday, today;

	if (input->today < -DAY_MAX || input->today > DAY_MAX)
		return verdict;
	fill_series(&series, input, false);
	judge_yesterday(&yesterday, &series, policy);
	judge_bounced(&yesterday, input, policy);
	judge_today(&today, input, &series, policy);
	/* Mail that flows again ends a silence without waiting for the day to end. */
	if (yesterday.level == VOLUME_LOW &&
	    !silence_is(today.figures.so_far, today.figures.usual.sent)) {
		yesterday.level = VOLUME_NORMAL;
		*yesterday.reason = '\0';
	}
	verdict.yesterday = to_count(series.sent[YESTERDAY]);
	verdict.today = to_count(today.figures.so_far);
	verdict.projected = to_count(today.projected);
	verdict.month_mean = yesterday.figures.month_mean;
	if (verdict.month_mean > 0)
		verdict.ratio = series.sent[YESTERDAY] / verdict.month_mean;
	verdict.history_days = (uint32_t)(TODAY - today.from);
	if (today.first == TODAY && verdict.today == 0 && !*yesterday.reason)
		return verdict;
	tell(&verdict, is_worse(&today, &yesterday) ? &today : &yesterday);
	return verdict;
}
