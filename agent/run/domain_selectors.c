#include "run/domain_selectors.h"

#include "base/map.h"
#include "run/domain_parts.h"
#include "store/selectors.h"

#include <string.h>

/* Common selectors are tried once a day, and whenever no other has a key. */
enum { GUESS_EVERY_S = 86400, EARLY_S = 3600 };

static void give(struct auth_subject *subject, const struct stored_selectors *stored)
{
	if (!stored)
		return;
	subject->learned = stored->row;
	subject->learneds = stored->count;
}

static bool mark_guessed(struct pass *pass, struct map *guessed, struct err *err)
{
	const char *const *domain;
	size_t count;

	if (!selectors_guessed(pass->store, pass->at - GUESS_EVERY_S + EARLY_S, pass->arena,
			       &domain, &count, err))
		return false;
	for (size_t i = 0; i < count; i++)
		map_put(guessed, domain[i], pass);
	return true;
}

bool selectors_give(struct pass *pass, struct err *err)
{
	struct map *const by_domain = map_new();
	struct map *const guessed = map_new();
	struct stored_selectors *stored;
	size_t count;
	const bool ok = selectors_load(pass->store, NULL, pass->arena, &stored, &count, err) &&
			mark_guessed(pass, guessed, err);

	for (size_t i = 0; ok && i < count; i++)
		map_put(by_domain, stored[i].domain, &stored[i]);
	for (size_t i = pass->targets.addresses; ok && i < pass->targets.count; i++) {
		const char *const name = pass->targets.target[i].text;
		struct domain_selectors *const selectors = pass_domain(pass, i)->selectors;

		if (!selectors)
			continue;
		give(selectors->subject, map_get(by_domain, name));
		selectors->subject->has_guessed = map_get(guessed, name) != NULL;
	}
	map_free(by_domain);
	map_free(guessed);
	return ok;
}

void selectors_known(const struct conf *conf, struct auth_subject *subject, struct arena *arena)
{
	struct store *store;
	struct stored_selectors *stored;
	struct err none;
	size_t count;

	store = conf->state_dir[0] ? store_open(conf->state_dir, STORE_READ, &none) : NULL;
	if (store && selectors_load(store, subject->domain, arena, &stored, &count, &none) && count)
		give(subject, stored);
	store_close(store);
}

/* Where a key can be used, and nobody needs to be told of it. */
static bool is_found(const struct dkim_key *key)
{
	return (key->state == AUTH_OK || key->state == AUTH_WEAK) && !key->is_configured &&
	       strcmp(key->selector, "*") != 0;
}

void selectors_take(struct pass *pass, size_t target, const struct domain_dkim *dkim)
{
	struct domain_selectors *const out = pass_domain(pass, target)->selectors;

	if (!out)
		return;
	out->found = arena_calloc(pass->arena, dkim->keys, sizeof(*out->found));
	out->founds = 0;
	out->has_guessed = dkim->has_guessed && dkim->cause == CAUSE_NONE;
	for (size_t i = 0; i < dkim->keys; i++)
		if (is_found(&dkim->key[i]))
			out->found[out->founds++] =
			    arena_strdup(pass->arena, dkim->key[i].selector);
}

void selectors_drop(struct pass *pass, size_t target)
{
	struct domain_selectors *const out = pass_domain(pass, target)->selectors;

	if (out)
		*out = (struct domain_selectors){.subject = out->subject};
}

bool selectors_keep(struct pass *pass, size_t target, struct err *err)
{
	const struct domain_selectors *const from = pass_domain(pass, target)->selectors;
	const char *const name = pass->targets.target[target].text;

	for (size_t i = 0; from && i < from->founds; i++)
		if (!selectors_find(pass->store, name, from->found[i], pass->at, err))
			return false;
	return !from || !from->has_guessed ||
	       selectors_guess(pass->store, pass->stored[target].id, pass->at, err);
}
