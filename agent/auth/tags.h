#ifndef AUTH_TAGS_H
#define AUTH_TAGS_H

#include "base/slice.h"

#include <stdbool.h>
#include <stddef.h>

/* Lists of tag=value as DKIM, DMARC, MTA-STS and TLS-RPT write them (RFC 6376 section 3.2). All that
 * can be read is read, beyond a mistake too: what it costs is for the kind of record to say. */
enum { TAGS_MAX = 32 };

enum tags_fault {
	TAGS_FINE,
	TAGS_NO_EQUALS, /* a part without '=' */
	TAGS_BAD_NAME, /* not a letter, then letters, digits and '_' */
	TAGS_BAD_VALUE, /* a byte that is neither printable ASCII nor blank */
	TAGS_DUPLICATE,
	TAGS_TOO_MANY /* the rest was not read */
};

struct tag {
	struct slice name, value; /* without the blanks around them; those inside a value stay */
};

struct tags {
	struct tag tag[TAGS_MAX];
	size_t count;
	enum tags_fault fault; /* the first one */
	struct slice wrong; /* where it is */
};

/* Borrows from `text`. An empty part (";;", and ";" at the end) is nothing. */
void tags_read(struct slice text, struct tags *out);
/* The first of that name, whose letters' case counts; NULL: there is none. */
const struct tag *tags_find(const struct tags *tags, const char *name);

/* One part after the other of a list within a value ("y:s", "mailto:a,mailto:b"), without the
 * blanks around it. False at the end. `rest` begins as the value. */
bool tags_next_part(struct slice *rest, char separator, struct slice *part);
/* Without the blanks around it: space, tab, CR, LF. */
struct slice tags_trim(struct slice text);

#endif
