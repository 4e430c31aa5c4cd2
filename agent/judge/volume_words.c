#include "judge/volume_words.h"

#include "base/mem.h"
#include "base/parse.h"
#include "base/str.h"

#include <stdio.h>
#include <string.h>

static void add_number(struct str *text, double value)
{
	char room[GROUPED_BYTES];

	str_add(text, grouped_text(value < 1e18 ? (uint64_t)(value + 0.5) : (uint64_t)1e18, room));
}

static void add_days(struct str *text, unsigned days)
{
	str_addf(text, "%u day%s", days, days == 1 ? "" : "s");
}

static void keep(char *reason, struct str *text)
{
	snprintf(reason, VOLUME_REASON_BYTES, "%s", str_text(text));
	str_release(text);
}

static const char *weekday_name(unsigned weekday)
{
	static const char *const name[] = {"Sundays",   "Mondays", "Tuesdays", "Wednesdays",
					   "Thursdays", "Fridays", "Saturdays"};

	return name[weekday % COUNT_OF(name)];
}

static void add_usual(struct str *text, const struct volume_figures *figures)
{
	switch (figures->usual.by) {
	case USUAL_WEEKDAY:
		str_addf(text, "%s usually bring ", weekday_name(figures->weekday));
		break;
	case USUAL_FORTNIGHT:
		str_addf(text, "every second of the %s brings ", weekday_name(figures->weekday));
		break;
	case USUAL_MONTH:
		str_add(text, "this time of the month usually brings ");
		break;
	case USUAL_NOW_AND_THEN:
		str_add(text, "now and then there are ");
		break;
	}
	add_number(text, figures->usual.sent);
}

/* "sent 48,200 yesterday", "sent 9,100 today by 10:59, on the way to 48,200". */
static void add_sent(struct str *text, const struct volume_figures *figures)
{
	if (!figures->is_today) {
		str_add(text, figures->bounced > 0 ? "tried " : "sent ");
		add_number(text, figures->sent);
		str_add(text, " yesterday");
		if (figures->bounced > 0) {
			str_add(text, " (");
			add_number(text, figures->bounced);
			str_add(text, " of them bounced)");
		}
		return;
	}
	str_add(text, "sent ");
	add_number(text, figures->so_far);
	str_addf(text, " today by %02u:59", figures->hour_now);
	if (figures->sent > figures->so_far) {
		str_add(text, ", on the way to ");
		add_number(text, figures->sent);
	}
}

static void add_times(struct str *text, double ratio)
{
	str_addf(text, ratio < 99.5 ? "%.1f" : "%.0f", ratio);
	str_add(text, " times ");
}

void volume_say_much(char *reason, const struct volume_figures *figures, double ratio)
{
	struct str text = {0};

	add_sent(&text, figures);
	str_add(&text, ", ");
	if (figures->month_mean > 0) {
		add_times(&text, figures->sent / figures->month_mean);
		str_add(&text, "last month's daily mean of ");
		add_number(&text, figures->month_mean);
		if (figures->sent / figures->month_mean < ratio) {
			str_add(&text, " (");
			add_times(&text, figures->sent / figures->plain_mean);
			str_add(&text, "it without its largest days)");
		}
	} else {
		add_times(&text, figures->sent / figures->plain_mean);
		str_add(&text, "the daily mean so far of ");
		add_number(&text, figures->plain_mean);
	}
	str_add(&text, "; ");
	add_usual(&text, figures);
	keep(reason, &text);
}

void volume_say_growth(char *reason, double week_mean, double growth)
{
	struct str text = {0};

	str_add(&text, "sent ");
	add_number(&text, week_mean);
	str_add(&text, " a day in the last 7 days, ");
	add_times(&text, growth);
	str_add(&text, "what the same weekdays brought in the 4 weeks before");
	keep(reason, &text);
}

void volume_say_low(char *reason, const struct volume_figures *figures, unsigned days, double sent)
{
	struct str text = {0};

	str_add(&text, "sent ");
	add_number(&text, sent);
	if (days > 1) {
		str_add(&text, " in the last ");
		add_days(&text, days);
		str_add(&text, " that usually have mail; ");
	} else {
		str_add(&text, " yesterday; ");
	}
	add_usual(&text, figures);
	keep(reason, &text);
}

void volume_say_cold(char *reason, const struct volume_figures *figures, unsigned history,
		     unsigned idle, double largest)
{
	struct str text = {0};

	add_sent(&text, figures);
	if (history) {
		str_add(&text, " with ");
		add_days(&text, history);
		str_add(&text, " of history; no day before had more than ");
		add_number(&text, largest);
	} else if (idle) {
		str_add(&text, " after ");
		add_days(&text, idle);
		str_add(&text, " without mail");
	} else {
		str_add(&text, "; nothing is known of the days before");
	}
	keep(reason, &text);
}
