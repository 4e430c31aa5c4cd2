#include "maillog/export.h"

#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

enum { LENGTH_BYTES = 8, TIME_DIGITS_MAX = 19 };

/* What the next byte belongs to. */
enum state {
	IN_NAME,
	IN_TEXT, /* the value behind NAME= */
	IN_LENGTH,
	IN_VALUE, /* of a known length */
	AT_VALUE_END,
	IS_LOST /* a line of which nothing is known */
};

/* Beside those of an entry's line. */
enum { FIELD_TIME = ENTRY_FIELDS, FIELD_CURSOR, FIELDS, FIELD_OTHER = FIELDS };

static const char first_name[] = "__CURSOR";
static const char time_name[] = "__REALTIME_TIMESTAMP";

struct export
{
	export_fn *take;
	void *context;
	struct export_counts counts;
	const struct entry_place *known; /* what is not asked for again */
	size_t knowns;
	enum state state;
	char name[EXPORT_NAME_MAX_BYTES];
	size_t name_len; /* also of a longer one, which is nobody's */
	unsigned field; /* whose value comes; FIELD_OTHER: nobody wants it */
	uint64_t left; /* of the value, or read of its length */
	uint64_t length;
	bool has_fields; /* of the entry */
	bool has_ended; /* the entry, with the byte that was read last */
	bool is_text_cut;
	bool is_set[FIELDS]; /* the first of several values holds, as with journalctl */
	struct str value[FIELDS];
};

struct export *export_new(export_fn *take, void *context)
{
	struct export *export = xcalloc(1, sizeof(*export));

	export->take = take;
	export->context = context;
	return export;
}

void export_free(struct export *export)
{
	if (!export)
		return;
	for (size_t i = 0; i < FIELDS; i++)
		str_release(&export->value[i]);
	free(export);
}

struct export_counts export_counts(const struct export *export)
{
	return export->counts;
}

void export_skip(struct export *export, const struct entry_place *known, size_t count)
{
	export->known = known;
	export->knowns = count;
}

bool export_begins(const char *bytes, size_t len)
{
	const size_t name_len = strlen(first_name);

	return len > name_len && memcmp(bytes, first_name, name_len) == 0 && bytes[name_len] == '=';
}

static bool is_named(const struct export *export, const char *name)
{
	return export->name_len == strlen(name) &&
	       memcmp(export->name, name, export->name_len) == 0;
}

/* Most fields of an entry are nobody's; the first letter tells most of them. */
static unsigned find_field(const struct export *export)
{
	if (!export->name_len || export->name_len > EXPORT_NAME_MAX_BYTES)
		return FIELD_OTHER;
	if (is_named(export, time_name))
		return FIELD_TIME;
	if (is_named(export, first_name))
		return export->knowns ? FIELD_CURSOR : FIELD_OTHER;
	for (unsigned i = 0; i < ENTRY_FIELDS; i++) {
		const char *const name = entry_field_name((enum entry_field)i);

		if (name[0] == export->name[0] && is_named(export, name))
			return i;
	}
	return FIELD_OTHER;
}

static void forget_entry(struct export *export)
{
	for (size_t i = 0; i < FIELDS; i++) {
		export->is_set[i] = false;
		str_clear(&export->value[i]);
	}
	export->has_fields = false;
	export->is_text_cut = false;
}

static bool read_time(const struct str *value, uint64_t *time_us)
{
	uint64_t sum = 0;

	if (!value->len || value->len > TIME_DIGITS_MAX)
		return false;
	for (size_t i = 0; i < value->len; i++) {
		if (value->text[i] < '0' || value->text[i] > '9')
			return false;
		sum = sum * 10 + (uint64_t)(value->text[i] - '0');
	}
	*time_us = sum;
	return sum < ENTRY_TIME_MAX_US;
}

static bool is_known(const struct export *export)
{
	const struct str *const cursor = &export->value[FIELD_CURSOR];
	struct entry_place place;

	if (!export->knowns || !entry_place_read(slice_of(str_text(cursor), cursor->len), &place))
		return false;
	for (size_t i = 0; i < export->knowns; i++)
		if (memcmp(export->known[i].id, place.id, sizeof(place.id)) == 0)
			return place.number <= export->known[i].number;
	return false;
}

static void hand_over(struct export *export)
{
	struct slice field[ENTRY_FIELDS];
	struct log_line line;
	uint64_t time_us;

	export->counts.cut += export->is_text_cut;
	for (size_t i = 0; i < ENTRY_FIELDS; i++)
		field[i] = slice_of(str_text(&export->value[i]), export->value[i].len);
	if (read_time(&export->value[FIELD_TIME], &time_us)) {
		line = entry_line(time_us, field);
		export->take(export->context, &line);
	} else {
		export->take(export->context, NULL);
	}
}

static void end_entry(struct export *export)
{
	export->has_ended = true;
	if (!export->has_fields)
		return; /* one empty line more */
	export->counts.entries++;
	if (is_known(export))
		export->counts.known++;
	else
		hand_over(export);
	forget_entry(export);
}

static void begin_value(struct export *export)
{
	unsigned field = find_field(export);

	/* The entry before has no end: somebody put two exports together, the first one cut. */
	if (export->has_fields && is_named(export, first_name)) {
		export->counts.damaged++;
		forget_entry(export);
	}
	if (field != FIELD_OTHER && export->is_set[field])
		field = FIELD_OTHER;
	if (field != FIELD_OTHER)
		export->is_set[field] = true;
	export->field = field;
	export->has_fields = true;
	export->name_len = 0;
}

static void keep(struct export *export, const char *bytes, size_t len)
{
	struct str *value;
	size_t room;

	if (export->field == FIELD_OTHER)
		return;
	value = &export->value[export->field];
	room = EXPORT_VALUE_MAX_BYTES - value->len;
	if (len > room && export->field == ENTRY_TEXT)
		export->is_text_cut = true;
	str_add_bytes(value, bytes, len < room ? len : room);
}

/* What was read of this entry may be of two. */
static void lose(struct export *export, enum state state)
{
	export->counts.damaged++;
	forget_entry(export);
	export->name_len = 0;
	export->state = state;
}

/* Up to its '=' or line end; returns how many bytes it took. */
static size_t read_name(struct export *export, const char *bytes, size_t len)
{
	size_t i = 0;

	while (i < len && bytes[i] != '=' && bytes[i] != '\n') {
		if (export->name_len < EXPORT_NAME_MAX_BYTES)
			export->name[export->name_len] = bytes[i];
		export->name_len += export->name_len <= EXPORT_NAME_MAX_BYTES;
		i++;
	}
	if (i == len)
		return len;
	if (bytes[i] == '=') {
		begin_value(export);
		export->state = IN_TEXT;
	} else if (export->name_len) {
		begin_value(export);
		export->left = 0;
		export->length = 0;
		export->state = IN_LENGTH;
	} else {
		end_entry(export);
	}
	return i + 1;
}

static size_t read_text(struct export *export, const char *bytes, size_t len)
{
	const char *const end = memchr(bytes, '\n', len);
	const size_t part = end ? (size_t)(end - bytes) : len;

	keep(export, bytes, part);
	if (end)
		export->state = IN_NAME;
	return part + (end != NULL);
}

static size_t read_length(struct export *export, const char *bytes)
{
	export->length |= (uint64_t)(unsigned char)*bytes << (8 * export->left);
	if (++export->left < LENGTH_BYTES)
		return 1;
	export->left = export->length;
	export->state = export->length ? IN_VALUE : AT_VALUE_END;
	if (export->length > EXPORT_FIELD_MAX_BYTES)
		lose(export, IS_LOST);
	return 1;
}

static size_t read_value(struct export *export, const char *bytes, size_t len)
{
	const size_t part = export->left < len ? (size_t) export->left : len;

	keep(export, bytes, part);
	export->left -= part;
	if (!export->left)
		export->state = AT_VALUE_END;
	return part;
}

static size_t read_value_end(struct export *export, const char *bytes)
{
	export->state = IN_NAME;
	if (*bytes != '\n')
		lose(export, IS_LOST);
	return 1;
}

/* Looks for a line that begins an entry; `name_len` is how much of that beginning was seen. */
static size_t find_entry(struct export *export, const char *bytes, size_t len)
{
	static const char begin[] = "\n__CURSOR=";
	const size_t seen = export->name_len;
	const char *next;

	if (*bytes != begin[seen]) {
		export->name_len = 0;
		next = seen && *bytes == '\n' ? bytes : memchr(bytes + 1, '\n', len - 1);
		return next ? (size_t)(next - bytes) : len;
	}
	export->name_len++;
	if (begin[seen + 1])
		return 1;
	export->name_len = strlen(first_name);
	memcpy(export->name, first_name, export->name_len);
	begin_value(export);
	export->counts.pending = strlen(begin) - 2; /* this byte is counted by the caller */
	export->state = IN_TEXT;
	return 1;
}

void export_feed(struct export *export, const char *bytes, size_t len)
{
	while (len) {
		size_t used = 0;

		export->has_ended = false;
		switch (export->state) {
		case IN_NAME:
			used = read_name(export, bytes, len);
			break;
		case IN_TEXT:
			used = read_text(export, bytes, len);
			break;
		case IN_LENGTH:
			used = read_length(export, bytes);
			break;
		case IN_VALUE:
			used = read_value(export, bytes, len);
			break;
		case AT_VALUE_END:
			used = read_value_end(export, bytes);
			break;
		case IS_LOST:
			used = find_entry(export, bytes, len);
			break;
		}
		bytes += used;
		len -= used;
		export->counts.pending = export->has_ended ? 0 : export->counts.pending + used;
	}
}
