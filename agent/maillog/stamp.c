#include "maillog/stamp.h"

#include "maillog/scan.h"

#include <stdlib.h>

enum {
	DAY_S = 86400,
	BSD_BYTES = STAMP_BSD_BYTES,
	ISO_BYTES = STAMP_CACHE_BYTES,
	TAI_DIGITS = 16,
	TAI_NANO_DIGITS = 8,
	/* Lines of several processes swap places by seconds, hardly by this much. */
	DISORDER_S = 60,
	FRACTION_MAX = STAMP_FRACTION_MAX,
	EPOCH_DIGITS_MIN = 9, /* 1973 to 2286; a queue id or a pid is shorter or has letters */
	EPOCH_DIGITS_MAX = 10,
	LEAP_GAP_YEARS = 8 /* between two leap days, at most: 1896 and 1904 */
};

struct stamps stamps_of(const struct zone *zone, int32_t year, int64_t now)
{
	return (struct stamps){.zone = zone, .year = year, .now = now};
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Two digits, or -1; `blank` allows " 1" for 1. */
static int two(const char *at, bool blank)
{
	const char digits[2] = {blank && at[0] == ' ' ? '0' : at[0], at[1]};
	const unsigned value = stamp_two(digits);

	return value < 100 ? (int)value : -1;
}

static bool is_date(int32_t year, int month, int day)
{
	static const uint8_t days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
	const bool is_leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return month >= 1 && month <= 12 && day >= 1 &&
	       day <= days[month - 1] + (month == 2 && is_leap);
}

/* The moment at which the zone's clock shows `civil_s`. */
static int64_t local_at(const struct stamps *stamps, int64_t civil_s)
{
	const int32_t before_s = zone_offset_s(stamps->zone, civil_s - DAY_S);
	const int32_t after_s = zone_offset_s(stamps->zone, civil_s + DAY_S);
	const int64_t first = civil_s - before_s;
	const int64_t second = civil_s - after_s;
	const bool is_first = zone_offset_s(stamps->zone, first) == before_s;
	const bool is_second = zone_offset_s(stamps->zone, second) == after_s;

	if (is_first && is_second)
		return stamps->has_last && first < stamps->last - DISORDER_S ? second : first;
	return is_second ? second : first;
}

static int64_t civil_in(int32_t year, int month, int day, int second)
{
	const struct civil_date date = {year, (uint8_t)month, (uint8_t)day};

	return civil_days(date) * DAY_S + second;
}

/* The year that brings the date nearest to the stamp before; 0: it is in none of them. */
static int32_t year_near(const struct stamps *stamps, int month, int day, int second)
{
	const int32_t last_year = civil_date_at(stamps->zone, stamps->last).year;
	int64_t least = INT64_MAX;
	int32_t best = 0;

	for (int32_t year = last_year - 1; year <= last_year + 1; year++) {
		int64_t away;

		if (!is_date(year, month, day))
			continue;
		away = llabs(civil_in(year, month, day, second) - stamps->last);
		if (away < least) {
			least = away;
			best = year;
		}
	}
	return best;
}

/* The latest one, from `year` back, in which the date is not after tomorrow; 0: none. */
static int32_t year_until_now(const struct stamps *stamps, int32_t year, int month, int day)
{
	for (int32_t tries = 0; tries <= LEAP_GAP_YEARS; tries++, year--)
		if (is_date(year, month, day) &&
		    civil_in(year, month, day, 0) <= stamps->now + DAY_S)
			return year;
	return 0;
}

static int32_t year_of(const struct stamps *stamps, int month, int day, int second)
{
	const int32_t next_year = civil_date_at(stamps->zone, stamps->now).year + 1;
	int32_t year;

	if (!stamps->has_last && stamps->year)
		return is_date(stamps->year, month, day) ? stamps->year : 0;
	if (!stamps->has_last)
		return year_until_now(stamps, next_year, month, day);
	year = year_near(stamps, month, day, second);
	if (year && !stamps->year)
		return year_until_now(stamps, year, month, day);
	return year;
}

static int month_of(const char *at)
{
	static const char names[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

	for (int month = 1; month <= 12; month++)
		if (memcmp(names + 3 * (month - 1), at, 3) == 0)
			return month;
	return 0;
}

static bool read_bsd_date(const struct stamps *stamps, const char *at, int second,
			  int64_t *midnight)
{
	const int month = month_of(at);
	const int day = two(at + 4, true);
	int32_t year;

	if (!month || at[3] != ' ' || at[6] != ' ' || day < 1)
		return false;
	year = year_of(stamps, month, day, second);
	*midnight = civil_in(year, month, day, 0);
	return year != 0;
}

static bool read_iso_date(const struct stamps *stamps, const char *at, int second,
			  int64_t *midnight)
{
	const int century = two(at, false);
	const int year = century * 100 + two(at + 2, false);
	const int month = two(at + 5, false);
	const int day = two(at + 8, false);

	(void)stamps;
	(void)second;
	if (century < 19 || two(at + 2, false) < 0 || at[4] != '-' || at[7] != '-' ||
	    !is_date(year, month, day))
		return false;
	*midnight = civil_in(year, month, day, 0);
	return true;
}

/* A date, a byte, and a clock behind it. */
struct form {
	uint8_t len;
	uint8_t clock_at;
	bool (*read_date)(const struct stamps *stamps, const char *at, int second,
			  int64_t *midnight);
};

static const struct form bsd = {BSD_BYTES, STAMP_BSD_DATE_BYTES, read_bsd_date};
static const struct form iso = {ISO_BYTES, 11, read_iso_date};

/* What holds for all stamps of a date. Clocks are ahead or behind by less than a day, and
 * local_at() looks a day around. */
static void begin_date(struct stamps *stamps, int64_t midnight)
{
	stamps->midnight_s = midnight;
	stamps->is_steady =
	    zone_is_steady(stamps->zone, midnight - 2 * DAY_S, midnight + 3 * DAY_S);
	stamps->day_offset_s = zone_offset_s(stamps->zone, midnight);
}

/* The year that is nearest to the stamp before is the same for all of its date. */
static bool read_new(struct stamps *stamps, const char *at, const struct form *form)
{
	const int second = stamp_clock_s(at + form->clock_at);
	const bool is_same_date =
	    stamps->text_len == form->len && near_equal(stamps->text, at, form->clock_at - 1U);
	int64_t midnight;

	stamps->text_len = 0;
	if (second < 0 || (!is_same_date && !form->read_date(stamps, at, second, &midnight)))
		return false;
	if (!is_same_date)
		begin_date(stamps, midnight);
	stamps->civil_s = stamps->midnight_s + second;
	stamps->local_at = stamps->is_steady ? stamps->civil_s - stamps->day_offset_s
					     : local_at(stamps, stamps->civil_s);
	stamps->last = stamps->local_at;
	stamps->has_last = true;
	memcpy(stamps->text, at, form->len);
	stamps->text_len = form->len;
	return true;
}

/* Reads the first bytes, or knows them from the line before. Inline, because a comparison of a
 * length known to the compiler is a few instructions. */
static inline bool read_second(struct stamps *stamps, const char *at, const struct form *form)
{
	return (stamps->text_len == form->len && memcmp(stamps->text, at, form->len) == 0) ||
	       read_new(stamps, at, form);
}

static void skip_fraction(struct slice *rest)
{
	struct slice digits;

	if (!slice_starts(*rest, ".") && !slice_starts(*rest, ","))
		return;
	digits = slice_from(*rest, 1);
	digits.len = near_span(digits.at, digits.len, '0', '9');
	if (digits.len)
		*rest =
		    slice_from(*rest, 1 + (digits.len < FRACTION_MAX ? digits.len : FRACTION_MAX));
}

/* "Z", "+09:00" or "+0900". */
static bool read_offset(struct slice *rest, int32_t *offset_s)
{
	const char *at = rest->at;
	const bool has_colon = rest->len > 3 && at[3] == ':';
	const size_t len = has_colon ? 6 : 5;
	int hours, minutes;

	*offset_s = 0;
	if (scan_text(rest, "Z"))
		return true;
	if (rest->len < len || (at[0] != '+' && at[0] != '-'))
		return false;
	hours = two(at + 1, false);
	minutes = two(at + len - 2, false);
	if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59)
		return false;
	*offset_s = (hours * 60 + minutes) * (at[0] == '-' ? -60 : 60);
	*rest = slice_from(*rest, len);
	return true;
}

static enum stamp_kind bsd_stamp(struct stamps *stamps, struct slice *rest, int64_t *at)
{
	if (rest->len <= BSD_BYTES || !read_second(stamps, rest->at, &bsd))
		return STAMP_NONE;
	*at = stamps->local_at;
	*rest = slice_from(*rest, BSD_BYTES);
	skip_fraction(rest);
	return scan_text(rest, " ") ? STAMP_SYSLOG : STAMP_NONE;
}

static enum stamp_kind iso_stamp(struct stamps *stamps, struct slice *rest, int64_t *at)
{
	const bool is_bare = rest->len > ISO_BYTES && rest->at[10] == ' ';
	struct slice before;
	int32_t offset_s;

	if (rest->len <= ISO_BYTES || (!is_bare && rest->at[10] != 'T') ||
	    !read_second(stamps, rest->at, &iso))
		return STAMP_NONE;
	*at = stamps->local_at;
	*rest = slice_from(*rest, ISO_BYTES);
	skip_fraction(rest);
	if (is_bare && !scan_text(rest, " "))
		return STAMP_NONE;
	before = *rest;
	if (read_offset(rest, &offset_s)) {
		*at = stamps->civil_s - offset_s;
		if (before.len - rest->len == STAMP_OFFSET_BYTES) {
			memcpy(stamps->offset, before.at, STAMP_OFFSET_BYTES);
			stamps->offset_s = offset_s;
		}
		return !scan_text(rest, " ") ? STAMP_NONE : is_bare ? STAMP_BARE : STAMP_SYSLOG;
	}
	if (is_bare)
		return STAMP_BARE;
	return scan_text(rest, " ") ? STAMP_SYSLOG : STAMP_NONE;
}

/* The label counts seconds from 2^62 at the start of 1970 TAI. qmail, multilog and svlogd write
 * 2^62 + 10 + time(2): they take the clock for TAI less the ten seconds of 1970 and know no leap
 * seconds, so none are taken off here. */
static enum stamp_kind tai_stamp(struct slice *rest, int64_t *at)
{
	const uint64_t base = (UINT64_C(1) << 62) + 10;
	uint64_t label = 0;
	size_t i;

	for (i = 1; i < rest->len && i <= TAI_DIGITS + TAI_NANO_DIGITS; i++) {
		const char c = rest->at[i];
		const int digit = is_digit(c) ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;

		if (digit < 0)
			break;
		if (i <= TAI_DIGITS)
			label = label << 4 | (uint64_t)digit;
	}
	/* Times from 1970 to the year 10889: more is no time of a log. */
	if ((i != 1 + TAI_DIGITS && i != 1 + TAI_DIGITS + TAI_NANO_DIGITS) || label < base ||
	    label - base > UINT64_C(1) << 48 || i == rest->len || rest->at[i] != ' ')
		return STAMP_NONE;
	*at = (int64_t)(label - base);
	*rest = slice_from(*rest, i + 1);
	return STAMP_BARE;
}

static enum stamp_kind epoch_stamp(struct slice *rest, int64_t *at)
{
	int64_t seconds = 0;
	size_t i = 0;
	struct slice tail;

	for (; i < rest->len && i < EPOCH_DIGITS_MAX && is_digit(rest->at[i]); i++)
		seconds = seconds * 10 + rest->at[i] - '0';
	tail = slice_from(*rest, i);
	skip_fraction(&tail);
	if (i < EPOCH_DIGITS_MIN || !scan_text(&tail, " "))
		return STAMP_NONE;
	*at = seconds;
	*rest = tail;
	return STAMP_SYSLOG;
}

enum stamp_kind stamp_read(struct stamps *stamps, struct slice *rest, int64_t *at)
{
	struct slice tail = *rest;
	enum stamp_kind kind;

	if (!tail.len)
		return STAMP_NONE;
	if (tail.at[0] == '@')
		kind = tai_stamp(&tail, at);
	else if (!is_digit(tail.at[0]))
		kind = bsd_stamp(stamps, &tail, at);
	else if (tail.len > 4 && tail.at[4] == '-')
		kind = iso_stamp(stamps, &tail, at);
	else
		kind = epoch_stamp(&tail, at);
	if (kind != STAMP_NONE)
		*rest = tail;
	return kind;
}
