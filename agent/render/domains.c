#include "render/domains.h"

#include "base/mem.h"
#include "base/parse.h"
#include "render/card.h"
#include "render/page.h"

#include <math.h>
#include <string.h>

enum { CARDS_MAX = 10, ADDRESSES_MAX = 8, WIDE_COLUMNS = 132 };

static const struct layout_column column[] = {
    {"READY", false, LAYOUT_KEEP},     {"DOMAIN", false, LAYOUT_KEEP},
    {"A DAY", true, LAYOUT_KEEP},      {"GMAIL", true, LAYOUT_SPARE},
    {"MICROSOFT", true, LAYOUT_SPARE}, {"SPF", false, LAYOUT_KEEP},
    {"DKIM", false, LAYOUT_KEEP},      {"DMARC", false, LAYOUT_KEEP},
    {"ACCOUNT", false, LAYOUT_SPARE},  {"WHY", false, LAYOUT_CUT},
};
_Static_assert(COUNT_OF(column) <= LAYOUT_COLUMNS_MAX, "the columns have room");

static struct domain_numbers count(const struct domain_view *view, size_t views)
{
	struct domain_numbers numbers = {.looked_at = views};

	for (size_t i = 0; i < views; i++) {
		numbers.unready += view[i].is_unready;
		numbers.urgent += view[i].is_unready && view[i].is_urgent;
		numbers.blind += !view[i].is_unready && view[i].is_blind;
	}
	return numbers;
}

static struct layout_cell state_cell(const struct domain_view *view)
{
	if (view->is_unready)
		return (struct layout_cell){"no", view->is_urgent ? TINT_BAD : TINT_WARN};
	if (view->is_blind)
		return (struct layout_cell){"unknown", TINT_WARN};
	return (struct layout_cell){"yes", TINT_GOOD};
}

/* Of what was offered to anybody: what a receiver refuses counts at its threshold too. */
static const char *share(struct page *page, const struct domain_view *view,
			 enum bulk_receiver receiver)
{
	return view->tried && view->to[receiver]
		   ? arena_printf(page->arena, "%.0f %%",
				  100 * (double)view->to[receiver] / (double)view->tried)
		   : "";
}

static const char *a_day(struct page *page, const struct domain_view *view)
{
	char text[GROUPED_BYTES];

	if (view->month && view->mean < 1)
		return "<1";
	return arena_strdup(page->arena, grouped_text((uint64_t)llround(view->mean), text));
}

/* The worst that is believed; else what bulk senders lack. */
static const char *why(struct page *page, const struct domain_view *view)
{
	if (view->base.grade.letter != GRADE_GOOD && view->base.grade.reasons &&
	    (view->base.grade.letter != GRADE_UNKNOWN || !view->is_unready))
		return card_headline(page, &view->base);
	return view->is_unready && view->bulk ? page_shown(page, view->bulk->text) : "";
}

static const char *spf_word(const struct domain_auth *auth)
{
	if (!auth || auth->spf.cause != CAUSE_NONE)
		return "?";
	return spf_record_word(auth->spf.result, auth->spf.senders);
}

static const char *dkim_word(const struct domain_auth *auth)
{
	if (!auth || auth->dkim.cause != CAUSE_NONE)
		return "?";
	return auth->dkim.state == AUTH_UNKNOWN ? "none seen" : auth_state_name(auth->dkim.state);
}

static const char *dmarc_word(const struct domain_auth *auth)
{
	if (!auth || auth->dmarc.cause != CAUSE_NONE)
		return "?";
	return auth->dmarc.state == AUTH_OK || auth->dmarc.state == AUTH_WEAK
		   ? dmarc_policy_name(auth->dmarc.policy)
		   : auth_state_name(auth->dmarc.state);
}

/* Who sends most of it, where that leaves room for the reason. */
static const char *account(struct page *page, const struct domain_view *view)
{
	const bool is_wide = !page->layout.columns || page->layout.columns >= WIDE_COLUMNS;

	return is_wide && view->accounts ? page_shown(page, view->account[0]) : "";
}

static void fill_row(struct page *page, struct layout_cell *cell, const struct domain_view *view)
{
	const struct domain_auth *const auth = view->base.auth;

	cell[0] = state_cell(view);
	cell[1].text = page_shown(page, view->base.address);
	cell[2].text = a_day(page, view);
	cell[3].text = share(page, view, BULK_GMAIL);
	cell[4].text = share(page, view, BULK_MICROSOFT);
	cell[5].text = spf_word(auth);
	cell[6].text = dkim_word(auth);
	cell[7].text = dmarc_word(auth);
	cell[8].text = account(page, view);
	cell[9].text = why(page, view);
}

static void add_table(struct page *page, const struct domain_view *view, size_t views)
{
	struct layout_cell *cell =
	    arena_calloc(page->arena, views * COUNT_OF(column), sizeof(*cell));

	for (size_t i = 0; i < views; i++)
		fill_row(page, cell + i * COUNT_OF(column), &view[i]);
	layout_table(page->out, &page->layout, column, COUNT_OF(column), cell, views);
}

static void add_line(struct page *page, const struct domain_numbers *numbers)
{
	str_addf(page->out, "%s",
		 page_count(page, numbers->looked_at, "domain that mail is sent for",
			    "domains that mail is sent for"));
	if (numbers->unready)
		layout_tint(page->out, &page->layout, TINT_WARN,
			    arena_printf(page->arena, ": %zu not ready", numbers->unready));
	else
		str_add(page->out, numbers->blind ? "" : ": all ready");
	if (numbers->urgent)
		layout_tint(page->out, &page->layout, TINT_BAD,
			    arena_printf(page->arena,
					 ", %zu of them near or over what makes a "
					 "bulk sender",
					 numbers->urgent));
	if (numbers->blind)
		str_addf(page->out, "%s %zu not known yet", numbers->unready ? "," : ":",
			 numbers->blind);
}

void text_domains_line(struct str *out, const struct text_style *style,
		       const struct domain_numbers *numbers)
{
	struct page page = page_begin(out, style);

	if (numbers->looked_at) {
		add_line(&page, numbers);
		str_add(out, numbers->unready ? "; see 'repwatch domains'\n" : "\n");
	}
	page_end(&page);
}

/* --- one domain --- */

static void add_mail(struct page *page, const struct domain_view *view)
{
	char yesterday[GROUPED_BYTES], mean[GROUPED_BYTES];
	const char *shares = "";

	page_heading(page, "Mail");
	if (!view->month && !view->addresses) {
		page_line(page, 4, "the logs have none of the last 30 days");
		return;
	}
	page_field(page, "sent",
		   arena_printf(page->arena, "%s yesterday, %s a day in the last %d days",
				grouped_text(view->yesterday, yesterday),
				grouped_text((uint64_t)llround(view->mean), mean),
				DOMAIN_VIEW_DAYS));
	for (enum bulk_receiver to = 0; to < BULK_RECEIVER_COUNT; to++)
		if (share(page, view, to)[0])
			shares =
			    arena_printf(page->arena, "%s%s%s to %s", shares, shares[0] ? ", " : "",
					 share(page, view, to), bulk_receiver_name(to));
	page_field(page, "share", shares);
	for (size_t i = 0; i < view->addresses && i < ADDRESSES_MAX; i++)
		page_field(page, i ? "" : "from",
			   arena_printf(page->arena, "%s%s%s%s %s",
					view->address[i].address[0] ? view->address[i].address
								    : "an address no log tells",
					view->address[i].name[0] ? " (" : "", view->address[i].name,
					view->address[i].name[0] ? ")" : "",
					grouped_text(view->address[i].tried, mean)));
	if (view->addresses > ADDRESSES_MAX)
		page_field(
		    page, "",
		    arena_printf(page->arena, "and %zu more", view->addresses - ADDRESSES_MAX));
	for (size_t i = 0; i < view->accounts; i++)
		page_field(page, i ? "" : "mostly by", page_shown(page, view->account[i]));
}

static void add_bulk(struct page *page, const struct bulk_verdict *bulk)
{
	static const char *const word[] = {
	    [BULK_NOT_KNOWN] = "unknown", [BULK_MET] = "met", [BULK_UNMET] = "UNMET"};

	_Static_assert(COUNT_OF(word) == BULK_MET_COUNT, "a word for each");
	if (!bulk)
		return;
	page_heading(page, arena_printf(page->arena, "Bulk sending, %s and all below it",
					page_shown(page, bulk->registrable)));
	page_line(page, 4, page_shown(page, bulk->text));
	for (enum bulk_need need = 0; need < BULK_NEED_COUNT; need++) {
		page_field(page, bulk_need_name(need),
			   arena_printf(page->arena, "%s: %s", word[bulk->need[need].met],
					bulk->need[need].text));
		if (bulk->need[need].met == BULK_UNMET)
			page_record(page, "publish", bulk->need[need].fix);
	}
}

static void add_full(struct page *page, const struct domain_view *view,
		     const struct catalogue *catalogue)
{
	card_full(page, &view->base, catalogue);
	add_mail(page, view);
	add_bulk(page, view->bulk);
}

static bool has_card(const struct domain_view *view)
{
	for (size_t i = 0; i < view->base.standings; i++)
		if (view->base.standing[i].belief == FINDING_LISTED ||
		    view->base.standing[i].belief == FINDING_BROKEN)
			return true;
	return false;
}

/* What nothing is wrong with, but bulk senders need. */
static void add_needs(struct page *page, const struct domain_view *view)
{
	str_add_char(page->out, '\n');
	layout_tint(page->out, &page->layout, TINT_STRONG, page_shown(page, view->base.address));
	str_add_char(page->out, '\n');
	for (enum bulk_need need = 0; view->bulk && need < BULK_NEED_COUNT; need++) {
		if (view->bulk->need[need].met != BULK_UNMET)
			continue;
		page_field(page, bulk_need_name(need), view->bulk->need[need].text);
		page_record(page, "publish", view->bulk->need[need].fix);
	}
}

/* What to mend, without what is in order. */
static void add_cards(struct page *page, const struct domain_view *view, size_t views,
		      const struct catalogue *catalogue)
{
	size_t shown = 0;
	size_t hidden = 0;

	for (size_t i = 0; i < views; i++) {
		if (!view[i].is_unready)
			continue;
		if (shown == CARDS_MAX && !page->style->is_verbose) {
			hidden++;
			continue;
		}
		shown++;
		if (has_card(&view[i]))
			card_short(page, &view[i].base, catalogue);
		else
			add_needs(page, &view[i]);
	}
	if (hidden)
		str_addf(page->out, "\n... %zu more; --verbose shows what to mend for all\n",
			 hidden);
}

void text_domains(struct str *out, const struct text_style *style, const struct domain_view *view,
		  size_t views, const struct catalogue *catalogue)
{
	const struct domain_numbers numbers = count(view, views);
	struct page page = page_begin(out, style);

	if (views == 1) {
		add_full(&page, view, catalogue);
	} else if (!views) {
		str_add(out, "no domains\n");
	} else {
		add_line(&page, &numbers);
		str_add(out, "\n\n");
		add_table(&page, view, views);
		add_cards(&page, view, views, catalogue);
	}
	page_end(&page);
}
