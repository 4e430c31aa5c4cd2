#include "auth/problems.h"

#include "base/str.h"
#include "model/observation.h"

#include <stdarg.h>
#include <stdio.h>

enum { SENTENCE_BYTES = 1024, TXT_STRING_MAX_BYTES = 255 };

struct problems problems_over(struct arena *arena)
{
	return (struct problems){.arena = arena};
}

/* Where one more goes: behind the others, or in the place of the last of the mildest where there is
 * no room. NULL: it is no worse than those. */
static struct auth_problem *place_for(struct problems *list, enum severity severity)
{
	struct auth_problem *mildest = &list->item[0];

	if (list->count < PROBLEMS_MAX)
		return &list->item[list->count++];
	for (size_t i = 1; i < list->count; i++)
		if (list->item[i].severity <= mildest->severity)
			mildest = &list->item[i];
	return mildest->severity < severity ? mildest : NULL;
}

void problems_note(struct problems *list, enum severity severity, const char *fix,
		   const char *format, ...)
{
	struct auth_problem *const place = place_for(list, severity);
	char text[SENTENCE_BYTES];
	va_list args;

	if (!place)
		return;
	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	*place = (struct auth_problem){
	    .severity = severity, .text = arena_strdup(list->arena, text), .fix = fix ? fix : ""};
}

struct auth_problems problems_sorted(const struct problems *list)
{
	struct auth_problem *out = arena_calloc(list->arena, list->count, sizeof(*out));
	size_t count = 0;

	for (int severity = SEVERITY_CRITICAL; severity >= SEVERITY_INFO; severity--)
		for (size_t i = 0; i < list->count; i++)
			if ((int)list->item[i].severity == severity)
				out[count++] = list->item[i];
	return (struct auth_problems){.problem = out, .count = count};
}

enum auth_state problems_state(const struct problems *list)
{
	static const enum auth_state state[] = {
	    [SEVERITY_INFO] = AUTH_OK,
	    [SEVERITY_MINOR] = AUTH_WEAK,
	    [SEVERITY_MAJOR] = AUTH_BROKEN,
	    [SEVERITY_CRITICAL] = AUTH_BROKEN,
	};
	enum severity worst = SEVERITY_INFO;

	for (size_t i = 0; i < list->count; i++)
		if (list->item[i].severity > worst)
			worst = list->item[i].severity;
	return state[worst];
}

const char *problems_record(struct slice record, struct arena *arena)
{
	const size_t len =
	    record.len < FOREIGN_TEXT_MAX_BYTES ? record.len : FOREIGN_TEXT_MAX_BYTES;
	char *copy = arena_strndup(arena, len ? record.at : "", len);

	for (size_t i = 0; i < len; i++)
		if (!copy[i])
			copy[i] = '?';
	return copy;
}

/* RFC 1035 section 5.1: what a zone file cannot have as it is. */
static void add_quoted(struct str *out, char c)
{
	const unsigned char byte = (unsigned char)c;

	if (byte < ' ' || byte > '~')
		str_addf(out, "\\%03u", byte);
	else if (c == '"' || c == '\\')
		str_addf(out, "\\%c", c);
	else
		str_add_char(out, c);
}

const char *problems_txt(const char *name, struct slice text, struct arena *arena)
{
	struct str out = {0};
	const char *line;

	str_addf(&out, "%s. IN TXT \"", name);
	for (size_t i = 0; i < text.len; i++) {
		if (i && i % TXT_STRING_MAX_BYTES == 0)
			str_add(&out, "\" \"");
		add_quoted(&out, text.at[i]);
	}
	str_add_char(&out, '"');
	line = arena_strdup(arena, str_text(&out));
	str_release(&out);
	return line;
}
