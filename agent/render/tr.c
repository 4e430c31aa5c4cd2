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

/* U+3000 to U+9FFF and U+F000 to U+FFFF, in UTF-8. */
static bool is_wide(const char *at)
{
	const unsigned char lead = (unsigned char)*at;

	return (lead >= 0xe3 && lead <= 0xe9) || lead == 0xef;
}

bool tr_is_needless_blank(const struct str *out, size_t begin, const char *blank,
			  const char *behind)
{
	return *blank == ' ' && is_wide(behind) && out->len >= begin + 3 &&
	       is_wide(out->text + out->len - 3);
}

struct filler {
	struct str *out;
	size_t begin; /* of this sentence */
	const char *language;
	const char *const *filling;
	size_t count;
};

static const char *filling_of(const struct filler *filler, const struct tr_place *place)
{
	if (place->which >= filler->count)
		return "";
	return place->is_told ? tr(filler->language, filler->filling[place->which])
			      : filler->filling[place->which];
}

/* `next`: of the place behind the blank, if there is one. */
static bool is_needless(const struct filler *filler, const char *blank, size_t next,
			bool is_behind_place)
{
	const struct tr_place place = tr_place(blank + 1, next);
	const char *const behind = place.len ? filling_of(filler, &place) : blank + 1;

	return is_behind_place != (place.len > 0) &&
	       tr_is_needless_blank(filler->out, filler->begin, blank, behind);
}

static void fill(struct str *out, const char *language, const char *sentence,
		 const char *const *filling, size_t count)
{
	const struct filler filler = {out, out->len, language, filling, count};
	bool is_behind_place = false;
	size_t next = 0;

	while (*sentence) {
		const struct tr_place place = tr_place(sentence, next);

		if (place.len) {
			str_add(out, filling_of(&filler, &place));
			next = place.which + 1;
			sentence += place.len;
		} else {
			sentence += sentence[0] == '%' && sentence[1] == '%';
			if (!is_needless(&filler, sentence, next, is_behind_place))
				str_add_char(out, *sentence);
			sentence++;
		}
		is_behind_place = place.len > 0;
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
