#include "dns/ask.h"

#include "base/mem.h"

#include <string.h>

enum { ASK_FIRST_QUESTIONS = 4 };

static const struct dns_answer bad_name = {.outcome = DNS_BAD_NAME};
static const struct dns_answer too_many = {.outcome = DNS_BUDGET};

struct ask ask_over(struct arena *arena)
{
	return (struct ask){.arena = arena};
}

static struct question *add(struct ask *ask)
{
	if (ask->questions == ask->room) {
		const size_t room = ask->room ? ask->room * 2 : ASK_FIRST_QUESTIONS;
		struct question *grown = arena_calloc(ask->arena, room, sizeof(*grown));

		if (ask->questions)
			memcpy(grown, ask->question, ask->questions * sizeof(*grown));
		ask->question = grown;
		ask->room = room;
	}
	return &ask->question[ask->questions++];
}

const struct dns_answer *ask_dns(struct ask *ask, const char *name, enum dns_type type)
{
	struct question *question;

	for (size_t i = 0; i < ask->questions; i++) {
		question = &ask->question[i];
		if (question->type == type && dns_name_equal(question->name, name))
			return question->state == QUESTION_ANSWERED ? &question->answer : NULL;
	}
	if (!dns_name_fits(name))
		return &bad_name;
	if (ask->questions == ASK_QUESTIONS_MAX) {
		ask->is_over = true;
		return &too_many;
	}
	question = add(ask);
	question->name = arena_strdup(ask->arena, name);
	question->type = type;
	ask->open++;
	return NULL;
}

void ask_answer(struct ask *ask, size_t question, const struct dns_answer *answer)
{
	struct question *const asked = &ask->question[question];

	if (question >= ask->questions || asked->state == QUESTION_ANSWERED)
		bug("question %zu was answered twice or never asked", question);
	asked->answer = *answer;
	asked->state = QUESTION_ANSWERED;
	ask->open--;
}
