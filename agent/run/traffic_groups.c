/* Volumes of pools and accounts: a pool may burst while each of its addresses stays below its own
 * measure, and an account may burst over many addresses. */
#include "run/traffic_parts.h"

#include "base/mem.h"
#include "base/tr_mark.h"
#include "judge/volume.h"
#include "store/levels.h"
#include "store/volumes.h"

#include <stdlib.h>
#include <string.h>

enum { HISTORY_DAYS = 800, ACCOUNT_HISTORY_DAYS = 62 };

/* The levels that were told, and the transaction's failure when one could not be kept. */
struct groups {
	struct pass *pass;
	struct volume_policy policy;
	struct stored_level *known;
	size_t knowns;
	struct err *err;
};

static const struct stored_level *find_level(const struct groups *groups, enum level_kind kind,
					     const char *name)
{
	for (size_t i = 0; i < groups->knowns; i++)
		if (groups->known[i].kind == kind && strcmp(groups->known[i].name, name) == 0)
			return &groups->known[i];
	return NULL;
}

/* Only what a person would act on; a pool that grows warm is its addresses' business. */
static bool is_loud(enum volume_level level)
{
	return level == VOLUME_SPIKE || level == VOLUME_LOW;
}

/* One incident, one line: a suspect stands in the event of its address. */
static bool is_suspect(const struct pass *pass, const char *account)
{
	for (size_t i = 0; i < pass->targets.addresses; i++) {
		const struct traffic *const traffic = &pass->traffic->traffic[i];

		for (size_t j = 0; j < traffic->suspects; j++)
			if (strcmp(traffic->suspect[j].account, account) == 0)
				return true;
	}
	return false;
}

static void tell(struct groups *groups, enum level_kind kind, const char *name,
		 const struct stored_level *before, const struct volume_verdict *verdict)
{
	struct pass *const pass = groups->pass;
	struct event *const event = pass_event(pass);
	char age[CIVIL_TEXT_BYTES];

	event->check = "volume";
	event->subject =
	    arena_printf(pass->arena, "%s %s", kind == LEVEL_POOL ? "pool" : "account", name);
	event->change = before ? CHANGE_CLEARED : CHANGE_RAISED;
	event->severity = kind == LEVEL_POOL ? SEVERITY_MAJOR : SEVERITY_MINOR;
	event->from = volume_level_name(before ? before->level : VOLUME_NORMAL);
	event->to = volume_level_name(before ? VOLUME_NORMAL : verdict->level);
	event->text = before ? arena_printf(pass->arena, SAID("sends as usual again, after %s"),
					    civil_age(pass->at - before->since, age))
			     : arena_strdup(pass->arena, verdict->reason);
}

static bool weigh(struct groups *groups, enum level_kind kind, const char *name,
		  const struct volume_verdict *verdict)
{
	const struct stored_level *const before = find_level(groups, kind, name);
	const bool is_now = is_loud(verdict->level);
	const struct stored_level now = {kind, name, is_now ? verdict->level : VOLUME_NORMAL,
					 groups->pass->at};

	if (is_now == (before != NULL))
		return true;
	/* Not kept either, so that no end is told of what was not told to begin. */
	if (is_now && kind == LEVEL_ACCOUNT && is_suspect(groups->pass, name))
		return true;
	tell(groups, kind, name, before, verdict);
	return levels_save(groups->pass->store, &now, groups->err);
}

/* --- pools --- */

static bool is_first_of_pool(const struct targets *targets, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (strcmp(targets->target[i].pool, targets->target[at].pool) == 0)
			return false;
	return targets->target[at].pool[0] != '\0';
}

static bool judge_pool(struct groups *groups, size_t first, struct arena *arena)
{
	struct pass *const pass = groups->pass;
	const struct targets *const targets = &pass->targets;
	const char *const pool = targets->target[first].pool;
	const char **address = arena_calloc(arena, targets->addresses, sizeof(*address));
	struct volume_query query = {address, 0, pass->traffic->today - HISTORY_DAYS,
				     pass->traffic->today};
	struct volume_input input = {.today = pass->traffic->today,
				     .hour_now = pass->traffic->hour,
				     .minute_now = pass->traffic->minute};
	struct volume_verdict verdict;
	struct volume_hours hours;
	struct volume_day *day;

	for (size_t i = first; i < targets->addresses; i++)
		if (strcmp(targets->target[i].pool, pool) == 0 &&
		    map_get(pass->traffic->senders, targets->target[i].text))
			address[query.addresses++] = targets->target[i].text;
	/* A pool of one is that one, and it has been judged. */
	if (query.addresses < 2)
		return true;
	if (!volumes_days(pass->store, &query, arena, &day, &input.days, groups->err) ||
	    !volumes_hours(pass->store, &query, &hours, groups->err))
		return false;
	input.day = day;
	memcpy(input.today_hour, hours.today, sizeof(input.today_hour));
	input.hour_share = hours.has_share ? hours.share : NULL;
	verdict = volume_judge(&input, &groups->policy);
	return weigh(groups, LEVEL_POOL, pool, &verdict);
}

/* Then the address has been told, with its suspects. */
static bool has_spiking_address(const struct pass *pass, const char *pool)
{
	for (size_t i = 0; i < pass->targets.addresses; i++)
		if (strcmp(pass->targets.target[i].pool, pool) == 0 &&
		    pass->traffic->traffic[i].volume.level == VOLUME_SPIKE)
			return true;
	return false;
}

static bool judge_pools(struct groups *groups, struct arena *arena)
{
	for (size_t i = 0; i < groups->pass->targets.addresses; i++)
		if (is_first_of_pool(&groups->pass->targets, i) &&
		    !has_spiking_address(groups->pass, groups->pass->targets.target[i].pool) &&
		    !judge_pool(groups, i, arena))
			return false;
	return true;
}

/* --- accounts --- */

static bool is_among(const struct loud_account *account, size_t accounts, const char *name)
{
	for (size_t i = 0; i < accounts; i++)
		if (strcmp(account[i].name, name) == 0)
			return true;
	return false;
}

/* What is not loud any more is as usual. */
static bool quiet_accounts(struct groups *groups, const struct loud_account *account,
			   size_t accounts)
{
	static const struct volume_verdict usual = {.level = VOLUME_NORMAL};

	for (size_t i = 0; i < groups->knowns; i++)
		if (groups->known[i].kind == LEVEL_ACCOUNT &&
		    !is_among(account, accounts, groups->known[i].name) &&
		    !weigh(groups, LEVEL_ACCOUNT, groups->known[i].name, &usual))
			return false;
	return true;
}

static bool judge_accounts(struct groups *groups, struct arena *arena)
{
	const int64_t today = groups->pass->traffic->today;
	const struct loud_query query = {today - ACCOUNT_HISTORY_DAYS, today - 1,
					 groups->policy.floor};
	struct loud_account *account;
	size_t accounts;

	if (!levels_loud_accounts(groups->pass->store, &query, arena, &account, &accounts,
				  groups->err))
		return false;
	for (size_t i = 0; i < accounts; i++) {
		const struct volume_input input = {.day = account[i].day,
						   .days = account[i].days,
						   .today = today,
						   .hour_now = groups->pass->traffic->hour,
						   .minute_now = groups->pass->traffic->minute};
		const struct volume_verdict verdict = volume_judge(&input, &groups->policy);

		if (!weigh(groups, LEVEL_ACCOUNT, account[i].name, &verdict))
			return false;
	}
	return quiet_accounts(groups, account, accounts);
}

bool traffic_judge_groups(struct pass *pass, struct err *err)
{
	struct groups groups = {.pass = pass, .policy = traffic_policy(pass->conf), .err = err};
	struct arena *arena;
	bool ok;

	if (!pass->traffic)
		return true;
	arena = arena_new();
	ok = levels_load(pass->store, pass->arena, &groups.known, &groups.knowns, err) &&
	     judge_pools(&groups, arena) && judge_accounts(&groups, arena);
	arena_free(arena);
	return ok;
}
