#include "run/domain_view_parts.h"

#include "dns/suffix.h"

#include <string.h>

enum { RECENT_DAYS = 7 };

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
			 const struct domain_day *day)
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
	sum = &group->day[day->day - making->first_day];
	for (size_t i = 0; i < BULK_RECEIVER_COUNT; i++)
		sum->to[i] += day->to[i];
}

static void add_to_view(const struct domain_making *making, struct domain_view *view,
			const struct domain_day *day)
{
	const int64_t ago = making->question->today - day->day;

	if (!view || ago < 0 || ago > DOMAIN_VIEW_DAYS)
		return;
	for (size_t i = 0; i < BULK_RECEIVER_COUNT; i++)
		view->to[i] += day->to[i];
	view->tried += day->tried;
	if (ago == 1)
		view->yesterday += day->sent;
	if (ago >= 1)
		view->month += day->sent;
}

/* Rows of one domain stand together, so its name is looked at once. */
static bool add_days(struct domain_making *making, struct err *err)
{
	const int64_t today = making->question->today;
	const char *text = NULL;
	struct domain_view *view = NULL;
	struct domain_group *group = NULL;
	struct domain_day *day;
	size_t days;
	int64_t first = today;

	if (!domains_days(making->question->store, making->first_day, today, making->arena, &day,
			  &days, err))
		return false;
	for (size_t i = 0; i < days; i++) {
		char name[DNS_NAME_BYTES], registrable[DNS_NAME_BYTES];

		if (day[i].domain != text) {
			const bool is_name = suffix_to_ascii(day[i].domain, name);

			text = day[i].domain;
			view = is_name ? map_get(making->by_name, name) : NULL;
			group = is_name && suffix_registrable(name, registrable)
				    ? map_get(making->groups, registrable)
				    : NULL;
		}
		first = day[i].day < first ? day[i].day : first;
		add_to_view(making, view, &day[i]);
		add_to_group(making, group, &day[i]);
	}
	making->is_counted = days > 0;
	making->days = today - first < DOMAIN_VIEW_DAYS ? today - first : DOMAIN_VIEW_DAYS;
	return true;
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

/* Rows come by volume; each domain's are spread over them. */
static void hand_out(struct domain_making *making, const struct domain_sender *row, size_t rows,
		     struct domain_view *const *of_row)
{
	struct domain_address **next =
	    arena_calloc(making->arena, making->views, sizeof(struct domain_address *));

	for (size_t i = 0; i < making->views; i++) {
		next[i] = arena_calloc(making->arena, making->view[i].addresses, sizeof(**next));
		making->view[i].address = next[i];
	}
	for (size_t i = 0; i < rows; i++) {
		struct domain_view *const view = of_row[i];
		const struct target *target;

		if (!view)
			continue;
		target = map_get(making->targets, row[i].address);
		*next[view - making->view]++ = (struct domain_address){
		    row[i].address, target ? target->name : "", row[i].tried};
		/* What it used before the last week is history, as for its record. */
		if (row[i].tried_lately)
			add_bulk_address(making, map_get(making->groups, view->registrable),
					 row[i].address);
	}
}

static bool add_senders(struct domain_making *making, struct err *err)
{
	const int64_t today = making->question->today;
	const struct sender_query query = {today - DOMAIN_VIEW_DAYS, today - RECENT_DAYS, today};
	struct domain_sender *row;
	struct domain_view **of_row;
	size_t rows;

	if (!domains_senders(making->question->store, &query, making->arena, &row, &rows, err))
		return false;
	of_row = arena_calloc(making->arena, rows, sizeof(struct domain_view *));
	for (size_t i = 0; i < rows; i++) {
		char name[DNS_NAME_BYTES];

		if (suffix_to_ascii(row[i].domain, name))
			of_row[i] = map_get(making->by_name, name);
		if (of_row[i])
			of_row[i]->addresses++;
	}
	hand_out(making, row, rows, of_row);
	return true;
}

bool domain_count_mail(struct domain_making *making, struct err *err)
{
	return add_days(making, err) && add_senders(making, err);
}
