#include "auth/spf_text.h"

#include "auth/problems.h"
#include "auth/spf_record.h"
#include "auth/spf_tree.h"
#include "base/mem.h"
#include "base/str.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

enum { MENDS_MAX = 32, NOTE_BYTES = 512 };

static const char version[] = "v=spf1";

void spf_text_note(struct str *why, const char *format, ...)
{
	char text[NOTE_BYTES];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	str_addf(why, "%s%s", why->len ? "; " : "", text);
}

static struct slice kept(struct str *text, struct arena *arena)
{
	const struct slice out =
	    slice_of(arena_strndup(arena, str_text(text), text->len), text->len);

	str_release(text);
	return out;
}

struct slice spf_text_replace(struct slice text, struct slice old, const char *fresh,
			      struct arena *arena)
{
	size_t at = (size_t)(old.at - text.at);
	const size_t end = at + old.len;
	struct str out = {0};

	while (!*fresh && at > 0 && text.at[at - 1] == ' ')
		at--;
	str_add_bytes(&out, text.at, at);
	str_add(&out, fresh);
	str_add_bytes(&out, text.at + end, text.len - end);
	return kept(&out, arena);
}

/* Where terms go that are to be tried before the record's last word. */
static size_t end_of_terms(struct slice text, struct arena *arena)
{
	const struct spf_term *all;
	struct spf_record record;
	struct spf_syntax wrong;

	if (!spf_record_parse(text, arena, &record, &wrong))
		bug("terms are put into a record that is not valid");
	all = spf_record_all(&record);
	if (all)
		return (size_t)(all->text.at - text.at);
	if (record.redirect.text.at)
		return (size_t)(record.redirect.text.at - text.at);
	return text.len;
}

struct slice spf_text_insert(struct slice text, const char *terms, bool is_first,
			     struct arena *arena)
{
	size_t at = is_first ? sizeof(version) - 1 : end_of_terms(text, arena);
	struct str out = {0};

	while (at > 0 && text.at[at - 1] == ' ')
		at--;
	str_add_bytes(&out, text.at, at);
	str_addf(&out, " %s", terms);
	str_add_bytes(&out, text.at + at, text.len - at);
	return kept(&out, arena);
}

/* --- mending --- */

static bool is_valid_term(const char *term, struct arena *arena)
{
	const char *const text = arena_printf(arena, "%s %s", version, term);
	struct spf_record record;
	struct spf_syntax wrong;

	return spf_record_parse(slice_text(text), arena, &record, &wrong);
}

static const char *network_term(const char *sign, const char *network, struct arena *arena)
{
	const char *const v4 = arena_printf(arena, "%sip4:%s", sign, network);
	const char *const v6 = arena_printf(arena, "%sip6:%s", sign, network);

	if (is_valid_term(v4, arena))
		return v4;
	return is_valid_term(v6, arena) ? v6 : NULL;
}

/* The address or network in the term, however it is introduced, as the term that means it. */
static const char *as_network(struct slice term, struct arena *arena)
{
	const char *text = arena_strndup(arena, term.at, term.len);
	const char *const colon = strchr(text, ':');
	char sign[2] = "";
	const char *found;

	if (*text && strchr("+-~?", *text))
		sign[0] = *text++;
	found = network_term(sign, text, arena);
	return found || !colon ? found : network_term(sign, colon + 1, arena);
}

/* A word with other marks around it than SPF has: "~all;", "redirect:x", "“-all”". */
static const char *as_word(struct slice term, struct arena *arena)
{
	static const char redirect[] = "redirect:";
	char *text;

	while (term.len && strchr(".,;:\"'", term.at[term.len - 1]))
		term.len--;
	while (term.len && strchr(",;:\"'", term.at[0]))
		term = slice_from(term, 1);
	text = arena_strndup(arena, term.at, term.len);
	if (strncasecmp(text, redirect, sizeof(redirect) - 1) == 0)
		text[sizeof(redirect) - 2] = '=';
	return term.len && is_valid_term(text, arena) ? text : NULL;
}

/* "include: _spf.example.jp": the term and the next one are one. */
static struct slice with_next(struct slice text, struct slice term)
{
	const char *const end = text.at + text.len;
	const char *next = term.at + term.len;

	if (!term.len || term.at[term.len - 1] != ':')
		return term;
	while (next < end && *next == ' ')
		next++;
	while (next < end && *next != ' ')
		next++;
	return slice_of(term.at, (size_t)(next - term.at));
}

static const char *without_blanks(struct slice text, struct arena *arena)
{
	char *const out = arena_strndup(arena, text.at, text.len);
	size_t len = 0;

	for (size_t i = 0; i < text.len; i++)
		if (text.at[i] != ' ')
			out[len++] = text.at[i];
	out[len] = '\0';
	return is_valid_term(out, arena) ? out : NULL;
}

static struct slice mend_term(struct slice text, struct slice term, struct arena *arena,
			      struct str *why)
{
	const struct slice both = with_next(text, term);
	const char *meant = both.len > term.len ? without_blanks(both, arena) : NULL;

	if (meant)
		term = both;
	if (!meant)
		meant = as_network(term, arena);
	if (!meant)
		meant = as_word(term, arena);
	/* A second redirect is right by itself. */
	if (meant && slice_is(term, meant))
		meant = NULL;
	if (meant)
		spf_text_note(why, "'%.*s' is not valid and becomes '%s'", QUOTED(term), meant);
	else
		spf_text_note(why, "'%.*s' is not valid and is left out", QUOTED(term));
	return spf_text_replace(text, term, meant ? meant : "", arena);
}

bool spf_text_mend(struct slice *text, struct arena *arena, struct str *why)
{
	for (size_t i = 0; i < MENDS_MAX; i++) {
		struct spf_record record;
		struct spf_syntax wrong;

		if (spf_record_parse(*text, arena, &record, &wrong))
			return true;
		*text = mend_term(*text, wrong.term, arena, why);
	}
	return false;
}

/* --- merging --- */

enum { MERGED_TERMS_MAX = 128 };

struct merge {
	struct slice term[MERGED_TERMS_MAX];
	size_t terms;
	struct slice last; /* the mildest "all" */
	bool has_redirect, has_explanation;
};

/* Milder is larger. +all is worse than none. */
static int mildness(struct slice all)
{
	static const char sign[] = "-~?";
	const char *found = all.len == 4 ? strchr(sign, all.at[0]) : NULL;

	return found && *found ? (int)(found - sign) : 0;
}

static bool is_all(struct slice term)
{
	if (term.len == 4 && strchr("+-~?", term.at[0]))
		term = slice_from(term, 1);
	return term.len == 3 && strncasecmp(term.at, "all", 3) == 0;
}

static bool begins(struct slice term, const char *word)
{
	return term.len >= strlen(word) && strncasecmp(term.at, word, strlen(word)) == 0;
}

static void merge_term(struct merge *merge, struct slice term)
{
	if (is_all(term)) {
		if (!merge->last.at || mildness(term) > mildness(merge->last))
			merge->last = term;
		return;
	}
	if ((begins(term, "redirect=") && merge->has_redirect) ||
	    (begins(term, "exp=") && merge->has_explanation) || merge->terms == MERGED_TERMS_MAX)
		return;
	merge->has_redirect = merge->has_redirect || begins(term, "redirect=");
	merge->has_explanation = merge->has_explanation || begins(term, "exp=");
	for (size_t i = 0; i < merge->terms; i++)
		if (merge->term[i].len == term.len &&
		    strncasecmp(merge->term[i].at, term.at, term.len) == 0)
			return;
	merge->term[merge->terms++] = term;
}

static void merge_record(struct merge *merge, struct slice txt)
{
	size_t at = sizeof(version) - 1;

	while (at < txt.len) {
		size_t end = at;

		while (end < txt.len && txt.at[end] != ' ')
			end++;
		if (end > at)
			merge_term(merge, slice_of(txt.at + at, end - at));
		at = end + 1;
	}
}

struct slice spf_text_merge(const struct dns_answer *answer, struct arena *arena)
{
	struct merge *const merge = arena_calloc(arena, 1, sizeof(*merge));
	struct str out = {0};

	for (size_t i = 0; i < answer->records; i++) {
		const struct slice txt = slice_of(answer->record[i].data, answer->record[i].len);

		if (spf_record_is(txt))
			merge_record(merge, txt);
	}
	str_add(&out, version);
	for (size_t i = 0; i < merge->terms; i++)
		/* A redirect beside "all" would mean nothing. */
		if (!merge->last.at || !begins(merge->term[i], "redirect=")) {
			str_add_char(&out, ' ');
			str_add_bytes(&out, merge->term[i].at, merge->term[i].len);
		}
	if (merge->last.at) {
		str_add_char(&out, ' ');
		str_add_bytes(&out, merge->last.at, merge->last.len);
	}
	return kept(&out, arena);
}

/* --- addresses --- */

static int compare_prefixes(const void *a, const void *b)
{
	const struct prefix *const left = a;
	const struct prefix *const right = b;
	const int order = ip_compare(&left->ip, &right->ip);

	return order ? order : (int)left->bits - (int)right->bits;
}

/* The two halves of one block, or the same twice. */
static bool join(struct prefix *into, const struct prefix *next)
{
	struct prefix both = *into;

	if (prefix_has(into, &next->ip) && next->bits >= into->bits)
		return true;
	if (into->bits != next->bits || into->bits == 0)
		return false;
	both.bits--;
	if (!prefix_has(&both, &next->ip) || into->ip.byte[both.bits / 8] & 0x80 >> both.bits % 8)
		return false;
	*into = both;
	return true;
}

/* Sorted, so that halves stand side by side; a block that was joined may join again. */
static size_t join_all(struct prefix *block, size_t count)
{
	size_t used = 0;

	for (size_t i = 0; i < count; i++) {
		block[used++] = block[i];
		while (used > 1 && join(&block[used - 2], &block[used - 1]))
			used--;
	}
	return used;
}

const char *spf_text_addresses(const struct ip *ip, size_t count, struct arena *arena)
{
	struct prefix *const block = arena_calloc(arena, count + 1, sizeof(*block));
	struct str out = {0};

	for (size_t i = 0; i < count; i++)
		block[i] = (struct prefix){ip[i], ip[i].family == 4 ? 32 : 128};
	qsort(block, count, sizeof(*block), compare_prefixes);
	count = join_all(block, count);
	for (size_t i = 0; i < count; i++) {
		const bool is_v4 = block[i].ip.family == 4;
		char text[IP_TEXT_BYTES];

		str_addf(&out, "%s%s:%s", i ? " " : "", is_v4 ? "ip4" : "ip6",
			 ip_text(&block[i].ip, text));
		if (block[i].bits < (is_v4 ? 32 : 128))
			str_addf(&out, "/%u", block[i].bits);
	}
	return kept(&out, arena).at;
}
