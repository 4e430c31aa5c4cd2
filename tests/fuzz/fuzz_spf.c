/* check_host() and the linter over a world made of the input: its lines are the client's address,
 * HELO, MAIL FROM, and then the answers in the order of the questions. A line begins with F (found,
 * records between bars), N (no such name), D (no data), T (no answer) or B (a name that cannot be);
 * with * before it, it answers all later questions of its type too. What no line answers does not
 * exist. */
#include "auth/spf.h"
#include "auth/spf_lint.h"
#include "base/mem.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum {
	RECORDS_MAX = 20,
	TYPES = 32, /* beyond every enum dns_type */
	/* RFC 7208 section 4.6.4: its own record, ten terms of eleven names each, one record of a
	 * redirect or include beside, the explanation, and the names of %{p}. */
	QUESTIONS_MAX = 1 + 10 * 12 + 1 + 11,
	ROUNDS_MAX = 400
};

struct world {
	struct slice rest;
	struct slice always[TYPES];
	struct arena *arena;
};

static struct slice take(struct slice *rest, char end)
{
	const char *at = rest->len ? memchr(rest->at, end, rest->len) : NULL;
	const struct slice taken = slice_of(rest->at, at ? (size_t)(at - rest->at) : rest->len);

	*rest = slice_from(*rest, taken.len + 1);
	return taken;
}

static char *text_of(struct slice bytes, struct arena *arena)
{
	return arena_strndup(arena, bytes.len ? bytes.at : "", bytes.len);
}

static struct ip address_of(const char *text, uint8_t family)
{
	struct ip ip;

	if (ip_parse(text, &ip) && ip.family == family)
		return ip;
	ip = (struct ip){.family = family};
	for (size_t i = 0; text[i] && i < (family == 4 ? 4 : 16); i++)
		ip.byte[i] = (uint8_t)text[i];
	return ip;
}

static struct slice line_for(struct world *world, enum dns_type type)
{
	struct slice line;

	if (world->always[type].len)
		return world->always[type];
	line = take(&world->rest, '\n');
	if (!line.len || line.at[0] != '*')
		return line;
	return world->always[type] = slice_from(line, 1);
}

static enum dns_outcome outcome_of(struct slice line)
{
	static const char letter[] = "FNDTB";
	static const enum dns_outcome outcome[] = {DNS_FOUND, DNS_NO_NAME, DNS_NO_DATA, DNS_TIMEOUT,
						   DNS_BAD_NAME};
	const char *found = line.len && line.at[0] ? strchr(letter, line.at[0]) : NULL;

	return found ? outcome[found - letter] : DNS_NO_NAME;
}

static struct dns_answer answer_of(struct world *world, enum dns_type type)
{
	struct slice line = line_for(world, type);
	struct dns_record *record = arena_calloc(world->arena, RECORDS_MAX, sizeof(*record));
	struct dns_answer answer = {.outcome = outcome_of(line), .record = record};

	if (answer.outcome != DNS_FOUND)
		return answer;
	for (line = slice_from(line, 1); answer.records < RECORDS_MAX && line.len;) {
		struct dns_record *const next = &record[answer.records++];
		const struct slice bytes = take(&line, '|');

		next->data = text_of(bytes, world->arena);
		next->len = bytes.len;
		next->ip = address_of(next->data, type == DNS_AAAA ? 6 : 4);
	}
	if (!answer.records)
		answer.outcome = DNS_NO_DATA;
	return answer;
}

static void answer_all(struct world *world, struct ask *ask)
{
	for (size_t i = 0; i < ask->questions; i++) {
		struct dns_answer answer;

		if (ask->question[i].state == QUESTION_ANSWERED)
			continue;
		if (!dns_name_fits(ask->question[i].name))
			bug("a question that DNS cannot carry");
		answer = answer_of(world, ask->question[i].type);
		ask_answer(ask, i, &answer);
	}
}

static void check_verdict(const struct spf_verdict *verdict, const struct ask *ask)
{
	if (verdict->lookups > SPF_LOOKUPS_MAX || verdict->voids > SPF_VOIDS_MAX + 1)
		bug("%u lookups, %u void", verdict->lookups, verdict->voids);
	if (ask->questions > QUESTIONS_MAX)
		bug("%zu questions", ask->questions);
	if (!*verdict->reason || (verdict->result == SPF_PASS && !*verdict->mechanism))
		bug("a verdict without a reason");
	if (*verdict->explanation && verdict->result != SPF_FAIL)
		bug("an explanation for what did not fail");
	for (const char *at = verdict->explanation; *at; at++)
		if (*at < ' ' || *at > '~')
			bug("an explanation beyond ASCII");
	if ((verdict->result == SPF_TEMPERROR) != (verdict->cause != CAUSE_NONE))
		bug("a cause that does not fit");
}

static void check_host(struct world world, const struct spf_query *query)
{
	struct ask ask = ask_over(world.arena);
	struct spf_verdict verdict;
	size_t rounds = 0;

	while (!spf_check(query, &ask, &verdict)) {
		if (ask.open != 1)
			bug("%zu questions at once", ask.open);
		answer_all(&world, &ask);
		if (++rounds > ROUNDS_MAX)
			bug("no end");
	}
	check_verdict(&verdict, &ask);
}

static void look(struct world world, const struct spf_query *query)
{
	const struct auth_sender sender = {query->ip, query->helo};
	const struct auth_subject subject = {
	    .domain = "example.jp", .sender = &sender, .senders = query->ip.family ? 1 : 0};
	struct ask ask = ask_over(world.arena);
	struct domain_spf seen;
	size_t rounds = 0;

	while (!spf_look(&subject, &ask, &seen)) {
		answer_all(&world, &ask);
		if (++rounds > ROUNDS_MAX)
			bug("no end");
	}
	if (!*seen.fix != !*seen.why || seen.costs > 64)
		bug("a fix without a reason");
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct world world = {.rest = slice_of((const char *)data, len), .arena = arena_new()};
	const char *const ip = text_of(take(&world.rest, '\n'), world.arena);
	struct spf_query query = {.receiver = "mx.example"};

	if (!ip_parse(ip, &query.ip))
		query.ip = address_of(ip, len % 2 ? 4 : 6);
	query.helo = text_of(take(&world.rest, '\n'), world.arena);
	query.from = text_of(take(&world.rest, '\n'), world.arena);
	check_host(world, &query);
	look(world, &query);
	arena_free(world.arena);
	return 0;
}
