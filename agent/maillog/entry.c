#include "maillog/entry.h"

#include "base/mem.h"

enum { US_PER_S = 1000000 };

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
