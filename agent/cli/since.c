#include "cli/since.h"

#include "base/parse.h"

bool since_parse(const char *text, const struct zone *zone, int64_t now, int64_t *since,
		 struct err *err)
{
	struct civil_date date;
	int64_t ms;

	if (parse_duration_ms(text, &ms)) {
		*since = ms / 1000 < now ? now - ms / 1000 : 0;
		return true;
	}
	if (civil_date_parse(text, &date)) {
		*since = civil_day_start(zone, date);
		return true;
	}
	return err_set(err, "'%s' is neither an age like '7d' nor a date like '2026-11-21'", text);
}
