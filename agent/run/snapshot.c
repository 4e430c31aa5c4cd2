#include "run/snapshot.h"

#include "lists/budget.h"
#include "lists/dnsbl.h"

#include <string.h>

bool snapshot_read(struct store *store, bool wants_domains, struct arena *arena,
		   struct snapshot *out, struct err *err)
{
	struct err none = {{0}};

	*out = (struct snapshot){0};
	if (!store_addresses(store, NULL, arena, &out->address, &out->addresses, err) ||
	    !domains_registrables(store, &out->registrables, err) ||
	    (wants_domains && !domains_load(store, true, arena, &out->domains, err)) ||
	    !store_lists(store, arena, &out->list, &out->lists, err) ||
	    !traffic_load(store, arena, &out->traffic, &out->traffics, err) ||
	    !outbox_counts(store, &out->letters, err))
		return false;
	if (!store_last_pass(store, &out->last, &none) && none.text[0])
		return err_set(err, "%s", none.text);
	return true;
}

/* How many targets the list is asked about. */
static uint64_t covered_by(const struct list *list, const struct snapshot *snapshot,
			   const struct targets *targets)
{
	uint64_t covered = 0;

	for (size_t i = 0; i < targets->count; i++)
		covered += dnsbl_covers(list, &targets->target[i]);
	return covered + (list->covers & COVERS_DOMAIN ? snapshot->registrables : 0);
}

static struct stored_list stored_list(const struct snapshot *snapshot, const char *zone)
{
	for (size_t i = 0; i < snapshot->lists; i++)
		if (strcmp(snapshot->list[i].zone, zone) == 0)
			return snapshot->list[i];
	return (struct stored_list){.slot = -1, .zone = zone, .text = ""};
}

struct view_context snapshot_context(const struct conf *conf, const struct snapshot *snapshot,
				     const struct targets *targets, int64_t now,
				     struct arena *arena)
{
	const struct catalogue *const catalogue = &conf->catalogue;
	struct view_list *list = arena_calloc(arena, catalogue->lists, sizeof(*list));
	size_t lists = 0;

	for (size_t i = 0; i < catalogue->lists; i++) {
		const struct list *const entry = &catalogue->list[i];

		if (!entry->is_enabled)
			continue;
		list[lists++] = (struct view_list){
		    .list = entry,
		    .stored = stored_list(snapshot, entry->zone),
		    .every_s =
			budget_plan(entry, covered_by(entry, snapshot, targets)).every_ms / 1000,
		};
	}
	return (struct view_context){
	    .list = list,
	    .lists = lists,
	    .now = now,
	    .stale_after_s = conf->stale_after_ms / 1000,
	    .wants_identity = true,
	    .auth_every_s = conf->auth.every_ms / 1000,
	    .traffic = snapshot->traffic,
	    .traffics = snapshot->traffics,
	};
}
