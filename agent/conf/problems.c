#include "conf/problems.h"

#include "base/mem.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct problem {
	struct where where;
	size_t index; /* in the order they were found */
	const char *text;
};

void problems_release(struct problems *problems)
{
	free(problems->item);
	problems->item = NULL;
	problems->count = 0;
}

void *array_grow(void *items, size_t count, size_t item_bytes)
{
	const size_t first = 8;

	if (count == 0)
		return xrealloc(items, first, item_bytes);
	if (count >= first && (count & (count - 1)) == 0)
		return xrealloc(items, count * 2, item_bytes);
	return items;
}

void problems_add(struct problems *problems, struct where where, const char *format, ...)
{
	char text[1024];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	/* One problem a line, whatever it quotes. */
	for (char *at = strchr(text, '\n'); at; at = strchr(at, '\n'))
		*at = ' ';
	problems->item = array_grow(problems->item, problems->count, sizeof(*problems->item));
	problems->item[problems->count] =
	    (struct problem){where, problems->count, arena_strdup(problems->arena, text)};
	problems->count++;
}

static int compare_places(const void *left, const void *right)
{
	const struct problem *a = left;
	const struct problem *b = right;

	if (a->where.order != b->where.order)
		return a->where.order < b->where.order ? -1 : 1;
	if (a->where.line != b->where.line)
		return a->where.line < b->where.line ? -1 : 1;
	return a->index < b->index ? -1 : a->index > b->index;
}

void problems_sort(struct problems *problems)
{
	if (problems->count)
		qsort(problems->item, problems->count, sizeof(*problems->item), compare_places);
}

const char *problems_line(const struct problems *problems, size_t index, struct arena *arena)
{
	const struct problem *problem = &problems->item[index];

	if (problem->where.line == 0)
		return arena_printf(arena, "%s: %s", problem->where.file, problem->text);
	return arena_printf(arena, "%s:%u: %s", problem->where.file, problem->where.line,
			    problem->text);
}

const char *quote(struct arena *arena, const char *text)
{
	const size_t len = strlen(text);
	size_t cut = len <= QUOTE_MAX_BYTES ? len : QUOTE_MAX_BYTES;

	/* Not in the middle of a character. */
	while (cut < len && cut > 0 && ((unsigned char)text[cut] & 0xc0) == 0x80)
		cut--;
	return arena_printf(arena, "'%.*s%s'", (int)cut, text, cut < len ? "..." : "");
}
