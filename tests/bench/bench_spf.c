/* check_host() of many senders in one pass, for races: lines of ADDRESS HELO MAILBOX on standard
 * input, a result a line on standard output, and last how many questions were asked. With "alone"
 * behind the server each is asked by itself, as separate programs would. */
#include "base/mem.h"
#include "run/spf.h"
#include "sys/clock.h"

#include <stdio.h>
#include <string.h>

enum { QUERIES_MAX = 100000, DEADLINE_MS = 300000 };

static size_t read_queries(struct spf_query *query, struct arena *arena)
{
	char line[1024];
	size_t count = 0;

	while (count < QUERIES_MAX && fgets(line, sizeof(line), stdin)) {
		const char *word[3] = {"", "", ""};
		char *at = arena_strdup(arena, line);

		for (size_t i = 0; i < COUNT_OF(word) && *at; i++) {
			const size_t len = strcspn(at, " \n");

			word[i] = at;
			at += len + (at[len] != '\0');
			if (at[-1] == ' ' || at[-1] == '\n')
				at[-1] = '\0';
		}
		query[count] =
		    (struct spf_query){.helo = word[1], .from = word[2], .now = clock_now()};
		if (!ip_parse(word[0], &query[count++].ip))
			bug("'%s' is no address", word[0]);
	}
	return count;
}

static uint64_t ask(const struct conf *conf, const struct spf_query *query, size_t queries,
		    struct arena *arena)
{
	struct spf_verdict *verdict;
	uint64_t asked;
	struct err err;

	if (!spf_ask_all(conf, query, queries, arena, &verdict, &asked, &err))
		bug("%s", err.text);
	for (size_t i = 0; i < queries; i++)
		puts(spf_result_name(verdict[i].result));
	return asked;
}

int main(int argc, char **argv)
{
	struct arena *arena = arena_new();
	struct spf_query *query = xcalloc(QUERIES_MAX, sizeof(*query));
	const size_t queries = read_queries(query, arena);
	const bool is_alone = argc > 2 && strcmp(argv[2], "alone") == 0;
	const char *const server[] = {argc > 1 ? argv[1] : ""};
	const struct conf conf = {.resolver = {.server = server,
					       .servers = 1,
					       .timeout_ms = 3000,
					       .tries = 2,
					       .in_flight = 1000,
					       .deadline_ms = DEADLINE_MS}};
	uint64_t asked = 0;

	if (is_alone)
		for (size_t i = 0; i < queries; i++)
			asked += ask(&conf, &query[i], 1, arena);
	else
		asked = ask(&conf, query, queries, arena);
	printf("asked %llu\n", (unsigned long long)asked);
	return 0;
}
