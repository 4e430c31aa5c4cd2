/* What is unwise in a valid record: what it lets pass, what never applies, what costs too much. */
#include "auth/spf_lint.h"

#include "auth/spf_macro.h"
#include "auth/spf_tree.h"
#include "base/mem.h"

#include <strings.h>

enum {
	STRING_MAX_BYTES = 255, /* RFC 1035 section 3.3: a record is split into such strings */
	ANSWER_GOOD_BYTES = 450, /* RFC 7208 section 3.4: with its question, within 512 bytes */
	WIDE_BITS4 = 8,
	WIDE_BITS6 = 16,
};

static void look_at_all(const struct spf_record *record, struct problems *problems)
{
	const struct spf_term *const all = spf_record_all(record);

	if (!all) {
		if (!record->redirect.text.at)
			problems_note(problems, SEVERITY_MINOR, NULL,
				      "the record ends without all: mail from anywhere else is "
				      "neutral, end it with ~all");
		return;
	}
	if (all->qualifier == SPF_PASS)
		problems_note(problems, SEVERITY_MAJOR, NULL,
			      "'%.*s' lets the whole Internet send as the domain",
			      QUOTED(all->text));
	else if (all->qualifier == SPF_NEUTRAL)
		problems_note(problems, SEVERITY_MINOR, NULL,
			      "'%.*s' says nothing about mail from anywhere else, ~all does",
			      QUOTED(all->text));
	if (all != &record->term[record->terms - 1])
		problems_note(problems, SEVERITY_MINOR, NULL,
			      "what stands behind '%.*s' is never reached", QUOTED(all->text));
	if (record->redirect.text.at)
		problems_note(problems, SEVERITY_MINOR, NULL, "'%.*s' means nothing beside '%.*s'",
			      QUOTED(record->redirect.text), QUOTED(all->text));
}

/* Networks whose addresses never reach a receiver: RFC 6890, and RFC 7208 section 5 for mapped
 * ones. */
static const char *const unseen[] = {
    "0.0.0.0/8",     "10.0.0.0/8",     "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16",
    "172.16.0.0/12", "192.168.0.0/16", "224.0.0.0/3",   "::/128",      "::1/128",
    "::ffff:0:0/96", "fc00::/7",       "fe80::/10",     "ff00::/8",
};

static bool is_unseen(const struct spf_term *term)
{
	const uint8_t bits = term->mechanism == SPF_IP4 ? term->bits4 : term->bits6;

	for (size_t i = 0; i < COUNT_OF(unseen); i++) {
		struct prefix prefix;

		if (!prefix_parse(unseen[i], &prefix))
			bug("'%s' is no network", unseen[i]);
		if (bits >= prefix.bits && prefix_has(&prefix, &term->ip))
			return true;
	}
	return false;
}

static void look_at_network(const struct spf_term *term, struct problems *problems)
{
	const bool is_v4 = term->mechanism == SPF_IP4;
	const uint8_t bits = is_v4 ? term->bits4 : term->bits6;

	if (is_unseen(term))
		problems_note(problems, SEVERITY_MINOR, NULL,
			      "'%.*s' can never match: receivers do not see such addresses",
			      QUOTED(term->text));
	else if (term->qualifier == SPF_PASS && bits <= (is_v4 ? WIDE_BITS4 : WIDE_BITS6))
		problems_note(problems, bits ? SEVERITY_MINOR : SEVERITY_MAJOR, NULL,
			      "'%.*s' lets a large part of the Internet send as the domain",
			      QUOTED(term->text));
}

static void look_at_term(const struct spf_term *term, struct problems *problems)
{
	switch (term->mechanism) {
	case SPF_IP4:
	case SPF_IP6:
		look_at_network(term, problems);
		break;
	case SPF_PTR:
		problems_note(problems, SEVERITY_MINOR, NULL,
			      "'%.*s' is slow, and receivers may leave it out (RFC 7208 section "
			      "5.5)",
			      QUOTED(term->text));
		break;
	case SPF_A:
	case SPF_MX:
		if (term->qualifier == SPF_PASS && term->bits4 <= WIDE_BITS4)
			problems_note(problems, SEVERITY_MINOR, NULL,
				      "'%.*s' lets a large part of the Internet send as the domain",
				      QUOTED(term->text));
		break;
	case SPF_ALL:
	case SPF_INCLUDE:
	case SPF_EXISTS:
	case SPF_MECHANISM_COUNT:
		break;
	}
	if (spf_macro_has_p(term->domain))
		problems_note(problems, SEVERITY_MINOR, NULL,
			      "'%.*s' uses %%{p}, which should not be published (RFC 7208 section "
			      "7.3)",
			      QUOTED(term->text));
}

static struct slice bare(const struct spf_term *term)
{
	return term->text.len && strchr("+-~?", term->text.at[0]) ? slice_from(term->text, 1)
								  : term->text;
}

/* Whether what the later term can match was matched by the earlier one already. */
static bool covers(const struct spf_term *earlier, const struct spf_term *later)
{
	const struct slice a = bare(earlier);
	const struct slice b = bare(later);

	if (earlier->mechanism != later->mechanism)
		return false;
	if (earlier->mechanism == SPF_IP4 && earlier->bits4 > later->bits4)
		return false;
	if (earlier->mechanism == SPF_IP6 && earlier->bits6 > later->bits6)
		return false;
	if (earlier->ip.family)
		return spf_term_has(earlier, &earlier->ip, &later->ip);
	return a.len == b.len && strncasecmp(a.at, b.at, a.len) == 0;
}

static void look_for_repeats(const struct spf_record *record, size_t at, struct problems *problems)
{
	for (size_t i = 0; i < at; i++) {
		if (!covers(&record->term[i], &record->term[at]))
			continue;
		problems_note(problems, SEVERITY_MINOR, NULL,
			      "'%.*s' adds nothing to '%.*s' before it",
			      QUOTED(record->term[at].text), QUOTED(record->term[i].text));
		return;
	}
}

/* "include=x" is a modifier that nobody knows, so it is valid and does nothing. */
static void look_at_modifier(struct slice word, struct problems *problems)
{
	for (int i = 0; i < SPF_MECHANISM_COUNT; i++) {
		const char *const name = spf_mechanism_name((enum spf_mechanism)i);
		const size_t len = strlen(name);

		if (word.len > len && word.at[len] == '=' && strncasecmp(word.at, name, len) == 0)
			problems_note(problems, SEVERITY_MAJOR, NULL,
				      "'%.*s' means nothing, '%s:' was probably meant",
				      QUOTED(word), name);
	}
}

static void look_at_words(struct slice txt, struct problems *problems)
{
	for (size_t at = 0; at < txt.len;) {
		size_t end = at;

		while (end < txt.len && txt.at[end] != ' ')
			end++;
		look_at_modifier(slice_of(txt.at + at, end - at), problems);
		at = end + 1;
	}
}

static void look_at_length(struct slice txt, struct problems *problems)
{
	if (txt.len > ANSWER_GOOD_BYTES)
		problems_note(problems, SEVERITY_MINOR, NULL,
			      "the record has %zu bytes: above about %d an answer may not fit into "
			      "one packet",
			      txt.len, ANSWER_GOOD_BYTES);
	else if (txt.len > STRING_MAX_BYTES)
		problems_note(problems, SEVERITY_INFO, NULL,
			      "the record has %zu bytes and must be published in strings of at "
			      "most %d",
			      txt.len, STRING_MAX_BYTES);
}

void spf_style(struct slice txt, const struct spf_record *record, struct problems *problems)
{
	/* More could not be told anyway; a record of 64 KB has 30,000 terms. */
	const size_t terms = record->terms < 4 * PROBLEMS_MAX ? record->terms : 4 * PROBLEMS_MAX;

	look_at_all(record, problems);
	look_at_words(txt, problems);
	for (size_t i = 0; i < terms; i++) {
		look_at_term(&record->term[i], problems);
		look_for_repeats(record, i, problems);
	}
	look_at_length(txt, problems);
}
