#include "render/removal.h"

#include "base/civil.h"
#include "base/mem.h"
#include "render/links.h"
#include "render/page.h"

#include <string.h>

enum { ROWS_MAX = 20 };

static const struct {
	const char *text;
	enum tint tint;
} verdict[] = {
    [REMOVAL_LOOK_FIRST] = {"look first", TINT_WARN},
    [REMOVAL_ASK] = {"ask", TINT_GOOD},
    [REMOVAL_FIX_FIRST] = {"fix first", TINT_BAD},
    [REMOVAL_WAIT] = {"wait", TINT_WARN},
    [REMOVAL_EXPIRES] = {"expires", TINT_FAINT},
    [REMOVAL_NOT_ADVISED] = {"not advised", TINT_FAINT},
};
_Static_assert(COUNT_OF(verdict) == REMOVAL_VERDICT_COUNT, "a word for each verdict");

static const char *minute(struct page *page, int64_t at)
{
	char text[CIVIL_TEXT_BYTES];

	return at ? arena_strdup(page->arena, civil_minute(page->style->zone, at, text)) : "";
}

static const char *age(struct page *page, int64_t at)
{
	char text[CIVIL_TEXT_BYTES];

	return arena_strdup(page->arena, civil_age(page->style->now - at, text));
}

static const char *days_taken(struct page *page, double days)
{
	return arena_printf(page->arena, "%.1f", days);
}

/* --- one listing --- */

static void add_head(struct page *page, const struct removal_view *view)
{
	const enum removal_verdict said = view->advice.verdict;

	layout_tint(page->out, &page->layout, TINT_STRONG,
		    arena_printf(page->arena, "%s on %s", page_shown(page, view->address),
				 page_shown(page, view->standing->subject)));
	str_add(page->out, "  ");
	layout_tint(page->out, &page->layout, verdict[said].tint, verdict[said].text);
	str_add_char(page->out, '\n');
}

static void add_reasons(struct page *page, const struct removal_advice *advice)
{
	for (size_t i = 0; i < advice->reasons; i++)
		page_field(page, i ? "" : "why", advice->reason[i]);
}

static void add_request(struct page *page, const struct removal *request)
{
	const enum removal_state state = removal_state_of(request);

	if (!request)
		return;
	page_field(page, "asked",
		   arena_printf(page->arena, "%s (%s ago)%s%s%s%s",
				minute(page, request->last_asked_at),
				age(page, request->last_asked_at), *request->ticket ? ", " : "",
				request->ticket, *request->note ? ": " : "", request->note));
	if (request->answered_at)
		page_field(page, "answered",
			   arena_printf(page->arena, "%s%s%s", minute(page, request->answered_at),
					*request->answer ? ": " : "", request->answer));
	if (state == REMOVAL_RELISTED || state == REMOVAL_CLEARED)
		page_field(page, "cleared", minute(page, request->cleared_at));
	if (state == REMOVAL_RELISTED)
		page_field(page, "came back", minute(page, request->relisted_at));
}

static void add_page(struct page *page, const char *label, struct str *url)
{
	page_field(page, label, str_text(url));
	str_clear(url);
}

static void add_way(struct page *page, const struct removal_view *view)
{
	const struct removal_way *const way = view->way;
	struct str asked = {0};
	struct str seen = {0};

	if (way && way->words && *way->words)
		page_field(page, "how", way->words);
	else
		page_field(page, "how",
			   way && way->by ? removal_by_name(way->by)
					  : "not known; its words may "
					    "tell");
	removal_page_url(&asked, view);
	links_lookup(&seen, view->list, view->address);
	if (strcmp(str_text(&asked), str_text(&seen)) != 0)
		add_page(page, "ask at", &asked);
	add_page(page, "look up", &seen);
	if (way)
		page_field(page, "write to", way->mail);
	str_release(&asked);
	str_release(&seen);
}

static void add_card(struct page *page, const struct removal_view *view)
{
	const struct standing *const standing = view->standing;

	add_head(page, view);
	add_reasons(page, &view->advice);
	page_field(page, view->is_receiver ? "blocked" : "listed",
		   arena_printf(page->arena, "%s, since %s (%s)%s%s",
				severity_name(standing->severity), minute(page, standing->since),
				age(page, standing->since), *standing->means ? ": " : "",
				standing->means));
	page_field(page, "it says", standing->text);
	add_request(page, view->request);
	add_way(page, view);
}

/* --- all of them --- */

static void fill_row(struct page *page, struct layout_cell *row, const struct removal_view *view)
{
	const struct removal_advice *const advice = &view->advice;

	row[0] = (struct layout_cell){verdict[advice->verdict].text, verdict[advice->verdict].tint};
	row[1].text = page_shown(page, view->address);
	row[2].text = page_shown(page, view->standing->subject);
	row[3].text = minute(page, view->standing->since);
	row[4].text = removal_state_name(removal_state_of(view->request));
	row[5].text = advice->reasons ? page_shown(page, advice->reason[0]) : "";
}

static void add_table(struct page *page, const struct removal_page *all, size_t rows)
{
	static const struct layout_column column[] = {
	    {"ADVICE", false, LAYOUT_KEEP}, {"ADDRESS", false, LAYOUT_KEEP},
	    {"ON", false, LAYOUT_KEEP},     {"SINCE", false, LAYOUT_SPARE},
	    {"STATE", false, LAYOUT_KEEP},  {"WHY", false, LAYOUT_CUT},
	};
	struct layout_cell *cell =
	    arena_calloc(page->arena, rows * COUNT_OF(column), sizeof(*cell));

	for (size_t i = 0; i < rows; i++)
		fill_row(page, cell + i * COUNT_OF(column), &all->view[i]);
	layout_table(page->out, &page->layout, column, COUNT_OF(column), cell, rows);
	if (rows < all->views)
		str_addf(page->out, "... %zu more; --verbose shows all\n", all->views - rows);
}

/* A list that holds a whole network fills no terminal; a pipe gets everything. */
static size_t rows_shown(const struct page *page, const struct removal_page *all)
{
	const bool shows_all = !page->layout.columns || page->style->is_verbose;

	return shows_all || all->views <= ROWS_MAX ? all->views : ROWS_MAX;
}

static void add_letter(struct page *page, const struct removal_view *view)
{
	const enum removal_language language = view->way ? view->way->language : REMOVAL_ENGLISH;

	if (!removal_has_letter(view))
		return;
	page_heading(page, view->advice.verdict == REMOVAL_ASK ? "Text to send"
							       : "Text to send, but not yet");
	removal_letter(page->out, view, language, page->style->zone);
}

/* --- the ledger --- */

static void fill_request(struct page *page, struct layout_cell *row, const struct removal *request)
{
	const double days = (double)(request->cleared_at - request->asked_at) / 86400;

	row[0].text = minute(page, request->asked_at);
	row[1].text = page_shown(page, request->address);
	row[2].text = page_shown(page, request->subject);
	row[3].text = removal_state_name(removal_state_of(request));
	row[4].text = request->cleared_at ? days_taken(page, days) : "";
	row[5].text = page_shown(page, request->ticket);
	row[6].text = page_shown(page, *request->answer ? request->answer : request->note);
}

static void add_requests(struct page *page, const struct removal_page *all)
{
	static const struct layout_column column[] = {
	    {"ASKED", false, LAYOUT_KEEP}, {"ADDRESS", false, LAYOUT_KEEP},
	    {"ON", false, LAYOUT_KEEP},    {"STATE", false, LAYOUT_KEEP},
	    {"DAYS", true, LAYOUT_KEEP},   {"TICKET", false, LAYOUT_SPARE},
	    {"NOTE", false, LAYOUT_CUT},
	};
	struct layout_cell *cell =
	    arena_calloc(page->arena, all->requests * COUNT_OF(column), sizeof(*cell));

	for (size_t i = 0; i < all->requests; i++)
		fill_request(page, cell + i * COUNT_OF(column), &all->history[i]);
	layout_table(page->out, &page->layout, column, COUNT_OF(column), cell, all->requests);
}

static void add_terms(struct page *page, const struct removal_page *all)
{
	static const struct layout_column column[] = {
	    {"ON", false, LAYOUT_KEEP},       {"REQUESTS", true, LAYOUT_KEEP},
	    {"CLEARED", true, LAYOUT_KEEP},   {"MEDIAN DAYS", true, LAYOUT_KEEP},
	    {"CAME BACK", true, LAYOUT_KEEP},
	};
	struct layout_cell *cell =
	    arena_calloc(page->arena, all->terms * COUNT_OF(column), sizeof(*cell));

	for (size_t i = 0; i < all->terms; i++) {
		const struct removal_term *const term = &all->term[i];
		struct layout_cell *const row = cell + i * COUNT_OF(column);

		row[0].text = page_shown(page, term->subject);
		row[1].text = arena_printf(page->arena, "%zu", term->requests);
		row[2].text = arena_printf(page->arena, "%zu", term->cleared);
		row[3].text = term->cleared ? days_taken(page, term->median_days) : "";
		row[4].text = arena_printf(page->arena, "%zu", term->relisted);
	}
	layout_table(page->out, &page->layout, column, COUNT_OF(column), cell, all->terms);
}

static void add_history(struct page *page, const struct removal_page *all)
{
	if (!all->requests)
		return;
	page_heading(page, "Requests");
	add_requests(page, all);
	page_heading(page, "How long they took");
	add_terms(page, all);
}

void text_removals(struct str *out, const struct text_style *style,
		   const struct removal_shown *shown)
{
	const struct removal_page *const all = shown->page;
	struct page page = page_begin(out, style);
	const size_t rows = rows_shown(&page, all);

	if (all->views > 1)
		add_table(&page, all, rows);
	for (size_t i = 0; i < rows; i++) {
		if (all->views > 1)
			str_add_char(out, '\n');
		add_card(&page, &all->view[i]);
	}
	if (all->views == 1)
		add_letter(&page, &all->view[0]);
	if (shown->has_history)
		add_history(&page, all);
	page_end(&page);
}

void text_removal(struct str *out, const struct text_style *style, const struct removal *request,
		  const char *deed)
{
	struct page page = page_begin(out, style);
	const char *const ticket = page_shown(&page, request->ticket);

	const char *const often =
	    request->times > 1 ? arena_printf(page.arena, ", %u times since %s", request->times,
					      minute(&page, request->asked_at))
			       : "";

	page_line(&page, 0,
		  arena_printf(page.arena, "%s on %s: %s%s%s%s", request->address,
			       page_shown(&page, request->subject), deed,
			       *ticket ? ", ticket " : "", ticket, often));
	page_end(&page);
}
