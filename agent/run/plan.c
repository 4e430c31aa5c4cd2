#include "run/pass_parts.h"

#include "base/map.h"
#include "base/parse.h"
#include "lists/dnsbl.h"

#include <string.h>

enum {
	IDENTITY_EVERY_MS = 3600 * 1000,
	DUE_SLACK_S = 300, /* cron is a little early now and then */
	BLIND_SOONER = 4 /* what could not be learned is due after a quarter of the interval */
};

int64_t pass_day(const struct pass *pass)
{
	return civil_days(civil_date_at(pass->options->zone, pass->at));
}

static const struct stored_list *find_list(const struct stored_list *list, size_t count,
					   const char *zone)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(list[i].zone, zone) == 0)
			return &list[i];
	return NULL;
}

static uint64_t covered(const struct pass *pass, const struct list *list)
{
	uint64_t count = 0;

	for (size_t i = 0; i < pass->targets.count; i++)
		count += dnsbl_covers(list, &pass->targets.target[i]);
	return count;
}

static void note_budget(struct pass *pass, const struct list *list,
			const struct budget_plan *budget)
{
	char wanted[DURATION_TEXT_BYTES];
	char used[DURATION_TEXT_BYTES];

	if (budget->too_much)
		pass_notice(pass,
			    arena_printf(pass->arena,
					 "%s: one round a day is %llu questions more than its "
					 "budget of %u; mirror it, or watch fewer addresses "
					 "with it",
					 list->zone, (unsigned long long)budget->too_much,
					 list->day_budget));
	else if (budget->every_ms > list->every_ms)
		pass_notice(pass,
			    arena_printf(pass->arena,
					 "%s: asked every %s instead of every %s, to stay within "
					 "%u questions a day",
					 list->zone, duration_text(budget->every_ms, used),
					 duration_text(list->every_ms, wanted), list->day_budget));
}

static void plan_source(struct pass *pass, size_t number, const struct list *list,
			const struct stored_list *known)
{
	struct source_state *const state = &pass->state[number];
	const size_t bytes = pass->targets.count / 8 + 1;

	pass->source[number] = (struct probe_source){
	    .list = list, .is_auth = number == SOURCE_AUTH, .quota = UINT64_MAX};
	state->stored =
	    known ? *known
		  : (struct stored_list){.slot = -1, .zone = list ? list->zone : "", .text = ""};
	state->asked = arena_calloc(pass->arena, bytes, 1);
	state->usable = arena_calloc(pass->arena, bytes, 1);
	if (!list) {
		state->stored.slot = IDENTITY_SLOT;
		state->budget.every_ms =
		    number == SOURCE_AUTH ? pass->conf->auth.every_ms : IDENTITY_EVERY_MS;
		return;
	}
	if (state->stored.day != pass_day(pass)) {
		state->stored.day = pass_day(pass);
		state->stored.asked_today = 0;
	}
	state->budget = budget_plan(list, covered(pass, list));
	pass->source[number].quota = budget_left(list, state->stored.asked_today);
	note_budget(pass, list, &state->budget);
}

static bool plan_sources(struct pass *pass, struct err *err)
{
	const struct catalogue *const catalogue = &pass->conf->catalogue;
	struct stored_list *known = NULL;
	size_t knowns = 0;

	if (pass->store && !store_lists(pass->store, pass->arena, &known, &knowns, err))
		return false;
	pass->source =
	    arena_calloc(pass->arena, catalogue->lists + SOURCE_LISTS, sizeof(*pass->source));
	pass->state =
	    arena_calloc(pass->arena, catalogue->lists + SOURCE_LISTS, sizeof(*pass->state));
	while (pass->sources < SOURCE_LISTS)
		plan_source(pass, pass->sources++, NULL, NULL);
	for (size_t i = 0; i < catalogue->lists; i++) {
		const struct list *const list = &catalogue->list[i];

		if (list->is_enabled)
			plan_source(pass, pass->sources++, list,
				    find_list(known, knowns, list->zone));
	}
	return true;
}

/* What the store knows, by address and domain. */
struct known {
	struct stored_address *address;
	size_t addresses;
	struct stored_domains domains;
};

static bool load_known(struct pass *pass, struct known *known, struct err *err)
{
	if (!pass->store)
		return true;
	return store_addresses(pass->store, NULL, pass->arena, &known->address, &known->addresses,
			       err) &&
	       domains_load(pass->store, false, pass->arena, &known->domains, err);
}

static void take_known(struct pass *pass, const struct known *known)
{
	struct map *const by_text = map_new();

	for (size_t i = 0; i < known->addresses; i++)
		map_put(by_text, known->address[i].address, &known->address[i]);
	for (size_t i = 0; i < known->domains.count; i++)
		map_put(by_text, known->domains.address[i].address, &known->domains.address[i]);
	for (size_t i = 0; i < pass->targets.count; i++) {
		const struct stored_address *const found =
		    map_get(by_text, pass->targets.target[i].text);

		if (found)
			pass->stored[i] = *found;
	}
	map_free(by_text);
}

/* What the store knows about each target; nothing, for new ones. */
static bool load_targets(struct pass *pass, struct err *err)
{
	struct known known = {0};

	if (!load_known(pass, &known, err))
		return false;
	pass->stored = arena_calloc(pass->arena, pass->targets.count, sizeof(*pass->stored));
	take_known(pass, &known);
	for (size_t i = 0; i < pass->targets.count; i++) {
		const struct target *const target = &pass->targets.target[i];
		struct stored_address *const stored = &pass->stored[i];

		stored->address = target->text;
		stored->name = target->name;
		stored->pool = target->pool;
		stored->helo = target->helo;
		stored->is_domain = target->kind == TARGET_DOMAIN;
		stored->is_watched = true;
	}
	return true;
}

bool plan_make(struct pass *pass, struct err *err)
{
	return load_targets(pass, err) && plan_sources(pass, err);
}

struct stored_pair pass_pair(const struct pass *pass, size_t target, size_t source)
{
	const struct stored_address *const stored = &pass->stored[target];
	const int64_t slot = pass->state[source].stored.slot;

	return slot >= 0 && (size_t)slot < stored->pairs ? stored->pair[slot]
							 : (struct stored_pair){0};
}

/* Seconds after which the pair is asked again; 0 when a change waits to be confirmed. */
static int64_t wait_s(const struct pass *pass, size_t target, size_t source)
{
	const struct stored_address *const stored = &pass->stored[target];
	const struct list *const list = pass->source[source].list;
	int64_t every_s = pass->state[source].budget.every_ms / 1000;

	for (size_t i = 0; i < stored->standings; i++) {
		const struct standing *const standing = &stored->standing[i];
		const bool is_dnsbl = strcmp(standing->check, CHECK_DNSBL) == 0;

		if (list ? !is_dnsbl || strcmp(standing->subject, list->zone) != 0 : is_dnsbl)
			continue;
		if (standing->streak || standing->held)
			return 0;
		if (standing->blind_cause != CAUSE_NONE)
			every_s /= BLIND_SOONER;
	}
	return every_s;
}

/* Whether this pass asks the source, and the source is about such targets at all. */
static bool is_wanted(const struct pass *pass, size_t target, size_t source)
{
	const struct list *const list = pass->source[source].list;
	const struct target *const what = &pass->targets.target[target];

	if (list)
		return pass->options->only & PASS_LISTS && dnsbl_covers(list, what);
	if (source == SOURCE_AUTH)
		return pass->options->only & PASS_AUTH && what->auth;
	return pass->options->only & PASS_IDENTITY && what->kind == TARGET_ADDRESS;
}

bool plan_is_due(void *context, size_t target, size_t source)
{
	const struct pass *const pass = context;
	const struct stored_pair pair = pass_pair(pass, target, source);
	int64_t every_s;
	int64_t slack_s;

	if (!is_wanted(pass, target, source))
		return false;
	if (pass->options->ignores_due || !pair.asked_at)
		return true;
	every_s = wait_s(pass, target, source);
	slack_s = every_s / 10 < DUE_SLACK_S ? every_s / 10 : DUE_SLACK_S;
	/* A clock that went back must not put everything off. */
	return pass->at + slack_s >= pair.asked_at + every_s || pass->at < pair.asked_at;
}
