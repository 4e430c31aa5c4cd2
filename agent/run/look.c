#include "run/look.h"

#include "lists/dnsbl.h"
#include "run/pass_parts.h"
#include "sys/clock.h"

#include <string.h>

/* A look is a pass that starts from nothing and leaves nothing. */
static bool look(struct pass *pass, struct err *err)
{
	pass->at = clock_now();
	return plan_make(pass, err) && pass_probe(pass, err);
}

/* What is known of a domain's authentication; NULL for nothing. */
static const struct domain_auth *auth_of(const struct pass *pass, size_t target)
{
	const char *const text = pass_domain(pass, target)->stored.auth;
	struct domain_auth *auth = arena_calloc(pass->arena, 1, sizeof(*auth));

	return text[0] && domain_auth_parse(text, pass->arena, auth) ? auth : NULL;
}

/* What was learned, as if it had been recorded. `place` of a target is that of its view. */
static void make_views(struct pass *pass, const size_t *place, struct address_view *view)
{
	struct view_context context;

	for (size_t i = SOURCE_LISTS; i < pass->sources; i++)
		pass->state[i].stored.slot = (int64_t)i;
	context = pass_view_context(pass);
	context.wants_identity = pass->options->only & PASS_IDENTITY;
	for (size_t i = 0; i < pass->targets.count; i++) {
		const bool is_domain = pass_domain(pass, i) != NULL;
		struct view_domain domain = pass_view_domain(pass, i);

		if (is_domain)
			domain.auth = auth_of(pass, i);
		pass_update_pairs(pass, i, pass->sources);
		view_make(&context, &pass->stored[i], is_domain ? &domain : NULL, pass->arena,
			  &view[place[i]]);
	}
}

/* Domains stand behind the addresses. */
static size_t *take_targets(struct pass *pass, const struct target *target, size_t targets)
{
	size_t *place = arena_calloc(pass->arena, targets, sizeof(*place));

	pass->targets.target = arena_calloc(pass->arena, targets, sizeof(*target));
	for (int kind = TARGET_ADDRESS; kind <= TARGET_DOMAIN; kind++) {
		for (size_t i = 0; i < targets; i++) {
			if ((int)target[i].kind != kind)
				continue;
			place[pass->targets.count] = i;
			pass->targets.target[pass->targets.count++] = target[i];
		}
		if (kind == TARGET_ADDRESS)
			pass->targets.addresses = pass->targets.count;
	}
	pass->domain = arena_calloc(pass->arena, targets, sizeof(*pass->domain));
	for (size_t i = 0; i < targets; i++)
		pass->domain[i].stored.auth = "";
	return place;
}

bool look_at(const struct conf *conf, const struct look_options *options,
	     const struct target *target, size_t targets, struct arena *arena,
	     struct address_view **view, struct err *err)
{
	static const struct zone utc = {0};
	const struct pass_options pass_options = {
	    .only = (options->wants_lists ? PASS_LISTS : 0U) |
		    (options->wants_identity ? PASS_IDENTITY | PASS_AUTH : 0U),
	    .ignores_due = true,
	    .is_dry = true,
	    .progress = options->progress,
	    .context = options->context,
	    .zone = &utc,
	};
	struct pass_summary summary = {0};
	struct conf own = *conf;
	struct pass pass = {
	    .conf = &own,
	    .options = &pass_options,
	    .arena = arena,
	    .summary = &summary,
	};
	size_t *place;
	bool ok;

	/* One look has no history that a mass change could be held against, and who asks about a
	 * whole block wants to see that the whole block is listed. */
	own.lists.breaker = 1;
	if (own.lists.confirm > 2)
		own.lists.confirm = 2;
	if (!options->wants_lists)
		own.catalogue.lists = 0;
	place = take_targets(&pass, target, targets);
	*view = arena_calloc(arena, targets, sizeof(**view));
	ok = look(&pass, err);
	if (ok)
		make_views(&pass, place, *view);
	pass_release(&pass);
	return ok;
}

/* --- lists --- */

/* The domains of the last pass that lists are asked about. */
static uint64_t count_domains(struct store *store)
{
	struct err err;
	uint64_t count = 0;

	return store && domains_registrables(store, &count, &err) ? count : 0;
}

static struct list_view list_view(const struct list *list, const struct targets *targets,
				  uint64_t domains)
{
	struct budget_plan plan;
	uint64_t count = list->covers & COVERS_DOMAIN ? domains : 0;

	for (size_t i = 0; i < targets->count; i++)
		count += dnsbl_covers(list, &targets->target[i]);
	plan = budget_plan(list, count);
	return (struct list_view){
	    .list = list,
	    .text = "",
	    .planned_per_day = list->is_enabled && count ? plan.planned_per_day : 0,
	    .every_ms = plan.every_ms,
	};
}

/* What the last pass thought of them, when there was one. */
static void add_stored_health(struct store *store, struct arena *arena, struct list_view *view,
			      size_t views)
{
	struct stored_list *stored;
	struct err err;
	size_t count;

	if (!store || !store_lists(store, arena, &stored, &count, &err))
		return;
	for (size_t i = 0; i < views; i++)
		for (size_t j = 0; j < count; j++)
			if (strcmp(view[i].list->zone, stored[j].zone) == 0) {
				view[i].has_health = stored[j].has_health;
				view[i].health = stored[j].health;
				view[i].cause = stored[j].cause;
				view[i].text = stored[j].text;
				view[i].health_since = stored[j].health_since;
			}
}

static bool nothing_due(void *context, size_t target, size_t source)
{
	(void)context;
	(void)target;
	(void)source;
	return false;
}

static void no_result(void *context, const struct probe_result *result)
{
	(void)context;
	(void)result;
}

static bool nothing_again(void *context, size_t source, size_t *at, size_t *target)
{
	(void)at;
	return nothing_due(context, *target, source);
}

/* Asks the canaries of every enabled list, and nothing else. */
static bool verify(const struct conf *conf, struct arena *arena, struct list_view *view,
		   size_t views, struct err *err)
{
	struct probe_source *source = arena_calloc(arena, views, sizeof(*source));
	size_t *of_source = arena_calloc(arena, views, sizeof(*of_source));
	struct probe_plan plan = {
	    .source = source,
	    .calls = {nothing_due, no_result, nothing_again, no_result, NULL},
	};
	struct prober *prober;

	for (size_t i = 0; i < views; i++) {
		if (!view[i].list->is_enabled)
			continue;
		of_source[plan.sources] = i;
		source[plan.sources++] = (struct probe_source){
		    .list = view[i].list, .quota = UINT64_MAX, .wants_canaries = true};
	}
	prober = prober_new(conf, &plan, err);
	if (!prober)
		return false;
	prober_run(prober, NULL, NULL);
	for (size_t i = 0; i < plan.sources; i++) {
		const struct health_report health = probe_source_health(&source[i]);
		struct list_view *const out = &view[of_source[i]];

		out->has_health = true;
		out->health = health.health;
		out->cause = health.cause;
		out->text = arena_strdup(arena, health.text ? health.text : "");
		out->health_since = 0;
	}
	prober_free(prober);
	return true;
}

bool look_at_lists(const struct look_source *source, bool wants_verify, struct arena *arena,
		   struct list_view **view, size_t *views, struct err *err)
{
	const struct conf *const conf = source->conf;
	const struct catalogue *const catalogue = &conf->catalogue;
	const struct targets targets = targets_of(conf, arena);
	struct err none;
	struct store *const store = conf->state_dir[0] ? look_open(source, &none) : NULL;
	const uint64_t domains = count_domains(store);

	*views = catalogue->lists;
	*view = arena_calloc(arena, *views, sizeof(**view));
	for (size_t i = 0; i < *views; i++)
		(*view)[i] = list_view(&catalogue->list[i], &targets, domains);
	if (!wants_verify)
		add_stored_health(store, arena, *view, *views);
	look_close(source, store);
	return !wants_verify || verify(conf, arena, *view, *views, err);
}
