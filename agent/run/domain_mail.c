#include "run/domain_view_parts.h"

#include "dns/suffix.h"

#include <stdlib.h>
#include <string.h>

/* What one address tried for a view. */
struct use {
	struct use *next;
	int64_t sender_id;
	uint64_t tried, lately; /* of it in the last week: what was used before is history */
};

/* What the counts of one domain's name go to; several names may be one domain. */
struct slot {
	int64_t domain_id;
	struct domain_view *view; /* NULL: not looked at */
	struct domain_group *group; /* likewise of its organisation */
};

struct adding {
	struct domain_making *making;
	struct stored_names senders;
	struct slot *slot; /* by domain_id */
	size_t slots;
	size_t at; /* the last one found */
	struct use **use; /* one list a view, the last used first */
};

struct domain_group *domain_group_of(struct domain_making *making, const char *registrable)
{
	struct domain_group *found = map_get(making->groups, registrable);

	if (found || !registrable[0])
		return found;
	found = arena_calloc(making->arena, 1, sizeof(*found));
	found->registrable = registrable;
	map_put(making->groups, registrable, found);
	return found;
}

static void add_to_group(struct domain_making *making, struct domain_group *group,
			 const struct domain_count *count)
{
	const int64_t days = making->question->today - making->first_day + 1;
	struct bulk_day *sum;

	if (!group)
		return;
	if (!group->day) {
		group->day = arena_calloc(making->arena, (size_t)days, sizeof(*group->day));
		for (int64_t i = 0; i < days; i++)
			group->day[i].day = making->first_day + i;
	}
	sum = &group->day[count->day - making->first_day];
	for (size_t i = 0; i < BULK_RECEIVER_COUNT; i++)
		sum->to[i] += count->to[i];
}

/* To the front, where the next day's rows find it. */
static struct use *use_of(struct adding *adding, const struct domain_view *view, int64_t sender_id)
{
	struct use **const head = &adding->use[view - adding->making->view];
	struct use **link = head;
	struct use *use;

	while (*link && (*link)->sender_id != sender_id)
		link = &(*link)->next;
	use = *link;
	if (use)
		*link = use->next;
	else
		use = arena_calloc(adding->making->arena, 1, sizeof(*use));
	use->sender_id = sender_id;
	use->next = *head;
	*head = use;
	return use;
}

static void add_to_view(struct adding *adding, struct domain_view *view,
			const struct domain_count *count)
{
	const int64_t ago = adding->making->question->today - count->day;
	struct use *use;

	if (!view || ago < 0 || ago > DOMAIN_VIEW_DAYS)
		return;
	for (size_t i = 0; i < BULK_RECEIVER_COUNT; i++)
		view->to[i] += count->to[i];
	view->tried += count->tried;
	view->today += ago == 0 ? count->sent : 0;
	view->yesterday += ago == 1 ? count->sent : 0;
	view->month += ago >= 1 ? count->sent : 0;
	use = use_of(adding, view, count->sender_id);
	view->addresses += use->tried == 0 && count->tried > 0;
	use->tried += count->tried;
	use->lately += ago <= DOMAIN_RECENT_DAYS ? count->tried : 0;
}

static int by_id(const void *key, const void *member)
{
	const int64_t id = *(const int64_t *)key;
	const int64_t other = *(const int64_t *)member; /* first member of slots and names */

	return id < other ? -1 : id > other;
}

/* Rows of an address and day come by domain, so the next is often the one behind the last. */
static const struct slot *slot_of(struct adding *adding, int64_t domain_id)
{
	const struct slot *found;

	if (adding->at + 1 < adding->slots && adding->slot[adding->at + 1].domain_id == domain_id)
		return &adding->slot[++adding->at];
	found = bsearch(&domain_id, adding->slot, adding->slots, sizeof(*adding->slot), by_id);
	if (found)
		adding->at = (size_t)(found - adding->slot);
	return found;
}

static void take(void *context, const struct domain_count *count)
{
	struct adding *const adding = context;
	const struct slot *const slot = slot_of(adding, count->domain_id);

	if (!slot)
		return;
	add_to_view(adding, slot->view, count);
	add_to_group(adding->making, slot->group, count);
}

static void make_slots(struct adding *adding, const struct stored_names *domains)
{
	const struct domain_making *const making = adding->making;

	adding->slot = arena_calloc(making->arena, domains->count, sizeof(*adding->slot));
	for (size_t i = 0; i < domains->count; i++) {
		struct slot *const slot = &adding->slot[adding->slots];
		char name[DNS_NAME_BYTES], registrable[DNS_NAME_BYTES];

		if (!suffix_to_ascii(domains->row[i].name, name))
			continue;
		slot->domain_id = domains->row[i].id;
		slot->view = map_get(making->by_name, name);
		slot->group = suffix_registrable(name, registrable)
				  ? map_get(making->groups, registrable)
				  : NULL;
		adding->slots += slot->view || slot->group;
	}
}

static void add_bulk_address(struct domain_making *making, struct domain_group *group,
			     const char *address)
{
	const struct stored_address *const stored = map_get(making->identity, address);
	struct bulk_address row = {.is_known = stored && stored->identity.is_known};

	if (!group || !ip_parse(address, &row.ip))
		return;
	for (size_t i = 0; i < group->addresses; i++)
		if (ip_equal(&group->address[i].ip, &row.ip))
			return;
	if (row.is_known) {
		row.has_name = stored->identity.ptrs > 0;
		row.is_confirmed = stored->identity.forward_confirmed;
	}
	if (group->addresses == group->addresses_room) {
		const size_t room = group->addresses_room ? 2 * group->addresses_room : 2;
		struct bulk_address *grown = arena_calloc(making->arena, room, sizeof(*grown));

		if (group->addresses)
			memcpy(grown, group->address, group->addresses * sizeof(*grown));
		group->address = grown;
		group->addresses_room = room;
	}
	group->address[group->addresses++] = row;
}

static int by_tried(const void *left, const void *right)
{
	const struct use *const a = *(const struct use *const *)left;
	const struct use *const b = *(const struct use *const *)right;

	if (a->tried != b->tried)
		return a->tried > b->tried ? -1 : 1;
	return a->sender_id < b->sender_id ? -1 : a->sender_id > b->sender_id;
}

static const struct use **sorted(const struct adding *adding, const struct domain_view *view)
{
	const struct use **all =
	    arena_calloc(adding->making->arena, view->addresses, sizeof(struct use *));
	size_t count = 0;

	for (const struct use *use = adding->use[view - adding->making->view]; use; use = use->next)
		if (use->tried)
			all[count++] = use;
	if (count)
		qsort(all, count, sizeof(struct use *), by_tried);
	return all;
}

static void give_addresses(struct adding *adding, struct domain_view *view)
{
	struct domain_making *const making = adding->making;
	const struct use **const use = sorted(adding, view);
	struct domain_address *address =
	    arena_calloc(making->arena, view->addresses, sizeof(*address));

	for (size_t i = 0; i < view->addresses; i++) {
		const struct stored_name *const sender =
		    bsearch(&use[i]->sender_id, adding->senders.row, adding->senders.count,
			    sizeof(*sender), by_id);
		const char *const text = sender ? sender->name : "";
		const struct target *const target = map_get(making->targets, text);

		address[i] =
		    (struct domain_address){text, target ? target->name : "", use[i]->tried};
		/* As for its record. */
		if (use[i]->lately)
			add_bulk_address(making, map_get(making->groups, view->registrable), text);
	}
	view->address = address;
}

/* Who sends for it now. */
static bool give_accounts(struct adding *adding, int64_t domain_id, struct err *err)
{
	const struct domain_making *const making = adding->making;
	const struct account_period period = {making->question->today - DOMAIN_RECENT_DAYS,
					      making->question->today, domain_id};
	struct domain_account *row;
	size_t rows;

	if (!domains_accounts(making->question->store, &period, making->arena, &row, &rows, err))
		return false;
	for (size_t i = 0; i < rows; i++) {
		const struct slot *const slot = slot_of(adding, row[i].domain_id);
		struct domain_view *const view = slot ? slot->view : NULL;

		if (view && view->accounts < DOMAIN_ACCOUNTS_MAX)
			view->account[view->accounts++] = row[i].account;
	}
	return true;
}

static bool give_all_accounts(struct adding *adding, struct err *err)
{
	if (!adding->making->question->wanted)
		return give_accounts(adding, 0, err);
	for (size_t i = 0; i < adding->slots; i++)
		if (adding->slot[i].view && !give_accounts(adding, adding->slot[i].domain_id, err))
			return false;
	return true;
}

/* All in the order they lie in, or those that are wanted, each by itself. */
static bool count_all(struct adding *adding, struct err *err)
{
	const struct domain_question *const question = adding->making->question;
	const struct domain_counts counts = {adding->making->first_day, question->today, take,
					     adding};

	if (!question->wanted)
		return domains_count(question->store, &counts, err);
	for (size_t i = 0; i < adding->slots; i++)
		if (!domains_count_one(question->store, &counts, adding->slot[i].domain_id, err))
			return false;
	return true;
}

bool domain_count_mail(struct domain_making *making, struct err *err)
{
	const int64_t today = making->question->today;
	struct adding adding = {.making = making};
	struct stored_names domains;
	int64_t first;

	if (!domains_names(making->question->store, making->arena, &domains, &adding.senders,
			   err) ||
	    !domains_first_day(making->question->store, making->first_day, &first, err))
		return false;
	make_slots(&adding, &domains);
	adding.use = arena_calloc(making->arena, making->views, sizeof(struct use *));
	if (!count_all(&adding, err))
		return false;
	for (size_t i = 0; i < making->views; i++)
		give_addresses(&adding, &making->view[i]);
	if (!give_all_accounts(&adding, err))
		return false;
	making->is_counted = first <= today;
	making->days = making->is_counted ? today - first : 0;
	if (making->days > DOMAIN_VIEW_DAYS)
		making->days = DOMAIN_VIEW_DAYS;
	return true;
}
