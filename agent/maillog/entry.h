#ifndef MAILLOG_ENTRY_H
#define MAILLOG_ENTRY_H

#include "maillog/line.h"

/* An entry of a systemd journal, as the line that syslog would have made of it. What the journal
 * says itself (a name with an underscore) goes before what the program says of itself, except for
 * its tag, which only the program knows. */
enum entry_field {
	ENTRY_TEXT, /* MESSAGE */
	ENTRY_TAG, /* SYSLOG_IDENTIFIER */
	ENTRY_COMMAND, /* _COMM, where there is no tag */
	ENTRY_PID, /* _PID */
	ENTRY_SYSLOG_PID, /* where there is no _PID: the journal holds what another host sent */
	ENTRY_HOST, /* _HOSTNAME */
	ENTRY_FIELDS
};

/* UTC microseconds that still have a year of four digits; what is later is no time. */
#define ENTRY_TIME_MAX_US (UINT64_C(253402300800) * 1000000)

const char *entry_field_name(enum entry_field field);
/* Borrows the fields; one that the entry does not have is empty. */
struct log_line entry_line(uint64_t time_us, const struct slice field[ENTRY_FIELDS]);

/* Where an entry stands: of two with the same id the one with the larger number came later.
 * Another journal that holds the same entry has an id of its own. */
enum { ENTRY_ID_BYTES = 32 };
struct entry_place {
	char id[ENTRY_ID_BYTES];
	uint64_t number;
};

/* From a cursor, "s=ID;i=NUMBER;..." in hexadecimal digits. False: it has none. */
bool entry_place_read(struct slice cursor, struct entry_place *out);

#endif
