#include "run/domain_view_parts.h"

#include "base/mem.h"
#include "dns/suffix.h"
#include "judge/bulk.h"
#include "store/domain_shown.h"

#include <stdlib.h>
#include <string.h>

/* --- which domains --- */

static const struct conf_domain *conf_of(const struct conf *conf, const char *name)
{
	for (size_t i = 0; i < conf->domains; i++)
		if (strcmp(conf->domain[i].domain, name) == 0)
			return &conf->domain[i];
	return NULL;
}

const char *domain_key(const char *name, const char *registrable)
{
	return registrable[0] ? registrable : name;
}

static bool is_wanted(const struct domain_making *making, const char *name, const char *registrable)
{
	const struct map *const wanted = making->question->wanted;

	return !wanted || map_get(wanted, domain_key(name, registrable));
}

static const struct domain_auth *auth_of(struct domain_making *making,
					 const struct stored_domain *stored)
{
	struct domain_auth *auth = arena_calloc(making->arena, 1, sizeof(*auth));

	return stored->auth[0] && domain_auth_parse(stored->auth, making->arena, auth) ? auth
										       : NULL;
}

static struct domain_view *add_view(struct domain_making *making, const char *name,
				    const char *registrable)
{
	struct domain_view *const view = &making->view[making->views++];

	view->registrable = registrable;
	map_put(making->by_name, name, view);
	return view;
}

static void add_stored(struct domain_making *making, size_t at)
{
	const struct domain_question *const question = making->question;
	const struct stored_domains *const domains = &question->snapshot->domains;
	const struct stored_domain *const stored = &domains->domain[at];
	const char *const name = domains->address[at].address;
	const struct view_domain shown = {
	    .listed_as = strcmp(name, stored->registrable) == 0 ? name : "",
	    .wants_auth = true,
	    .auth = auth_of(making, stored),
	};
	struct domain_view *const view = add_view(making, name, stored->registrable);

	view->id = domains->address[at].id;
	view->looked_at = stored->looked_at;
	view->is_configured = stored->role == DOMAIN_CONFIGURED;
	view_make(question->context, &domains->address[at], &shown, making->arena, &view->base);
}

/* Nothing is known yet of what was configured after the last pass. */
static void add_new(struct domain_making *making, const struct conf_domain *conf)
{
	struct stored_address *none = arena_calloc(making->arena, 1, sizeof(*none));
	const struct view_domain shown = {.listed_as = "", .wants_auth = true};
	char registrable[DNS_NAME_BYTES];
	struct domain_view *const view = add_view(making, conf->domain,
						  suffix_registrable(conf->domain, registrable)
						      ? arena_strdup(making->arena, registrable)
						      : "");

	*none = (struct stored_address){
	    .address = conf->domain, .name = "", .pool = conf->pool, .helo = ""};
	view->is_configured = true;
	view_make(making->question->context, none, &shown, making->arena, &view->base);
}

static void add_views(struct domain_making *making)
{
	const struct stored_domains *const domains = &making->question->snapshot->domains;
	const struct conf *const conf = making->question->conf;

	making->view =
	    arena_calloc(making->arena, domains->count + conf->domains, sizeof(*making->view));
	for (size_t i = 0; i < domains->count; i++)
		if (domains->domain[i].role != DOMAIN_PARENT &&
		    is_wanted(making, domains->address[i].address, domains->domain[i].registrable))
			add_stored(making, i);
	for (size_t i = 0; !making->question->wanted && i < conf->domains; i++)
		if (!map_get(making->by_name, conf->domain[i].domain))
			add_new(making, &conf->domain[i]);
	for (size_t i = 0; i < making->views; i++)
		if (making->view[i].is_configured && conf_of(conf, making->view[i].base.address))
			making->view[i].base.pool =
			    conf_of(conf, making->view[i].base.address)->pool;
}

/* --- what lists say of the registrable domain --- */

static void add_listings(struct domain_view *view, const struct stored_address *parent,
			 struct arena *arena)
{
	struct standing *all =
	    arena_calloc(arena, view->base.standings + parent->standings, sizeof(*all));
	size_t count = view->base.standings;

	if (count)
		memcpy(all, view->base.standing, count * sizeof(*all));
	for (size_t i = 0; i < parent->standings; i++)
		if (strcmp(parent->standing[i].check, "dnsbl") == 0)
			all[count++] = parent->standing[i];
	view->base.standing = all;
	view->base.standings = count;
}

static void share_listings(struct domain_making *making)
{
	const struct stored_domains *const domains = &making->question->snapshot->domains;
	struct map *const parents = map_new();

	for (size_t i = 0; i < domains->count; i++)
		if (domains->address[i].standings)
			map_put(parents, domains->address[i].address, &domains->address[i]);
	for (size_t i = 0; i < making->views; i++) {
		struct domain_view *const view = &making->view[i];
		const struct stored_address *const parent = map_get(parents, view->registrable);

		if (parent && strcmp(view->base.address, view->registrable) != 0)
			add_listings(view, parent, making->arena);
	}
	map_free(parents);
}

/* --- what it means --- */

static void group_views(struct domain_making *making)
{
	for (size_t i = 0; i < making->views; i++) {
		struct domain_group *const group =
		    domain_group_of(making, making->view[i].registrable);

		if (group && making->view[i].base.auth)
			group->auths++;
	}
}

static void fill_groups(struct domain_making *making)
{
	for (size_t i = 0; i < making->views; i++) {
		struct domain_group *const group =
		    map_get(making->groups, making->view[i].registrable);

		if (!group || !making->view[i].base.auth)
			continue;
		if (!group->auth) {
			group->auth =
			    arena_calloc(making->arena, group->auths, sizeof(struct domain_auth *));
			group->auths = 0;
		}
		group->auth[group->auths++] = making->view[i].base.auth;
	}
}

static const struct bulk_verdict *judge(struct domain_making *making, struct domain_group *group)
{
	const int64_t days = making->question->today - making->first_day + 1;
	struct bulk_verdict *verdict = arena_calloc(making->arena, 1, sizeof(*verdict));
	struct bulk_input input = {
	    .registrable = group->registrable,
	    .today = making->question->today,
	    .day = group->day,
	    .days = group->day ? (size_t)days : 0,
	    .domain = group->auth,
	    .domains = group->auths,
	    .address = group->address,
	    .addresses = group->addresses,
	};

	for (size_t i = 0; i < BULK_RECEIVER_COUNT; i++)
		input.is_counted[i] = making->is_counted;
	bulk_judge(&input, making->arena, verdict);
	return verdict;
}

/* A reverse name is the address's matter, and told there; it is the domain's once much is sent. */
static bool lacks_record(const struct bulk_verdict *bulk)
{
	for (enum bulk_need need = 0; need < BULK_NEED_COUNT; need++)
		if (need != BULK_REVERSE && bulk->need[need].met == BULK_UNMET)
			return true;
	return false;
}

static bool is_urgent(const struct domain_view *view)
{
	return view->bulk && (view->bulk->readiness == BULK_NEAR_UNREADY ||
			      view->bulk->readiness == BULK_OVER_UNREADY);
}

static bool is_unready(const struct domain_view *view)
{
	for (size_t i = 0; i < view->base.standings; i++)
		if (domain_is_bad(&view->base.standing[i]))
			return true;
	return is_urgent(view) ||
	       (view->bulk && view->bulk->readiness == BULK_UNREADY && lacks_record(view->bulk));
}

static bool is_blind(const struct domain_view *view)
{
	for (size_t i = 0; i < view->base.standings; i++)
		if (view->base.standing[i].blind_cause != CAUSE_NONE)
			return true;
	return !view->base.auth;
}

static void judge_views(struct domain_making *making)
{
	fill_groups(making);
	for (size_t i = 0; i < making->views; i++) {
		struct domain_view *const view = &making->view[i];
		struct domain_group *const group = map_get(making->groups, view->registrable);

		if (making->days)
			view->mean = (double)view->month / (double)making->days;
		if (group && group->auths) {
			if (!group->verdict)
				group->verdict = judge(making, group);
			view->bulk = group->verdict;
		}
	}
}

/* What the last pass made of their mail; both stand in the order of their ids. */
static bool take_shown(struct domain_making *making, struct err *err)
{
	struct stored_shown *shown;
	size_t count;
	size_t at = 0;

	if (!shown_load(making->question->store, making->arena, &shown, &count, err))
		return false;
	for (size_t i = 0; i < making->views; i++) {
		struct domain_view *const view = &making->view[i];

		while (at < count && shown[at].address_id < view->id)
			at++;
		if (at < count && shown[at].address_id == view->id)
			shown_parse(shown[at].text, making->question->today - shown[at].day,
				    making->arena, view);
	}
	return true;
}

static void sum_up(struct domain_making *making)
{
	for (size_t i = 0; i < making->views; i++) {
		struct domain_view *const view = &making->view[i];

		view->is_unready = is_unready(view);
		view->is_urgent = is_urgent(view);
		view->is_blind = is_blind(view);
	}
}

static int by_mail(const void *left, const void *right)
{
	const struct domain_view *const a = left;
	const struct domain_view *const b = right;

	if (a->month != b->month)
		return a->month > b->month ? -1 : 1;
	if (a->yesterday != b->yesterday)
		return a->yesterday > b->yesterday ? -1 : 1;
	return strcmp(a->base.address, b->base.address);
}

static bool count_mail(struct domain_making *making, struct err *err)
{
	group_views(making);
	if (!domain_count_mail(making, err))
		return false;
	judge_views(making);
	return true;
}

bool domain_views(const struct domain_question *question, struct arena *arena,
		  struct domain_view **out, size_t *count, struct err *err)
{
	struct domain_making making = {
	    .question = question,
	    .arena = arena,
	    .by_name = map_new(),
	    .groups = map_new(),
	    .identity = map_new(),
	    .targets = map_new(),
	    .first_day = question->today - DOMAIN_DAYS_KEPT,
	};
	const struct snapshot *const snapshot = question->snapshot;
	bool ok = true;

	for (size_t i = 0; i < snapshot->addresses; i++)
		map_put(making.identity, snapshot->address[i].address, &snapshot->address[i]);
	for (size_t i = 0; i < question->targets->count; i++)
		map_put(making.targets, question->targets->target[i].text,
			&question->targets->target[i]);
	add_views(&making);
	share_listings(&making);
	if (making.views && !question->counts_mail)
		ok = take_shown(&making, err);
	else if (making.views)
		ok = count_mail(&making, err);
	sum_up(&making);
	map_free(making.by_name);
	map_free(making.groups);
	map_free(making.identity);
	map_free(making.targets);
	if (making.views)
		qsort(making.view, making.views, sizeof(*making.view), by_mail);
	*out = making.view;
	*count = making.views;
	return ok;
}

bool domain_is_named(const struct domain_view *view, const char *word)
{
	const size_t len = strlen(view->base.address);
	const size_t tail = strlen(word);

	return len >= tail && strcmp(view->base.address + len - tail, word) == 0 &&
	       (len == tail || view->base.address[len - tail - 1] == '.');
}

static bool choose(struct domains *domains, const struct domains_choice *choice, struct err *err)
{
	size_t kept = 0;

	for (size_t i = 0; i < choice->words; i++) {
		bool is_found = false;

		for (size_t j = 0; j < domains->views && !is_found; j++)
			is_found = domain_is_named(&domains->view[j], choice->word[i]);
		if (!is_found)
			return err_set(err,
				       "'%s' is no domain that is looked at; 'repwatch check' asks "
				       "about it now",
				       choice->word[i]);
	}
	for (size_t j = 0; j < domains->views; j++)
		for (size_t i = 0; i < choice->words; i++)
			if (domain_is_named(&domains->view[j], choice->word[i])) {
				domains->view[kept++] = domains->view[j];
				break;
			}
	if (choice->words)
		domains->views = kept;
	return true;
}

bool look_at_domains(const struct look_source *source, const struct domains_choice *choice,
		     struct arena *arena, struct domains *out, struct err *err)
{
	const struct conf *const conf = source->conf;
	const struct targets targets = targets_of(conf, arena);
	struct store *const store = look_open(source, err);
	struct view_context context;
	struct snapshot snapshot;
	const struct domain_question question = {
	    .conf = conf,
	    .snapshot = &snapshot,
	    .context = &context,
	    .targets = &targets,
	    .store = store,
	    .today = civil_days(civil_date_at(choice->zone, choice->now)),
	};
	bool ok = false;

	if (!store)
		return false;
	*out = (struct domains){0};
	if (snapshot_read(store, true, arena, &snapshot, err)) {
		context = snapshot_context(conf, &snapshot, &targets, choice->now, arena);
		ok = domain_views(&question, arena, &out->view, &out->views, err);
	}
	look_close(source, store);
	if (!ok)
		return false;
	out->pass_at = snapshot.last.at;
	out->is_stale = choice->now - snapshot.last.at > conf->stale_after_ms / 1000;
	return choose(out, choice, err);
}

bool look_at_domain_numbers(const struct look_source *source, struct domain_numbers *out,
			    struct err *err)
{
	struct store *const store = look_open(source, err);
	const bool ok = store && shown_numbers(store, out, err);

	look_close(source, store);
	return ok;
}
