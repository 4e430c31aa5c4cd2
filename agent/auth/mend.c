#include "auth/mend.h"

#include "auth/tags.h"

#include <strings.h>

const char *mend_find(struct slice in, const char *text)
{
	const size_t len = strlen(text);

	for (size_t i = 0; i + len <= in.len; i++)
		if (strncasecmp(in.at + i, text, len) == 0)
			return in.at + i;
	return NULL;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

/* Whether "NAME=" or "NAME =" begins here. */
static bool begins_tag(struct slice text, const char *const *tag, size_t tags)
{
	for (size_t i = 0; i < tags; i++) {
		struct slice rest = slice_from(text, strlen(tag[i]));

		if (!slice_starts(text, tag[i]))
			continue;
		while (rest.len && is_blank(rest.at[0]))
			rest = slice_from(rest, 1);
		if (rest.len && rest.at[0] == '=')
			return true;
	}
	return false;
}

/* The separator goes where the blanks or the comma were. */
static size_t separate(char *out, size_t len)
{
	while (len && (is_blank(out[len - 1]) || out[len - 1] == ','))
		len--;
	if (len && out[len - 1] != ';')
		out[len++] = ';';
	if (len)
		out[len++] = ' ';
	return len;
}

struct slice mend_tags(struct slice text, const char *const *tag, size_t tags, struct arena *arena)
{
	/* Each "; " takes the place of a blank or comma at least, and adds one byte. */
	char *out = arena_calloc(arena, text.len + 1, 2);
	size_t len = 0;

	for (size_t i = 0; i < text.len; i++) {
		const char c = text.at[i];

		if (c == '"' || c == '\\' || (c >= 0 && c < ' ' && c != '\t'))
			continue;
		if (len && (is_blank(out[len - 1]) || out[len - 1] == ',') &&
		    begins_tag(slice_from(text, i), tag, tags))
			len = separate(out, len);
		out[len++] = c;
	}
	return tags_trim(slice_of(out, len));
}
