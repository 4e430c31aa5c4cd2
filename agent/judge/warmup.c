/* Schedules for an address that has no history. A curve is a list of days as it was published;
 * where its publisher gave milestones or only an end, the days between are ours and `about` says
 * so. Without a curve a day allows `growth` times the day before. */
#include "judge/warmup.h"

#include "base/mem.h"

#include <math.h>
#include <string.h>

/* Published advice: doubling from one day to the next already costs reputation. */
static const double growth_min = 1.01, growth_max = 2.0;
/* Below this share of a day's allowance the address stands still: the next step is then as large a
 * jump as if a day had been left out. The share is ours; a quiet weekend day is no news. */
static const double behind_share = 0.5;
enum { TARGET_MAX = 1000000000, START_DAYS_MAX = 10000000 };

#define A_DAY(hourly) (24 * UINT64_C(hourly))
static const uint64_t sendgrid_automated[] = {
    A_DAY(20),     A_DAY(28),    A_DAY(39),     A_DAY(55),     A_DAY(77),     A_DAY(108),
    A_DAY(151),    A_DAY(211),   A_DAY(295),    A_DAY(413),    A_DAY(579),    A_DAY(810),
    A_DAY(1000),   A_DAY(1587),  A_DAY(2222),   A_DAY(3111),   A_DAY(4356),   A_DAY(6098),
    A_DAY(8583),   A_DAY(11953), A_DAY(16734),  A_DAY(23427),  A_DAY(32798),  A_DAY(45917),
    A_DAY(64284),  A_DAY(89998), A_DAY(125997), A_DAY(176395), A_DAY(246953), A_DAY(345735),
    A_DAY(484029),
};

/* After 12 million it doubles. */
static const uint64_t sendgrid_manual[] = {
    50,       100,      1000,     5000,     10000,     50000,     200000,    500000,
    800000,   1000000,  1600000,  2000000,  3000000,   4500000,   7000000,   9000000,
    12000000, 24000000, 48000000, 96000000, 192000000, 384000000, 768000000,
};

static const uint64_t ses_45[] = {
    50,    58,    68,    80,    94,    110,   128,   150,   176,   205,  240,   281,
    329,   385,   450,   527,   616,   721,   844,   987,   1155,  1351, 1581,  1850,
    2164,  2532,  2963,  3466,  4056,  4745,  5552,  6495,  7600,  8891, 10403, 12171,
    14240, 16661, 19493, 22807, 26683, 31219, 36526, 42735, 50000,
};

static const uint64_t acellemail[] = {
    1000,   2000,   4000,   8000,   8000,   8000,   15000,  15000,  15000,  25000,
    25000,  25000,  25000,  50000,  50000,  50000,  50000,  50000,  50000,  50000,
    100000, 100000, 100000, 100000, 100000, 100000, 100000, 100000, 100000, 250000,
};

static const uint64_t postscale[] = {
    50,     65,     84,     110,    142,    185,    240,    312,    405,    527,    684,    889,
    1155,   1500,   2000,   2264,   2562,   2900,   3282,   3714,   4204,   4758,   5385,   6094,
    6898,   7807,   8836,   10000,  15000,  16688,  18566,  20655,  22979,  25565,  28442,  31643,
    35204,  39165,  43573,  48476,  53931,  60000,  100000, 105477, 111253, 117346, 123773, 130551,
    137701, 145242, 153197, 161587, 170436, 179770, 189616, 200000,
};

#define CURVE(days) days, COUNT_OF(days)
static const struct warmup_curve curves[] = {
    {"sendgrid-automated", "SendGrid's automated warm-up, its figure an hour and address times 24",
     CURVE(sendgrid_automated)},
    {"sendgrid-manual", "SendGrid's schedule for warming up by hand, docs/ip_warmup_schedule",
     CURVE(sendgrid_manual)},
    {"ses-45", "Amazon SES: 50,000 a day within 45 days; the even growth until then is ours",
     CURVE(ses_45)},
    {"acellemail", "AcelleMail's milestones to 250,000 on day 30; each holds until the next",
     CURVE(acellemail)},
    {"postscale", "Postscale's four phases of two weeks; the even growth within each is ours",
     CURVE(postscale)},
};

const struct warmup_curve *warmup_curves(uint32_t *count)
{
	*count = COUNT_OF(curves);
	return curves;
}

static const struct warmup_curve *curve_named(const char *name)
{
	for (size_t i = 0; i < COUNT_OF(curves); i++)
		if (strcmp(curves[i].name, name) == 0)
			return &curves[i];
	return NULL;
}

static bool check_curve(const struct warmup_plan *plan, struct err *err)
{
	const struct warmup_curve *const curve = curve_named(plan->curve);

	if (!curve)
		return err_set(err, "there is no warm-up curve '%s'", plan->curve);
	if (plan->target > curve->day[curve->days - 1])
		return err_set(err,
			       "the target %llu is beyond the end of the curve '%s', %llu a day",
			       (unsigned long long)plan->target, curve->name,
			       (unsigned long long)curve->day[curve->days - 1]);
	return true;
}

static bool check_growth(const struct warmup_plan *plan, struct err *err)
{
	/* Written so that NaN fails. */
	if (!(plan->growth >= growth_min && plan->growth <= growth_max))
		return err_set(err, "the growth %g a day must be from %g to %g", plan->growth,
			       growth_min, growth_max);
	if (plan->first < 1 || plan->first > plan->target)
		return err_set(err, "the first day's %llu must be from 1 to the target %llu",
			       (unsigned long long)plan->first, (unsigned long long)plan->target);
	return true;
}

bool warmup_check(const struct warmup_plan *plan, struct err *err)
{
	if (plan->target < 1 || plan->target > TARGET_MAX)
		return err_set(err, "the target %llu must be from 1 to %d messages a day",
			       (unsigned long long)plan->target, TARGET_MAX);
	if (plan->start < -START_DAYS_MAX || plan->start > START_DAYS_MAX)
		return err_set(err, "the start lies outside the calendar");
	return *plan->curve ? check_curve(plan, err) : check_growth(plan, err);
}

static uint64_t lesser(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t curve_allowed(const struct warmup_plan *plan, uint64_t since_start)
{
	const struct warmup_curve *const curve = curve_named(plan->curve);

	if (!curve)
		return 0;
	return lesser(curve->day[lesser(since_start, curve->days - 1)], plan->target);
}

static uint64_t growth_allowed(const struct warmup_plan *plan, uint64_t since_start)
{
	/* 100 * 1.4 * 1.4 is 195.99999999999997 to a double and 196 to everybody else. */
	const double allowed =
	    (double)plan->first * pow(plan->growth, (double)since_start) * (1 + 1e-12);

	/* Rounded down, and the target for all that overflowed; not a number is nothing. */
	if (allowed >= (double)plan->target)
		return plan->target;
	return allowed >= 1 ? (uint64_t)allowed : 0;
}

uint64_t warmup_allowed(const struct warmup_plan *plan, int64_t day)
{
	uint64_t since_start;

	if (day < plan->start)
		return 0;
	since_start = (uint64_t)day - (uint64_t)plan->start;
	return *plan->curve ? curve_allowed(plan, since_start) : growth_allowed(plan, since_start);
}

/* The allowance never shrinks, so the first day that has the target is found by halving. The
 * slowest plan that passes warmup_check needs 2,083 days. */
uint32_t warmup_days(const struct warmup_plan *plan)
{
	enum { DAYS_MAX = 4096 };
	struct warmup_plan from_zero = *plan;
	uint32_t low = 0;
	uint32_t high = DAYS_MAX;

	from_zero.start = 0;
	while (low < high) {
		const uint32_t middle = (low + high) / 2;

		if (warmup_allowed(&from_zero, middle) >= plan->target)
			high = middle;
		else
			low = middle + 1;
	}
	return low < DAYS_MAX ? low : UINT32_MAX;
}

static bool is_over(const struct warmup_plan *plan, int64_t today, const struct warmup_sent *sent)
{
	return sent->today > warmup_allowed(plan, today) ||
	       (today > plan->start && sent->yesterday > warmup_allowed(plan, today - 1));
}

enum warmup_verdict warmup_judge(const struct warmup_plan *plan, int64_t today,
				 const struct warmup_sent *sent)
{
	const uint32_t days = warmup_days(plan);

	if (days == UINT32_MAX)
		return WARMUP_UNKNOWN;
	if (today < plan->start)
		return WARMUP_WAITING;
	if (!sent->is_counted)
		return WARMUP_UNKNOWN;
	if (is_over(plan, today, sent))
		return WARMUP_OVER_PLAN;
	if ((uint64_t)today - (uint64_t)plan->start > days)
		return WARMUP_DONE;
	if (today > plan->start &&
	    (double)sent->yesterday < behind_share * (double)warmup_allowed(plan, today - 1))
		return WARMUP_BEHIND;
	return WARMUP_ON_PLAN;
}
