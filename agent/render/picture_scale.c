/* The axes of a picture: which values and which moments get a line and a word. */
#include "render/picture.h"

#include "base/mem.h"
#include "base/str.h"
#include "render/tr.h"
#include "render/utf8.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { HOUR_S = 3600, DAY_S = 86400, DAYS_OF_WEEK = 7, MONTHS_OF_YEAR = 12 };

/* --- values --- */

static void value_text(double value, char out[TICK_BYTES])
{
	static const struct {
		double from;
		const char *unit;
	} scale[] = {{1e9, " G"}, {1e6, " M"}, {1e3, " k"}, {0, ""}};

	for (size_t i = 0; i < COUNT_OF(scale); i++)
		if (value >= scale[i].from) {
			snprintf(out, TICK_BYTES, "%g%s",
				 scale[i].from > 0 ? value / scale[i].from : value, scale[i].unit);
			return;
		}
}

/* 1, 2 or 5 times a power of ten. */
static double round_step(double rough)
{
	const double power = pow(10, floor(log10(rough)));
	const double digit = rough / power;

	return (digit <= 1 ? 1 : digit <= 2 ? 2 : digit <= 5 ? 5 : 10) * power;
}

size_t picture_value_ticks(double top, size_t wanted, struct tick tick[TICKS_MAX])
{
	const double least = top > 1 ? top : 1;
	double step = round_step(least / (double)wanted);
	size_t count = 0;

	/* Nobody sends half a message. */
	if (step < 1)
		step = 1;
	do {
		tick[count].value = step * (double)count;
		value_text(tick[count].value, tick[count].text);
		count++;
	} while (tick[count - 1].value < least && count < TICKS_MAX);
	return count;
}

/* --- moments --- */

/* How far ticks and their words are apart; words of `chars` characters. */
enum axis_unit { AXIS_HOURS, AXIS_DAYS, AXIS_WEEKS, AXIS_MONTHS, AXIS_YEARS };
static const struct axis {
	enum axis_unit unit;
	int32_t every;
	int32_t about_s; /* the distance between two */
	double words; /* pixels a word takes, with room around it */
} axis_of[] = {
    {AXIS_HOURS, 1, HOUR_S, 44},       {AXIS_HOURS, 3, 3 * HOUR_S, 44},
    {AXIS_HOURS, 6, 6 * HOUR_S, 44},   {AXIS_HOURS, 12, 12 * HOUR_S, 44},
    {AXIS_DAYS, 1, DAY_S, 52},         {AXIS_DAYS, 2, 2 * DAY_S, 52},
    {AXIS_WEEKS, 1, 7 * DAY_S, 52},    {AXIS_WEEKS, 2, 14 * DAY_S, 52},
    {AXIS_MONTHS, 1, 30 * DAY_S, 66},  {AXIS_MONTHS, 3, 91 * DAY_S, 66},
    {AXIS_MONTHS, 6, 182 * DAY_S, 66}, {AXIS_YEARS, 1, 365 * DAY_S, 66},
};

static const struct axis *choose_axis(const struct picture *picture, double width)
{
	const double span_s = (double)(picture->to - picture->from);

	for (size_t i = 0; i < COUNT_OF(axis_of); i++)
		if (axis_of[i].about_s / span_s * width >= axis_of[i].words)
			return &axis_of[i];
	return &axis_of[COUNT_OF(axis_of) - 1];
}

static void date_text(const struct picture *picture, const struct axis *axis,
		      struct civil_date date, char out[TICK_BYTES])
{
	static const struct {
		const char *of_year, *day_of;
	} month[] = {
	    {TR_LATER("Jan %s"), TR_LATER("%s Jan")}, {TR_LATER("Feb %s"), TR_LATER("%s Feb")},
	    {TR_LATER("Mar %s"), TR_LATER("%s Mar")}, {TR_LATER("Apr %s"), TR_LATER("%s Apr")},
	    {TR_LATER("May %s"), TR_LATER("%s May")}, {TR_LATER("Jun %s"), TR_LATER("%s Jun")},
	    {TR_LATER("Jul %s"), TR_LATER("%s Jul")}, {TR_LATER("Aug %s"), TR_LATER("%s Aug")},
	    {TR_LATER("Sep %s"), TR_LATER("%s Sep")}, {TR_LATER("Oct %s"), TR_LATER("%s Oct")},
	    {TR_LATER("Nov %s"), TR_LATER("%s Nov")}, {TR_LATER("Dec %s"), TR_LATER("%s Dec")},
	};
	const bool is_day = axis->unit != AXIS_YEARS && axis->unit != AXIS_MONTHS;
	char number[TICK_BYTES];
	struct str text = {0};

	snprintf(number, sizeof(number), "%d", is_day ? date.day : date.year);
	tr_fill(&text, picture->language,
		axis->unit == AXIS_YEARS ? "%s"
		: is_day                 ? month[date.month - 1].day_of
					 : month[date.month - 1].of_year,
		(const char *const[]){number});
	snprintf(out, TICK_BYTES, "%s", str_text(&text));
	str_release(&text);
}

/* Whether the axis marks the day; 1970-01-05 was a Monday. */
static bool is_marked(const struct axis *axis, struct civil_date date)
{
	const int64_t day = civil_days(date);
	const int64_t monday = ((day - 4) % DAYS_OF_WEEK + DAYS_OF_WEEK) % DAYS_OF_WEEK;
	const int64_t week = (day - 4 - monday) / DAYS_OF_WEEK;

	switch (axis->unit) {
	case AXIS_HOURS:
		return true;
	case AXIS_DAYS:
		return day % axis->every == 0;
	case AXIS_WEEKS:
		return monday == 0 && week % axis->every == 0;
	case AXIS_MONTHS:
		return date.day == 1 && (date.month - 1) % axis->every == 0;
	case AXIS_YEARS:
		return date.day == 1 && date.month == 1;
	}
	return false;
}

/* The hours of a day behind its midnight, as the clock shows them. */
static size_t hour_ticks(const struct picture *picture, const struct axis *axis, int64_t midnight,
			 int64_t next, struct tick *tick, size_t room)
{
	size_t count = 0;

	for (int64_t at = midnight + HOUR_S; at < next && count < room; at += HOUR_S) {
		const int64_t clock = at + zone_offset_s(picture->zone, at);
		const int64_t hour = clock % DAY_S / HOUR_S;

		if (clock % HOUR_S || hour % axis->every || at < picture->from || at > picture->to)
			continue;
		tick[count].value = (double)at;
		snprintf(tick[count].text, TICK_BYTES, "%02d:00", (int)hour);
		count++;
	}
	return count;
}

size_t picture_time_ticks(const struct picture *picture, double width, struct tick tick[TICKS_MAX])
{
	const struct axis *const axis = choose_axis(picture, width);
	int64_t day = civil_days(civil_date_at(picture->zone, picture->from));
	const int64_t last = civil_days(civil_date_at(picture->zone, picture->to));
	size_t count = 0;

	for (; day <= last && count < TICKS_MAX; day++) {
		const struct civil_date date = civil_from_days(day);
		const int64_t start = civil_day_start(picture->zone, date);

		if (is_marked(axis, date) && start >= picture->from && start <= picture->to) {
			tick[count].value = (double)start;
			date_text(picture, axis, date, tick[count].text);
			count++;
		}
		if (axis->unit == AXIS_HOURS)
			count +=
			    hour_ticks(picture, axis, start,
				       civil_day_start(picture->zone, civil_from_days(day + 1)),
				       &tick[count], TICKS_MAX - count);
	}
	return count;
}

/* --- words --- */

/* In parts of the font's size, for DejaVu Sans and its like; wide ones as squares. */
static double point_width(int32_t point)
{
	if (point >= 0x80)
		return utf8_columns(point) == 2 ? 1.0 : 0.62;
	if (strchr("ijlI.,:;'|!()[] /-ft", (int)point))
		return 0.36;
	if (strchr("mwMW@%&", (int)point))
		return 0.93;
	return point >= 'A' && point <= 'Z' ? 0.70 : 0.63;
}

double picture_text_width(const char *text, double size)
{
	const size_t len = strlen(text);
	double width = 0;
	int32_t point;

	for (size_t at = 0; at < len;) {
		at += utf8_next(text + at, len - at, &point);
		width += point_width(point) * size;
	}
	return width;
}

const char *picture_text_fit(const char *text, double size, double width, struct arena *arena)
{
	static const char dots[] = "\xe2\x80\xa6";
	const double room = width - size;
	const size_t len = strlen(text);
	double used = 0;
	size_t at = 0;

	if (picture_text_width(text, size) <= width)
		return text;
	while (at < len) {
		int32_t point;
		const size_t bytes = utf8_next(text + at, len - at, &point);

		used += point_width(point) * size;
		if (used > room)
			break;
		at += bytes;
	}
	return arena_printf(arena, "%.*s%s", (int)at, text, dots);
}
