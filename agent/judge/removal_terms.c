#include "judge/removal.h"

#include <stdlib.h>
#include <string.h>

enum { DAY_S = 86400 };

static double days_of(const struct removal *request)
{
	return (double)(request->cleared_at - request->asked_at) / DAY_S;
}

/* By subject; those that were cleared come first, the quickest before the others. */
static int by_subject(const void *a, const void *b)
{
	const struct removal *const left = *(const struct removal *const *)a;
	const struct removal *const right = *(const struct removal *const *)b;
	const int order = strcmp(left->subject, right->subject);

	if (order)
		return order;
	if (!left->cleared_at != !right->cleared_at)
		return left->cleared_at ? -1 : 1;
	return (days_of(left) > days_of(right)) - (days_of(left) < days_of(right));
}

static struct removal_term term_of(const struct removal *const *request, size_t requests)
{
	struct removal_term term = {.subject = request[0]->subject, .requests = requests};

	for (size_t i = 0; i < requests; i++) {
		term.cleared += request[i]->cleared_at > 0;
		term.relisted += request[i]->relisted_at > 0;
	}
	if (term.cleared)
		term.median_days = (days_of(request[(term.cleared - 1) / 2]) +
				    days_of(request[term.cleared / 2])) /
				   2;
	return term;
}

struct removal_term *removal_terms(const struct removal *request, size_t requests,
				   struct arena *arena, size_t *count)
{
	const struct removal **sorted = arena_calloc(arena, requests + 1, sizeof(struct removal *));
	struct removal_term *term = arena_calloc(arena, requests + 1, sizeof(*term));
	size_t first = 0;

	*count = 0;
	for (size_t i = 0; i < requests; i++)
		sorted[i] = &request[i];
	qsort(sorted, requests, sizeof(struct removal *), by_subject);
	for (size_t i = 0; i < requests; i++) {
		if (i + 1 < requests && strcmp(sorted[i + 1]->subject, sorted[i]->subject) == 0)
			continue;
		term[(*count)++] = term_of(sorted + first, i + 1 - first);
		first = i + 1;
	}
	return term;
}
