/* Which addresses the records of a pass's domains are held against: those their mail left from. */
#include "run/domain_parts.h"
#include "run/domain_view.h"

#include "auth/hostname.h"
#include "base/map.h"
#include "dns/suffix.h"

#include <string.h>

struct sender_query domains_period(const struct pass *pass)
{
	const int64_t today = pass_day(pass);

	return (struct sender_query){today - DOMAIN_FOUND_DAYS, today - DOMAIN_RECENT_DAYS, today};
}

/* What becomes of one domain. */
struct senders {
	struct auth_subject *subject;
	struct auth_sender *sender;
	size_t count, room;
	bool is_recent; /* it sent in the last week */
};

struct giving {
	struct pass *pass;
	struct map *by_name; /* of struct senders */
	struct map *by_address; /* of the pass's targets */
};

/* Most send from one or two. */
static void grow(struct senders *senders, struct arena *arena)
{
	const size_t room = senders->room ? senders->room * 2 : 2;
	struct auth_sender *grown = arena_calloc(arena, room, sizeof(*grown));

	if (senders->count)
		memcpy(grown, senders->sender, senders->count * sizeof(*grown));
	senders->sender = grown;
	senders->room = room;
}

static void add_sender(struct giving *giving, struct senders *senders, const char *address)
{
	const struct target *const target = map_get(giving->by_address, address);
	struct auth_sender sender = {.host = target ? target->helo : ""};

	if (senders->count == AUTH_SENDERS_MAX || !ip_parse(address, &sender.ip))
		return;
	if (senders->count == senders->room)
		grow(senders, giving->pass->arena);
	senders->sender[senders->count++] = sender;
}

/* NULL: the pass does not look at it. */
static struct senders *senders_of_row(struct giving *giving, const char *text)
{
	char name[DNS_NAME_BYTES];

	return suffix_to_ascii(text, name) && hostname_is_qualified(name)
		   ? map_get(giving->by_name, name)
		   : NULL;
}

static bool add_found(struct giving *giving, struct err *err)
{
	struct pass *const pass = giving->pass;
	const struct sender_query query = domains_period(pass);
	struct arena *const arena = arena_new();
	struct domain_sender *row = NULL;
	struct senders **of_row;
	size_t rows = 0;
	const bool ok = domains_senders(pass->store, &query, arena, &row, &rows, err);

	of_row = arena_calloc(arena, rows, sizeof(struct senders *));
	for (size_t i = 0; ok && i < rows; i++) {
		of_row[i] = senders_of_row(giving, row[i].domain);
		if (of_row[i])
			of_row[i]->is_recent |= row[i].tried_lately > 0;
	}
	for (size_t i = 0; ok && i < rows; i++)
		if (of_row[i] && (row[i].tried_lately || !of_row[i]->is_recent))
			add_sender(giving, of_row[i], row[i].address);
	arena_free(arena);
	return ok;
}

/* Nothing is known of where it sends from but what the operator says. */
static void add_pool(struct giving *giving, struct senders *senders, const char *pool)
{
	const struct targets *const targets = &giving->pass->targets;

	for (size_t i = 0; i < targets->addresses; i++)
		if (strcmp(targets->target[i].pool, pool) == 0)
			add_sender(giving, senders, targets->target[i].text);
}

static void prepare(struct giving *giving)
{
	struct pass *const pass = giving->pass;

	for (size_t i = 0; i < pass->targets.addresses; i++)
		map_put(giving->by_address, pass->targets.target[i].text, &pass->targets.target[i]);
	for (size_t i = pass->targets.addresses; i < pass->targets.count; i++) {
		const struct domain_selectors *const selectors = pass_domain(pass, i)->selectors;
		struct senders *senders;

		if (!selectors)
			continue;
		senders = arena_calloc(pass->arena, 1, sizeof(*senders));
		senders->subject = selectors->subject;
		map_put(giving->by_name, pass->targets.target[i].text, senders);
	}
}

static void hand_over(struct giving *giving)
{
	const struct targets *const targets = &giving->pass->targets;

	for (size_t i = targets->addresses; i < targets->count; i++) {
		const struct target *const target = &targets->target[i];
		struct senders *const senders = map_get(giving->by_name, target->text);

		if (!senders)
			continue;
		if (!senders->count && target->pool[0])
			add_pool(giving, senders, target->pool);
		senders->subject->sender = senders->sender;
		senders->subject->senders = senders->count;
	}
}

static bool senders_give(struct pass *pass, struct err *err)
{
	struct giving giving = {pass, map_new(), map_new()};
	bool ok = true;

	prepare(&giving);
	if (pass->store)
		ok = add_found(&giving, err);
	if (ok)
		hand_over(&giving);
	map_free(giving.by_name);
	map_free(giving.by_address);
	return ok;
}

static bool is_any_due(struct pass *pass)
{
	for (size_t i = pass->targets.addresses; i < pass->targets.count; i++)
		if (plan_is_due(pass, i, SOURCE_AUTH))
			return true;
	return false;
}

bool domains_prepare(struct pass *pass, struct err *err)
{
	return !is_any_due(pass) ||
	       (senders_give(pass, err) && (!pass->store || selectors_give(pass, err)));
}
