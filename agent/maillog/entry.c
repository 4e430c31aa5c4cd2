#include "maillog/entry.h"

#include "base/mem.h"
#include "maillog/scan.h"

enum { US_PER_S = 1000000, NUMBER_DIGITS_MAX = 16 };

/* systemd.journal-fields(7). */
static const char *const name[] = {
    [ENTRY_TEXT] = "MESSAGE", [ENTRY_TAG] = "SYSLOG_IDENTIFIER", [ENTRY_COMMAND] = "_COMM",
    [ENTRY_PID] = "_PID",     [ENTRY_SYSLOG_PID] = "SYSLOG_PID", [ENTRY_HOST] = "_HOSTNAME",
};

_Static_assert(COUNT_OF(name) == ENTRY_FIELDS, "a name for each field");

const char *entry_field_name(enum entry_field field)
{
	return name[field];
}

struct log_line entry_line(uint64_t time_us, const struct slice field[ENTRY_FIELDS])
{
	return (struct log_line){
	    .at = (int64_t)(time_us / US_PER_S),
	    .host = field[ENTRY_HOST],
	    .tag = field[ENTRY_TAG].len ? field[ENTRY_TAG] : field[ENTRY_COMMAND],
	    .pid = field[ENTRY_PID].len ? field[ENTRY_PID] : field[ENTRY_SYSLOG_PID],
	    .text = field[ENTRY_TEXT],
	};
}

static const char hex_digits[] = "0123456789abcdef";

bool entry_place_read(struct slice cursor, struct entry_place *out)
{
	struct slice id, number;

	*out = (struct entry_place){0};
	if (!scan_text(&cursor, "s=") || !scan_until(&cursor, ';', &id) ||
	    !scan_text(&cursor, "i=") || !scan_until(&cursor, ';', &number) ||
	    id.len != ENTRY_ID_BYTES || !scan_is_all(id, hex_digits) ||
	    number.len > NUMBER_DIGITS_MAX || !scan_is_all(number, hex_digits))
		return false;
	memcpy(out->id, id.at, id.len);
	for (size_t i = 0; i < number.len; i++)
		out->number =
		    out->number * 16 + (uint64_t)(strchr(hex_digits, number.at[i]) - hex_digits);
	return true;
}
