#ifndef MAILLOG_STAMP_H
#define MAILLOG_STAMP_H

#include "base/civil.h"
#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The time at the start of a log line:
 *
 *   Nov 21 18:00:00             RFC 3164: no year, no zone; a fraction may follow
 *   2026-11-21T18:00:00.1+09:00 RFC 3339, RFC 5424, journald's short-iso (+0900); zone or none
 *   2026-11-21 18:00:00.1 +0900 Exim, tai64nlocal; fraction and zone or none
 *   @400000006a2f408a17d783ff   TAI64N
 *   1795219200.123456           journald's short-unix
 *
 * Where the zone is missing the clock is `zone`'s. An hour that daylight saving repeats is its
 * second turn once lines of it lie behind; one that it skips is read with the offset before.
 * Where the year is missing it is `year`, or the latest that is not after tomorrow; from then on
 * each stamp is in the year that brings it nearest to the one before. */
enum stamp_kind {
	STAMP_NONE,
	STAMP_SYSLOG, /* a host and a tag follow */
	STAMP_BARE /* the program's own words follow */
};

enum {
	STAMP_BSD_BYTES = 15, /* "Nov 21 18:00:00" */
	STAMP_BSD_DATE_BYTES = 7, /* "Nov 21 " */
	STAMP_CACHE_BYTES = 19, /* "2026-11-21T18:00:00" */
	STAMP_OFFSET_BYTES = 6,
	STAMP_FRACTION_MAX = 9
};

struct stamps {
	const struct zone *zone;
	int32_t year; /* 0: to be found out */
	int64_t now;
	int64_t last; /* of those without year or zone */
	bool has_last;
	/* The second read last: lines come in order, so most stamps are equal to the one before. */
	char text[STAMP_CACHE_BYTES];
	uint8_t text_len;
	int64_t civil_s; /* what the text says, counted as if in UTC */
	int64_t local_at; /* the same read with `zone` */
	int64_t midnight_s; /* the beginning of its date, as civil_s is counted */
	int32_t day_offset_s; /* of `zone` all that date long, if it is_steady */
	bool is_steady;
	char offset[STAMP_OFFSET_BYTES]; /* "+09:00", as read last; empty: none was */
	int32_t offset_s;
};

struct stamps stamps_of(const struct zone *zone, int32_t year, int64_t now);

/* Two digits; from 100 on: it is not two. */
static inline unsigned stamp_two(const char *at)
{
	const unsigned tens = (unsigned char)at[0] - (unsigned)'0';
	const unsigned ones = (unsigned char)at[1] - (unsigned)'0';

	return tens > 9 || ones > 9 ? 100 : tens * 10 + ones;
}

/* "18:00:00" as seconds of the day, or -1. A leap second is the last one once more. */
static inline int stamp_clock_s(const char *at)
{
	const unsigned hour = stamp_two(at);
	const unsigned minute = stamp_two(at + 3);
	const unsigned second = stamp_two(at + 6);

	if (at[2] != ':' || at[5] != ':' || hour > 23 || minute > 59 || second > 60)
		return -1;
	return (int)(hour * 3600 + minute * 60 + second - (second == 60));
}

/* An RFC 3164 stamp of the date of the line before, mostly of its second, too, as in most lines
 * of a busy log. */
static inline bool stamp_again(struct stamps *stamps, struct slice *rest, int64_t *at)
{
	int second;

	if (stamps->text_len != STAMP_BSD_BYTES || rest->len <= STAMP_BSD_BYTES ||
	    rest->at[STAMP_BSD_BYTES] != ' ')
		return false;
	if (near_equal(stamps->text, rest->at, STAMP_BSD_BYTES)) {
		*at = stamps->local_at;
	} else {
		if (!stamps->is_steady || !near_equal(stamps->text, rest->at, STAMP_BSD_DATE_BYTES))
			return false;
		second = stamp_clock_s(rest->at + STAMP_BSD_DATE_BYTES);
		if (second < 0)
			return false;
		*at = stamps->midnight_s - stamps->day_offset_s + second;
	}
	stamps->last = *at;
	*rest = slice_from(*rest, STAMP_BSD_BYTES + 1);
	return true;
}

/* The same second in the same zone, as RFC 3339 has it, behind whatever fraction. */
static inline bool stamp_again_3339(const struct stamps *stamps, struct slice *rest, int64_t *at)
{
	struct slice tail = slice_from(*rest, STAMP_CACHE_BYTES);

	if (stamps->text_len != STAMP_CACHE_BYTES || tail.len < STAMP_OFFSET_BYTES + 1 ||
	    !stamps->offset[0] || rest->at[10] != 'T' ||
	    !near_equal(stamps->text, rest->at, STAMP_CACHE_BYTES))
		return false;
	if (tail.at[0] == '.') {
		const size_t digits = near_span(tail.at + 1, tail.len - 1, '0', '9');

		if (!digits || digits > STAMP_FRACTION_MAX)
			return false;
		tail = slice_from(tail, 1 + digits);
	}
	if (tail.len < STAMP_OFFSET_BYTES + 1 || tail.at[STAMP_OFFSET_BYTES] != ' ' ||
	    !near_equal(stamps->offset, tail.at, STAMP_OFFSET_BYTES))
		return false;
	*at = stamps->civil_s - stamps->offset_s;
	*rest = slice_from(tail, STAMP_OFFSET_BYTES + 1);
	return true;
}

/* Reads a stamp and the blank behind it. STAMP_NONE: there is none, `rest` stays. */
enum stamp_kind stamp_read(struct stamps *stamps, struct slice *rest, int64_t *at);

#endif
