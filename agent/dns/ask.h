#ifndef DNS_ASK_H
#define DNS_ASK_H

#include "base/arena.h"
#include "dns/answer.h"
#include "dns/name.h"

#include <stdbool.h>
#include <stddef.h>

/* The table of questions and answers of one job. A check asks for everything it can, returns
 * when something is missing and is called again when all its open questions are answered.
 * Names are asked as they stand, always absolute. */
enum question_state { QUESTION_NEW, QUESTION_SENT, QUESTION_ANSWERED };

struct question {
	const char *name;
	enum dns_type type;
	enum question_state state;
	struct dns_answer answer; /* QUESTION_ANSWERED */
};

enum { ASK_QUESTIONS_MAX = 256 };

struct ask {
	struct arena *arena; /* names and records live here; the caller owns it */
	struct question *question;
	size_t questions;
	size_t open; /* not answered yet */
	size_t room;
	bool is_over; /* true once ASK_QUESTIONS_MAX was reached: further ones end as DNS_BUDGET */
};

struct ask ask_over(struct arena *arena);
/* The answer, owned by `ask`, or NULL: the question is noted, return now. A name that DNS
 * cannot carry is answered at once (DNS_BAD_NAME). */
const struct dns_answer *ask_dns(struct ask *ask, const char *name, enum dns_type type);
/* For gather and tests: puts an answer in. `records` must live as long as the arena. */
void ask_answer(struct ask *ask, size_t question, const struct dns_answer *answer);

#endif
