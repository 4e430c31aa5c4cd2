/* What a day usually brings. Mail has the rhythm of the week first, so the median of the same
 * weekday over some weeks is the base, corrected by how the last two weeks ran against theirs: a
 * sender that grows is not surprising every day. How far days lie from their base is measured
 * over all weekdays together, by the median, so that what is to be found does not hide itself.
 * On top come habits: the largest size that was seen at least twice where a rhythm would put it. */
#include "judge/usual.h"

#include "base/civil.h"
#include "base/mem.h"

#include <math.h>

enum {
	WEEK = 7,
	WEEKS = 6, /* of the same weekday */
	WEEKDAYS_MIN = 3,
	RECENT_DAYS = 14,
	RESIDUAL_DAYS = 56,
	RESIDUALS_MIN = 8,
	MONTHS = 3,
	/* A fixed day that falls on a weekend moves to the Friday or the Monday. */
	SLACK_DAYS = 2,
	OFTEN_DAYS = 91,
	OFTEN_RUNS = 5,
	GROWTH_WEEKS = 4
};

/* The median absolute deviation of a normal distribution is its deviation divided by this. */
static const double mad_to_deviation = 1.4826;
/* No sender is steadier than this, nor is one with hardly any history less steady than that. */
static const double scale_min = 0.1, scale_unknown = 0.5;
/* How far two weeks may move the base: to a third or to three times. */
static const double drift_max = 1.1;
/* A day this much larger than another is of its size. */
static const double same_size = 1.5;

/* Sorts, by insertion: there are few, and this runs for thousands of addresses. 0 of none. */
static double median_of(double *value, size_t count)
{
	if (!count)
		return 0;
	for (size_t i = 1; i < count; i++) {
		const double moved = value[i];
		size_t to = i;

		for (; to > 0 && value[to - 1] > moved; to--)
			value[to] = value[to - 1];
		value[to] = moved;
	}
	return (value[(count - 1) / 2] + value[count / 2]) / 2;
}

static size_t days_before(size_t at, size_t most, size_t from)
{
	const size_t there = at > from ? at - from : 0;

	return there < most ? there : most;
}

/* The same weekday in the weeks before, at most WEEKS of them. */
static size_t same_weekdays(const struct usual_series *series, size_t from, size_t at,
			    double out[WEEKS])
{
	size_t count = 0;

	while (count < WEEKS && at >= from + WEEK * (count + 1)) {
		out[count] = series->sent[at - WEEK * (count + 1)];
		count++;
	}
	return count;
}

bool usual_weekday(const struct usual_series *series, size_t from, size_t at, double *median,
		   double *low)
{
	double day[WEEKS];
	const size_t count = same_weekdays(series, from, at, day);

	*median = median_of(day, count);
	*low = count ? day[(count - 1) / 2] : 0;
	return count >= WEEKDAYS_MIN;
}

static double median_before(const struct usual_series *series, size_t from, size_t at)
{
	double day[RECENT_DAYS];
	const size_t count = days_before(at, RECENT_DAYS, from);

	for (size_t i = 0; i < count; i++)
		day[i] = series->sent[at - 1 - i];
	return median_of(day, count);
}

static double base_of(const struct usual_series *series, size_t from, size_t at)
{
	double median, low;

	if (usual_weekday(series, from, at, &median, &low))
		return median;
	return median_before(series, from, at);
}

static double mean_before(const struct usual_series *series, size_t from, size_t at)
{
	const size_t count = days_before(at, RESIDUAL_DAYS, from);
	double sum = 0;

	for (size_t i = 0; i < count; i++)
		sum += series->sent[at - 1 - i];
	return count ? sum / (double)count : 0;
}

static double log_ratio(double sent, double base, double offset)
{
	return log((sent + offset) / (base + offset));
}

/* How the last days lay from their bases, the newest first. Days on which nothing is usual and
 * nothing came say nothing about how steady the sender is. */
static size_t residuals(const struct usual_series *series, size_t from, size_t at, double offset,
			double out[RESIDUAL_DAYS + RECENT_DAYS], size_t *recent)
{
	const size_t days = days_before(at, RESIDUAL_DAYS + RECENT_DAYS, from + WEEK);
	size_t count = 0;

	*recent = 0;
	for (size_t i = 0; i < days; i++) {
		const double sent = series->sent[at - 1 - i];
		const double base = base_of(series, from, at - 1 - i);

		if (sent <= 0 && base <= 0)
			continue;
		out[count++] = log_ratio(sent, base, offset);
		if (i < RECENT_DAYS)
			*recent = count;
	}
	return count;
}

static double clamp(double value, double least, double most)
{
	if (value < least)
		return least;
	return value < most ? value : most;
}

/* How far the last two weeks ran above or below their bases. */
static double drift_of(const double *residual, size_t recent)
{
	double value[RECENT_DAYS];

	if (recent < RECENT_DAYS / 2)
		return 0;
	for (size_t i = 0; i < recent; i++)
		value[i] = residual[i];
	return median_of(value, recent);
}

/* How far days lay from what their own two weeks before let expect: a slow rise, or its end, is
 * no scatter. */
static double scale_of(const double *residual, size_t count)
{
	double error[RESIDUAL_DAYS];
	double middle;
	size_t errors = 0;

	for (size_t i = 0; i + RECENT_DAYS / 2 < count && errors < RESIDUAL_DAYS; i++)
		error[errors++] = residual[i] - drift_of(residual + i + 1,
							 days_before(count, RECENT_DAYS, i + 1));
	if (errors < RESIDUALS_MIN)
		return scale_unknown;
	middle = median_of(error, errors);
	for (size_t i = 0; i < errors; i++)
		error[i] = fabs(error[i] - middle);
	return fmax(mad_to_deviation * median_of(error, errors), scale_min);
}

static double second_largest(const double *value, size_t count)
{
	double largest = 0;
	double second = 0;

	for (size_t i = 0; i < count; i++) {
		if (value[i] > largest) {
			second = largest;
			largest = value[i];
		} else if (value[i] > second) {
			second = value[i];
		}
	}
	return second;
}

/* Whether a day was larger than its kind and than the days about it. That the neighbour of a
 * Sunday is a working day is no habit, nor is a month of more mail. */
static bool stands_out(const struct usual_series *series, size_t at, size_t day)
{
	double about[WEEK];
	size_t count = 0;

	for (size_t i = day < WEEK / 2 ? 0 : day - WEEK / 2; i <= day + WEEK / 2 && i < at; i++)
		about[count++] = series->sent[i];
	return series->sent[day] >
	       same_size * fmax(base_of(series, 0, day), median_of(about, count));
}

/* The day's mail if it stood out, and else nothing. */
static double size_of(const struct usual_series *series, size_t at, size_t day)
{
	return stands_out(series, at, day) ? series->sent[day] : 0;
}

/* The median of the last three such weekdays, and so a size seen twice. */
static double same_weekday(const struct usual_series *series, size_t at)
{
	double day[MONTHS] = {0};

	for (size_t i = 0; i < MONTHS && at >= WEEK * (i + 1); i++)
		day[i] = series->sent[at - WEEK * (i + 1)];
	return second_largest(day, MONTHS);
}

static double same_fortnight(const struct usual_series *series, size_t at)
{
	double day[MONTHS] = {0};

	for (size_t i = 0; i < MONTHS && at >= 2 * WEEK * (i + 1); i++)
		day[i] = size_of(series, at, at - 2 * WEEK * (i + 1));
	return second_largest(day, MONTHS);
}

/* The largest of the days within SLACK_DAYS of a civil day that stood out, before `at`. */
static double largest_about(const struct usual_series *series, size_t at, int64_t day)
{
	const int64_t middle = day - (series->today - USUAL_DAYS);
	double largest = 0;

	for (int64_t i = middle - SLACK_DAYS; i <= middle + SLACK_DAYS; i++)
		if (i >= 0 && i < (int64_t)at && series->sent[i] > largest)
			largest = fmax(largest, size_of(series, at, (size_t)i));
	return largest;
}

static int64_t civil_of(const struct usual_series *series, size_t at)
{
	return series->today - USUAL_DAYS + (int64_t)at;
}

unsigned usual_weekday_of(const struct usual_series *series, size_t at)
{
	/* 1970-01-01 was a Thursday. */
	return (unsigned)(((civil_of(series, at) + 4) % WEEK + WEEK) % WEEK);
}

/* The first day of the month that lies `months` before the one of `date`, or behind it. */
static int64_t month_start(struct civil_date date, int months)
{
	const int month = date.month - 1 - months;
	const int year = month < 0 ? -1 : month > 11;

	return civil_days(
	    (struct civil_date){date.year + year, (uint8_t)(month - 12 * year + 1), 1});
}

static double same_month_day(const struct usual_series *series, size_t at)
{
	const struct civil_date date = civil_from_days(civil_of(series, at));
	double month[MONTHS];

	for (int i = 0; i < MONTHS; i++)
		month[i] = largest_about(series, at, month_start(date, i + 1) + date.day - 1);
	return second_largest(month, MONTHS);
}

/* Counted from the end, so that the 28th, the 30th and the 31st are the same day. */
static double same_day_from_end(const struct usual_series *series, size_t at)
{
	const int64_t day = civil_of(series, at);
	const struct civil_date date = civil_from_days(day);
	const int64_t left = month_start(date, -1) - day;
	double month[MONTHS];

	for (int i = 0; i < MONTHS; i++)
		month[i] = largest_about(series, at, month_start(date, i) - left);
	return second_largest(month, MONTHS);
}

/* The first Tuesday of a month lies four or five weeks behind the one before. */
static double same_nth_weekday(const struct usual_series *series, size_t at)
{
	const struct civil_date date = civil_from_days(civil_of(series, at));
	const int nth = (date.day - 1) / WEEK;
	double month[MONTHS] = {0};
	size_t count = 0;

	for (size_t i = at; i >= WEEK && count < MONTHS; i -= WEEK) {
		const struct civil_date then = civil_from_days(civil_of(series, i - WEEK));

		if ((then.day - 1) / WEEK == nth)
			month[count++] = size_of(series, at, i - WEEK);
	}
	return second_largest(month, MONTHS);
}

/* Whether a day is as large, and not for being the weekday on which days are. */
static bool is_odd_one(const struct usual_series *series, size_t at, size_t day, double size)
{
	return series->sent[day] >= size && (day < WEEK || series->sent[day - WEEK] < size) &&
	       (day + WEEK >= at || series->sent[day + WEEK] < size);
}

/* Without a rhythm: enough separate times in a quarter. Days of one incident count once. */
static bool is_now_and_then(const struct usual_series *series, size_t at, double sent)
{
	size_t runs = 0;
	size_t quiet = SLACK_DAYS;

	for (size_t i = at - days_before(at, OFTEN_DAYS, 0); i < at; i++) {
		const bool is_large = is_odd_one(series, at, i, sent / same_size);

		if (is_large && quiet >= SLACK_DAYS)
			runs++;
		quiet = is_large ? 0 : quiet + 1;
	}
	return runs >= OFTEN_RUNS;
}

static void take_larger(struct usual *usual, double sent, enum usual_by by)
{
	if (sent <= usual->sent)
		return;
	usual->sent = sent;
	usual->by = by;
}

struct usual usual_day(const struct usual_series *series, size_t from, size_t at, double sent)
{
	struct usual usual = {.offset = 1 + 0.02 * mean_before(series, from, at)};
	double residual[RESIDUAL_DAYS + RECENT_DAYS];
	size_t recent;
	const size_t count = residuals(series, from, at, usual.offset, residual, &recent);
	const double base = base_of(series, from, at) *
			    exp(clamp(drift_of(residual, recent), -drift_max, drift_max));

	usual.scale = scale_of(residual, count);
	usual.sent = base;
	take_larger(&usual, same_weekday(series, at), USUAL_WEEKDAY);
	take_larger(&usual, same_fortnight(series, at), USUAL_FORTNIGHT);
	take_larger(&usual, same_month_day(series, at), USUAL_MONTH);
	take_larger(&usual, same_nth_weekday(series, at), USUAL_MONTH);
	take_larger(&usual, same_day_from_end(series, at), USUAL_MONTH);
	if (sent > usual.sent && is_now_and_then(series, at, sent))
		take_larger(&usual, sent, USUAL_NOW_AND_THEN);
	/* A little above the weekday's median a habit is no news, and the weekday says more. */
	if (usual.by != USUAL_WEEKDAY && usual.by != USUAL_NOW_AND_THEN &&
	    usual.sent < same_size * base)
		usual.by = USUAL_WEEKDAY;
	return usual;
}

double usual_surprise(const struct usual *usual, double sent)
{
	/* Few messages scatter by chance alone. */
	const double chance = 1 / (usual->sent + 1);

	return log_ratio(sent, usual->sent, usual->offset) /
	       sqrt(usual->scale * usual->scale + chance);
}

/* One day against the same weekday of the four weeks before the last one. */
static double growth_of(const struct usual_series *series, size_t day, double offset)
{
	double before[GROWTH_WEEKS];

	for (size_t i = 0; i < GROWTH_WEEKS; i++)
		before[i] = series->sent[day - WEEK * (i + 1)];
	return (series->sent[day] + offset) / (median_of(before, GROWTH_WEEKS) + offset);
}

double usual_week_growth(const struct usual_series *series, size_t from, size_t at)
{
	const double offset = 1 + 0.02 * mean_before(series, from, at);
	double growth[WEEK];

	if (at < from + WEEK * (GROWTH_WEEKS + 1))
		return 0;
	for (size_t i = 0; i < WEEK; i++)
		growth[i] = growth_of(series, at - 1 - i, offset);
	return median_of(growth, WEEK);
}
