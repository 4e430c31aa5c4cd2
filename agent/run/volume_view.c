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

static uint64_t all_of(const struct account_view *account)
{
	uint64_t all = 0;

	for (size_t i = 0; i < OUTCOME_COUNT; i++)
		all += account->by_outcome[i];
	return all;
}

static int most_first(const void *a, const void *b)
{
	const struct account_view *const x = a;
	const struct account_view *const y = b;
	const uint64_t left = all_of(x);
	const uint64_t right = all_of(y);
	const int order = strcmp(x->account, y->account);

	if (left != right)
		return left < right ? 1 : -1;
	return order ? order : strcmp(x->address, y->address);
}

static void view_accounts(const struct tally *sum, const char *const *address, struct arena *arena,
			  struct import_view *view)
{
	size_t count;
	const struct tally_account *const row = tally_accounts(sum, &count);
	struct account_view *account = arena_calloc(arena, count, sizeof(*account));

	for (size_t i = 0; i < count; i++) {
		const struct slice name = tally_text(sum, TALLY_ACCOUNT, row[i].key.who);

		account[i].account = arena_strndup(arena, name.at, name.len);
		account[i].address = address[row[i].key.address];
		for (size_t j = 0; j < OUTCOME_COUNT; j++)
			account[i].by_outcome[j] = row[i].by_outcome[j];
	}
	if (count)
		qsort(account, count, sizeof(*account), most_first);
	view->account = account;
	view->accounts = count;
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
