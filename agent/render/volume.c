#include "render/volume.h"

#include "base/civil.h"
#include "base/mem.h"
#include "render/blocks.h"
#include "render/json_parts.h"
#include "render/page.h"

enum { BAR_MAX = 30, SPARK_MAX = 62, ACCOUNTS_SHOWN = 10 };

static const char *address_shown(const char *address)
{
	return *address ? address : "unknown";
}

/* The first `outcomes` of them, in the order of enum outcome. */
static void put_outcomes(json_t *object, const uint64_t *by_outcome, size_t outcomes)
{
	for (size_t i = 0; i < outcomes; i++)
		json_put_count(object, outcome_name((enum outcome)i), by_outcome[i]);
}

static const char *date_of(int64_t day, char text[CIVIL_TEXT_BYTES])
{
	return civil_date_text(civil_from_days(day), text);
}

static json_t *days_by_date(const struct volume_view *view)
{
	json_t *object = json_object();
	char text[CIVIL_TEXT_BYTES];

	for (size_t i = 0; i < view->rows; i++) {
		json_t *day = json_object();

		put_outcomes(day, view->row[i].by_outcome, OUTCOME_COUNT);
		json_put(object, date_of(view->row[i].day, text), day);
	}
	return object;
}

static json_t *account_json(const void *context, size_t index)
{
	const struct import_view *const view = context;
	const struct account_view account = view->account(view, index);
	json_t *object = json_object();

	json_put(object, "account", json_text(account.account));
	json_put(object, "address", json_text(address_shown(account.address)));
	put_outcomes(object, account.by_outcome, OUTCOME_BOUNCED + 1);
	return object;
}

json_t *json_volume_import(const struct import_view *view, struct json_list *accounts)
{
	json_t *document = json_object();
	json_t *addresses = json_object();

	json_put_count(document, "lines", view->lines);
	json_put_count(document, "recognised", view->recognised);
	json_put_count(document, "unmatched_replies", view->unmatched_replies);
	for (size_t i = 0; i < view->addresses; i++)
		json_put(addresses, address_shown(view->address[i].address),
			 days_by_date(&view->address[i]));
	json_put(document, "addresses", addresses);
	*accounts = (struct json_list){account_json, view, view->accounts};
	json_put(document, "accounts", json_list_place(accounts));
	return document;
}

json_t *json_volume_show(const struct volume_view *view, size_t views)
{
	json_t *document = json_object();
	json_t *addresses = json_array();
	char text[CIVIL_TEXT_BYTES];

	for (size_t i = 0; i < views; i++) {
		json_t *object = json_object();
		json_t *days = json_array();

		for (size_t j = 0; j < view[i].rows; j++) {
			json_t *day = json_object();

			json_put(day, "date", json_text(date_of(view[i].row[j].day, text)));
			put_outcomes(day, view[i].row[j].by_outcome, OUTCOME_BOUNCED + 1);
			json_array_append_new(days, day);
		}
		json_put(object, "address", json_text(address_shown(view[i].address)));
		json_put(object, "days", days);
		json_array_append_new(addresses, object);
	}
	json_put(document, "addresses", addresses);
	return document;
}

static const char *number(struct page *page, uint64_t value)
{
	return arena_printf(page->arena, "%ju", (uintmax_t)value);
}

static void fill_outcomes(struct page *page, struct layout_cell *cell, const uint64_t *by_outcome)
{
	for (size_t i = 0; i < OUTCOME_COUNT; i++)
		cell[i].text = number(page, by_outcome[i]);
}

static uint64_t most_sent(const struct volume_view *view)
{
	uint64_t most = 1;

	for (size_t i = 0; i < view->rows; i++)
		if (view->row[i].by_outcome[OUTCOME_SENT] > most)
			most = view->row[i].by_outcome[OUTCOME_SENT];
	return most;
}

/* Wherever it may end up in a file, plain signs do. */
static const char *bar(struct page *page, uint64_t sent, uint64_t most)
{
	struct str text = {0};
	const char *copy;

	if (page->style->has_blocks)
		blocks_bar(&text, sent, most, BAR_MAX);
	else
		str_add_fill(&text, '#', (size_t)((double)sent / (double)most * BAR_MAX));
	copy = arena_strdup(page->arena, str_text(&text));
	str_release(&text);
	return copy;
}

/* The days as one line, those without mail too; the newest when there are more than fit. */
static const char *spark(struct page *page, const struct volume_view *view)
{
	const int64_t last = view->row[view->rows - 1].day;
	uint64_t sent[SPARK_MAX] = {0};
	size_t days = (size_t)(last - view->row[0].day) + 1;
	struct str text = {0};
	const char *copy;

	days = days < SPARK_MAX ? days : SPARK_MAX;
	for (size_t i = 0; i < view->rows; i++) {
		const int64_t back = last - view->row[i].day;

		if (back < (int64_t)days)
			sent[days - 1 - (size_t)back] = view->row[i].by_outcome[OUTCOME_SENT];
	}
	blocks_spark(&text, sent, days);
	copy = arena_strdup(page->arena, str_text(&text));
	str_release(&text);
	return copy;
}

static void add_days(struct page *page, const struct volume_view *view)
{
	static const struct layout_column column[] = {
	    {"DATE", false, LAYOUT_KEEP},    {"SENT", true, LAYOUT_KEEP},
	    {"DEFERRED", true, LAYOUT_KEEP}, {"BOUNCED", true, LAYOUT_KEEP},
	    {"EXPIRED", true, LAYOUT_KEEP},  {"", false, LAYOUT_SPARE},
	};
	struct layout_cell *cell =
	    arena_calloc(page->arena, view->rows * COUNT_OF(column), sizeof(*cell));
	const uint64_t most = most_sent(view);

	for (size_t i = 0; i < view->rows; i++) {
		struct layout_cell *row = cell + i * COUNT_OF(column);
		char text[CIVIL_TEXT_BYTES];

		row[0].text = arena_strdup(page->arena, date_of(view->row[i].day, text));
		fill_outcomes(page, row + 1, view->row[i].by_outcome);
		row[5].text = bar(page, view->row[i].by_outcome[OUTCOME_SENT], most);
		row[5].tint = TINT_FAINT;
	}
	layout_table(page->out, &page->layout, column, COUNT_OF(column), cell, view->rows);
}

static void add_accounts(struct page *page, const struct import_view *view)
{
	static const struct layout_column column[] = {
	    {"ACCOUNT", false, LAYOUT_CUT}, {"ADDRESS", false, LAYOUT_KEEP},
	    {"SENT", true, LAYOUT_KEEP},    {"DEFERRED", true, LAYOUT_KEEP},
	    {"BOUNCED", true, LAYOUT_KEEP}, {"EXPIRED", true, LAYOUT_SPARE},
	};
	const size_t shown = page->style->is_verbose || view->accounts < ACCOUNTS_SHOWN
				 ? view->accounts
				 : ACCOUNTS_SHOWN;
	struct layout_cell *cell =
	    arena_calloc(page->arena, shown * COUNT_OF(column), sizeof(*cell));

	if (!view->accounts)
		return;
	for (size_t i = 0; i < shown; i++) {
		const struct account_view account = view->account(view, i);
		struct layout_cell *row = cell + i * COUNT_OF(column);

		row[0].text = page_shown(page, account.account);
		row[1].text = address_shown(account.address);
		fill_outcomes(page, row + 2, account.by_outcome);
	}
	page_heading(page, arena_printf(page->arena, "Accounts with most mail (%zu of %zu)", shown,
					view->accounts));
	layout_table(page->out, &page->layout, column, COUNT_OF(column), cell, shown);
}

void text_volume_import(struct str *out, const struct text_style *style,
			const struct import_view *view)
{
	struct page page = page_begin(out, style);

	str_addf(out, "%ju deliveries in %ju lines, of which %ju are a mail server's",
		 (uintmax_t)view->deliveries, (uintmax_t)view->lines, (uintmax_t)view->recognised);
	if (view->unmatched_replies)
		str_addf(out, "; no rule knows %ju replies", (uintmax_t)view->unmatched_replies);
	str_add(out, "\n");
	for (size_t i = 0; i < view->addresses; i++) {
		page_heading(&page, address_shown(view->address[i].address));
		add_days(&page, &view->address[i]);
	}
	add_accounts(&page, view);
	page_end(&page);
}

void text_volume_show(struct str *out, const struct text_style *style,
		      const struct volume_view *view, size_t views)
{
	struct page page = page_begin(out, style);

	for (size_t i = 0; i < views; i++) {
		page_heading(&page, address_shown(view[i].address));
		if (view[i].rows && style->has_blocks)
			str_addf(out, "%s\n", spark(&page, &view[i]));
		if (view[i].rows)
			add_days(&page, &view[i]);
		else
			str_add(out, "no mail in these days\n");
	}
	page_end(&page);
}
