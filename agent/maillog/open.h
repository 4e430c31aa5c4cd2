#ifndef MAILLOG_OPEN_H
#define MAILLOG_OPEN_H

#include "base/cursor.h"
#include "base/slice.h"
#include "base/str.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What earlier lines said of a queue id, or of another thing a format must remember (a session,
 * a running delivery), until a line closes it. Bounded in number, age and memory, the oldest
 * out first: a lost "removed" costs nothing but the account of a delivery. */
enum {
	OPEN_MAX = 200000,
	OPEN_AGE_MAX_S = 5 * 86400, /* of log time; how long MTAs keep trying, by default */
	OPEN_TEXT_MAX_BYTES = 24 << 20, /* of all their texts */
	OPEN_ID_BYTES = 24 /* the longest id: 23 of Exim 4.97; longer ones are not kept */
};

/* Later than every stamp that can be read; before 1970 as far. */
#define OPEN_AT_MAX (INT64_C(1) << 49)

enum open_text {
	OPEN_ACCOUNT,
	OPEN_DOMAIN, /* of the sender; of the recipient for qmail's deliveries */
	OPEN_NOTE, /* the format's own */
	OPEN_TEXT_COUNT
};

enum {
	OPEN_NULL_SENDER = 1, /* a bounce */
	OPEN_LOCAL = 2 /* has waiting recipients on this host */
};

struct open_id {
	int64_t at; /* of the line that spoke of it last */
	uint32_t text[OPEN_TEXT_COUNT]; /* private, see open_text() */
	uint32_t older, newer, next, hash; /* private */
	uint16_t waiting; /* recipients deferred in this round */
	uint8_t flags;
	uint8_t id_len;
	char id[OPEN_ID_BYTES];
};

struct open_ids;

struct open_ids *open_new(size_t max);
void open_free(struct open_ids *ids);
/* NULL when nothing is known. What these two return is valid until the next open_put. */
struct open_id *open_find(struct open_ids *ids, struct slice id);
/* The one that is there, or a new one; now the newest. NULL when the id is too long or empty. */
struct open_id *open_put(struct open_ids *ids, struct slice id, int64_t at);
void open_drop(struct open_ids *ids, struct open_id *open);
struct slice open_text(const struct open_ids *ids, const struct open_id *open,
		       enum open_text which);
void open_set(struct open_ids *ids, struct open_id *open, enum open_text which, struct slice text);
void open_clear(struct open_ids *ids, struct open_id *open);
size_t open_count(const struct open_ids *ids);

/* As bytes, oldest first, and back; on false nothing is known. */
void open_save(const struct open_ids *ids, struct str *out);
bool open_restore(struct open_ids *ids, struct cursor *from);

#endif
