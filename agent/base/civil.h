#ifndef BASE_CIVIL_H
#define BASE_CIVIL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A time zone as data: from `since` (UTC seconds) the clock is `offset_s` ahead of UTC. Sorted;
 * the first row also holds for everything before it. No rows: UTC. `sys/zone.h` makes one. */
struct zone_change {
	int64_t since;
	int32_t offset_s;
};

struct zone {
	const struct zone_change *change;
	size_t count;
};

/* A calendar date, month and day from 1. */
struct civil_date {
	int32_t year;
	uint8_t month;
	uint8_t day;
};

int32_t zone_offset_s(const struct zone *zone, int64_t at);
/* Whether the clock is not changed from one moment to another. */
bool zone_is_steady(const struct zone *zone, int64_t from, int64_t to);

/* Days since 1970-01-01 (proleptic Gregorian), and back. */
int64_t civil_days(struct civil_date date);
struct civil_date civil_from_days(int64_t days);
/* The operator's date at a moment. */
struct civil_date civil_date_at(const struct zone *zone, int64_t at);
/* The first second of a date: where the clock shows 00:00, or the first moment of the
 * date where daylight saving skips midnight. */
int64_t civil_day_start(const struct zone *zone, struct civil_date date);

enum { CIVIL_TEXT_BYTES = 48 };
/* RFC 3339 with the zone's offset: 2026-11-21T10:00:00+09:00. Returns `out`. */
const char *civil_rfc3339(const struct zone *zone, int64_t at, char out[CIVIL_TEXT_BYTES]);
/* For people: 2026-11-21 10:00. Returns `out`. */
const char *civil_minute(const struct zone *zone, int64_t at, char out[CIVIL_TEXT_BYTES]);
/* 2026-11-21. Returns `out`. */
const char *civil_date_text(struct civil_date date, char out[CIVIL_TEXT_BYTES]);
/* The same back: ten characters, a day that exists. */
bool civil_date_parse(const char *text, struct civil_date *date);
/* "3d 4h", "12m", "5s": two units at most, for ages. Returns `out`. */
const char *civil_age(int64_t seconds, char out[CIVIL_TEXT_BYTES]);

#endif
