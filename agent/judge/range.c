#include "judge/range.h"

#include "base/parse.h"

#include <math.h>
#include <string.h>

enum { NUMBER_BYTES = 40 };

/* A decimal that may have a sign. `len` bytes of `text`. */
static bool number_parse(const char *text, size_t len, double *out)
{
	char copy[NUMBER_BYTES];
	const bool is_negative = len && text[0] == '-';

	if (is_negative) {
		text++;
		len--;
	}
	if (!len || len >= sizeof(copy))
		return false;
	memcpy(copy, text, len);
	copy[len] = '\0';
	if (!parse_decimal(copy, out))
		return false;
	if (is_negative)
		*out = -*out;
	return true;
}

static bool start_parse(const char *text, size_t len, double *out)
{
	if (len == 1 && text[0] == '~') {
		*out = -INFINITY;
		return true;
	}
	return number_parse(text, len, out);
}

bool range_parse(const char *text, struct range *out)
{
	struct range range = {0, INFINITY, text[0] == '@'};
	const char *const start = text + range.alerts_inside;
	const char *const colon = strchr(start, ':');
	const char *const end = colon ? colon + 1 : start;

	if (colon && !start_parse(start, (size_t)(colon - start), &range.low))
		return false;
	if ((!colon || *end) && !number_parse(end, strlen(end), &range.high))
		return false;
	if (range.low > range.high)
		return false;
	*out = range;
	return true;
}

bool range_alerts(const struct range *range, double value)
{
	const bool is_inside = value >= range->low && value <= range->high;

	return is_inside == range->alerts_inside;
}
