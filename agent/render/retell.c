#include "render/retell.h"

#include "base/mem.h"
#include "base/slice.h"
#include "base/tr_mark.h"
#include "render/tr.h"
#include "render/tr_table.h"

#include <string.h>

enum {
	PLACES_MAX = 9,
	LITERAL_MAX_BYTES = 400,
	DEPTH_MAX = 7, /* sentences within sentences */
	TOLD_MAX = 100 /* parts of one text: a stranger's words within may look like many of ours */
};

/* --- an English sentence, read as a pattern --- */

/* What stands between two places. */
struct literal {
	char byte[LITERAL_MAX_BYTES];
	size_t len;
};

/* Up to the next place or the end. */
static const char *read_literal(const char *sentence, struct literal *out)
{
	out->len = 0;
	while (*sentence && (sentence[0] != '%' || sentence[1] == '%')) {
		if (out->len == LITERAL_MAX_BYTES)
			bug("'%.40s' goes on for too long", sentence);
		sentence += sentence[0] == '%';
		out->byte[out->len++] = *sentence++;
	}
	return sentence;
}

/* A place as printf() has it: %s, %.*s, %zu, %02x. Says whether only digits can stand there. */
static const char *read_conversion(const char *at, bool *is_number)
{
	at += 1 + strspn(at + 1, "0123456789.*zl");
	*is_number = strchr("ud", *at) != NULL;
	return at + 1;
}

/* Where the literal begins in the text, or SIZE_MAX. One that ends the sentence ends the text. */
static size_t find_literal(struct slice text, const struct literal *literal, bool is_last)
{
	const char *at;

	if (literal->len > text.len)
		return SIZE_MAX;
	if (!is_last) {
		at =
		    literal->len ? memmem(text.at, text.len, literal->byte, literal->len) : text.at;
		return at ? (size_t)(at - text.at) : SIZE_MAX;
	}
	if (!literal->len)
		return text.len;
	at = text.at + text.len - literal->len;
	return memcmp(at, literal->byte, literal->len) == 0 ? (size_t)(at - text.at) : SIZE_MAX;
}

static bool is_all_digits(struct slice part)
{
	for (size_t i = 0; i < part.len; i++)
		if (part.at[i] < '0' || part.at[i] > '9')
			return false;
	return part.len > 0;
}

/* How one text could have been made of a sentence. */
struct reading {
	struct slice part[PLACES_MAX];
	bool is_quotation[PLACES_MAX]; /* behind a colon: may hold anything */
	size_t parts;
	size_t literal_bytes;
};

static bool read_text(const char *sentence, struct slice text, struct reading *out)
{
	struct literal literal;

	sentence = read_literal(sentence, &literal);
	if (literal.len > text.len || (literal.len && memcmp(text.at, literal.byte, literal.len)))
		return false;
	out->parts = 0;
	out->literal_bytes = 0;
	for (;;) {
		bool is_number, is_quotation;
		size_t end;

		out->literal_bytes += literal.len;
		text = slice_from(text, literal.len);
		if (!*sentence)
			return text.len == 0;
		is_quotation =
		    literal.len > 2 && memcmp(literal.byte + literal.len - 2, ": ", 2) == 0;
		if (out->parts == PLACES_MAX)
			bug("'%s' has too many places", sentence);
		sentence = read_literal(read_conversion(sentence, &is_number), &literal);
		end = find_literal(text, &literal, !*sentence);
		if (end == SIZE_MAX)
			return false;
		out->part[out->parts] = slice_of(text.at, end);
		if (is_number && !is_all_digits(out->part[out->parts]))
			return false;
		out->is_quotation[out->parts++] = is_quotation;
		text = slice_from(text, end);
	}
}

/* --- saying it --- */

/* What became of a part of the text: many sentences ask for the same parts. */
struct told {
	struct slice part;
	size_t ours;
	struct str said;
};

struct teller {
	const char *language;
	struct tr_table table;
	unsigned depth;
	struct told told[TOLD_MAX];
	size_t tolds;
};

/* How many bytes of the text are of sentences of ours; 0: it was not made of them. */
static size_t tell(struct teller *teller, struct str *out, struct slice text);

/* A name or a number does not go on into another sentence. */
static bool is_one_thing(struct slice part)
{
	return !memmem(part.at, part.len, ": ", 2) && !memmem(part.at, part.len, "; ", 2);
}

/* What of ours may stand where else a name does. */
static bool tell_stand_in(const struct teller *teller, struct str *out, struct slice part)
{
	static const char *const word[] = {TR_LATER("its address"), TR_LATER("the domain"),
					   TR_LATER("no policy")};

	for (size_t i = 0; i < COUNT_OF(word); i++)
		if (slice_is(part, word[i])) {
			str_add(out, tr(teller->language, word[i]));
			return true;
		}
	return false;
}

/* Whether what is shown as it is can be that; before the costly question what is told. */
static bool fits(const char *sentence, const struct reading *reading)
{
	size_t next = 0;

	for (; *sentence; sentence++) {
		const struct tr_place place = tr_place(sentence, next);

		if (!place.len)
			continue;
		next = place.which + 1;
		if (!place.is_told && place.which < reading->parts &&
		    !reading->is_quotation[place.which] &&
		    !is_one_thing(reading->part[place.which]))
			return false;
	}
	return true;
}

static size_t fill(struct teller *teller, struct str *out, const char *sentence,
		   const struct reading *reading)
{
	size_t ours = reading->literal_bytes;
	size_t next = 0;

	while (*sentence) {
		const struct tr_place place = tr_place(sentence, next);
		struct slice part;
		size_t more = 0;

		if (!place.len) {
			sentence += sentence[0] == '%' && sentence[1] == '%';
			str_add_char(out, *sentence++);
			continue;
		}
		next = place.which + 1;
		sentence += place.len;
		if (place.which >= reading->parts)
			continue;
		part = reading->part[place.which];
		if (place.is_told || place.is_word)
			more = part.len ? tell(teller, out, part) : 0;
		if (place.is_told && part.len && !more)
			return 0; /* half a translation is worse than none */
		if (!place.is_told && !more && !tell_stand_in(teller, out, part))
			str_add_bytes(out, part.at, part.len);
		ours += more;
		sentence += tr_is_needless_blank(out, 0, sentence, sentence + 1);
	}
	return ours;
}

static void find_pairs(struct slice text, uint64_t pair[4])
{
	memset(pair, 0, 4 * sizeof(*pair));
	for (size_t i = 1; i < text.len; i++) {
		const uint8_t bit =
		    tr_pair((unsigned char)text.at[i - 1], (unsigned char)text.at[i]);

		pair[bit / 64] |= UINT64_C(1) << bit % 64;
	}
}

static bool has_pairs(const uint64_t pair[4], const struct tr_row *row)
{
	return !((row->pair[0] & ~pair[0]) | (row->pair[1] & ~pair[1]) | (row->pair[2] & ~pair[2]) |
		 (row->pair[3] & ~pair[3]));
}

/* The sentence that explains most of the part. */
static void find_best(struct teller *teller, struct told *best)
{
	size_t itself = 0;
	uint64_t pair[4];

	find_pairs(best->part, pair);
	for (size_t i = 0; i < teller->table.rows; i++) {
		const struct tr_row *const row = &teller->table.row[i];
		struct reading reading;
		struct str said = {0};
		size_t ours;

		if (!row->is_said || !has_pairs(pair, row) ||
		    !read_text(row->english, best->part, &reading) || !reading.literal_bytes ||
		    !fits(row->translated, &reading))
			continue;
		ours = fill(teller, &said, row->translated, &reading);
		/* Of two that explain as much, the one that does so itself. */
		if (ours > best->ours ||
		    (ours && ours == best->ours && reading.literal_bytes > itself)) {
			best->ours = ours;
			itself = reading.literal_bytes;
			str_clear(&best->said);
			str_add(&best->said, str_text(&said));
		}
		str_release(&said);
	}
}

static size_t tell(struct teller *teller, struct str *out, struct slice text)
{
	struct told *told = teller->told;

	while (told < teller->told + teller->tolds &&
	       (told->part.at != text.at || told->part.len != text.len))
		told++;
	if (told == teller->told + teller->tolds) {
		if (teller->depth == DEPTH_MAX || teller->tolds == TOLD_MAX || !text.len)
			return 0;
		teller->tolds++;
		*told = (struct told){.part = text};
		teller->depth++;
		find_best(teller, told);
		teller->depth--;
	}
	str_add(out, str_text(&told->said));
	return told->ours;
}

bool retell_fits(struct str *out, const char *language, const char *text)
{
	struct teller teller;
	bool fits;

	teller.language = language;
	teller.table = tr_table(language);
	teller.depth = 0;
	teller.tolds = 0;
	fits = teller.table.rows && tell(&teller, out, slice_text(text)) > 0;
	for (size_t i = 0; i < teller.tolds; i++)
		str_release(&teller.told[i].said);
	return fits;
}

void retell(struct str *out, const char *language, const char *text)
{
	if (!retell_fits(out, language, text))
		str_add(out, text);
}
