/* Which domains a pass looks at: those that were configured, and those the mail logs tell of. */
#include "run/domain_parts.h"

#include "auth/hostname.h"
#include "base/map.h"
#include "base/mem.h"
#include "dns/suffix.h"

#include <stdlib.h>
#include <string.h>

struct candidate {
	const char *name;
	const struct conf_domain *conf; /* NULL: only the logs tell of it */
	uint64_t tried;
};

struct choosing {
	struct pass *pass;
	struct map *by_name; /* of struct candidate */
	struct candidate **candidate;
	size_t candidates, room;
};

static struct candidate *candidate_of(struct choosing *choosing, const char *name)
{
	struct candidate *found = map_get(choosing->by_name, name);

	if (found)
		return found;
	if (choosing->candidates == choosing->room) {
		choosing->room = choosing->room ? choosing->room * 2 : 256;
		choosing->candidate =
		    xrealloc(choosing->candidate, choosing->room, sizeof(struct candidate *));
	}
	found = arena_calloc(choosing->pass->arena, 1, sizeof(*found));
	found->name = arena_strdup(choosing->pass->arena, name);
	map_put(choosing->by_name, found->name, found);
	choosing->candidate[choosing->candidates++] = found;
	return found;
}

static bool is_below(const char *name, const char *domain)
{
	const size_t len = strlen(name);
	const size_t tail = strlen(domain);

	return len >= tail && strcmp(name + len - tail, domain) == 0 &&
	       (len == tail || name[len - tail - 1] == '.');
}

static bool is_ignored(const struct conf *conf, const char *name)
{
	for (size_t i = 0; i < conf->auth.ignores; i++)
		if (is_below(name, conf->auth.ignore[i]))
			return true;
	return false;
}

/* Names in logs are what anybody wrote into an envelope. NULL: nothing that can be asked about. */
static struct candidate *candidate_of_row(struct choosing *choosing, const char *text)
{
	char name[DNS_NAME_BYTES], registrable[DNS_NAME_BYTES];
	struct candidate *known;

	if (!suffix_to_ascii(text, name) || !hostname_is_qualified(name))
		return NULL;
	known = map_get(choosing->by_name, name);
	if (known)
		return known;
	if (is_ignored(choosing->pass->conf, name) || !suffix_registrable(name, registrable))
		return NULL;
	return candidate_of(choosing, name);
}

static bool add_found(struct choosing *choosing, struct err *err)
{
	struct pass *const pass = choosing->pass;
	const struct sender_query query = domains_period(pass);
	struct arena *const arena = arena_new();
	struct domain_tried *row = NULL;
	size_t rows = 0;
	const bool ok = domains_tried(pass->store, &query, arena, &row, &rows, err);

	for (size_t i = 0; ok && i < rows; i++) {
		struct candidate *const candidate = candidate_of_row(choosing, row[i].domain);

		if (candidate)
			candidate->tried += row[i].tried;
	}
	arena_free(arena);
	return ok;
}

static int by_weight(const void *left, const void *right)
{
	const struct candidate *const a = *(const struct candidate *const *)left;
	const struct candidate *const b = *(const struct candidate *const *)right;

	if (!a->conf != !b->conf)
		return a->conf ? -1 : 1;
	if (a->tried != b->tried)
		return a->tried > b->tried ? -1 : 1;
	return strcmp(a->name, b->name);
}

/* Configured ones first, then by mail; the rest is left out. */
static void cut(struct choosing *choosing)
{
	const struct conf *const conf = choosing->pass->conf;
	const size_t limit = conf->domains + (size_t)conf->auth.limit;
	size_t kept = 0;

	for (size_t i = 0; i < choosing->candidates; i++)
		if (choosing->candidate[i]->conf ||
		    choosing->candidate[i]->tried >= (uint64_t)conf->auth.min_volume)
			choosing->candidate[kept++] = choosing->candidate[i];
	choosing->candidates = kept;
	if (kept)
		qsort(choosing->candidate, kept, sizeof(struct candidate *), by_weight);
	if (kept <= limit)
		return;
	if (conf->auth.limit)
		pass_notice(choosing->pass,
			    arena_printf(choosing->pass->arena,
					 "%zu domains send and %zu of them are looked at, those "
					 "with most mail; auth.limit allows for more",
					 kept, limit));
	choosing->candidates = limit;
}

static bool has_domain_lists(const struct catalogue *catalogue)
{
	for (size_t i = 0; i < catalogue->lists; i++)
		if (catalogue->list[i].is_enabled && catalogue->list[i].covers & COVERS_DOMAIN)
			return true;
	return false;
}

static const char *registrable_of(const char *name, struct arena *arena)
{
	char registrable[DNS_NAME_BYTES];

	if (!suffix_registrable(name, registrable))
		return "";
	return strcmp(registrable, name) == 0 ? name : arena_strdup(arena, registrable);
}

static struct target *add_target(struct pass *pass, const char *name, const char *registrable,
				 enum domain_role role)
{
	const size_t at = pass->targets.count++ - pass->targets.addresses;
	struct target *const target = &pass->targets.target[pass->targets.addresses + at];

	*target = (struct target){
	    .kind = TARGET_DOMAIN,
	    .text = name,
	    .name = "",
	    .helo = "",
	    .pool = "",
	    .listed_as = strcmp(name, registrable) == 0 ? name : "",
	};
	pass->domain[at].stored =
	    (struct stored_domain){.registrable = registrable, .role = role, .auth = ""};
	return target;
}

static struct auth_subject *subject_of(const struct pass *pass, const struct candidate *candidate)
{
	struct auth_subject *subject = arena_calloc(pass->arena, 1, sizeof(*subject));

	*subject = (struct auth_subject){
	    .domain = candidate->name,
	    .now = pass->at,
	};
	if (candidate->conf) {
		subject->selector = candidate->conf->selector;
		subject->selectors = candidate->conf->selectors;
	}
	return subject;
}

/* A registrable domain that only names below it send for is asked about at the lists. */
static void add_targets(struct choosing *choosing)
{
	struct pass *const pass = choosing->pass;
	const bool wants_parents = has_domain_lists(&pass->conf->catalogue);
	const size_t most = pass->targets.addresses + 2 * choosing->candidates;
	struct target *grown = arena_calloc(pass->arena, most, sizeof(*grown));
	struct map *seen = map_new();

	if (pass->targets.addresses)
		memcpy(grown, pass->targets.target, pass->targets.addresses * sizeof(*grown));
	pass->targets.target = grown;
	pass->domain = arena_calloc(pass->arena, 2 * choosing->candidates, sizeof(*pass->domain));
	for (size_t i = 0; i < choosing->candidates; i++)
		map_put(seen, choosing->candidate[i]->name, choosing);
	for (size_t i = 0; i < choosing->candidates; i++) {
		const struct candidate *const candidate = choosing->candidate[i];
		const char *const registrable = registrable_of(candidate->name, pass->arena);
		struct target *const target =
		    add_target(pass, candidate->name, registrable,
			       candidate->conf ? DOMAIN_CONFIGURED : DOMAIN_FOUND);

		struct domain_selectors *const selectors =
		    arena_calloc(pass->arena, 1, sizeof(*selectors));

		selectors->subject = subject_of(pass, candidate);
		pass->domain[pass->targets.count - 1 - pass->targets.addresses].selectors =
		    selectors;
		target->auth = selectors->subject;
		target->pool = candidate->conf ? candidate->conf->pool : "";
		if (!wants_parents || !registrable[0] || map_get(seen, registrable))
			continue;
		map_put(seen, registrable, choosing);
		add_target(pass, registrable, registrable, DOMAIN_PARENT);
	}
	map_free(seen);
}

bool domains_choose(struct pass *pass, struct err *err)
{
	struct choosing choosing = {.pass = pass, .by_name = map_new()};
	bool ok = true;

	for (size_t i = 0; i < pass->conf->domains; i++)
		candidate_of(&choosing, pass->conf->domain[i].domain)->conf =
		    &pass->conf->domain[i];
	if (pass->store)
		ok = add_found(&choosing, err);
	cut(&choosing);
	add_targets(&choosing);
	map_free(choosing.by_name);
	free(choosing.candidate);
	return ok;
}
