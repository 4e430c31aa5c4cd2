#include "judge/volume_words.h"

#include "base/mem.h"
#include "base/parse.h"
#include "base/str.h"
#include "base/tr_mark.h"

#include <stdio.h>
#include <string.h>

static const char *number(double value, char room[GROUPED_BYTES])
{
	return grouped_text(value < 1e18 ? (uint64_t)(value + 0.5) : (uint64_t)1e18, room);
}

/* "3.4" */
static const char *times(double ratio, char room[GROUPED_BYTES])
{
	snprintf(room, GROUPED_BYTES, ratio < 99.5 ? "%.1f" : "%.0f", ratio);
	return room;
}

static void keep(char *reason, struct str *text)
{
	snprintf(reason, VOLUME_REASON_BYTES, "%s", str_text(text));
	str_release(text);
}

static const char *weekday_name(unsigned weekday)
{
	static const char *const name[] = {SAID("Sundays"),    SAID("Mondays"),   SAID("Tuesdays"),
					   SAID("Wednesdays"), SAID("Thursdays"), SAID("Fridays"),
					   SAID("Saturdays")};

	return name[weekday % COUNT_OF(name)];
}

static void add_usual(struct str *text, const struct volume_figures *figures)
{
	const char *const day = weekday_name(figures->weekday);
	char room[GROUPED_BYTES];
	const char *const usual = number(figures->usual.sent, room);

	switch (figures->usual.by) {
	case USUAL_WEEKDAY:
		str_addf(text, SAID("%s usually bring %s"), day, usual);
		break;
	case USUAL_FORTNIGHT:
		str_addf(text, SAID("every second of the %s brings %s"), day, usual);
		break;
	case USUAL_MONTH:
		str_addf(text, SAID("this time of the month usually brings %s"), usual);
		break;
	case USUAL_NOW_AND_THEN:
		str_addf(text, SAID("now and then there are %s"), usual);
		break;
	}
}

static bool is_on_the_way(const struct volume_figures *figures)
{
	return figures->is_today && figures->sent > figures->so_far;
}

static void add_so_far(struct str *text, const struct volume_figures *figures)
{
	char sent[GROUPED_BYTES], bounced[GROUPED_BYTES];

	if (!figures->is_today && figures->bounced > 0)
		str_addf(text, SAID("tried %s yesterday (%s of them bounced)"),
			 number(figures->sent, sent), number(figures->bounced, bounced));
	else if (!figures->is_today)
		str_addf(text, SAID("sent %s yesterday"), number(figures->sent, sent));
	else
		str_addf(text, SAID("sent %s today by %02u:%02u"), number(figures->so_far, sent),
			 figures->hour_now, figures->minute_now);
}

/* The whole day, where more is to come. */
static void add_sent(struct str *text, const struct volume_figures *figures)
{
	char room[GROUPED_BYTES];
	struct str sent = {0};

	add_so_far(&sent, figures);
	if (is_on_the_way(figures))
		str_addf(text, SAID("%s, on the way to %s"), str_text(&sent),
			 number(figures->sent, room));
	else
		str_add(text, str_text(&sent));
	str_release(&sent);
}

static void add_ratio(struct str *text, const struct volume_figures *figures, double ratio)
{
	const double to_mean = figures->sent / figures->month_mean;
	char by[GROUPED_BYTES], mean[GROUPED_BYTES], plain[GROUPED_BYTES];

	times(figures->sent / figures->plain_mean, plain);
	if (figures->month_mean <= 0)
		str_addf(text, SAID("%s times the daily mean so far of %s"), plain,
			 number(figures->plain_mean, mean));
	else if (to_mean < ratio)
		str_addf(text,
			 SAID("%s times last month's daily mean of %s (%s times it without its "
			      "largest days)"),
			 times(to_mean, by), number(figures->month_mean, mean), plain);
	else
		str_addf(text, SAID("%s times last month's daily mean of %s"), times(to_mean, by),
			 number(figures->month_mean, mean));
}

void volume_say_much(char *reason, const struct volume_figures *figures, double ratio)
{
	struct str text = {0}, sent = {0}, to_mean = {0}, usual = {0};
	char room[GROUPED_BYTES];

	add_so_far(&sent, figures);
	add_ratio(&to_mean, figures, ratio);
	add_usual(&usual, figures);
	if (is_on_the_way(figures))
		str_addf(&text, SAID("%s, on the way to %s, %s; %s"), str_text(&sent),
			 number(figures->sent, room), str_text(&to_mean), str_text(&usual));
	else
		str_addf(&text, SAID("%s, %s; %s"), str_text(&sent), str_text(&to_mean),
			 str_text(&usual));
	str_release(&sent);
	str_release(&to_mean);
	str_release(&usual);
	keep(reason, &text);
}

void volume_say_growth(char *reason, double week_mean, double growth)
{
	char mean[GROUPED_BYTES], by[GROUPED_BYTES];
	struct str text = {0};

	str_addf(&text,
		 SAID("sent %s a day in the last 7 days, %s times what the same weekdays brought "
		      "in the 4 weeks before"),
		 number(week_mean, mean), times(growth, by));
	keep(reason, &text);
}

void volume_say_low(char *reason, const struct volume_figures *figures, unsigned days, double sent)
{
	struct str text = {0}, usual = {0};
	char room[GROUPED_BYTES];

	add_usual(&usual, figures);
	if (days > 1)
		str_addf(&text, SAID("sent %s in the last %u days that usually have mail; %s"),
			 number(sent, room), days, str_text(&usual));
	else
		str_addf(&text, SAID("sent %s yesterday; %s"), number(sent, room),
			 str_text(&usual));
	str_release(&usual);
	keep(reason, &text);
}

void volume_say_cold(char *reason, const struct volume_figures *figures, unsigned history,
		     unsigned idle, double largest)
{
	struct str text = {0}, sent = {0};
	char room[GROUPED_BYTES];

	add_sent(&sent, figures);
	if (history)
		str_addf(&text,
			 history == 1
			     ? SAID("%s with %u day of history; no day before had more than %s")
			     : SAID("%s with %u days of history; no day before had more than %s"),
			 str_text(&sent), history, number(largest, room));
	else if (idle)
		str_addf(&text,
			 idle == 1 ? SAID("%s after %u day without mail")
				   : SAID("%s after %u days without mail"),
			 str_text(&sent), idle);
	else
		str_addf(&text, SAID("%s; nothing is known of the days before"), str_text(&sent));
	str_release(&sent);
	keep(reason, &text);
}
