#include "base/nearest.h"

#include <string.h>

static char lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Optimal string alignment: Levenshtein with neighbours swapped as one edit. Three rows of the
 * matrix are enough; both words are at most NEAREST_MAX long. */
static size_t distance(const char *a, const char *b)
{
	const size_t a_len = strlen(a), b_len = strlen(b);
	size_t row[3][NEAREST_MAX + 1];

	for (size_t j = 0; j <= b_len; j++)
		row[0][j] = j;
	for (size_t i = 1; i <= a_len; i++) {
		size_t *now = row[i % 3];
		const size_t *above = row[(i - 1) % 3], *two_above = row[(i + 1) % 3];

		now[0] = i;
		for (size_t j = 1; j <= b_len; j++) {
			const char p = lower(a[i - 1]), q = lower(b[j - 1]);

			now[j] = least(above[j] + 1, now[j - 1] + 1);
			now[j] = least(now[j], above[j - 1] + (p != q));
			if (i > 1 && j > 1 && p == lower(b[j - 2]) && q == lower(a[i - 2]))
				now[j] = least(now[j], two_above[j - 2] + 1);
		}
	}
	return row[a_len % 3][b_len];
}

const char *nearest_of(const char *word, const char *const *candidate, size_t candidates)
{
	const size_t len = strlen(word);
	const size_t allowed = len < 3 ? 1 : least(3, 1 + len / 4);
	const char *best = NULL;
	size_t best_edits = allowed + 1;

	if (len == 0 || len > NEAREST_MAX)
		return NULL;
	for (size_t i = 0; i < candidates; i++) {
		const size_t edits =
		    strlen(candidate[i]) <= NEAREST_MAX ? distance(word, candidate[i]) : best_edits;

		/* A word of which every letter is replaced is another word. */
		if (edits < best_edits && edits < len) {
			best = candidate[i];
			best_edits = edits;
		}
	}
	return best;
}
