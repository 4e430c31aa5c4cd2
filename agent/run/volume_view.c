#include "run/volume_view.h"

#include "store/volumes.h"

#include <stdlib.h>
#include <string.h>

/* One day of one address, before the days of each stand together. */
struct day_of {
	const char *address;
	struct volume_row row;
};

static int by_address_and_day(const void *a, const void *b)
{
	const struct day_of *const x = a;
	const struct day_of *const y = b;
	const int order = strcmp(x->address, y->address);

	return order ? order : (x->row.day > y->row.day) - (x->row.day < y->row.day);
}

static const char **address_texts(const struct tally *sum, struct arena *arena)
{
	const size_t count = tally_addresses(sum);
	const char **text = arena_calloc(arena, count, sizeof(*text));

	for (uint32_t i = 0; i < count; i++) {
		const struct ip ip = tally_address(sum, i);
		char canonical[IP_TEXT_BYTES];

		text[i] = ip.family ? arena_strdup(arena, ip_text(&ip, canonical)) : "";
	}
	return text;
}

static void view_days(const struct tally *sum, const char *const *address, struct arena *arena,
		      struct import_view *view)
{
	size_t count;
	const struct tally_hour *const hour = tally_hours(sum, &count);
	struct day_of *day = arena_calloc(arena, count, sizeof(*day));
	struct volume_view *views = arena_calloc(arena, tally_addresses(sum), sizeof(*views));
	struct volume_row *row = arena_calloc(arena, count, sizeof(*row));

	for (size_t i = 0; i < count; i++) {
		day[i].address = address[hour[i].key.address];
		day[i].row.day = hour[i].key.day;
		memcpy(day[i].row.by_outcome, hour[i].by_outcome, sizeof(day[i].row.by_outcome));
	}
	if (count)
		qsort(day, count, sizeof(*day), by_address_and_day);
	for (size_t i = 0; i < count; i++) {
		struct volume_view *at = &views[view->addresses];

		row[i] = day[i].row;
		if (i && strcmp(day[i].address, day[i - 1].address) == 0)
			at--;
		else
			*at = (struct volume_view){day[i].address, &row[i], 0};
		at->rows++;
		view->addresses = (size_t)(at - views) + 1;
	}
	view->address = views;
}

/* A row in the order of the mail it counts. */
struct place {
	uint64_t all;
	uint32_t row;
};

/* The rows of a sum, and their order: a view of each would take more than the sum does. */
struct sum_accounts {
	const struct tally *sum;
	const char *const *address;
	const struct tally_account *row;
	struct place *place;
};

static uint64_t all_of(const struct tally_account *row)
{
	uint64_t all = 0;

	for (size_t i = 0; i < OUTCOME_COUNT; i++)
		all += row->by_outcome[i];
	return all;
}

static const char *name_of(const struct sum_accounts *accounts, const struct tally_account *row)
{
	return tally_text(accounts->sum, TALLY_ACCOUNT, row->key.who).at;
}

/* Of equals the one that came first. */
static int most_first(const void *a, const void *b)
{
	const struct place *const x = a;
	const struct place *const y = b;

	if (x->all != y->all)
		return x->all < y->all ? 1 : -1;
	return (x->row > y->row) - (x->row < y->row);
}

static struct account_view account_at(const struct import_view *view, size_t index)
{
	const struct sum_accounts *const accounts = view->accounts_of;
	const struct tally_account *const row = &accounts->row[accounts->place[index].row];
	struct account_view account = {
	    name_of(accounts, row), accounts->address[row->key.address], {0}};

	for (size_t i = 0; i < OUTCOME_COUNT; i++)
		account.by_outcome[i] = row->by_outcome[i];
	return account;
}

static void view_accounts(const struct tally *sum, const char *const *address, struct arena *arena,
			  struct import_view *view)
{
	struct sum_accounts *const accounts = arena_calloc(arena, 1, sizeof(*accounts));

	*accounts = (struct sum_accounts){sum, address, tally_accounts(sum, &view->accounts), NULL};
	accounts->place = arena_calloc(arena, view->accounts, sizeof(*accounts->place));
	for (uint32_t i = 0; i < view->accounts; i++)
		accounts->place[i] = (struct place){all_of(&accounts->row[i]), i};
	if (view->accounts)
		qsort(accounts->place, view->accounts, sizeof(*accounts->place), most_first);
	view->account = account_at;
	view->accounts_of = accounts;
}

void volume_view_import(const struct tally *sum, struct arena *arena, struct import_view *view)
{
	const char *const *const address = address_texts(sum, arena);

	view_days(sum, address, arena, view);
	view_accounts(sum, address, arena, view);
}

static bool view_address(struct store *store, const struct volume_query *query, struct arena *arena,
			 struct volume_view *view, struct err *err)
{
	struct volume_day *day;
	struct volume_row *row;
	size_t days;

	if (!volumes_days(store, query, arena, &day, &days, err))
		return false;
	row = arena_calloc(arena, days, sizeof(*row));
	for (size_t i = 0; i < days; i++)
		row[i] = (struct volume_row){
		    .day = day[i].day,
		    .by_outcome = {[OUTCOME_SENT] = day[i].sent,
				   [OUTCOME_DEFERRED] = day[i].deferred,
				   [OUTCOME_BOUNCED] = day[i].bounced,
				   [OUTCOME_EXPIRED] = day[i].expired},
		};
	*view = (struct volume_view){query->address[0], row, days};
	return true;
}

bool volume_view_show(struct store *store, const struct volume_choice *choice, struct arena *arena,
		      struct volume_view **view, size_t *views, struct err *err)
{
	const char *const *address = choice->address;
	size_t addresses = choice->addresses;

	*views = 0;
	if (!choice->addresses && !volumes_addresses(store, arena, &address, &addresses, err))
		return false;
	*view = arena_calloc(arena, addresses, sizeof(**view));
	for (size_t i = 0; i < addresses; i++) {
		const struct volume_query query = {&address[i], 1, choice->first_day,
						   choice->last_day};

		if (!view_address(store, &query, arena, &(*view)[*views], err))
			return false;
		*views += choice->addresses || (*view)[*views].rows;
	}
	return true;
}
