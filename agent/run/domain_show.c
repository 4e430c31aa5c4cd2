/* What commands show of the domains' mail, kept by the pass that counted it. To add up two months of
 * counts takes seconds where there are ten thousand domains, and within a day few of them change: those
 * with new counts, new records or other beliefs, and whatever shares a registrable domain with one. A
 * new day, other addresses or older logs change all. */
#include "run/domain_parts.h"

#include "base/hash.h"
#include "base/map.h"
#include "dns/suffix.h"
#include "render/domains.h"
#include "run/domain_view_parts.h"
#include "store/domain_changes.h"
#include "store/domain_shown.h"

#include <stdlib.h>
#include <string.h>

/* From one in so many on, all are added up in the order they lie in, which is faster. */
enum { FEW_PART = 8 };

enum { WAS_BAD = 1, WAS_BLIND = 2 };

struct showing {
	struct pass *pass;
	struct arena *arena;
	struct changes_basis basis; /* what will hold now */
	struct stored_names changed; /* domains with new counts */
	struct shown_day *shown; /* by id */
	bool *is_owned; /* of each: its domain is looked at */
	size_t showns;
	struct map *known; /* domain_key() of all that are looked at */
	struct map *wanted; /* those of them to add up */
	size_t wanteds, domains;
	bool wants_all;
};

/* --- what may have changed --- */

static unsigned beliefs_of(const struct stored_address *stored)
{
	unsigned beliefs = 0;

	for (size_t i = 0; i < stored->standings; i++) {
		beliefs |= domain_is_bad(&stored->standing[i]) ? WAS_BAD : 0U;
		beliefs |= stored->standing[i].blind_cause != CAUSE_NONE ? WAS_BLIND : 0U;
	}
	return beliefs;
}

void domains_remember(struct pass *pass)
{
	for (size_t i = pass->targets.addresses; i < pass->targets.count; i++)
		pass_domain(pass, i)->was = beliefs_of(&pass->stored[i]);
}

static void want(struct showing *showing, const char *name, const char *registrable)
{
	const char *const key = domain_key(name, registrable);

	if (!map_get(showing->known, key) || map_get(showing->wanted, key))
		return;
	showing->wanteds++;
	map_put(showing->wanted, arena_strdup(showing->arena, key), showing);
}

static int by_id(const void *key, const void *member)
{
	const int64_t id = *(const int64_t *)key;
	const int64_t other = ((const struct shown_day *)member)->address_id;

	return id < other ? -1 : id > other;
}

static bool is_of_today(struct showing *showing, int64_t id)
{
	const struct shown_day *const found =
	    showing->showns ? bsearch(&id, showing->shown, showing->showns, sizeof(*found), by_id)
			    : NULL;

	if (!found)
		return false;
	showing->is_owned[found - showing->shown] = true;
	return found->day == showing->basis.day;
}

static void look_at_targets(struct showing *showing)
{
	const struct pass *const pass = showing->pass;

	for (size_t i = pass->targets.addresses; i < pass->targets.count; i++)
		map_put(showing->known,
			domain_key(pass->targets.target[i].text,
				   pass_domain(pass, i)->stored.registrable),
			showing);
	for (size_t i = pass->targets.addresses; i < pass->targets.count; i++) {
		const struct pass_domain *const domain = pass_domain(pass, i);
		const bool is_shown = domain->stored.role != DOMAIN_PARENT;

		showing->domains += is_shown;
		if ((is_shown && !is_of_today(showing, pass->stored[i].id)) ||
		    domain->stored.auth[0] || beliefs_of(&pass->stored[i]) != domain->was)
			want(showing, pass->targets.target[i].text, domain->stored.registrable);
	}
}

static void look_at_counts(struct showing *showing)
{
	for (size_t i = 0; i < showing->changed.count; i++) {
		char name[DNS_NAME_BYTES], registrable[DNS_NAME_BYTES];

		if (suffix_to_ascii(showing->changed.row[i].name, name))
			want(showing, name,
			     suffix_registrable(name, registrable) ? registrable : "");
	}
}

/* Of all that every domain depends on: the configuration, the identities of the addresses, and the
 * first day of the logs, from which means are taken. */
static bool make_basis(struct showing *showing, struct err *err)
{
	const struct pass *const pass = showing->pass;
	uint64_t digest = pass->conf->digest;
	int64_t first;

	showing->basis.day = pass_day(pass);
	if (!domains_first_day(pass->store, showing->basis.day - DOMAIN_DAYS_KEPT, &first, err))
		return false;
	digest = hash_seeded(digest, PACKAGE_VERSION, sizeof(PACKAGE_VERSION));
	digest = hash_seeded(digest, &first, sizeof(first));
	for (size_t i = 0; i < pass->targets.addresses; i++) {
		const struct stored_address *const stored = &pass->stored[i];
		const uint8_t identity[] = {stored->identity.is_known, stored->identity.ptrs > 0,
					    stored->identity.forward_confirmed};

		digest = hash_seeded(digest, stored->address, strlen(stored->address) + 1);
		digest = hash_seeded(digest, identity, sizeof(identity));
	}
	showing->basis.digest = digest;
	return true;
}

static bool find_changes(struct showing *showing, struct err *err)
{
	struct store *const store = showing->pass->store;
	struct changes_basis before;

	if (!make_basis(showing, err) || !changes_basis(store, &before, err) ||
	    !domains_changed(store, showing->arena, &showing->changed, err) ||
	    !shown_days(store, showing->arena, &showing->shown, &showing->showns, err))
		return false;
	showing->is_owned = arena_calloc(showing->arena, showing->showns, sizeof(bool));
	look_at_targets(showing);
	look_at_counts(showing);
	showing->wants_all = before.day != showing->basis.day ||
			     before.digest != showing->basis.digest ||
			     showing->wanteds > showing->domains / FEW_PART;
	return true;
}

/* --- what is kept of it --- */

static bool keep(struct showing *showing, const struct domain_view *view, struct err *err)
{
	const struct stored_shown shown = {
	    .address_id = view->id,
	    .day = showing->basis.day,
	    .is_unready = view->is_unready,
	    .is_urgent = view->is_urgent,
	    .is_blind = view->is_blind,
	    .text = json_domain_shown(view, showing->arena),
	};

	return !view->id || shown_save(showing->pass->store, &shown, err);
}

static bool show(struct showing *showing, struct err *err)
{
	struct pass *const pass = showing->pass;
	const struct targets targets = {pass->targets.target, pass->targets.addresses,
					pass->targets.addresses};
	struct snapshot snapshot;
	struct view_context context;
	const struct domain_question question = {
	    .conf = pass->conf,
	    .snapshot = &snapshot,
	    .context = &context,
	    .targets = &targets,
	    .store = pass->store,
	    .today = showing->basis.day,
	    .counts_mail = true,
	    .wanted = showing->wants_all ? NULL : showing->wanted,
	};
	struct domain_view *view;
	size_t views;

	if (!snapshot_read(pass->store, true, showing->arena, &snapshot, err))
		return false;
	context = snapshot_context(pass->conf, &snapshot, &targets, pass->at, showing->arena);
	if (!domain_views(&question, showing->arena, &view, &views, err))
		return false;
	for (size_t i = 0; i < views; i++)
		if (!keep(showing, &view[i], err))
			return false;
	return true;
}

/* What is not looked at would be old when it comes back. */
static bool drop_unowned(const struct showing *showing, struct err *err)
{
	for (size_t i = 0; i < showing->showns; i++)
		if (!showing->is_owned[i] &&
		    !shown_drop(showing->pass->store, showing->shown[i].address_id, err))
			return false;
	return true;
}

static bool add_up(const struct showing *showing, struct err *err)
{
	const struct sender_query period = domains_period(showing->pass);

	if (!showing->wants_all && !showing->changed.count)
		return true;
	return changes_sum(showing->pass->store, &period, !showing->wants_all, err);
}

bool domains_show(struct pass *pass, struct err *err)
{
	struct showing showing = {
	    .pass = pass, .arena = arena_new(), .known = map_new(), .wanted = map_new()};
	bool ok = find_changes(&showing, err);

	if (ok && showing.domains && (showing.wants_all || showing.wanteds))
		ok = show(&showing, err);
	ok = ok && drop_unowned(&showing, err) && add_up(&showing, err) &&
	     changes_settle(pass->store, &showing.basis, err);
	map_free(showing.known);
	map_free(showing.wanted);
	arena_free(showing.arena);
	return ok;
}
