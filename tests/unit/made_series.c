#include "made_series.h"

#include "base/mem.h"

#include <math.h>

enum {
	WEEK = 7,
	FIRST_EVENT = 70, /* a history comes first */
	SLOT_DAYS = 45, /* between the beginnings of events */
	LEAK_DAYS = 28,
	FIRST_YEAR = 2025,
	FIRST_MONTH = 11
};

static const double leak_growth = 1.08;

/* What a sender is like. Factors are of `base`, which is a working day's mail. */
static const struct sender {
	const char *name;
	double base;
	double saturday, sunday, holiday;
	double growth; /* a day */
	double steadiness; /* r of the negative binomial: the variance is m + m * m / r */
	int weekly_on; /* weekday of a newsletter, or -1 */
	double weekly;
	int monthly_on; /* day of the month, moved off the weekend; 0: none */
	double monthly;
	double month_end; /* the last two days */
	bool is_shifting; /* a small step up and one down, which are no events; a large one is */
} senders[] = {
    {"office", 4000, 0.2, 0.12, 0.15, 0, 30, -1, 0, 0, 0, 0, false},
    {"office silent on weekends", 2500, 0, 0, 0, 0, 30, -1, 0, 0, 0, 0, false},
    {"shop", 12000, 1.1, 1.2, 1.1, 0, 20, -1, 0, 0, 0, 0, false},
    {"weekly newsletter", 3000, 0.4, 0.3, 0.3, 0, 25, 2, 6, 0, 0, 0, false},
    {"monthly newsletter", 2000, 0.3, 0.2, 0.3, 0, 25, -1, 0, 10, 12, 0, false},
    {"invoices at the month's end", 3000, 0.2, 0.1, 0.2, 0, 25, -1, 0, 0, 0, 8, false},
    {"growing", 1500, 0.5, 0.4, 0.4, 0.008, 20, -1, 0, 0, 0, 0, false},
    {"uneven", 6000, 0.6, 0.5, 0.5, 0, 4, -1, 0, 0, 0, 0, false},
    {"small", 250, 0.5, 0.4, 0.3, 0, 10, -1, 0, 0, 0, 0, false},
    {"all at once", 5000, 0.3, 0.2, 0.2, 0.003, 15, 4, 4, 25, 8, 4, false},
    {"shifting", 5000, 0.4, 0.3, 0.3, 0, 20, -1, 0, 0, 0, 0, true},
};

static const struct {
	uint8_t month, day;
} holidays[] = {
    {1, 1},  {1, 2},   {1, 3},  {1, 12},  {2, 11},  {2, 23},  {3, 20},  {4, 29}, {5, 3},
    {5, 4},  {5, 5},   {5, 6},  {7, 20},  {8, 11},  {8, 13},  {8, 14},  {9, 21}, {9, 22},
    {9, 23}, {10, 12}, {11, 3}, {11, 23}, {12, 29}, {12, 30}, {12, 31},
};

size_t made_senders(void)
{
	return COUNT_OF(senders);
}

const char *made_kind_name(enum made_kind kind)
{
	static const char *const name[] = {"burst", "leak", "silence", "shift"};

	_Static_assert(COUNT_OF(name) == MADE_KIND_COUNT, "one name for each kind");
	return name[kind];
}

/* splitmix64: small, and the same everywhere. */
static uint64_t next(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ z >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ z >> 27) * UINT64_C(0x94d049bb133111eb);
	return z ^ z >> 31;
}

/* Above 0 and below 1. */
static double uniform(uint64_t *state)
{
	return ((double)(next(state) >> 12) + 0.5) / 4503599627370496.0;
}

static double between(uint64_t *state, double least, double most)
{
	return least + (most - least) * uniform(state);
}

static size_t whole_between(uint64_t *state, size_t least, size_t most)
{
	return least + next(state) % (most - least + 1);
}

static double normal(uint64_t *state)
{
	const double radius = sqrt(-2 * log(uniform(state)));

	return radius * cos(6.283185307179586 * uniform(state));
}

/* Mean `shape`, by the method of Marsaglia and Tsang; shapes here are never below 1. */
static double gamma_of(uint64_t *state, double shape)
{
	const double d = shape - 1.0 / 3;
	const double c = 1 / sqrt(9 * d);

	for (;;) {
		const double x = normal(state);
		const double v = pow(1 + c * x, 3);

		if (v > 0 && log(uniform(state)) < 0.5 * x * x + d - d * v + d * log(v))
			return d * v;
	}
}

static double poisson(uint64_t *state, double mean)
{
	const double limit = exp(-mean);
	double product = 1;
	double count = -1;

	if (mean > 30)
		return fmax(0, floor(mean + sqrt(mean) * normal(state) + 0.5));
	do {
		product *= uniform(state);
		count++;
	} while (product > limit);
	return count;
}

static double scatter(uint64_t *state, double mean, double steadiness)
{
	return mean > 0 ? poisson(state, mean * gamma_of(state, steadiness) / steadiness) : 0;
}

static int weekday_of(int64_t day)
{
	return (int)((day + 4) % WEEK);
}

static bool is_holiday(struct civil_date date)
{
	for (size_t i = 0; i < COUNT_OF(holidays); i++)
		if (holidays[i].month == date.month && holidays[i].day == date.day)
			return true;
	return false;
}

static double week_factor(const struct sender *sender, int64_t day)
{
	const int weekday = weekday_of(day);
	double factor = weekday == 6 ? sender->saturday : weekday == 0 ? sender->sunday : 1;

	if (is_holiday(civil_from_days(day)) && factor > sender->holiday)
		factor = sender->holiday;
	return factor;
}

/* A newsletter that is due on a weekend goes out on the Monday. */
static bool is_monthly_day(const struct sender *sender, int64_t day)
{
	const int weekday = weekday_of(day);
	const int date = civil_from_days(day).day;

	if (!sender->monthly_on || weekday == 0 || weekday == 6)
		return false;
	if (date == sender->monthly_on)
		return true;
	return weekday == 1 && (date == sender->monthly_on + 1 || date == sender->monthly_on + 2);
}

static double usual_mail(const struct sender *sender, int64_t day, size_t place)
{
	double factor = week_factor(sender, day);

	if (weekday_of(day) == sender->weekly_on)
		factor += sender->weekly;
	if (is_monthly_day(sender, day))
		factor += sender->monthly;
	if (sender->month_end > 0 && civil_from_days(day + 2).day <= 2)
		factor += sender->month_end;
	if (sender->is_shifting && place >= 200)
		factor *= place < 300 ? 1.6 : 1;
	return sender->base * pow(1 + sender->growth, (double)place) * factor;
}

static void add_event(struct made_series *made, enum made_kind kind, size_t begin, size_t days)
{
	made->event[made->events++] = (struct made_event){kind, begin, begin + days - 1};
}

static void shuffle(enum made_kind *kind, size_t count, uint64_t *state)
{
	for (size_t i = count - 1; i > 0; i--) {
		const size_t other = whole_between(state, 0, i);
		const enum made_kind kept = kind[i];

		kind[i] = kind[other];
		kind[other] = kept;
	}
}

/* A silence is one only where there would be mail: it begins on a Monday or a Tuesday. */
static size_t working_day(const struct made_series *made, size_t place)
{
	while (weekday_of(made->day[place].day) != 1 ||
	       is_holiday(civil_from_days(made->day[place].day)) ||
	       is_holiday(civil_from_days(made->day[place + 1].day)) ||
	       is_holiday(civil_from_days(made->day[place + 2].day)))
		place++;
	return place;
}

static void plan_events(struct made_series *made, const struct sender *sender, uint64_t *state)
{
	enum made_kind kind[] = {MADE_BURST,   MADE_LEAK, MADE_SILENCE, MADE_BURST,
				 MADE_SILENCE, MADE_LEAK, MADE_BURST};

	shuffle(kind, COUNT_OF(kind), state);
	/* Four weeks of growth leave a small sender small: nothing that anybody wants to hear. */
	for (size_t i = 0; sender->base < 1000 && i < COUNT_OF(kind); i++)
		kind[i] = kind[i] == MADE_LEAK ? MADE_BURST : kind[i];
	if (sender->is_shifting)
		kind[COUNT_OF(kind) - 1] = MADE_SHIFT;
	for (size_t i = 0; i < COUNT_OF(kind); i++) {
		const size_t place = FIRST_EVENT + i * SLOT_DAYS + whole_between(state, 0, 8);

		switch (kind[i]) {
		case MADE_BURST:
			add_event(made, MADE_BURST, place, whole_between(state, 1, 3));
			break;
		case MADE_LEAK:
			add_event(made, MADE_LEAK, place, LEAK_DAYS);
			break;
		case MADE_SILENCE:
			add_event(made, MADE_SILENCE, working_day(made, place),
				  whole_between(state, sender->sunday > 0 ? 2 : 3, 4));
			break;
		case MADE_SHIFT:
			add_event(made, MADE_SHIFT, place, MADE_DAYS - place);
			break;
		case MADE_KIND_COUNT:
			break;
		}
	}
}

static double mean_before(const struct made_series *made, size_t place)
{
	double sum = 0;

	for (size_t i = place - 30; i < place; i++)
		sum += (double)made->day[i].sent;
	return sum / 30;
}

/* The account that leaks is most of the series, or all of it. */
static double with_leak(double mail, double share, size_t days)
{
	return mail * (1 - share + share * pow(leak_growth, (double)days));
}

static void apply(struct made_series *made, const struct made_event *event, uint64_t *state)
{
	const double size = exp(between(state, log(7), log(25))) * mean_before(made, event->begin);
	const double share = between(state, 0.5, 1);

	for (size_t i = event->begin; i <= event->end && i < MADE_DAYS; i++) {
		const double mail = (double)made->day[i].sent;
		double changed = mail;

		switch (event->kind) {
		case MADE_BURST:
			changed = mail + size * between(state, 0.9, 1.1);
			break;
		case MADE_LEAK:
			changed = with_leak(mail, share, i - event->begin + 1);
			break;
		case MADE_SILENCE:
			changed = floor(mail * between(state, 0, 0.02));
			break;
		case MADE_SHIFT:
			changed = mail * 3;
			break;
		case MADE_KIND_COUNT:
			break;
		}
		made->day[i].sent = (uint64_t)changed;
	}
}

void made_series(struct made_series *made, size_t sender, uint64_t seed)
{
	const struct sender *const like = &senders[sender];
	const int64_t first = civil_days((struct civil_date){FIRST_YEAR, FIRST_MONTH, 3});
	uint64_t state = seed * 1000 + sender;

	*made = (struct made_series){.sender = like->name};
	for (size_t i = 0; i < MADE_DAYS; i++) {
		const int64_t day = first + (int64_t)i;

		made->day[i].day = day;
		made->day[i].sent =
		    (uint64_t)scatter(&state, usual_mail(like, day, i), like->steadiness);
	}
	plan_events(made, like, &state);
	for (size_t i = 0; i < made->events; i++)
		apply(made, &made->event[i], &state);
}
