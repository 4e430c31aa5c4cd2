#include "cli/since.h"

#include "base/parse.h"

#include <string.h>

static bool number(const char *text, size_t len, uint32_t *out)
{
	char digits[8] = {0};

	memcpy(digits, text, len);
	return parse_u32(digits, out);
}

/* YYYY-MM-DD of a day that exists: what the calendar would shift comes back changed. */
static bool date_parse(const char *text, struct civil_date *date)
{
	struct civil_date again;
	uint32_t year, month, day;

	if (strlen(text) != 10 || text[4] != '-' || text[7] != '-' || !number(text, 4, &year) ||
	    !number(text + 5, 2, &month) || !number(text + 8, 2, &day) || month < 1 || month > 12)
		return false;
	*date = (struct civil_date){(int32_t)year, (uint8_t)month, (uint8_t)day};
	again = civil_from_days(civil_days(*date));
	return again.month == date->month && again.day == date->day;
}

bool since_parse(const char *text, const struct zone *zone, int64_t now, int64_t *since,
		 struct err *err)
{
	struct civil_date date;
	int64_t ms;

	if (parse_duration_ms(text, &ms)) {
		*since = ms / 1000 < now ? now - ms / 1000 : 0;
		return true;
	}
	if (date_parse(text, &date)) {
		*since = civil_day_start(zone, date);
		return true;
	}
	return err_set(err, "'%s' is neither an age like '7d' nor a date like '2026-11-21'", text);
}
