#include "world.h"

#include "base/mem.h"

#include <string.h>

struct dns_answer world_fact(const struct fact *fact, struct arena *arena)
{
	struct dns_record *record = arena_calloc(arena, FACT_RECORDS_MAX, sizeof(*record));
	struct dns_answer answer = {
	    .outcome = fact->outcome, .ttl_s = fact->ttl_s, .rtt_us = 1000, .record = record};

	for (size_t i = 0; i < FACT_RECORDS_MAX && fact->record[i]; i++, answer.records++) {
		record[i].data = fact->record[i];
		record[i].len = strlen(fact->record[i]);
		if ((fact->type == DNS_A || fact->type == DNS_AAAA) &&
		    !ip_parse(fact->record[i], &record[i].ip))
			bug("'%s' is no address", fact->record[i]);
	}
	return answer;
}

static bool covers(const char *pattern, const char *name)
{
	const size_t len = strlen(name);
	size_t rest;

	if (pattern[0] != '*')
		return dns_name_equal(pattern, name);
	rest = strlen(pattern + 1);
	return len > rest && dns_name_equal(name + len - rest, pattern + 1);
}

static const struct fact *find(const struct fact *fact, size_t facts,
			       const struct question *question)
{
	static const struct fact none = {.outcome = DNS_NO_NAME};

	for (size_t i = 0; i < facts && fact[i].name; i++)
		if (fact[i].type == question->type && covers(fact[i].name, question->name))
			return &fact[i];
	return &none;
}

size_t world_answer(struct ask *ask, const struct fact *fact, size_t facts)
{
	size_t count = 0;

	for (size_t i = 0; i < ask->questions; i++) {
		struct dns_answer answer;

		if (ask->question[i].state == QUESTION_ANSWERED)
			continue;
		answer = world_fact(find(fact, facts, &ask->question[i]), ask->arena);
		ask_answer(ask, i, &answer);
		count++;
	}
	return count;
}
