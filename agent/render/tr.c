#include "render/tr.h"

#include "base/mem.h"
#include "render/tr_table.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

enum { PLACES_MAX = 9 };

static const struct {
	const char *language;
	const struct tr_row *row;
	const size_t *rows;
} catalogue[] = {{"ja", tr_ja, &tr_ja_rows}};

static int compare_row(const void *english, const void *row)
{
	return strcmp(english, ((const struct tr_row *)row)->english);
}

const char *tr(const char *language, const char *english)
{
	for (size_t i = 0; i < COUNT_OF(catalogue); i++) {
		const struct tr_row *row;

		if (strcmp(catalogue[i].language, language) != 0)
			continue;
		row = bsearch(english, catalogue[i].row, *catalogue[i].rows, sizeof(*row),
			      compare_row);
		return row ? row->translated : english;
	}
	return english;
}

/* The place that begins here: how long it is, 0 for none, and which filling it takes. A place
 * without a number takes the one behind the last. */
static size_t read_place(const char *at, size_t next, size_t *which)
{
	if (at[0] != '%')
		return 0;
	*which = next;
	if (at[1] == 's')
		return 2;
	if (at[1] < '1' || at[1] > '9' || at[2] != '$' || at[3] != 's')
		return 0;
	*which = (size_t)(at[1] - '1');
	return 4;
}

static size_t count_places(const char *sentence)
{
	size_t count = 0;
	size_t which;

	for (; *sentence; sentence++) {
		if (sentence[0] == '%' && sentence[1] == '%')
			sentence++;
		else if (read_place(sentence, count, &which) && which >= count)
			count = which + 1;
	}
	return count < PLACES_MAX ? count : PLACES_MAX;
}

static void fill(struct str *out, const char *sentence, const char *const *filling, size_t count)
{
	size_t next = 0;

	while (*sentence) {
		size_t which = 0;
		const size_t len = read_place(sentence, next, &which);

		if (!len) {
			sentence += sentence[0] == '%' && sentence[1] == '%';
			str_add_char(out, *sentence++);
			continue;
		}
		if (which < count)
			str_add(out, filling[which]);
		next = which + 1;
		sentence += len;
	}
}

void tr_fill(struct str *out, const char *language, const char *english, const char *const *filling)
{
	fill(out, tr(language, english), filling, count_places(english));
}

void tr_add_list(struct str *out, const char *language, const char *english, va_list arguments)
{
	const char *filling[PLACES_MAX] = {NULL};
	const size_t count = count_places(english);

	for (size_t i = 0; i < count; i++)
		filling[i] = va_arg(arguments, const char *);
	tr_fill(out, language, english, filling);
}

void tr_add(struct str *out, const char *language, const char *english, ...)
{
	va_list arguments;

	va_start(arguments, english);
	tr_add_list(out, language, english, arguments);
	va_end(arguments);
}
