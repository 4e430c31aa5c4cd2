#include "render/text.h"

#include "base/mem.h"
#include "render/page.h"

#include <stdlib.h>
#include <string.h>

/* The journal, the lists and what a pass did. */

static enum tint change_tint(enum change change)
{
	switch (change) {
	case CHANGE_RAISED:
	case CHANGE_ESCALATED:
		return TINT_BAD;
	case CHANGE_WENT_BLIND:
	case CHANGE_LIST_SICK:
	case CHANGE_REMINDER:
		return TINT_WARN;
	case CHANGE_CLEARED:
	case CHANGE_LIST_WELL:
		return TINT_GOOD;
	case CHANGE_NONE:
	case CHANGE_COUNT:
		break;
	}
	return TINT_NONE;
}

void text_events(struct str *out, const struct text_style *style, const struct event *event,
		 size_t events)
{
	static const struct layout_column column[] = {
	    {"WHEN", false, LAYOUT_KEEP},      {"WHAT", false, LAYOUT_KEEP},
	    {"SEVERITY", false, LAYOUT_SPARE}, {"ADDRESS", false, LAYOUT_KEEP},
	    {"SUBJECT", false, LAYOUT_KEEP},   {"WHY", false, LAYOUT_BELOW},
	};
	struct page page = page_begin(out, style);
	struct layout_cell *cell =
	    arena_calloc(page.arena, events * COUNT_OF(column), sizeof(*cell));

	for (size_t i = 0; i < events; i++) {
		struct layout_cell *row = cell + i * COUNT_OF(column);
		const char *subject =
		    event[i].subject[0] ? event[i].subject : page_check_name(event[i].check);
		char minute[CIVIL_TEXT_BYTES];

		row[0].text =
		    arena_strdup(page.arena, civil_minute(style->zone, event[i].at, minute));
		row[0].tint = TINT_FAINT;
		row[1].text = change_name(event[i].change);
		row[1].tint = change_tint(event[i].change);
		row[2].text = severity_name(event[i].severity);
		row[2].tint = page_severity_tint(event[i].severity);
		row[3].text = page_shown(&page, event[i].address);
		row[4].text = page_shown(&page, subject);
		row[5].text = page_shown(&page, event[i].text);
	}
	layout_table(out, &page.layout, column, COUNT_OF(column), cell, events);
	page_end(&page);
}

/* How a list stands, the worst first; the last one is not asked at all. */
enum state {
	STATE_SICK,
	STATE_REFUSED,
	STATE_UNREACHABLE,
	STATE_UNPROVEN,
	STATE_OK,
	STATE_UNTRIED,
	STATE_DISABLED,
	STATE_COUNT
};

static const struct {
	const char *word;
	enum tint tint;
	bool is_believed;
} state_row[] = {
    [STATE_SICK] = {"sick", TINT_BAD, false},
    [STATE_REFUSED] = {"refused", TINT_WARN, false},
    [STATE_UNREACHABLE] = {"unreachable", TINT_WARN, false},
    [STATE_UNPROVEN] = {"unproven", TINT_NONE, true},
    [STATE_OK] = {"ok", TINT_GOOD, true},
    [STATE_UNTRIED] = {"not yet asked", TINT_NONE, true},
    [STATE_DISABLED] = {"disabled", TINT_FAINT, true},
};
_Static_assert(COUNT_OF(state_row) == STATE_COUNT, "a row for each state");

static enum state state_of(const struct list_view *view)
{
	static const enum state of_health[] = {
	    [HEALTH_UNPROVEN] = STATE_UNPROVEN,
	    [HEALTH_OK] = STATE_OK,
	    [HEALTH_SICK] = STATE_SICK,
	    [HEALTH_REFUSED] = STATE_REFUSED,
	    [HEALTH_UNREACHABLE] = STATE_UNREACHABLE,
	};

	_Static_assert(COUNT_OF(of_health) == HEALTH_COUNT, "a state for each health");
	if (!view->list->is_enabled)
		return STATE_DISABLED;
	return view->has_health ? of_health[view->health] : STATE_UNTRIED;
}

static void add_list_summary(struct page *page, const struct list_view *view, size_t views)
{
	const char *before = ": ";

	str_add(page->out, page_count(page, views, "list", "lists"));
	for (int state = 0; state < STATE_COUNT; state++) {
		size_t count = 0;

		for (size_t i = 0; i < views; i++)
			count += (int)state_of(&view[i]) == state;
		if (!count)
			continue;
		str_add(page->out, before);
		layout_tint(page->out, &page->layout, state_row[state].tint,
			    arena_printf(page->arena, "%zu %s", count, state_row[state].word));
		before = ", ";
	}
	str_add(page->out, "\n\n");
}

static const char *covers_text(struct page *page, unsigned covers)
{
	const char *text = arena_printf(page->arena, "%s%s%s", covers & COVERS_IP4 ? " ip4" : "",
					covers & COVERS_IP6 ? " ip6" : "",
					covers & COVERS_DOMAIN ? " domain" : "");

	return text + (text[0] == ' ');
}

static const char *day_text(struct page *page, const struct list_view *view)
{
	if (view->list->day_budget)
		return arena_printf(page->arena, "%ju/%u", (uintmax_t)view->planned_per_day,
				    view->list->day_budget);
	return arena_printf(page->arena, "%ju", (uintmax_t)view->planned_per_day);
}

static const struct layout_column list_column[] = {
    {"ZONE", false, LAYOUT_CUT},     {"KIND", false, LAYOUT_SPARE},
    {"COVERS", false, LAYOUT_SPARE}, {"SEVERITY", false, LAYOUT_KEEP},
    {"HEALTH", false, LAYOUT_KEEP},  {"A DAY/LIMIT", true, LAYOUT_KEEP},
};

static void fill_list_row(struct page *page, struct layout_cell *cell, const struct list_view *view)
{
	const struct list *list = view->list;
	const enum state state = state_of(view);

	cell[0].text = page_shown(page, list->zone);
	cell[1].text = list_kind_name(list->kind);
	cell[2].text = covers_text(page, list->covers);
	cell[3].text = list->kind == LIST_BLOCK ? severity_name(list->severity) : "";
	cell[4] = (struct layout_cell){state_row[state].word, state_row[state].tint};
	cell[5] = (struct layout_cell){
	    day_text(page, view),
	    list->day_budget && view->planned_per_day > list->day_budget ? TINT_WARN : TINT_NONE};
}

static void add_list_table(struct page *page, const struct list_view *view, size_t views)
{
	struct layout_cell *cell =
	    arena_calloc(page->arena, views * COUNT_OF(list_column), sizeof(*cell));
	size_t rows = 0;

	for (int state = 0; state < STATE_DISABLED; state++)
		for (size_t i = 0; i < views; i++)
			if ((int)state_of(&view[i]) == state)
				fill_list_row(page, cell + rows++ * COUNT_OF(list_column),
					      &view[i]);
	layout_table(page->out, &page->layout, list_column, COUNT_OF(list_column), cell, rows);
}

/* Why a list is not believed, and since when. */
static void add_trouble(struct page *page, const struct list_view *view)
{
	const char *cause = view->cause == CAUSE_NONE ? "" : cause_name(view->cause);
	const char *text = page_shown(page, view->text);
	char age[CIVIL_TEXT_BYTES];

	str_add(page->out, "  ");
	layout_tint(page->out, &page->layout, TINT_STRONG, page_shown(page, view->list->zone));
	if (view->health_since)
		str_addf(page->out, ", for %s",
			 civil_age(page->style->now - view->health_since, age));
	str_add_char(page->out, '\n');
	if (cause[0] || text[0])
		page_line(page, 4,
			  arena_printf(page->arena, "%s%s%s", cause,
				       cause[0] && text[0] ? ": " : "", text));
}

static void add_troubles(struct page *page, const struct list_view *view, size_t views)
{
	bool has_heading = false;

	for (int state = 0; state < STATE_COUNT; state++)
		for (size_t i = 0; i < views; i++) {
			if ((int)state_of(&view[i]) != state || state_row[state].is_believed)
				continue;
			if (!has_heading)
				page_heading(page, "Not believed");
			has_heading = true;
			add_trouble(page, &view[i]);
		}
}

/* Whether an earlier list is disabled for the same reason, and this one named there. */
static bool is_named(const struct list_view *view, size_t at)
{
	for (size_t i = 0; i < at; i++)
		if (state_of(&view[i]) == STATE_DISABLED &&
		    strcmp(view[i].list->why_disabled, view[at].list->why_disabled) == 0)
			return true;
	return false;
}

/* One line a reason, with all its lists. */
static void add_disabled(struct page *page, const struct list_view *view, size_t views)
{
	bool has_heading = false;

	for (size_t i = 0; i < views; i++) {
		struct str zones = {0};

		if (state_of(&view[i]) != STATE_DISABLED || is_named(view, i))
			continue;
		if (!has_heading)
			page_heading(page, "Disabled");
		has_heading = true;
		for (size_t j = i; j < views; j++)
			if (state_of(&view[j]) == STATE_DISABLED &&
			    strcmp(view[j].list->why_disabled, view[i].list->why_disabled) == 0)
				str_addf(&zones, "%s%s", zones.len ? ", " : "", view[j].list->zone);
		page_line(page, 2, page_shown(page, str_text(&zones)));
		page_line(page, 4, page_shown(page, view[i].list->why_disabled));
		str_release(&zones);
	}
}

void text_lists(struct str *out, const struct text_style *style, const struct list_view *view,
		size_t views)
{
	struct page page = page_begin(out, style);

	add_list_summary(&page, view, views);
	add_list_table(&page, view, views);
	add_troubles(&page, view, views);
	add_disabled(&page, view, views);
	page_end(&page);
}

/* A check takes from none to dozens of questions: the two are not held against each other. */
static const char *asked_in(struct page *page, const struct pass_summary *pass)
{
	const uint64_t checks = pass->answered + pass->blind;

	if (!checks)
		return "nothing was asked";
	return arena_printf(page->arena, "%s answered, %ju blind, by %s",
			    page_count(page, pass->answered, "check", "checks"),
			    (uintmax_t)pass->blind,
			    page_count(page, pass->queries, "question", "questions"));
}

void text_pass(struct str *out, const struct text_style *style, const struct pass_summary *pass)
{
	struct page page = page_begin(out, style);
	size_t count[CHANGE_COUNT] = {0};
	const char *before = ": ";

	page_line(
	    &page, 0,
	    arena_printf(page.arena, "%s%s%s in %.1f s: %ju listed; %s",
			 page_count(&page, pass->addresses, "address", "addresses"),
			 pass->domains ? " and " : "",
			 pass->domains ? page_count(&page, pass->domains, "domain", "domains") : "",
			 pass->seconds, (uintmax_t)pass->listed, asked_in(&page, pass)));
	if (!pass->is_complete)
		page_line(&page, 0,
			  "Cut short by the deadline or a budget; the rest is due next time.");
	for (size_t i = 0; i < pass->events; i++)
		count[pass->event[i].change]++;
	str_add(out, pass->events ? page_count(&page, pass->events, "change", "changes")
				  : "nothing changed");
	for (int change = 0; change < CHANGE_COUNT; change++) {
		if (!count[change])
			continue;
		str_add(out, before);
		layout_tint(out, &page.layout, change_tint((enum change)change),
			    arena_printf(page.arena, "%zu %s", count[change],
					 change_name((enum change)change)));
		before = ", ";
	}
	str_add_char(out, '\n');
	if (pass->letters_queued || pass->letters_sent || pass->letters_pending ||
	    pass->letters_dead)
		page_line(
		    &page, 0,
		    arena_printf(page.arena,
				 "messages: %ju queued, %ju sent, %ju pending, %ju given up",
				 (uintmax_t)pass->letters_queued, (uintmax_t)pass->letters_sent,
				 (uintmax_t)pass->letters_pending, (uintmax_t)pass->letters_dead));
	for (size_t i = 0; i < pass->notices; i++)
		page_line(&page, 0, page_shown(&page, pass->notice[i]));
	page_end(&page);
}
