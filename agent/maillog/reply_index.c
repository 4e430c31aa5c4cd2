#include "maillog/reply_index.h"

#include "base/mem.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum { TRIGGERS_MAX = 256 }; /* of one rule; with more it counts as one that always may match */

struct reply_index {
	size_t end[GRAM_VALUES]; /* each gram's rules are those from the end of the one before on */
	size_t *rule;
	uint64_t *always; /* rules that need no letters, as a set */
	uint64_t *candidate; /* the set for the text looked at */
	size_t words; /* of each set */
};

static void set_bit(uint64_t *set, size_t bit)
{
	set[bit / 64] |= UINT64_C(1) << bit % 64;
}

/* Counts the rules of each gram, or, with `fill`, writes them down. */
static void add_triggers(struct reply_index *index, const struct matcher *matcher, size_t rule,
			 bool fill)
{
	uint16_t gram[TRIGGERS_MAX];
	const size_t grams = matcher_triggers(matcher, gram, TRIGGERS_MAX);

	if (grams == 0)
		set_bit(index->always, rule);
	for (size_t i = 0; i < grams; i++)
		if (fill)
			index->rule[index->end[gram[i]]++] = rule;
		else
			index->end[gram[i]]++;
}

struct reply_index *reply_index_new(struct matcher *const *matcher, size_t matchers)
{
	struct reply_index *index = xcalloc(1, sizeof(*index));
	size_t total = 0;

	index->words = matchers / 64 + 1;
	index->always = xcalloc(index->words, sizeof(*index->always));
	index->candidate = xcalloc(index->words, sizeof(*index->candidate));
	for (size_t i = 0; i < matchers; i++)
		add_triggers(index, matcher[i], i, false);
	/* Each end becomes the gram's beginning, which filling moves to the end again. */
	for (size_t i = 0; i < GRAM_VALUES; i++) {
		const size_t count = index->end[i];

		index->end[i] = total;
		total += count;
	}
	index->rule = xcalloc(total + 1, sizeof(*index->rule));
	for (size_t i = 0; i < matchers; i++)
		add_triggers(index, matcher[i], i, true);
	return index;
}

void reply_index_free(struct reply_index *index)
{
	if (!index)
		return;
	free(index->rule);
	free(index->always);
	free(index->candidate);
	free(index);
}

static void add_candidates(struct reply_index *index, size_t gram)
{
	for (size_t at = gram ? index->end[gram - 1] : 0; at < index->end[gram]; at++)
		set_bit(index->candidate, index->rule[at]);
}

void reply_index_set(struct reply_index *index, const struct subject *subject)
{
	memcpy(index->candidate, index->always, index->words * sizeof(*index->always));
	for (size_t word = 0; word < COUNT_OF(subject->grams.bit); word++)
		for (uint64_t bits = subject->grams.bit[word]; bits; bits &= bits - 1)
			add_candidates(index, word * 64 + (size_t)__builtin_ctzll(bits));
}

bool reply_index_may_match(const struct reply_index *index, size_t matcher)
{
	return index->candidate[matcher / 64] >> matcher % 64 & 1;
}
