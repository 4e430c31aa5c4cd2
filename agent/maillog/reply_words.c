#include "maillog/reply_words.h"

#include <stdbool.h>
#include <string.h>

/* Only what is certain counts: letters outside of groups and classes that nothing makes optional.
 * Whatever is not understood makes the whole pattern silent. */

enum { WORD_MIN_BYTES = 3 };

struct scan {
	const char *at;
	struct reply_word run, best; /* of this alternative */
	bool is_lost;
};

static void end_run(struct scan *scan)
{
	if (scan->run.len > scan->best.len)
		scan->best = scan->run;
	scan->run.len = 0;
}

static void add_letter(struct scan *scan, char c)
{
	if (scan->run.len == REPLY_WORD_BYTES)
		end_run(scan);
	scan->run.text[scan->run.len++] = (char)(c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : c);
}

/* The last letter may be missing. */
static void drop_letter(struct scan *scan)
{
	if (scan->run.len)
		scan->run.len--;
	end_run(scan);
}

/* From '[' to behind its ']'. */
static void skip_class(struct scan *scan)
{
	const char *at = scan->at + 1;

	at += *at == '^';
	at += *at == ']';
	for (; *at && *at != ']'; at++)
		if (*at == '\\' && at[1])
			at++;
		else if (at[0] == '[' && at[1] == ':' && strchr(at + 2, ']'))
			at = strchr(at + 2, ']');
	scan->at = at + (*at == ']');
}

/* Options and verbs change the meaning of what follows. */
static bool is_plain_group(const char *at)
{
	if (at[1] == '*')
		return false;
	return at[1] != '?' || (at[2] && strchr(":=!>", at[2])) ||
	       (at[2] == '<' && at[3] && strchr("=!", at[3]));
}

/* From '(' to behind its ')'. */
static void skip_group(struct scan *scan)
{
	int depth = 0;

	do {
		switch (*scan->at) {
		case '\0':
			scan->is_lost = true;
			return;
		case '\\':
			scan->at += scan->at[1] ? 2 : 1;
			continue;
		case '[':
			skip_class(scan);
			continue;
		case '(':
			if (!is_plain_group(scan->at))
				scan->is_lost = true;
			depth++;
			break;
		case ')':
			depth--;
			break;
		}
		scan->at++;
	} while (depth > 0);
}

static void scan_escape(struct scan *scan)
{
	const char c = scan->at[1];

	scan->at += c ? 2 : 1;
	if (c && strchr("bBdDsSwWAzZGhHvV", c))
		end_run(scan);
	else if (c == '\0' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') ||
		 (c >= 'A' && c <= 'Z'))
		scan->is_lost = true;
	else
		add_letter(scan, c);
}

static bool is_counted(const char *at)
{
	const size_t digits = strspn(at + 1, "0123456789,");

	return digits > 0 && at[1 + digits] == '}';
}

/* One step of an alternative; false at its end. */
static bool scan_step(struct scan *scan)
{
	switch (*scan->at) {
	case '\0':
	case '|':
		return false;
	case '\\':
		scan_escape(scan);
		return true;
	case '[':
		end_run(scan);
		skip_class(scan);
		return true;
	case '(':
		end_run(scan);
		skip_group(scan);
		return true;
	case '?':
	case '*':
		drop_letter(scan);
		break;
	case '{':
		if (!is_counted(scan->at)) {
			add_letter(scan, '{');
			break;
		}
		drop_letter(scan);
		scan->at = strchr(scan->at, '}');
		break;
	case '.':
	case '^':
	case '$':
	case '+':
		end_run(scan);
		break;
	default:
		add_letter(scan, *scan->at);
	}
	scan->at++;
	return true;
}

size_t reply_words(const char *pattern, struct reply_word *word, size_t max)
{
	struct scan scan = {.at = pattern};
	size_t words = 0;

	for (;; scan.at++) {
		scan.run.len = scan.best.len = 0;
		while (!scan.is_lost && scan_step(&scan))
			continue;
		end_run(&scan);
		if (scan.is_lost || scan.best.len < WORD_MIN_BYTES || words == max)
			return 0;
		word[words++] = scan.best;
		if (!*scan.at)
			return words;
	}
}
