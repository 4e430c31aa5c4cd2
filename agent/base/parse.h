#ifndef BASE_PARSE_H
#define BASE_PARSE_H

#include <stdbool.h>
#include <stdint.h>

/* Numbers as people write them. No sign, no blank, no overflow, no text behind them;
 * on false `*out` is untouched. */
bool parse_u32(const char *text, uint32_t *out);
bool parse_u64(const char *text, uint64_t *out);
/* "2", "1.4", at most 15 digits, so that the nearest double is what comes out. */
bool parse_decimal(const char *text, double *out);

/* A duration with its unit: ms s m h d w ("90s", "24h", "500ms"). "0" needs none. */
bool parse_duration_ms(const char *text, int64_t *ms);

/* The largest unit that divides it, "0s" for nothing. Returns `out`. */
enum { DURATION_TEXT_BYTES = 24 };
const char *duration_text(int64_t ms, char out[DURATION_TEXT_BYTES]);

/* "22:00-07:00": minutes of the day; the second may be the smaller. False for an empty span. */
bool parse_day_span(const char *text, uint32_t *from_min, uint32_t *until_min);

/* For people: 48200 is "48,200". Returns a place in `out`. */
enum { GROUPED_BYTES = 32 };
const char *grouped_text(uint64_t value, char out[GROUPED_BYTES]);

#endif
