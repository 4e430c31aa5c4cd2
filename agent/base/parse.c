#include "base/parse.h"

#include "base/mem.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

static const struct unit {
	const char *name;
	int64_t ms;
} units[] = {
    {"w", 7 * 86400000LL}, {"d", 86400000}, {"h", 3600000}, {"m", 60000}, {"s", 1000}, {"ms", 1},
};

/* Digits from the start; `*end` is behind them. */
static bool digits(const char *text, const char **end, uint64_t *out)
{
	uint64_t sum = 0;
	const char *at = text;

	for (; *at >= '0' && *at <= '9'; at++)
		if (__builtin_mul_overflow(sum, 10, &sum) ||
		    __builtin_add_overflow(sum, (uint64_t)(*at - '0'), &sum))
			return false;
	*end = at;
	*out = sum;
	return at != text;
}

bool parse_u64(const char *text, uint64_t *out)
{
	const char *end;
	uint64_t sum;

	if (!digits(text, &end, &sum) || *end)
		return false;
	*out = sum;
	return true;
}

bool parse_u32(const char *text, uint32_t *out)
{
	uint64_t sum;

	if (!parse_u64(text, &sum) || sum > UINT32_MAX)
		return false;
	*out = (uint32_t)sum;
	return true;
}

bool parse_decimal(const char *text, double *out)
{
	enum { DIGITS_MAX = 15 }; /* whole numbers of 15 digits are exact in a double */
	const char *end;
	uint64_t whole;
	uint64_t part = 0;
	double scale = 1;

	if (strlen(text) > DIGITS_MAX + 1 || !digits(text, &end, &whole))
		return false;
	if (*end == '.') {
		const char *const point = end;

		if (!digits(point + 1, &end, &part))
			return false;
		for (const char *at = point + 1; at < end; at++) {
			scale *= 10;
			whole *= 10;
		}
	}
	if (*end || whole + part > 999999999999999)
		return false;
	*out = (double)(whole + part) / scale;
	return true;
}

bool parse_duration_ms(const char *text, int64_t *ms)
{
	const char *end;
	uint64_t count;
	int64_t sum;

	if (!digits(text, &end, &count) || count > INT64_MAX)
		return false;
	if (!*end && count == 0) {
		*ms = 0;
		return true;
	}
	for (size_t i = 0; i < COUNT_OF(units); i++)
		if (strcmp(end, units[i].name) == 0) {
			if (__builtin_mul_overflow((int64_t)count, units[i].ms, &sum))
				return false;
			*ms = sum;
			return true;
		}
	return false;
}

/* "07:00"; two digits each. */
static bool parse_clock(const char *text, uint32_t *minute)
{
	const bool is_clock = strspn(text, "0123456789") == 2 && text[2] == ':' &&
			      strspn(text + 3, "0123456789") == 2;
	uint32_t hours;
	uint32_t minutes;

	if (!is_clock)
		return false;
	hours = (uint32_t)(text[0] - '0') * 10 + (uint32_t)(text[1] - '0');
	minutes = (uint32_t)(text[3] - '0') * 10 + (uint32_t)(text[4] - '0');
	*minute = hours * 60 + minutes;
	return hours < 24 && minutes < 60;
}

bool parse_day_span(const char *text, uint32_t *from_min, uint32_t *until_min)
{
	uint32_t from;
	uint32_t until;

	if (!parse_clock(text, &from) || text[5] != '-' || !parse_clock(text + 6, &until) ||
	    text[11] || from == until)
		return false;
	*from_min = from;
	*until_min = until;
	return true;
}

const char *duration_text(int64_t ms, char out[DURATION_TEXT_BYTES])
{
	size_t i = 0;

	if (ms == 0)
		return memcpy(out, "0s", sizeof("0s"));
	while (ms % units[i].ms)
		i++;
	snprintf(out, DURATION_TEXT_BYTES, "%lld%s", (long long)(ms / units[i].ms), units[i].name);
	return out;
}

const char *grouped_text(uint64_t value, char out[GROUPED_BYTES])
{
	char *at = out + GROUPED_BYTES - 1;
	unsigned digits = 0;

	*at = '\0';
	do {
		if (digits && digits % 3 == 0)
			*--at = ',';
		*--at = (char)('0' + value % 10);
		value /= 10;
		digits++;
	} while (value);
	return at;
}
