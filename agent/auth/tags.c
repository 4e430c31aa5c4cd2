#include "auth/tags.h"

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

struct slice tags_trim(struct slice text)
{
	while (text.len && is_blank(text.at[0]))
		text = slice_from(text, 1);
	while (text.len && is_blank(text.at[text.len - 1]))
		text.len--;
	return text;
}

bool tags_next_part(struct slice *rest, char separator, struct slice *part)
{
	const char *end;

	if (!rest->at)
		return false;
	end = rest->len ? memchr(rest->at, separator, rest->len) : NULL;
	if (!end) {
		*part = tags_trim(*rest);
		*rest = (struct slice){0};
		return true;
	}
	*part = tags_trim(slice_of(rest->at, (size_t)(end - rest->at)));
	*rest = slice_from(*rest, (size_t)(end - rest->at) + 1);
	return true;
}

static bool is_name(struct slice name)
{
	if (name.len == 0 || !is_letter(name.at[0]))
		return false;
	for (size_t i = 1; i < name.len; i++)
		if (!is_letter(name.at[i]) && !(name.at[i] >= '0' && name.at[i] <= '9') &&
		    name.at[i] != '_')
			return false;
	return true;
}

static bool is_value(struct slice value)
{
	for (size_t i = 0; i < value.len; i++)
		if (!is_blank(value.at[i]) && (value.at[i] < '!' || value.at[i] > '~'))
			return false;
	return true;
}

static const struct tag *find(const struct tags *tags, struct slice name)
{
	for (size_t i = 0; i < tags->count; i++)
		if (slice_equal(tags->tag[i].name, name))
			return &tags->tag[i];
	return NULL;
}

const struct tag *tags_find(const struct tags *tags, const char *name)
{
	return find(tags, slice_text(name));
}

/* One part that is not empty. */
static enum tags_fault add(struct tags *tags, struct slice part)
{
	const char *equals = memchr(part.at, '=', part.len);
	struct tag tag;
	enum tags_fault fault = TAGS_FINE;

	if (!equals)
		return TAGS_NO_EQUALS;
	tag.name = tags_trim(slice_of(part.at, (size_t)(equals - part.at)));
	tag.value = tags_trim(slice_from(part, (size_t)(equals - part.at) + 1));
	if (!is_name(tag.name))
		fault = TAGS_BAD_NAME;
	else if (find(tags, tag.name))
		fault = TAGS_DUPLICATE;
	else if (!is_value(tag.value))
		fault = TAGS_BAD_VALUE;
	tags->tag[tags->count++] = tag;
	return fault;
}

void tags_read(struct slice text, struct tags *out)
{
	struct slice rest = text;
	struct slice part;

	out->count = 0;
	out->fault = TAGS_FINE;
	out->wrong = (struct slice){0};
	while (tags_next_part(&rest, ';', &part)) {
		enum tags_fault fault;

		if (part.len == 0)
			continue;
		fault = out->count < TAGS_MAX ? add(out, part) : TAGS_TOO_MANY;
		if (out->fault == TAGS_FINE && fault != TAGS_FINE) {
			out->fault = fault;
			out->wrong = part;
		}
		if (fault == TAGS_TOO_MANY)
			return;
	}
}
