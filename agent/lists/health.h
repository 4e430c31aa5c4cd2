#ifndef LISTS_HEALTH_H
#define LISTS_HEALTH_H

#include "dns/ask.h"
#include "model/list.h"

#include <stdbool.h>
#include <stdint.h>

/* Canaries: the questions that show whether a list may be believed through this resolver
 * (RFC 5782 section 5, RFC 6471 section 3.3): its positive entries must be listed, its
 * negative ones must not, a random label must not, and two random documentation addresses
 * (RFC 5737; RFC 3849) must not both be, unless the list carries reserved space. */
struct health_report {
	enum list_health health;
	enum cause cause; /* CAUSE_NONE for ok and unproven */
	const char *text; /* one sentence: which entry failed and how; "" when ok */
};

/* Questions of closing canaries, at most: test entries of three families and the label. */
enum { HEALTH_CLOSING_MAX = 7 };

/* `random` decides label and addresses; `is_closing` asks only what a change in mid-pass would
 * show (test entries and label). False: questions are open. */
bool health_check(const struct list *list, uint64_t random, bool is_closing, struct ask *ask,
                  struct health_report *out);
/* The worse of two, with its cause and text: opening and closing canaries of a pass. */
struct health_report health_worse(const struct health_report *a, const struct health_report *b);
/* Whether answers of such a list change beliefs. */
bool health_is_believed(enum list_health health);

#endif
