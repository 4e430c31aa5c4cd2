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

struct tr_table tr_table(const char *language)
{
	for (size_t i = 0; i < COUNT_OF(catalogue); i++)
		if (strcmp(catalogue[i].language, language) == 0)
			return (struct tr_table){catalogue[i].row, *catalogue[i].rows};
	return (struct tr_table){NULL, 0};
}

static int compare_row(const void *english, const void *row)
{
	return strcmp(english, ((const struct tr_row *)row)->english);
}

const char *tr(const char *language, const char *english)
{
	const struct tr_table table = tr_table(language);
	const struct tr_row *row = NULL;

	if (table.rows)
		row = bsearch(english, table.row, table.rows, sizeof(*row), compare_row);
	return row ? row->translated : english;
}

static bool is_letter(char c)
{
	return c == 's' || c == 't' || c == 'w';
}

struct tr_place tr_place(const char *at, size_t next)
{
	if (at[0] != '%')
		return (struct tr_place){.len = 0};
	if (is_letter(at[1]))
		return (struct tr_place){2, next, at[1] == 't', at[1] == 'w'};
	if (at[1] < '1' || at[1] > '9' || at[2] != '$' || !is_letter(at[3]))
		return (struct tr_place){.len = 0};
	return (struct tr_place){4, (size_t)(at[1] - '1'), at[3] == 't', at[3] == 'w'};
}

static size_t count_places(const char *sentence)
{
	size_t count = 0;

	for (; *sentence; sentence++) {
		const struct tr_place place = tr_place(sentence, count);

		if (sentence[0] == '%' && sentence[1] == '%')
			sentence++;
		else if (place.len && place.which >= count)
			count = place.which + 1;
	}
	return count < PLACES_MAX ? count : PLACES_MAX;
}

static void fill(struct str *out, const char *language, const char *sentence,
		 const char *const *filling, size_t count)
{
	size_t next = 0;

	while (*sentence) {
		const struct tr_place place = tr_place(sentence, next);

		if (!place.len) {
			sentence += sentence[0] == '%' && sentence[1] == '%';
			str_add_char(out, *sentence++);
			continue;
		}
		if (place.which < count)
			str_add(out, place.is_told ? tr(language, filling[place.which])
						   : filling[place.which]);
		next = place.which + 1;
		sentence += place.len;
	}
}

void tr_fill(struct str *out, const char *language, const char *english, const char *const *filling)
{
	fill(out, language, tr(language, english), filling, count_places(english));
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
