#ifndef CONF_OPTION_H
#define CONF_OPTION_H

#include "base/str.h"
#include "model/names.h"

#include <stdbool.h>
#include <stddef.h>

/* A row of a table of options. The reader, the sample, the manual and `config show` all come
 * from these rows; a fact about an option stands nowhere else. */

/* What a value is, and the type of the field it is stored in. */
enum option_type {
	OPTION_SECTION, /* { ... }: the rows below it; no field of its own */
	OPTION_GROUPS, /* ( { ... }, ... ): a pointer and a count; rows below are an element's */
	/* const char *; with is_list a const char *const * and a count */
	OPTION_TEXT,
	OPTION_NAME,
	OPTION_PATH,
	OPTION_LOG, /* a path, or what model/log_path.h knows */
	OPTION_SECRET,
	OPTION_TIMEZONE,
	OPTION_HOST,
	OPTION_DOMAIN,
	OPTION_SELECTOR,
	OPTION_ZONE,
	OPTION_SERVER,
	OPTION_SOCKET,
	OPTION_MAILBOX,
	OPTION_URL,
	OPTION_HOURS,
	OPTION_WORD,
	/* the others */
	OPTION_ENUM, /* an enum of the model: one of `words`, its value is the place */
	OPTION_FLAGS, /* unsigned: several of `words`, a bit each */
	OPTION_ADDRESS, /* struct ip */
	OPTION_BLOCK, /* struct prefix */
	OPTION_CODE, /* struct list_code: its pattern and text */
	OPTION_DURATION, /* int64_t milliseconds */
	OPTION_INTEGER, /* int64_t or uint32_t */
	OPTION_NUMBER, /* double */
	OPTION_BOOL, /* bool */
	OPTION_TYPES
};

struct option {
	const char *path; /* "resolver.timeout", "addresses[].helo" */
	enum option_type type;
	bool is_list; /* of texts; one text without brackets is a list of one */
	bool is_required;
	double min, max; /* of numbers, milliseconds, bytes or a block's addresses; both 0: none */
	const char *initial; /* the default as it would stand between quotes; NULL: none */
	const char *unit; /* of numbers */
	struct words (*words)(void);
	size_t offset, size, count_offset; /* in the struct of its table or list of groups */
	const char *example; /* what the sample shows when there is no default */
	const char *text; /* one sentence */
};

#define AT(type, member)                                                                           \
	.offset = offsetof(struct type, member), .size = sizeof(((struct type *)0)->member)
/* A pointer to items and their count; `size` is that of an item. */
#define LIST_AT(type, item, items)                                                                 \
	.offset = offsetof(struct type, item), .size = sizeof(*((struct type *)0)->item),          \
	.count_offset = offsetof(struct type, items)

struct option_table {
	const char *file; /* whose settings these are: "repwatch.conf" */
	const struct option *row;
	size_t rows;
};

extern const struct option_table options_main;
extern const struct option_table options_catalogue;
extern const struct option_table options_replies;

/* The rows of one group: those whose path goes on from `prefix` without another dot. */
struct level {
	const struct option_table *table;
	size_t first, end; /* rows of this level and those below it */
	size_t prefix_len;
};

struct level level_top(const struct option_table *table);
/* The rows of a section, or of one element of a list of groups. */
struct level level_below(const struct level *level, const struct option *option);
/* Walks the direct rows: start with `*at = 0`, ends with NULL. */
const struct option *level_next(const struct level *level, size_t *at);
/* The row of a name, or NULL. Looks from `*at` on, first 0, and leaves it behind what it found. */
const struct option *level_find(const struct level *level, const char *name, size_t *at);
/* The last part of its path. */
const char *option_name(const struct option *option);

/* "duration", "list of servers": for the manual. */
void option_type_text(const struct option *option, struct str *out);
/* "a duration in quotes, such as \"30s\"": what a value of the wrong type should have been. */
const char *option_wants(enum option_type type);
bool option_is_text(enum option_type type);
/* "1 to 10", "100ms to 1m", "" without bounds. */
void option_bounds_text(const struct option *option, struct str *out);
/* A number in the option's unit: "30s" for 30000 of a duration. */
void option_number_text(const struct option *option, double value, struct str *out);
/* "one of 'mail', 'slack'"; the place of a word, -1 for none. */
void words_text(struct words words, struct str *out);
int words_find(struct words words, const char *word);

#endif
